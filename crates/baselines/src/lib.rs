//! Baselines that every network has to beat, and controls that show where a score comes from, written as the same prediction
//! tables.
//!
//! A baseline is a file that fits and predicts, and an entry in `baseline.rs`.

mod baseline;
mod controls;
mod error;
mod features;
mod kernel;
mod linear;
mod predict;
mod prediction;
mod task;
mod tree;
mod validation;

pub use baseline::{Baseline, BaselineKind};
pub use controls::nearest_neighbour::nearest_train_genes;
pub use error::BaselineError;
pub use predict::predict_baseline;
pub use prediction::{BaselineNote, BaselinePredictions, BaselineProgress};
pub use task::BaselineTask;
