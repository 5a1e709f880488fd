//! Exchange of models with other programs.

use std::path::PathBuf;

use pyo3::prelude::*;
use tatabox::exchange::{self as library, ExportFormat, ExportRequest, ImportRequest};

use crate::arguments::names::chosen;
use crate::error::IntoPython;
use crate::model::Model;

/// Writes a model to one file: "onnx" or "safetensors".
#[pyfunction]
pub(crate) fn export(
    py: Python<'_>,
    model: &Bound<'_, Model>,
    output: PathBuf,
    format: &str,
    attention: bool,
) -> PyResult<u64> {
    let formats = [("onnx", ExportFormat::Onnx { attention }), ("safetensors", ExportFormat::Safetensors)];
    let request = ExportRequest { format: chosen(py, "format", format, &formats)?, output };
    let model = model.get().library();
    py.detach(|| library::export(model, &request)).into_python(py)
}

/// Writes the folder of a model from a safetensors file, which may be a state dict of PyTorch; returns the folder.
#[pyfunction]
pub(crate) fn import_model(
    py: Python<'_>,
    weights: PathBuf,
    config: Option<PathBuf>,
    transform: Option<PathBuf>,
    output: PathBuf,
    force: bool,
) -> PyResult<PathBuf> {
    let request = ImportRequest { config, transform, replace: force, ..ImportRequest::new(weights, output) };
    py.detach(|| library::import(&request)).into_python(py).map(|summary| summary.model)
}
