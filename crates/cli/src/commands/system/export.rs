//! `tatabox export`: a model as one file.

use anyhow::Result;
use tatabox::{OutputSelection, exchange};
use tatabox_model::DeviceChoice;

use crate::args::ExportArgs;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;

pub(crate) fn run(args: &ExportArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let mut model = model_choice::open_on(args.model.as_deref(), DeviceChoice::Cpu.select()?, console)?;
    if !model.predictor().members_share_outputs() {
        model = model.with_outputs(&OutputSelection::Expression)?;
        let outputs = model.cell_types().join(", ");
        console.note(format!("the networks of the model have different outputs; exporting those of {outputs}"));
    }
    let bytes = exchange::export(&model, &request)?;
    console.note(format!("{bytes} bytes written to {}", request.output.display()));
    Ok(())
}
