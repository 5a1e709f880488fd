//! `tatabox export`: a model as one file.

use std::io::Write;

use anyhow::{Context, Result, bail};
use tatabox_model::{DeviceChoice, OnnxOptions};

use crate::args::{Export, ExportArgs};
use crate::console::Console;
use crate::model_choice::ChosenModel;
use crate::output::Sink;

pub(crate) fn run(args: &ExportArgs, console: &Console) -> Result<()> {
    let export = args.export()?;
    let chosen = ChosenModel::load(args.model.as_deref(), DeviceChoice::Cpu.select()?, console)?;
    if let Some(ensemble) = chosen.predictor.ensemble() {
        let folder = chosen.directory.display();
        bail!(
            "{folder} is an ensemble of {} networks, a file holds one; export each: --model {folder}/members/1 and so on",
            ensemble.members.len()
        );
    }
    let model = chosen.predictor.model();
    let mut sink = Sink::create(Some(&args.output))?;
    let bytes = match export {
        Export::Onnx { attention } => model.to_onnx(OnnxOptions { attention })?,
        Export::Safetensors => model.to_safetensors()?,
    };
    sink.write_all(&bytes).with_context(|| format!("cannot write {}", args.output.display()))?;
    sink.commit()?;
    console.note(format!("{} bytes written to {}", bytes.len(), args.output.display()));
    Ok(())
}
