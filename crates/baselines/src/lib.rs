//! Baselines that every network has to beat, and controls that show where a score comes from, written as the same prediction
//! tables.
//!
//! A baseline is a file that fits and predicts, and an entry in `baseline.rs`.

mod baseline;
mod error;
mod gene_features;
mod kmer_features;
mod kmer_linear;
mod kmer_ridge;
mod mean;
mod nearest_neighbour;
mod normal_equations;
mod other_cell_types;
mod padding_only;
mod prediction;
mod random_forest;
mod rbf_kernel;
mod ridge;
mod scaling;
mod smo;
mod support_vectors;
mod symmetric;
mod task;

pub use baseline::{Baseline, BaselineKind};
pub use error::BaselineError;
pub use nearest_neighbour::nearest_train_genes;
pub use prediction::{BaselineNote, BaselinePredictions, BaselineProgress};
pub use task::{BaselineTask, predict_baseline};
