//! Speed of predictions and training steps, compared with the roofline of the machine.

mod report;
mod request;
mod timing;

use std::time::Duration;

use tatabox_model::{Benchmark, FlopCount, MachinePeak};

use crate::error::Result;
use crate::info::PeakSummary;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

pub use report::{BenchmarkReport, Measurement};
pub use request::{BenchmarkNetwork, BenchmarkRequest, BenchmarkTask};
pub use timing::WindowTimes;

use timing::Timings;

/// Times predictions and training steps of a network on random windows, and compares them with the roofline: the time of the
/// operations alone at the measured peak of the device.
///
/// # Errors
/// The network is not valid, or the device cannot compute it.
///
/// # Examples
///
/// ```no_run
/// use tatabox::benchmark::{self, BenchmarkRequest};
/// use tatabox::{Model, Silent};
///
/// let model = Model::open("models/human")?;
/// let report = benchmark::run(model.into(), &BenchmarkRequest::default(), &Silent)?;
/// for measurement in &report.measurements {
///     println!("{}: {:.0} windows/s", measurement.task, measurement.windows_per_s);
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(network: BenchmarkNetwork, request: &BenchmarkRequest, observer: &dyn Observer) -> Result<BenchmarkReport> {
    let (summary, mut trial, device) = network.set_up()?;
    let window_bp = trial.window_bp();
    let of_member = |network| FlopCount::new(network, window_bp);
    let prediction: Vec<FlopCount> =
        trial.predictor().members().iter().map(|member| of_member(&member.config.network)).collect();
    let training = of_member(trial.network());
    let peak = MachinePeak::measure(&device)?;
    let mut measurements = Vec::new();
    for &task in &request.tasks {
        let windows = request.windows(task, window_bp);
        let timings = time(&mut trial, task, windows, request.seconds, observer)?;
        let roofline_s = match task {
            BenchmarkTask::Latency | BenchmarkTask::Throughput | BenchmarkTask::Mutagenesis => {
                prediction.iter().map(|member| peak.prediction_roofline_s(member)).sum()
            }
            BenchmarkTask::Training => peak.training_roofline_s(&training),
        };
        measurements.push(Measurement::new(task, windows, &timings, 1e3 * roofline_s));
    }
    Ok(BenchmarkReport { network: summary, peak: PeakSummary::new(&peak, &device), measurements })
}

fn time(
    trial: &mut Benchmark,
    task: BenchmarkTask,
    windows: usize,
    seconds: f64,
    observer: &dyn Observer,
) -> Result<Timings> {
    let windows_per_call = windows as u64;
    let windows = trial.windows(if task == BenchmarkTask::Mutagenesis { 1 } else { windows });
    let mut progress = Progress::start(observer, task.name(), None, Unit::Windows);
    let mut done = 0;
    let mut failure = None;
    let call = || {
        let result = match task {
            BenchmarkTask::Latency | BenchmarkTask::Throughput => trial.predict(&windows).map(drop),
            BenchmarkTask::Training => trial.train_step(&windows).map(drop),
            BenchmarkTask::Mutagenesis => {
                trial.predictor().substitution_effects(&windows[0], 0..windows[0].len(), &|_| ()).map(drop)
            }
        };
        failure = failure.take().or(result.err());
    };
    let timings = Timings::measure(Duration::from_secs_f64(seconds), call, || {
        done += windows_per_call;
        progress.set(done);
    });
    progress.finish();
    match failure {
        None => Ok(timings),
        Some(error) => Err(error.into()),
    }
}
