//! Pearson correlation.

/// Relative spread below which values count as constant; scipy uses the same limit for its warning.
const CONSTANT_TOLERANCE: f64 = 1e-13;

/// Pearson correlation: sum(dx dy) / sqrt(sum(dx^2) sum(dy^2)) with dx and dy the deviations from the means.
///
/// `None` if it is undefined: for fewer than two pairs or constant values.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::pearson;
///
/// // Centred: -1 0 1 and -1 1 0; product sum 1, norms sqrt 2 each.
/// let r = pearson(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]);
/// assert!(r.is_some_and(|r| (r - 0.5).abs() < 1e-15));
/// assert_eq!(pearson(&[1.0, 2.0], &[5.0, 5.0]), None);
/// ```
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "x and y must have the same length");
    let (x, y) = (Centred::new(x)?, Centred::new(y)?);
    let product: f64 = x.values.iter().zip(&y.values).map(|(dx, dy)| dx * dy).sum();
    Some((product / (x.sum_of_squares * y.sum_of_squares).sqrt()).clamp(-1.0, 1.0))
}

/// Deviations from the mean of values that are not constant.
struct Centred {
    values: Vec<f64>,
    sum_of_squares: f64,
}

impl Centred {
    fn new(values: &[f64]) -> Option<Self> {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let values: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let sum_of_squares: f64 = values.iter().map(|value| value * value).sum();
        let varies = sum_of_squares.sqrt() > CONSTANT_TOLERANCE * largest * n.sqrt();
        varies.then_some(Self { values, sum_of_squares })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pearson_matches_hand_calculation() {
        // x = 1, 2, 3; y = 2, 1, 6: sxy = 4, sxx = 2, syy = 14, r = 4 / sqrt(28).
        let r = pearson(&[1.0, 2.0, 3.0], &[2.0, 1.0, 6.0]).expect("both vary");
        assert!((r - 4.0 / 28f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn pearson_constant_values_returns_none_despite_rounding() {
        assert_eq!(pearson(&[1.0, 2.0, 3.0], &[0.1, 0.1, 0.1]), None);
        assert_eq!(pearson(&[0.0, 0.0], &[1.0, 2.0]), None);
        assert_eq!(pearson(&[1.0], &[2.0]), None);
        assert_eq!(pearson(&[], &[]), None);
    }
}
