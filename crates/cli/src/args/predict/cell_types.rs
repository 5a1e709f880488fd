//! Choice among the cell types of a model.

use clap::Args;

/// Cell types of a model.
#[derive(Debug, Args)]
pub(crate) struct CellTypeArgs {
    /// Only these cell types; may be repeated [default: all of the model]
    #[arg(long, value_name = "NAME", help_heading = "Model", value_delimiter = ',')]
    cell_type: Vec<String>,
}

impl CellTypeArgs {
    /// The requested names; empty for all.
    pub(crate) fn names(&self) -> &[String] {
        &self.cell_type
    }
}
