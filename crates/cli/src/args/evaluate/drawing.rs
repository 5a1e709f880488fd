//! Options for figures and report.

use clap::Args;
use tatabox::evaluate::Drawing;

/// Options for figures and report of an evaluation.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct DrawingArgs {
    /// Write no figures
    #[arg(long)]
    no_figures: bool,
    /// Draw figure 1 with one panel per cell type
    #[arg(long)]
    panel_per_cell_type: bool,
    /// Write no report.html and report.json
    #[arg(long)]
    no_report: bool,
}

impl From<&DrawingArgs> for Drawing {
    fn from(args: &DrawingArgs) -> Self {
        Self { figures: !args.no_figures, report: !args.no_report, panel_per_cell_type: args.panel_per_cell_type }
    }
}
