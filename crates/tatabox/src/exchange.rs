//! Exchange of models with other programs: ONNX, safetensors, PyTorch state dicts.

mod export;
mod import;

pub use export::{ExportFormat, ExportRequest, export};
pub use import::{ImportRequest, ImportSummary, import};
