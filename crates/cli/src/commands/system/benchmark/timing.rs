//! How long a call takes.

use std::time::{Duration, Instant};

use serde::Serialize;

/// Part of the budget that is spent before anything is timed, so that memory, caches and clock speed have settled.
const WARM_UP_SHARE: f64 = 0.2;
/// Calls that are timed, however long each takes.
const FEWEST_CALLS: usize = 3;

/// Seconds of every call, fastest first.
pub(super) struct Timings(Vec<f64>);

/// Milliseconds a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct WindowTimes {
    pub(super) median: f64,
    pub(super) p10: f64,
    pub(super) p90: f64,
    pub(super) fastest: f64,
}

impl Timings {
    /// Calls for a warm-up and then until the budget is spent; `observer` is told of every timed call.
    pub(super) fn measure(budget: Duration, mut call: impl FnMut(), mut observer: impl FnMut()) -> Self {
        let warm_up = Instant::now();
        loop {
            call();
            if warm_up.elapsed() >= budget.mul_f64(WARM_UP_SHARE) {
                break;
            }
        }
        let (begun, mut seconds) = (Instant::now(), Vec::new());
        while seconds.len() < FEWEST_CALLS || begun.elapsed() < budget {
            let started = Instant::now();
            call();
            seconds.push(started.elapsed().as_secs_f64());
            observer();
        }
        seconds.sort_by(f64::total_cmp);
        Self(seconds)
    }

    pub(super) fn calls(&self) -> usize {
        self.0.len()
    }

    /// Times of one window where each call had `windows`.
    pub(super) fn of_a_window(&self, windows: usize) -> WindowTimes {
        let milliseconds = |share| 1e3 * self.quantile(share) / windows as f64;
        WindowTimes {
            median: milliseconds(0.5),
            p10: milliseconds(0.1),
            p90: milliseconds(0.9),
            fastest: milliseconds(0.0),
        }
    }

    /// Interpolated between the two calls that are nearest.
    fn quantile(&self, share: f64) -> f64 {
        let place = share * (self.0.len() - 1) as f64;
        let (below, above) = (self.0[place.floor() as usize], self.0[place.ceil() as usize]);
        below + place.fract() * (above - below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let timings = Timings((0..=10).map(|tenth| f64::from(tenth) / 10.0).collect());
        let times = timings.of_a_window(2);
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
    fn calls_are_made_however_short_the_budget() {
        let (mut calls, mut observed) = (0, 0);
        let timings = Timings::measure(Duration::ZERO, || calls += 1, || observed += 1);
        assert_eq!((timings.calls(), observed), (FEWEST_CALLS, FEWEST_CALLS));
        assert_eq!(calls, FEWEST_CALLS + 1);
    }
}
