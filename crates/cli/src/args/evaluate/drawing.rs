//! What is drawn from an evaluation.

use clap::Args;

use crate::evaluation::Drawing;

/// Options of verbs that draw.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct DrawingArgs {
    /// Do not draw figures
    #[arg(long)]
    no_figures: bool,
    /// Figure 1 with a panel for each cell type
    #[arg(long)]
    panel_per_cell_type: bool,
    /// Do not write report.html and report.json
    #[arg(long)]
    no_report: bool,
}

impl From<&DrawingArgs> for Drawing {
    fn from(args: &DrawingArgs) -> Self {
        Self { figures: !args.no_figures, report: !args.no_report, panel_per_cell_type: args.panel_per_cell_type }
    }
}
