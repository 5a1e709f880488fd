//! `tatabox benchmark`.

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox_model::{DeviceChoice, ModelError, Precision, SelectedDevice};

use crate::args::NetworkArgs;

/// Shorter measurements than this tell nothing; longer ones are a typing error.
const SECONDS: std::ops::RangeInclusive<f64> = 0.01..=3_600.0;

/// Time predictions and training steps on this machine.
///
/// Predicts random windows one at a time and in batches and takes training steps, each for some seconds after a warm-up,
/// and holds the times against the floor: the time that the arithmetic alone would take at the peak of this machine, which
/// is measured first. `tatabox info --flops` shows that arithmetic layer by layer.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox benchmark
  tatabox benchmark --preset small --window 300 --only throughput
  tatabox benchmark --model models/human --threads 1
  tatabox benchmark --device cuda:0 --precision bf16 --batch 256 --json

COLUMNS
  task       latency: one window; throughput: a batch is predicted;
             training: one optimiser step on a batch; mutagenesis: every
             substitution of one window, computing again only what it
             changes, a mutant counted as a window; an ensemble predicts with
             all its members, the step is one of its first
  windows    windows of one call
  windows/s  at the median time
  median, p10, p90, fastest
             milliseconds a window, over all calls
  floor      milliseconds a window at the machine's peak, for mutagenesis with
             every mutant predicted whole
  x floor    median by floor")]
pub(crate) struct BenchmarkArgs {
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, help_heading = "Network", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// Number format of convolutions and large products: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Network", default_value_t = Precision::F32)]
    precision: Precision,

    /// Time this alone
    #[arg(long, value_name = "TASK", help_heading = "Measurement")]
    only: Option<Task>,
    /// Windows of a batch [default: 32; for training 16, or 64 where windows are shorter than 4 kb]
    #[arg(long, value_name = "N", help_heading = "Measurement", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    batch: Option<u32>,
    /// Seconds to spend on each task, beside the warm-up
    #[arg(long, value_name = "S", help_heading = "Measurement", default_value_t = 5.0, value_parser = parse_seconds)]
    pub(crate) seconds: f64,

    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Task {
    /// One window is predicted
    Latency,
    /// A batch is predicted
    Throughput,
    /// One optimiser step on a batch
    Training,
    /// Every substitution of one window
    Mutagenesis,
}

impl Task {
    /// Every task, in the order in which they are timed.
    const ALL: [Self; 4] = [Self::Latency, Self::Throughput, Self::Training, Self::Mutagenesis];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Throughput => "throughput",
            Self::Training => "training",
            Self::Mutagenesis => "mutagenesis",
        }
    }
}

impl BenchmarkArgs {
    /// Where the network runs.
    pub(crate) fn device(&self) -> Result<SelectedDevice, ModelError> {
        self.device.select()?.with_precision(self.precision)
    }

    /// The tasks asked for.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        self.only.map_or_else(|| Task::ALL.to_vec(), |task| vec![task])
    }

    /// Windows of one call, mutants counted, for a network that reads `window_bp`.
    pub(crate) fn windows(&self, task: Task, window_bp: usize) -> usize {
        match (task, self.batch) {
            (Task::Latency, _) => 1,
            (Task::Mutagenesis, _) => 3 * window_bp,
            (_, Some(batch)) => batch as usize,
            (Task::Throughput, None) => 32,
            (Task::Training, None) if window_bp < 4_000 => 64,
            (Task::Training, None) => 16,
        }
    }
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if SECONDS.contains(&seconds) => Ok(seconds),
        _ => Err(format!("expected seconds from {} to {}", SECONDS.start(), SECONDS.end())),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: BenchmarkArgs,
    }

    fn parse(line: &str) -> Result<BenchmarkArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("benchmark {line}").split_whitespace())?.args)
    }

    #[test]
    fn batches_fit_the_task_and_the_window() {
        let args = parse("").expect("nothing is required");
        assert_eq!(args.tasks(), Task::ALL);
        let windows = |args: &BenchmarkArgs, window_bp| Task::ALL.map(|task| args.windows(task, window_bp));
        assert_eq!(windows(&args, 11_000), [1, 32, 16, 33_000]);
        assert_eq!(windows(&args, 300), [1, 32, 64, 900]);
        let args = parse("--only training --batch 8").expect("valid");
        assert_eq!((args.tasks(), windows(&args, 300)), (vec![Task::Training], [1, 8, 8, 900]));
    }

    #[test]
    fn seconds_have_a_range() {
        for text in ["0", "-1", "NaN", "5 s", "1e9"] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
        assert_eq!(parse_seconds("0.5"), Ok(0.5));
    }
}
