//! Theoretical quantiles and confidence band of a normal Q-Q plot.

use statrs::distribution::{Beta, ContinuousCDF, Normal};

/// Pointwise coverage of the band.
const COVERAGE: f64 = 0.95;

/// One point of the confidence band: a standard normal quantile and its 95% limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QqBandPoint {
    /// Theoretical standard normal quantile.
    pub theoretical: f64,
    /// Lower limit of the sample quantile.
    pub low: f64,
    /// Upper limit of the sample quantile.
    pub high: f64,
}

/// Standard normal quantiles at the plotting positions (i - 0.5) / n of `n` ascending values.
///
/// # Examples
///
/// ```
/// let z = tatabox_eval::normal_quantiles(3);
/// // The normal quantile of 5/6 is 0.96742.
/// assert!(z[1].abs() < 1e-12 && (z[2] - 0.96742).abs() < 1e-5);
/// ```
pub fn normal_quantiles(n: usize) -> Vec<f64> {
    let normal = Normal::standard();
    (0..n).map(|i| normal.inverse_cdf((i as f64 + 0.5) / n as f64)).collect()
}

/// Pointwise 95% band for the quantile at `probability` of `n` independent standard normal values.
///
/// The sample quantile at p of n uniform values follows Beta(p (n + 1), (1 - p)(n + 1)), the distribution of an order statistic.
/// The normal quantile function transforms its limits.
///
/// `None` unless 0 < p < 1 and n > 0.
pub fn qq_band_at(probability: f64, n: usize) -> Option<QqBandPoint> {
    let total = n as f64 + 1.0;
    if n == 0 || !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    let order_statistic = Beta::new(probability * total, (1.0 - probability) * total).ok()?;
    let normal = Normal::standard();
    let limit =
        |p: f64| normal.inverse_cdf(order_statistic.inverse_cdf(p).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON));
    let tail = (1.0 - COVERAGE) / 2.0;
    Some(QqBandPoint { theoretical: normal.inverse_cdf(probability), low: limit(tail), high: limit(1.0 - tail) })
}

/// Confidence band at `points` evenly spaced theoretical quantiles, over the range of the quantiles of `n` values.
pub fn qq_band(n: usize, points: usize) -> Vec<QqBandPoint> {
    let normal = Normal::standard();
    let reach = normal.inverse_cdf(1.0 - 0.5 / n.max(1) as f64).max(0.0);
    (0..points)
        .map(|i| reach * (2.0 * i as f64 / (points.max(2) - 1) as f64 - 1.0))
        .filter_map(|z| qq_band_at(normal.cdf(z), n))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_of_three_values_are_the_sextiles() {
        let z = normal_quantiles(3);
        // (0.5, 1.5, 2.5) / 3; the normal quantile of 5/6 is 0.96742.
        assert!((z[2] - 0.967_421_566).abs() < 1e-8 && z[1].abs() < 1e-12 && (z[0] + z[2]).abs() < 1e-9);
    }

    #[test]
    fn qq_band_is_symmetric_and_narrows_with_n() {
        let (few, many) = (qq_band_at(0.5, 20).expect("valid"), qq_band_at(0.5, 2_000).expect("valid"));
        assert!((few.low + few.high).abs() < 1e-6);
        assert!(many.high - many.low < (few.high - few.low) / 5.0);
        assert_eq!(qq_band_at(1.0, 10), None);
        assert_eq!(qq_band_at(0.5, 0), None);
    }

    #[test]
    fn qq_band_of_one_value_is_a_point() {
        assert!(qq_band(1, 5).iter().all(|p| p.theoretical.abs() < 1e-9));
    }
}
