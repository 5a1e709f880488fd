//! Prediction with a trained model or an ensemble.

mod check_predictions;
mod engine;
mod genes;
mod member_predictions;
mod output_map;
mod predictor;
mod validation;
mod window_prediction;

pub(crate) use check_predictions::write_verification;
pub use check_predictions::{CheckPredictions, PredictionDifference};
pub(crate) use engine::{Batching, Crops, PredictionEngine};
pub use genes::{GenePredictions, SplitPredictions, WindowEdit};
pub use member_predictions::MemberPredictions;
pub(crate) use output_map::OutputMap;
pub use predictor::Predictor;
#[cfg(test)]
pub(crate) use predictor::tests;
pub use window_prediction::WindowPrediction;
