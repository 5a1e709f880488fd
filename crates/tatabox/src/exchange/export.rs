//! Export of a model to one file.

use std::io::Write;
use std::path::PathBuf;

use tatabox_model::OnnxOptions;

use crate::error::{Context, Error, Result};
use crate::model_store::Model;
use crate::output_paths::OutputPaths;
use crate::remedy::Remedy;
use crate::tables::Sink;

/// Request to export a model.
///
/// ```
/// use tatabox::exchange::{ExportFormat, ExportRequest};
///
/// let request = ExportRequest { format: ExportFormat::Onnx { attention: true }, output: "human.onnx".into() };
/// assert_ne!(request.format, ExportFormat::Safetensors);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRequest {
    /// Format of the file.
    pub format: ExportFormat,
    /// The file; it appears once it is complete.
    pub output: PathBuf,
}

/// Format of an exported model.
///
/// ```
/// use tatabox::exchange::ExportFormat;
///
/// assert_eq!(ExportFormat::default(), ExportFormat::Onnx { attention: false });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// ONNX, opset 17: the network, or the mean of the networks of an ensemble.
    Onnx {
        /// Whether the attention of each head is an output in addition to the expression.
        attention: bool,
    },
    /// safetensors: the weights of one network, with configuration, transform, scores and record in the metadata.
    Safetensors,
}

impl Default for ExportFormat {
    fn default() -> Self {
        Self::Onnx { attention: false }
    }
}

/// Writes a model to one file and returns its size in bytes. ONNX requires a model on the CPU.
///
/// # Errors
/// The file is in the folder of the model, the format cannot hold the model, or the file cannot be written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Model;
/// use tatabox::exchange::{self, ExportFormat, ExportRequest};
///
/// let model = Model::open("models/human")?;
/// exchange::export(&model, &ExportRequest { format: ExportFormat::default(), output: "human.onnx".into() })?;
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn export(model: &Model, request: &ExportRequest) -> Result<u64> {
    let mut paths = OutputPaths::of_model(model);
    paths.output("output", &request.output);
    paths.check()?;
    let mut sink = Sink::create(Some(&request.output))?;
    let bytes = match request.format {
        ExportFormat::Onnx { attention } => model.predictor().to_onnx(OnnxOptions { attention })?,
        ExportFormat::Safetensors => to_safetensors(model)?,
    };
    sink.write_all(&bytes).with_context(|| format!("cannot write {}", request.output.display()))?;
    sink.commit()?;
    Ok(bytes.len() as u64)
}

fn to_safetensors(model: &Model) -> Result<Vec<u8>> {
    if let Some(ensemble) = model.predictor().ensemble() {
        let message = format!(
            "{} is an ensemble of {} networks, and a safetensors file holds one",
            model.name(),
            ensemble.members.len()
        );
        return Err(Error::input_with(Remedy::ExportMembers { model: model.folder().map(ToOwned::to_owned) }, message));
    }
    Ok(model.predictor().model().to_safetensors()?)
}
