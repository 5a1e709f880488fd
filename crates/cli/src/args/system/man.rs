//! `tatabox man`.

use std::path::PathBuf;

use clap::Args;

/// Write man pages, one per command.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox man -o ~/.local/share/man/man1
  man tatabox-predict")]
pub(crate) struct ManArgs {
    /// Folder of the pages; other files in it are kept
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}
