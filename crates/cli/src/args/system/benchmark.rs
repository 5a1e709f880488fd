//! `tatabox benchmark`.

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox::benchmark::{BenchmarkRequest, BenchmarkTask};
use tatabox_model::{DeviceChoice, ModelError, Precision, SelectedDevice};

use crate::args::NetworkArgs;

/// Shorter measurements are noise; longer ones are typing errors.
const SECONDS: std::ops::RangeInclusive<f64> = 0.01..=3_600.0;

/// Time predictions and training steps on this machine.
///
/// Predicts random windows one at a time and in batches and takes training steps, each for some seconds after a warm-up.
/// The times are compared with the roofline: the time of the operations alone at the peak of this machine, which is
/// measured first. `tatabox info --flops` shows the operations per layer.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox benchmark
  tatabox benchmark --preset small --window 300 --only throughput
  tatabox benchmark --model models/human --threads 1
  tatabox benchmark --device cuda:0 --precision bf16 --batch 256 --json

COLUMNS
  task       latency: prediction of one window; throughput: prediction of a
             batch; training: one optimiser step on a batch; mutagenesis: every
             substitution of one window, where only affected positions are
             recomputed and each mutant counts as a window. An ensemble predicts
             with all members and trains its first
  windows    windows per call
  windows/s  at the median time
  median, p10, p90, fastest
             milliseconds per window, over all calls
  roofline   milliseconds per window at the machine's peak; for mutagenesis, with
             every mutant predicted in full
  x roofline median as a multiple of the roofline")]
pub(crate) struct BenchmarkArgs {
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Device that computes: auto, cpu or cuda:N
    #[arg(long, help_heading = "Network", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// Number format of convolutions and large products: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Network", default_value_t = Precision::F32)]
    precision: Precision,

    /// Time only this task
    #[arg(long, value_name = "TASK", help_heading = "Measurement")]
    only: Option<Task>,
    /// Windows per batch [default: 32; for training 16, or 64 where windows are shorter than 4 kb]
    #[arg(long, value_name = "N", help_heading = "Measurement", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    batch: Option<u32>,
    /// Seconds per task, in addition to the warm-up
    #[arg(long, value_name = "S", help_heading = "Measurement", default_value_t = 5.0, value_parser = parse_seconds)]
    seconds: f64,

    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// Work that is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Task {
    /// Prediction of one window
    Latency,
    /// Prediction of a batch
    Throughput,
    /// One optimiser step on a batch
    Training,
    /// Every substitution of one window
    Mutagenesis,
}

impl From<Task> for BenchmarkTask {
    fn from(task: Task) -> Self {
        match task {
            Task::Latency => Self::Latency,
            Task::Throughput => Self::Throughput,
            Task::Training => Self::Training,
            Task::Mutagenesis => Self::Mutagenesis,
        }
    }
}

impl BenchmarkArgs {
    /// Device that computes.
    pub(crate) fn device(&self) -> Result<SelectedDevice, ModelError> {
        self.device.select()?.with_precision(self.precision)
    }

    /// The request that these arguments describe.
    pub(crate) fn request(&self) -> BenchmarkRequest {
        BenchmarkRequest {
            tasks: self.only.map_or_else(|| BenchmarkTask::ALL.to_vec(), |task| vec![task.into()]),
            batch: self.batch.map(|batch| batch as usize),
            seconds: self.seconds,
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
    fn benchmark_args_defaults_are_those_of_the_library() {
        assert_eq!(parse("").expect("nothing is required").request(), BenchmarkRequest::default());
        let request = parse("--only training --batch 8").expect("valid").request();
        assert_eq!((request.tasks, request.batch), (vec![BenchmarkTask::Training], Some(8)));
    }

    #[test]
    fn benchmark_args_seconds_out_of_range_are_refused() {
        for text in ["0", "-1", "NaN", "5 s", "1e9"] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
        assert_eq!(parse_seconds("0.5"), Ok(0.5));
    }
}
