//! `tatabox info`.

use anyhow::Result;
use clap::Args;
use tatabox_model::DeviceChoice;

use crate::args::train::network::{NetworkArgs, NetworkChoice};
use crate::terminal::failure::usage;

/// Show what this program can use here, or what a model is.
///
/// Without options: version, devices and why each can or cannot be used, threads, processor, folders. With --model: what
/// the model was trained on, reads and predicts, and how well it did. With --preset or --window: a network that is not
/// trained. With --flops also the arithmetic of each layer, and the time that it would take at the measured peak of this
/// machine.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox info
  tatabox info --model models/human
  tatabox info --model models/human --json
  tatabox info --preset base --window 11000 --flops

COLUMNS OF --flops, for one window
  multiply-adds  of the layer as it is written
  as run         on the CPU, where a convolution over bases is a sum of
                 tabulated rows: additions, one for each three bases
  weights, out   bytes of the weights and of what leaves the layer, f32
  Of an ensemble they are those of its first member.")]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Where to measure the peak: auto, cpu or cuda:N
    #[arg(long, help_heading = "Network", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
    /// Show the arithmetic of each layer, and measure the peak of this machine
    #[arg(long, help_heading = "Network")]
    pub(crate) flops: bool,

    /// Print JSON instead
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl InfoArgs {
    /// The network to describe; none for the machine.
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
    fn arithmetic_needs_a_network() {
        let network =
            |line: &str| Line::try_parse_from(format!("info {line}").split_whitespace()).expect("valid").args.network();
        assert!(network("").expect("the machine").is_none());
        assert!(network("--window 300 --flops").expect("a network").is_some());
        assert!(network("--flops").expect_err("of what?").to_string().contains("--preset"));
    }
}
