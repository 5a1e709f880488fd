//! How a model is taken over to new cell types, as `tatabox train` and `tatabox transfer-trial` take it.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox_model::TransferConfig;

use crate::terminal::failure::usage;

/// Options of a training run that may begin from another model.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Transfer")]
pub(crate) struct TransferArgs {
    /// Begin from this trained model: its network, its extent, its weights, with outputs for these cell types
    #[arg(long, value_name = "DIR")]
    #[arg(conflicts_with_all = ["preset", "architecture", "extent", "extent_coverage"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    frozen: FrozenArgs,
}

/// Options of the epochs in which all but the outputs is frozen.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Transfer")]
pub(crate) struct FrozenArgs {
    /// First epochs of a transfer, in which only the last layer is trained [default: 3]
    #[arg(long, value_name = "N")]
    frozen_epochs: Option<usize>,
    /// Highest learning rate of these epochs [default: 0.001]
    #[arg(long, value_name = "RATE")]
    frozen_learning_rate: Option<f64>,
}

/// The model to begin from.
#[derive(Debug, Clone)]
pub(crate) struct TransferOptions {
    pub(crate) from: PathBuf,
    pub(crate) frozen: FrozenArgs,
}

impl TransferArgs {
    /// The transfer asked for, if one is.
    pub(crate) fn into_options(self) -> Result<Option<TransferOptions>> {
        let Self { from, frozen } = self;
        match from {
            Some(from) => Ok(Some(TransferOptions { from, frozen })),
            None => match frozen.first_given() {
                Some(option) => {
                    Err(usage(format!("{option} is of a transfer; name the model to begin from with --from")))
                }
                None => Ok(None),
            },
        }
    }
}

impl FrozenArgs {
    /// The transfer from the model in folder `from`, whose weights have this checksum.
    pub(crate) fn config(&self, from: PathBuf, weights_sha256: String) -> TransferConfig {
        let mut config = TransferConfig::new(from, weights_sha256);
        config.frozen_epochs = self.frozen_epochs.unwrap_or(config.frozen_epochs);
        config.frozen_learning_rate = self.frozen_learning_rate.unwrap_or(config.frozen_learning_rate);
        config
    }

    fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--frozen-epochs", self.frozen_epochs.is_some()),
            ("--frozen-learning-rate", self.frozen_learning_rate.is_some()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        training: crate::args::TrainingArgs,
        #[command(flatten)]
        transfer: TransferArgs,
    }

    fn options(line: &str) -> Result<Option<TransferOptions>> {
        Line::try_parse_from(format!("train {line}").split_whitespace())?.transfer.into_options()
    }

    #[test]
    fn defaults_in_the_help_are_those_of_the_model() {
        let frozen = options("--from m").expect("valid").expect("a transfer").frozen;
        let config = frozen.config("m".into(), "0".to_owned());
        assert_eq!(config, TransferConfig::new("m", "0"));
        assert_eq!(config.frozen_epochs, 3);
        assert!((config.frozen_learning_rate - 0.001).abs() < 1e-12);
    }

    #[test]
    fn a_transfer_has_the_network_and_the_extent_of_its_model() {
        for own in ["--preset base", "--architecture cnn", "--extent -100..+50", "--extent-coverage 0.5"] {
            assert!(options(&format!("--from m {own}")).is_err(), "{own}");
            assert!(options(own).expect("valid").is_none(), "{own}");
        }
        let message = options("--frozen-epochs 5").expect_err("no model").to_string();
        assert_eq!(message, "--frozen-epochs is of a transfer; name the model to begin from with --from");
    }
}
