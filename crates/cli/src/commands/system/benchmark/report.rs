//! What was timed, as a table and as JSON.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;

use super::timing::{Timings, WindowTimes};
use crate::args::Task;
use crate::network_summary::{NetworkSummary, PeakSummary, significant};

/// Everything that `tatabox benchmark` prints.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) network: NetworkSummary,
    pub(super) peak: PeakSummary,
    pub(super) measurements: Vec<Measurement>,
}

/// One task.
#[derive(Debug, Serialize)]
pub(super) struct Measurement {
    task: &'static str,
    /// Windows of a call.
    windows: usize,
    calls: usize,
    /// At the median time.
    windows_per_s: f64,
    ms_per_window: WindowTimes,
    floor_ms_per_window: f64,
    times_floor: f64,
}

impl Measurement {
    pub(super) fn new(task: Task, windows: usize, timings: &Timings, floor_ms: f64) -> Self {
        let times = timings.of_a_window(windows);
        Self {
            task: task.name(),
            windows,
            calls: timings.calls(),
            windows_per_s: 1e3 / times.median,
            ms_per_window: times,
            floor_ms_per_window: floor_ms,
            times_floor: times.median / floor_ms,
        }
    }
}

impl Report {
    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "network  {}", self.network)?;
        writeln!(text, "peak     {}", self.peak)?;
        writeln!(text)?;
        let times = format!("{:>9}{:>9}{:>9}{:>9}", "median", "p10", "p90", "fastest");
        writeln!(text, "{:<12}{:>8}{:>11}{times}{:>9}{:>9}", "task", "windows", "windows/s", "floor", "x floor")?;
        for row in &self.measurements {
            let WindowTimes { median, p10, p90, fastest } = row.ms_per_window;
            let [median, p10, p90, fastest] = [median, p10, p90, fastest].map(significant);
            let times = format!("{median:>9}{p10:>9}{p90:>9}{fastest:>9}");
            let [windows_per_s, floor, times_floor] =
                [row.windows_per_s, row.floor_ms_per_window, row.times_floor].map(significant);
            writeln!(text, "{:<12}{:>8}{windows_per_s:>11}{times}{floor:>9}{times_floor:>9}", row.task, row.windows)?;
        }
        writeln!(text, "\ntimes in ms a window")?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_ratio_is_the_median_by_the_floor() {
        let timings = Timings::measure(Duration::ZERO, || std::thread::sleep(Duration::from_millis(2)), || ());
        let row = Measurement::new(Task::Throughput, 2, &timings, 0.5);
        assert!(row.ms_per_window.median >= 1.0, "2 ms for two windows: {row:?}");
        assert!((row.times_floor - row.ms_per_window.median / 0.5).abs() < 1e-9);
        assert!((row.windows_per_s * row.ms_per_window.median - 1e3).abs() < 1e-6);
        assert_eq!((row.task, row.calls), ("throughput", 3));
    }
}
