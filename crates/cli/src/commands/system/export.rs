//! `tatabox export`: a model as one file.

use std::io::Write;

use anyhow::{Context, Result, bail};
use tatabox_model::{DeviceChoice, OnnxOptions};

use crate::args::{Export, ExportArgs};
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use tatabox::Model;
use tatabox::tables::Sink;

pub(crate) fn run(args: &ExportArgs, console: &Console) -> Result<()> {
    let export = args.export()?;
    let chosen = model_choice::open_on(args.model.as_deref(), DeviceChoice::Cpu.select()?, console)?;
    let mut sink = Sink::create(Some(&args.output))?;
    let bytes = match export {
        Export::Onnx { attention } => chosen.predictor().to_onnx(OnnxOptions { attention })?,
        Export::Safetensors => to_safetensors(&chosen)?,
    };
    sink.write_all(&bytes).with_context(|| format!("cannot write {}", args.output.display()))?;
    sink.commit()?;
    console.note(format!("{} bytes written to {}", bytes.len(), args.output.display()));
    Ok(())
}

fn to_safetensors(chosen: &Model) -> Result<Vec<u8>> {
    if let Some(ensemble) = chosen.predictor().ensemble() {
        let folder = chosen.folder().display();
        bail!(
            "{folder} is an ensemble of {} networks, and a safetensors file holds one; export each, --model \
             {folder}/members/1 and so on, or all as ONNX",
            ensemble.members.len()
        );
    }
    Ok(chosen.predictor().model().to_safetensors()?)
}
