//! Hyperparameter search: settings, search space and successive halving.

mod domain;
mod settings;
mod space;
mod successive_halving;
mod tunable;

pub use settings::TrainingSettings;
pub use space::SearchSpace;
pub use successive_halving::{Rung, SuccessiveHalving, ranked};
