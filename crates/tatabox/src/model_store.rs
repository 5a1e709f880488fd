//! Trained models: the bundled one, and folders.

mod bundled;
mod model;

pub use model::{Model, model_name};
