//! Transfer learning, as options of `tatabox train` and `tatabox transfer-benchmark`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::train::{FrozenEpochs, TransferOptions};

use crate::resolve::model as model_choice;
use crate::terminal::failure::usage;

/// Options of a training run that may begin from another model.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Transfer")]
pub(crate) struct TransferArgs {
    /// Begin from this trained model: its network, extent and weights, with new outputs for these cell types
    #[arg(long, value_name = "DIR")]
    #[arg(conflicts_with_all = ["preset", "architecture", "extent", "extent_coverage"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    frozen: FrozenArgs,
}

/// Options of the first epochs, in which only the output layer is trained.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Transfer")]
pub(crate) struct FrozenArgs {
    /// First epochs of a transfer, in which only the last layer is trained [default: 3, or fewer in a run of fewer --epochs]
    #[arg(long, value_name = "N")]
    frozen_epochs: Option<usize>,
    /// Peak learning rate of these epochs [default: 0.001]
    #[arg(long, value_name = "RATE")]
    frozen_learning_rate: Option<f64>,
}

impl TransferArgs {
    /// The transfer, if one is requested.
    pub(crate) fn options(&self) -> Result<Option<TransferOptions>> {
        let Self { from, frozen } = self;
        match (from, frozen.first_explicit()) {
            (Some(from), _) => Ok(Some(TransferOptions { from: model_choice::folder(from)?, frozen: frozen.epochs() })),
            (None, Some(option)) => {
                Err(usage(format!("{option} applies to a transfer; name the model to begin from with --from")))
            }
            (None, None) => Ok(None),
        }
    }
}

impl FrozenArgs {
    /// The epochs, with defaults where an option is omitted.
    pub(crate) fn epochs(&self) -> FrozenEpochs {
        let default = FrozenEpochs::default();
        FrozenEpochs {
            epochs: self.frozen_epochs,
            learning_rate: self.frozen_learning_rate.unwrap_or(default.learning_rate),
        }
    }

    fn first_explicit(&self) -> Option<&'static str> {
        let options = [
            ("--frozen-epochs", self.frozen_epochs.is_some()),
            ("--frozen-learning-rate", self.frozen_learning_rate.is_some()),
        ];
        options.into_iter().find(|(_, is_explicit)| *is_explicit).map(|(option, _)| option)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tatabox_model::TransferConfig;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        training: crate::args::TrainingArgs,
        #[command(flatten)]
        transfer: TransferArgs,
    }

    fn options(line: &str) -> Result<Option<TransferOptions>> {
        Line::try_parse_from(format!("train {line}").split_whitespace())?.transfer.options()
    }

    #[test]
    fn transfer_args_defaults_in_the_help_are_those_of_the_library() {
        let frozen = options("--from m").expect("valid").expect("a transfer").frozen;
        assert_eq!(frozen, FrozenEpochs { epochs: None, learning_rate: 0.001 });
        assert_eq!(TransferConfig::DEFAULT_FROZEN_EPOCHS, 3);
    }

    #[test]
    fn transfer_args_network_options_are_refused() {
        for option in ["--preset base", "--architecture cnn", "--extent -100..+50", "--extent-coverage 0.5"] {
            assert!(options(&format!("--from m {option}")).is_err(), "{option}");
            assert!(options(option).expect("valid").is_none(), "{option}");
        }
        let message = options("--frozen-epochs 5").expect_err("no model").to_string();
        assert_eq!(message, "--frozen-epochs applies to a transfer; name the model to begin from with --from");
    }
}
