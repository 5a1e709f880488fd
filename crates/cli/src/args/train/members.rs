//! How many networks a model shall have, as `tatabox train` and `tatabox crossval` take it.

use clap::Args;

/// Networks of a model.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct MembersArgs {
    /// Train this many networks that differ in their seed and predict together, 2 to 100
    #[arg(long, value_name = "MEMBERS", help_heading = "Training")]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=100))]
    ensemble: Option<u16>,
}

impl MembersArgs {
    /// Networks of the ensemble; none for a network of its own.
    pub(crate) fn count(self) -> Option<usize> {
        self.ensemble.map(usize::from)
    }
}
