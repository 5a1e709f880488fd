//! When to try again.

use std::time::{Duration, SystemTime};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How often and after which pauses a request is made again.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// Attempts at one address without progress before the next address is taken.
    pub attempts: u32,
    /// Pause after the first failure; each further one doubles it.
    pub initial_pause: Duration,
    /// The longest pause, whatever the number of failures or the server's wish.
    pub max_pause: Duration,
    /// New bytes that count as progress: failures are counted from 0 again.
    pub progress_bytes: u64,
    /// Seed of the pauses' random part.
    pub seed: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            initial_pause: Duration::from_secs(1),
            max_pause: Duration::from_mins(1),
            progress_bytes: 1 << 20,
            seed: 42,
        }
    }
}

impl RetryPolicy {
    /// The generator of the random parts.
    pub(crate) fn rng(&self) -> impl Rng {
        ChaCha8Rng::seed_from_u64(self.seed)
    }

    /// Pause after the failure `failures` (from 1): doubled each time, up to the longest, and of that a random share from
    /// a half to the whole, so that many clients do not come back at once.
    pub(crate) fn pause(&self, failures: u32, rng: &mut impl Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let whole = self.initial_pause.saturating_mul(1 << doublings).min(self.max_pause);
        whole.mul_f64(rng.random_range(0.5..=1.0))
    }
}

/// The pause that a server asks for in `Retry-After`: seconds, or a date.
pub(crate) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(header).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = RetryPolicy { max_pause: Duration::from_secs(5), ..RetryPolicy::default() };
        let mut rng = policy.rng();
        let pauses: Vec<f64> = (1..=40).map(|failures| policy.pause(failures, &mut rng).as_secs_f64()).collect();
        for (pause, whole) in pauses.iter().zip([1.0, 2.0, 4.0, 5.0, 5.0]) {
            assert!((whole / 2.0..=whole).contains(pause), "{pause} of {whole}");
        }
        assert!(pauses[39] <= 5.0);
        let mut again = policy.rng();
        let first = policy.pause(1, &mut again).as_secs_f64();
        assert!((first - pauses[0]).abs() < 1e-12, "the same seed gives the same pauses");
    }

    #[test]
    fn a_server_asks_in_seconds_or_by_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
