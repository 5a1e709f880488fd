//! Number of networks in a model, as an option of `tatabox train` and `tatabox crossval`.

use clap::Args;

/// Networks of a model.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct MembersArgs {
    /// Train an ensemble of this many networks with different seeds, which predicts their mean, 2 to 100
    #[arg(long, value_name = "MEMBERS", help_heading = "Training")]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=100))]
    ensemble: Option<u16>,
}

impl MembersArgs {
    /// Networks of the ensemble; `None` for a single network.
    pub(crate) fn count(self) -> Option<usize> {
        self.ensemble.map(usize::from)
    }
}
