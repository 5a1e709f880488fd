//! `tatabox info`.

use anyhow::Result;
use clap::Args;
use tatabox_model::DeviceChoice;

use crate::args::train::network::{NetworkArgs, NetworkChoice};
use crate::terminal::failure::usage;

/// Describe this machine or a model.
///
/// Without options: version, threads, processor, folders, and every device with the reason why it can or cannot be used.
/// With --model: training data, inputs, outputs and scores of the model. With --preset or --window: an untrained network.
/// --flops adds the operations per layer and the roofline, the time that they take at the measured peak of this machine.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox info
  tatabox info --model models/human
  tatabox info --model models/human --json
  tatabox info --preset base --window 11000 --flops

COLUMNS OF --flops, for one window
  multiply-adds  of the layer as defined
  as run         operations on the CPU, where a convolution over bases is a sum of
                 tabulated rows: one addition per three bases
  weights, out   bytes of the weights and of the output, f32
  For an ensemble, the columns describe its first member.")]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Device to measure: auto, cpu or cuda:N
    #[arg(long, help_heading = "Network", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
    /// Show the operations per layer and measure the peak of this machine
    #[arg(long, help_heading = "Network")]
    pub(crate) flops: bool,

    /// Print JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl InfoArgs {
    /// The network to describe; `None` for the machine.
    pub(crate) fn network(&self) -> Result<Option<NetworkChoice>> {
        let network = self.network.named();
        if self.flops && network.is_none() {
            return Err(usage("--flops: name a network with --model DIR, or with --preset and --window"));
        }
        Ok(network)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: InfoArgs,
    }

    #[test]
    fn info_args_flops_require_a_network() {
        let network =
            |line: &str| Line::try_parse_from(format!("info {line}").split_whitespace()).expect("valid").args.network();
        assert!(network("").expect("the machine").is_none());
        assert!(network("--window 300 --flops").expect("a network").is_some());
        assert!(network("--flops").expect_err("no network").to_string().contains("--preset"));
    }
}
