//! `tatabox completions`.

use clap::Args;
use clap_complete::Shell;

/// Print completions for a shell.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox completions bash > ~/.local/share/bash-completion/completions/tatabox
  tatabox completions zsh > ~/.zfunc/_tatabox
  tatabox completions fish > ~/.config/fish/completions/tatabox.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}
