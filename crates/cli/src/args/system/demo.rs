//! `tatabox demo`.

use std::path::PathBuf;

use clap::Args;
use tatabox::demo::DemoRequest;
use tatabox_model::DEFAULT_SEED;

/// Show the whole tool on simulated promoters, in a minute or two.
///
/// Simulates 10,000 promoters with planted motifs, prepares a data set, trains a network, evaluates it on held-out genes,
/// compares its filters with the planted motifs, and explains four promoters. Since the truth is known, every result is
/// shown next to the best that is possible. The numbers say nothing about real genes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox demo
  tatabox demo -o my-demo --seed 7
  tatabox demo --json --quiet

FILES
  simulation/   promoters, expression, motifs, truth and the prepared data set
  models/demo/  the network
  evaluation/   report.html, scores and figures
  motifs/       motifs of the filters, compared with the planted ones
  explained/    contribution of each base, with figures")]
pub(crate) struct DemoArgs {
    /// Folder of all results
    #[arg(short, long, value_name = "DIR", default_value = "tatabox-demo")]
    out: PathBuf,
    /// Seed of the simulation and the training
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Replace the results of an earlier demonstration
    #[arg(long)]
    force: bool,
    /// Print the scores as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl DemoArgs {
    /// The request that these arguments describe.
    pub(crate) fn request(&self, command: Vec<String>) -> DemoRequest {
        DemoRequest { seed: self.seed, overwrite: self.force, command, ..DemoRequest::new(&self.out) }
    }
}
