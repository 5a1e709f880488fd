//! Linear models: the train mean, least squares and ridge regression on k-mer frequencies.

mod cholesky;
mod effect_ridge;
mod expression_kmer_ridge;
pub(crate) mod kmer_ridge;
pub(crate) mod least_squares;
mod normal_equations;
mod ridge;
pub(crate) mod train_mean;

pub use effect_ridge::leave_one_group_out_ridge;
pub use expression_kmer_ridge::ExpressionKmerRidge;
pub(crate) use ridge::{Examples, Ridge, RidgeChoice, RidgeGrid};
