//! `tatabox simulate`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox_dataset::SimulateConfig;
use tatabox_model::DEFAULT_SEED;
use tatabox_sequence::WindowGeometry;

use crate::terminal::failure::usage;

/// Simulate promoters and expression whose truth is known.
///
/// Plants motifs such as TATA boxes, GC boxes and cell-type-specific factors in random promoters, computes expression
/// from the finished sequence and adds noise. No base of any genome and no measurement is in it. The best Pearson that
/// any model can reach is therefore known, and printed for each cell line.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox simulate -o data/simulated
  tatabox simulate -o data/simulated --genes 5000 --seed 7 --prepare
  tatabox train --data data/simulated --cell-type K562")]
pub(crate) struct SimulateArgs {
    /// Number of genes, 30 to 100,000
    #[arg(long, value_name = "N", help_heading = "Simulation", default_value_t = 2_000)]
    genes: u32,
    /// Bases before the TSS base
    #[arg(long, value_name = "BP", help_heading = "Simulation", default_value_t = 500)]
    upstream: u32,
    /// Bases from the TSS base on, that base included
    #[arg(long, value_name = "BP", help_heading = "Simulation", default_value_t = 100)]
    downstream: u32,
    /// Standard deviation of the noise on log2(TPM + 1)
    #[arg(long, value_name = "SD", help_heading = "Simulation", default_value_t = SimulateConfig::default().noise_sd)]
    noise_sd: f64,
    /// Seed of every draw
    #[arg(long, value_name = "N", help_heading = "Simulation", default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// Folder to write promoters.fa, expression.tsv and truth.json to
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "data/simulated")]
    pub(crate) out: PathBuf,
    /// Make a data set of it too, in DIR/prepared, and make that the active one
    #[arg(long, help_heading = "Output")]
    pub(crate) prepare: bool,
    /// Replace a simulation that is already there
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
    /// Print the truth as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl SimulateArgs {
    /// The configuration that these arguments ask for.
    pub(crate) fn config(&self) -> Result<SimulateConfig> {
        let geometry = WindowGeometry::new(self.upstream, self.downstream)
            .map_err(|error| usage(format!("--upstream and --downstream: {error}")))?;
        if !(self.noise_sd.is_finite() && self.noise_sd >= 0.0) {
            return Err(usage(format!("--noise-sd {}: expected 0 or more", self.noise_sd)));
        }
        Ok(SimulateConfig { genes: self.genes, geometry, seed: self.seed, noise_sd: self.noise_sd, force: self.force })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: SimulateArgs,
    }

    #[test]
    fn defaults_are_those_of_the_simulation() {
        let line = Line::try_parse_from(["simulate"]).expect("no option is required");
        assert_eq!(line.args.config().expect("valid"), SimulateConfig::default());
        let line = Line::try_parse_from(["simulate", "--noise-sd", "NaN"]).expect("a number of sorts");
        assert!(line.args.config().is_err());
    }
}
