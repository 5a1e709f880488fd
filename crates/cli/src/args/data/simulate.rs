//! `tatabox simulate`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::simulate::SimulateRequest;
use tatabox_dataset::SimulateConfig;
use tatabox_model::DEFAULT_SEED;
use tatabox_sequence::WindowGeometry;

use crate::terminal::failure::usage;

/// Simulate promoters and expression with known truth.
///
/// Plants motifs such as TATA boxes, GC boxes and cell-type-specific factors in random promoters, computes expression
/// from the finished sequence and adds noise. The data contain no genomic sequence and no measurement. The best Pearson that
/// any model can reach is therefore known, and is printed per cell line.
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
    #[arg(long, value_name = "BP", help_heading = "Simulation", default_value_t = SimulateConfig::default().geometry.upstream_bp)]
    upstream: u32,
    /// Bases from the TSS base on, including it
    #[arg(long, value_name = "BP", help_heading = "Simulation", default_value_t = SimulateConfig::default().geometry.downstream_bp)]
    downstream: u32,
    /// Standard deviation of the noise on log2(TPM + 1)
    #[arg(long, value_name = "SD", help_heading = "Simulation", default_value_t = SimulateConfig::default().noise_sd)]
    noise_sd: f64,
    /// Seed
    #[arg(long, value_name = "N", help_heading = "Simulation", default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// Folder of promoters.fa, expression.tsv and truth.json
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "data/simulated")]
    out: PathBuf,
    /// Also prepare a data set in DIR/prepared and make it the active one
    #[arg(long, help_heading = "Output")]
    prepare: bool,
    /// Replace an existing simulation
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Print the truth as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl SimulateArgs {
    /// The request that these arguments describe.
    pub(crate) fn request(&self) -> Result<SimulateRequest> {
        let geometry = WindowGeometry::new(self.upstream, self.downstream)
            .map_err(|error| usage(format!("--upstream and --downstream: {error}")))?;
        if !(self.noise_sd.is_finite() && self.noise_sd >= 0.0) {
            return Err(usage(format!("--noise-sd {}: expected 0 or more", self.noise_sd)));
        }
        let config =
            SimulateConfig { genes: self.genes, geometry, seed: self.seed, noise_sd: self.noise_sd, force: self.force };
        Ok(SimulateRequest { config, out_dir: self.out.clone(), prepare: self.prepare })
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
    fn simulate_args_defaults_are_those_of_the_library() {
        let line = Line::try_parse_from(["simulate"]).expect("no option is required");
        assert_eq!(line.args.request().expect("valid"), SimulateRequest::new("data/simulated"));
        let line = Line::try_parse_from(["simulate", "--noise-sd", "NaN"]).expect("a float");
        assert!(line.args.request().is_err());
    }
}
