//! Bootstrap of intervals, as an option of commands that score predictions.

use clap::Args;

/// Options of the bootstrap.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Scores")]
pub(crate) struct BootstrapArgs {
    /// Bootstrap resamples per interval; tests between models use five times as many
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    bootstrap: u32,
}

impl BootstrapArgs {
    /// Number of resamples.
    pub(crate) fn resamples(self) -> u32 {
        self.bootstrap
    }
}
