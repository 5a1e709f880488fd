//! Choice among the cell types of a model.

use clap::Args;
use tatabox::OutputSelection;

/// Cell types of a model.
#[derive(Debug, Args)]
pub(crate) struct CellTypeArgs {
    /// Only these cell types or outputs of assays, or `expression` or `all` outputs; may be repeated
    /// [default: all cell types of the model]
    #[arg(long, value_name = "NAME", help_heading = "Model", value_delimiter = ',')]
    cell_type: Vec<String>,
}

/// Outputs of a model whose variant effects are computed.
#[derive(Debug, Args)]
pub(crate) struct EffectOutputArgs {
    /// Outputs whose effects to compute: cell types, outputs of assays, or `expression`, `effects` or `all`; may be repeated
    /// [default: `effects`, the effect_outputs of the model folder, else `expression`]
    #[arg(long, value_name = "NAME", help_heading = "Model", value_delimiter = ',')]
    cell_type: Vec<String>,
}

impl CellTypeArgs {
    /// The requested names; empty for all of the selected outputs.
    pub(crate) fn names(&self) -> &[String] {
        names(&self.outputs(), &self.cell_type)
    }

    /// The outputs to compute.
    pub(crate) fn outputs(&self) -> OutputSelection {
        OutputSelection::of_names(&self.cell_type)
    }
}

impl EffectOutputArgs {
    /// The requested names; empty for all of the selected outputs.
    pub(crate) fn names(&self) -> &[String] {
        names(&self.outputs(), &self.cell_type)
    }

    /// The outputs to compute; those that the model designates by default.
    pub(crate) fn outputs(&self) -> OutputSelection {
        OutputSelection::of_names_or(&self.cell_type, OutputSelection::Effects)
    }
}

fn names<'a>(outputs: &OutputSelection, requested: &'a [String]) -> &'a [String] {
    if matches!(outputs, OutputSelection::Names(_)) { requested } else { &[] }
}
