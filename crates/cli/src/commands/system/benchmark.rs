//! `tatabox benchmark`: how fast this machine predicts and trains, beside how fast it could.

mod report;
mod timing;

use std::time::Duration;

use anyhow::Result;
use tatabox_model::{FlopCount, MachinePeak, SelectedDevice, Benchmark};

use crate::args::{BenchmarkArgs, NetworkChoice, Task};
use crate::network_summary::{NetworkSummary, PeakSummary};
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;
use report::{Measurement, Report};
use tatabox::{Progress, Unit};
use timing::Timings;

pub(crate) fn run(args: &BenchmarkArgs, console: &Console) -> Result<()> {
    let (name, mut trial, device) = set_up(args, console)?;
    let prediction: Vec<FlopCount> = trial
        .predictor()
        .members()
        .iter()
        .map(|member| FlopCount::new(&member.config.network, trial.window_bp()))
        .collect();
    let training = FlopCount::new(trial.network(), trial.window_bp());
    let peak = MachinePeak::measure(&device)?;
    let mut measurements = Vec::new();
    for task in args.tasks() {
        let windows = args.windows(task, trial.window_bp());
        let timings = time(&mut trial, task, windows, args.seconds, console);
        let floor_s = match task {
            Task::Latency | Task::Throughput | Task::Mutagenesis => {
                prediction.iter().map(|member| peak.prediction_roofline_s(member)).sum()
            }
            Task::Training => peak.training_roofline_s(&training),
        };
        measurements.push(Measurement::new(task, windows, &timings, 1e3 * floor_s));
    }
    let report = Report {
        network: NetworkSummary::of_model(&name, trial.predictor()),
        peak: PeakSummary::new(&peak, &device),
        measurements,
    };
    if args.json { stdout::print_json(&report) } else { stdout::print(&report.to_text()?) }
}

fn set_up(args: &BenchmarkArgs, console: &Console) -> Result<(String, Benchmark, SelectedDevice)> {
    match args.network.named_or_default() {
        NetworkChoice::Model(directory) => {
            let model = model_choice::open_on(Some(&directory), args.device()?, console)?;
            let (name, device) = (model.name().to_owned(), model.device().clone());
            Ok((name, Benchmark::of_predictor(model.into_predictor(), &device), device))
        }
        NetworkChoice::Untrained { name, network, extent } => {
            let device = args.device()?;
            console.note(format!("device: {device}"));
            Ok((name, Benchmark::new(network, extent, &device)?, device))
        }
    }
}

fn time(trial: &mut Benchmark, task: Task, windows: usize, seconds: f64, console: &Console) -> Timings {
    let counted = windows as u64;
    let windows = trial.windows(if task == Task::Mutagenesis { 1 } else { windows });
    let mut progress = Progress::start(console, task.name(), None, Unit::Windows);
    let mut done = 0;
    let call = || match task {
        Task::Latency | Task::Throughput => {
            trial.predict(&windows);
        }
        Task::Training => {
            trial.train_step(&windows);
        }
        Task::Mutagenesis => {
            trial.predictor().substitution_effects(&windows[0], 0..windows[0].len(), &|_| ());
        }
    };
    let timings = Timings::measure(Duration::from_secs_f64(seconds), call, || {
        done += counted;
        progress.set(done);
    });
    progress.finish();
    timings
}
