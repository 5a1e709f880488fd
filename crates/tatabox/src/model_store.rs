//! Trained models: the bundled one, and folders.

mod model;

pub use model::{Model, model_name};
