//! Linear models: the train mean, least squares and ridge regression on k-mer frequencies.

mod cholesky;
pub(crate) mod kmer_ridge;
pub(crate) mod least_squares;
mod normal_equations;
mod ridge;
pub(crate) mod train_mean;

pub(crate) use ridge::{Examples, Ridge, RidgeChoice, RidgeGrid};
