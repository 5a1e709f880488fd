//! Quantiles of values.

/// Quantile of ascending values by linear interpolation (type 7 of Hyndman and Fan 1996, the default of numpy).
///
/// # Panics
///
/// Without values, or for a fraction outside 0 to 1.
///
/// # Examples
///
/// ```
/// assert_eq!(tatabox_dataset::quantile(&[10.0, 20.0, 30.0, 40.0], 0.25), 17.5);
/// ```
pub fn quantile(ascending: &[f64], fraction: f64) -> f64 {
    let rank = fraction * (ascending.len() - 1) as f64;
    let (low, high) = (ascending[rank.floor() as usize], ascending[rank.ceil() as usize]);
    low + (high - low) * rank.fract()
}
