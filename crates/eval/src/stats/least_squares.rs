//! Least-squares regression line.

use super::moments::Centred;

/// Weighted sum of squares below this fraction of the raw one counts as rounding error.
const ROUNDING_TOLERANCE: f64 = 1e-12;

/// Regression line y = intercept + slope * x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearFit {
    /// Change in y per unit of x.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
}

/// Least-squares line of y on x; `None` if x does not vary.
///
/// # Examples
///
/// ```
/// let line = tatabox_eval::least_squares(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]).expect("x varies");
/// assert!((line.slope - 2.0).abs() < 1e-12 && (line.intercept - 1.0).abs() < 1e-12);
/// ```
pub fn least_squares(x: &[f64], y: &[f64]) -> Option<LinearFit> {
    Centred::new(x)?;
    weighted_least_squares(x, y, |_| 1.0)
}

/// Weighted least-squares line; `weight` maps the index of a point to its weight, such as its count in a bootstrap resample.
pub fn weighted_least_squares(x: &[f64], y: &[f64], weight: impl Fn(usize) -> f64) -> Option<LinearFit> {
    let total = |value: &dyn Fn(usize) -> f64| -> f64 { (0..x.len()).map(|i| weight(i) * value(i)).sum() };
    let n = total(&|_| 1.0);
    let centre = |values: &[f64]| total(&|i| values[i]) / n;
    let (x_centre, y_centre) = (centre(x), centre(y));
    let spread = total(&|i| (x[i] - x_centre).powi(2));
    // The comparison is also false for weights of zero, whose centre is NaN.
    if !(n > 0.0 && spread > ROUNDING_TOLERANCE * total(&|i| x[i] * x[i])) {
        return None;
    }
    let slope = total(&|i| (x[i] - x_centre) * (y[i] - y_centre)) / spread;
    Some(LinearFit { slope, intercept: y_centre - slope * x_centre })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_squares_of_collinear_points_recovers_the_line() {
        let line = least_squares(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]).expect("x varies");
        assert!((line.slope - 2.0).abs() < 1e-12 && (line.intercept - 1.0).abs() < 1e-12);
    }

    #[test]
    fn least_squares_constant_y_is_flat_and_constant_x_is_none() {
        assert_eq!(least_squares(&[1.0, 2.0], &[3.0, 3.0]), Some(LinearFit { slope: 0.0, intercept: 3.0 }));
        assert_eq!(least_squares(&[2.0, 2.0], &[1.0, 3.0]), None);
        assert_eq!(least_squares(&[], &[]), None);
    }

    #[test]
    fn weighted_least_squares_weights_act_as_repeats() {
        // (0, 0), (1, 1) twice and (2, 0): centre x 1, y 1/2; the ends cancel, so the line is flat at 1/2.
        let times = [1.0, 2.0, 1.0];
        let line = weighted_least_squares(&[0.0, 1.0, 2.0], &[0.0, 1.0, 0.0], |i| times[i]).expect("x varies");
        assert!(line.slope.abs() < 1e-12 && (line.intercept - 0.5).abs() < 1e-12);
        assert_eq!(weighted_least_squares(&[0.0, 1.0], &[0.0, 1.0], |_| 0.0), None);
    }
}
