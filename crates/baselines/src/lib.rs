//! Baselines that every network has to beat, written as the same prediction tables.

mod baseline;
mod error;
mod kmer_ridge;
mod mean;
mod ridge;

pub use baseline::{Baseline, predict_baseline};
pub use error::BaselineError;
pub use kmer_ridge::KmerRidge;
pub use mean::TrainMean;
