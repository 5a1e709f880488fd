//! Training of networks.

pub(crate) mod batch;
mod checkpoint;
pub(crate) mod gradient;
pub(crate) mod init;
mod learning_rate;
mod phase;
mod run;
mod training_rows;
pub(crate) mod transfer;
mod weight_average;

pub use run::{Start, TrainingEvent, TrainingSummary, train, training_progress};
