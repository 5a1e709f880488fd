//! Import and export of models: ONNX, PyTorch and safetensors.

mod foreign_format;
mod imported_model;
mod onnx;
mod pytorch_weights;
mod safetensors_file;
mod weight_table;

pub(crate) use imported_model::check_transform;
pub use imported_model::{ImportFiles, ImportedModel};
pub use onnx::OnnxOptions;
pub(crate) use weight_table::{WeightTable, WeightTensor};
