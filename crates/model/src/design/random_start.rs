//! Random start sequences.

use rand::RngExt;

use super::limits::DesignLimits;
use crate::error::ModelError;
use crate::random_stream::{Purpose, random_stream};

/// Maximum number of attempts to satisfy the limits.
const MAX_ATTEMPTS: usize = 1_000;

/// Window of random bases with an expected GC fraction of `gc`.
///
/// The same seed and number give the same window. It satisfies the limits, unless a thousand random windows do not.
///
/// # Examples
/// ```
/// use tatabox_model::{DesignLimits, gc_fraction, random_start};
///
/// let limits = DesignLimits { gc: Some(0.55..=0.65), longest_run: Some(5) };
/// let start = random_start(300, 0.6, &limits, 42, 0)?;
/// assert_eq!(start.len(), 300);
/// assert!((0.55..=0.65).contains(&gc_fraction(&start)));
/// assert_eq!(start, random_start(300, 0.6, &limits, 42, 0)?);
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
///
/// # Errors
/// [`ModelError::InvalidConfig`] if `gc` is not between 0 and 1.
pub fn random_start(
    length: usize,
    gc: f64,
    limits: &DesignLimits,
    seed: u64,
    number: usize,
) -> Result<Vec<u8>, ModelError> {
    if !(0.0..=1.0).contains(&gc) {
        let expected = "from 0 to 1".to_owned();
        return Err(ModelError::InvalidConfig { field: "gc", value: gc.to_string(), expected });
    }
    let mut rng = random_stream(seed, Purpose::DesignStart, 0, number);
    let mut random_window = || -> Vec<u8> {
        let base = |(is_strong, second): (bool, bool)| match (is_strong, second) {
            (false, false) => 0,
            (true, false) => 1,
            (true, true) => 2,
            (false, true) => 3,
        };
        (0..length).map(|_| base((rng.random_bool(gc), rng.random_bool(0.5)))).collect()
    };
    let mut window = random_window();
    for _ in 1..MAX_ATTEMPTS {
        if limits.hold(&window) {
            break;
        }
        window = random_window();
    }
    Ok(window)
}

#[cfg(test)]
mod tests {
    use super::super::limits::gc_fraction;
    use super::*;

    #[test]
    fn random_start_has_requested_gc_and_satisfies_limits() {
        let limits = DesignLimits { gc: Some(0.55..=0.65), longest_run: Some(5) };
        let start = |seed, number| random_start(300, 0.6, &limits, seed, number).expect("a probability");
        let windows: Vec<Vec<u8>> = (0..20).map(|number| start(42, number)).collect();
        assert!(windows.iter().all(|window| limits.hold(window)));
        let mean = windows.iter().map(|window| gc_fraction(window)).sum::<f64>() / 20.0;
        assert!((mean - 0.6).abs() < 0.02, "{mean}");
        assert_ne!(windows[0], windows[1]);
        assert_eq!(windows[3], start(42, 3));
        assert_ne!(windows[3], start(43, 3));
    }
}
