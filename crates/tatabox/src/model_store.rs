//! Trained models: the bundled one, and folders.

mod bundled;
mod model;
mod output_selection;

pub use model::{Model, model_name};
pub use output_selection::OutputSelection;
