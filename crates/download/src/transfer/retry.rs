//! Retry policy: number of attempts and pauses between them.

use std::time::{Duration, SystemTime};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Number of attempts and pauses between them (exponential backoff with jitter).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tatabox_download::RetryPolicy;
///
/// let policy = RetryPolicy { attempts: 2, ..RetryPolicy::default() };
/// assert_eq!(policy.initial_pause, Duration::from_secs(1));
/// ```
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// Attempts per URL without progress before the next URL is tried.
    pub attempts: u32,
    /// Pause after the first failure; each further failure doubles it.
    pub initial_pause: Duration,
    /// Maximum pause, which also limits the `Retry-After` delay of a server.
    pub max_pause: Duration,
    /// Number of new bytes that count as progress and reset the number of failures.
    pub progress_bytes: u64,
    /// Seed of the random part of the pauses.
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
    /// Random number generator of the pauses.
    pub(crate) fn rng(&self) -> impl Rng {
        ChaCha8Rng::seed_from_u64(self.seed)
    }

    /// Pause after failure number `failures` (1-based): a random fraction between 0.5 and 1 of the doubled pause, so that
    /// clients do not retry simultaneously.
    pub(crate) fn pause(&self, failures: u32, rng: &mut impl Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let whole = self.initial_pause.saturating_mul(1 << doublings).min(self.max_pause);
        whole.mul_f64(rng.random_range(0.5..=1.0))
    }
}

/// Delay of a `Retry-After` header: seconds or a date.
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
    fn pause_doubles_up_to_maximum() {
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
    fn retry_after_seconds_and_dates_are_read() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
