//! Results of a benchmark.

use serde::Serialize;

use super::BenchmarkTask;
use super::timing::{Timings, WindowTimes};
use crate::info::{NetworkSummary, PeakSummary};

/// Times of every task, with the network and the peak of the device.
///
/// # Examples
///
/// ```
/// use tatabox::benchmark::BenchmarkReport;
///
/// fn slowest(report: &BenchmarkReport) -> Option<&'static str> {
///     let measurements = report.measurements.iter();
///     measurements.max_by(|a, b| a.times_roofline.total_cmp(&b.times_roofline)).map(|slowest| slowest.task)
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BenchmarkReport {
    /// The network.
    pub network: NetworkSummary,
    /// Measured peak of the device.
    pub peak: PeakSummary,
    /// One measurement per task.
    pub measurements: Vec<Measurement>,
}

/// Times of one task.
///
/// # Examples
///
/// ```
/// use tatabox::benchmark::Measurement;
///
/// fn line(measurement: &Measurement) -> String {
///     format!("{}: {:.2} ms per window", measurement.task, measurement.ms_per_window.median)
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Measurement {
    /// Name of the task.
    pub task: &'static str,
    /// Windows of one call.
    pub windows: usize,
    /// Number of timed calls.
    pub calls: usize,
    /// Windows per second, at the median time.
    pub windows_per_s: f64,
    /// Time per window.
    pub ms_per_window: WindowTimes,
    /// Time per window of the operations alone, at the peak of the device.
    pub roofline_ms_per_window: f64,
    /// Median time as a multiple of the roofline.
    pub times_roofline: f64,
}

impl Measurement {
    pub(super) fn new(task: BenchmarkTask, windows: usize, timings: &Timings, roofline_ms: f64) -> Self {
        let times = timings.per_window(windows);
        Self {
            task: task.name(),
            windows,
            calls: timings.calls(),
            windows_per_s: 1e3 / times.median,
            ms_per_window: times,
            roofline_ms_per_window: roofline_ms,
            times_roofline: times.median / roofline_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn measurement_is_compared_with_the_roofline_at_its_median() {
        let timings = Timings::measure(Duration::ZERO, || std::thread::sleep(Duration::from_millis(2)), || ());
        let row = Measurement::new(BenchmarkTask::Throughput, 2, &timings, 0.5);
        assert!(row.ms_per_window.median >= 1.0, "2 ms for two windows: {row:?}");
        assert!((row.times_roofline - row.ms_per_window.median / 0.5).abs() < 1e-9);
        assert!((row.windows_per_s * row.ms_per_window.median - 1e3).abs() < 1e-6);
        assert_eq!((row.task, row.calls), ("throughput", 3));
    }
}
