//! Choice among the cell types of a model.

use clap::Args;
use tatabox::OutputSelection;

/// Cell types of a model.
#[derive(Debug, Args)]
pub(crate) struct CellTypeArgs {
    /// Only these cell types or outputs of assays; may be repeated [default: all cell types of the model]
    #[arg(long, value_name = "NAME", help_heading = "Model", value_delimiter = ',')]
    cell_type: Vec<String>,
}

impl CellTypeArgs {
    /// The requested names; empty for all cell types.
    pub(crate) fn names(&self) -> &[String] {
        &self.cell_type
    }

    /// The outputs to compute.
    pub(crate) fn outputs(&self) -> OutputSelection {
        OutputSelection::of_names(&self.cell_type)
    }
}
