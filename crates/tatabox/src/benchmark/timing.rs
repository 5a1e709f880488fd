//! Duration of repeated calls.

use std::time::{Duration, Instant};

use serde::Serialize;

/// Fraction of the duration that warms up memory, caches and clock speed before the timed calls.
const WARM_UP_FRACTION: f64 = 0.2;
/// Minimum number of timed calls.
const MIN_CALLS: usize = 3;

/// Seconds per call, in ascending order.
pub(super) struct Timings(Vec<f64>);

/// Milliseconds per window, over all calls.
///
/// # Examples
///
/// ```
/// use tatabox::benchmark::WindowTimes;
///
/// let times = WindowTimes { median: 2.0, p10: 1.5, p90: 3.0, fastest: 1.0 };
/// assert!(times.fastest <= times.median);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WindowTimes {
    /// Median.
    pub median: f64,
    /// 10th percentile.
    pub p10: f64,
    /// 90th percentile.
    pub p90: f64,
    /// Minimum.
    pub fastest: f64,
}

impl Timings {
    /// Repeats a call for a warm-up and then for `duration`; `after_call` runs after every timed call.
    pub(super) fn measure(duration: Duration, mut call: impl FnMut(), mut after_call: impl FnMut()) -> Self {
        let warm_up = Instant::now();
        loop {
            call();
            if warm_up.elapsed() >= duration.mul_f64(WARM_UP_FRACTION) {
                break;
            }
        }
        let (begun, mut seconds) = (Instant::now(), Vec::new());
        while seconds.len() < MIN_CALLS || begun.elapsed() < duration {
            let started = Instant::now();
            call();
            seconds.push(started.elapsed().as_secs_f64());
            after_call();
        }
        seconds.sort_by(f64::total_cmp);
        Self(seconds)
    }

    pub(super) fn calls(&self) -> usize {
        self.0.len()
    }

    /// Times per window of calls with `windows` windows.
    pub(super) fn per_window(&self, windows: usize) -> WindowTimes {
        let milliseconds = |fraction| 1e3 * self.quantile(fraction) / windows as f64;
        WindowTimes {
            median: milliseconds(0.5),
            p10: milliseconds(0.1),
            p90: milliseconds(0.9),
            fastest: milliseconds(0.0),
        }
    }

    /// Quantile, interpolated between the two nearest calls.
    fn quantile(&self, fraction: f64) -> f64 {
        tatabox_dataset::quantile(&self.0, fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_quantiles_are_interpolated() {
        let timings = Timings((0..=10).map(|tenth| f64::from(tenth) / 10.0).collect());
        let times = timings.per_window(2);
        let expected = WindowTimes { median: 250.0, p10: 50.0, p90: 450.0, fastest: 0.0 };
        for (found, expected) in [
            (times.median, expected.median),
            (times.p10, expected.p10),
            (times.p90, expected.p90),
            (times.fastest, expected.fastest),
        ] {
            assert!((found - expected).abs() < 1e-9, "{found} against {expected}");
        }
    }

    #[test]
    fn timings_short_duration_still_times_the_minimum_of_calls() {
        let (mut calls, mut observed) = (0, 0);
        let timings = Timings::measure(Duration::ZERO, || calls += 1, || observed += 1);
        assert_eq!((timings.calls(), observed), (MIN_CALLS, MIN_CALLS));
        assert_eq!(calls, MIN_CALLS + 1);
    }
}
