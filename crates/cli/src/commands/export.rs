//! `tatabox export`: a model as one file.

use std::io::Write;

use anyhow::{Context, Result};
use tatabox_model::{DeviceChoice, OnnxOptions};

use crate::args::{Export, ExportArgs};
use crate::console::Console;
use crate::model_choice::ChosenModel;
use crate::output::Sink;

pub(crate) fn run(args: &ExportArgs, console: &Console) -> Result<()> {
    let export = args.export()?;
    let mut sink = Sink::create(Some(&args.output))?;
    let chosen = ChosenModel::load(args.model.as_deref(), DeviceChoice::Cpu.select()?, console)?;
    let model = chosen.predictor.model();
    let bytes = match export {
        Export::Onnx { attention } => model.to_onnx(OnnxOptions { attention })?,
        Export::Safetensors => model.to_safetensors()?,
    };
    sink.write_all(&bytes).with_context(|| format!("cannot write {}", args.output.display()))?;
    sink.commit()?;
    console.note(format!("{} bytes written to {}", bytes.len(), args.output.display()));
    Ok(())
}
