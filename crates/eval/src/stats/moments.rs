//! Mean, standard deviation and centred values of a sample.

/// Spread below this fraction of the largest absolute value counts as rounding error (the limit at which scipy warns).
const CONSTANT_TOLERANCE: f64 = 1e-13;

/// Arithmetic mean; `None` without values.
///
/// # Examples
///
/// ```
/// assert_eq!(tatabox_eval::mean(&[1.0, 2.0, 6.0]), Some(3.0));
/// assert_eq!(tatabox_eval::mean(&[]), None);
/// ```
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation, with n - 1 degrees of freedom; `None` if the values do not vary.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    let degrees_of_freedom = values.len().checked_sub(1)?;
    Centred::new(values).map(|centred| centred.norm / (degrees_of_freedom as f64).sqrt())
}

/// Values minus their mean, and the Euclidean norm of the result; exists only if the values vary.
pub(crate) struct Centred {
    pub(crate) values: Vec<f64>,
    pub(crate) norm: f64,
}

impl Centred {
    pub(crate) fn new(values: &[f64]) -> Option<Self> {
        let centre = mean(values)?;
        let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let values: Vec<f64> = values.iter().map(|v| v - centre).collect();
        let norm = values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let varies = norm > CONSTANT_TOLERANCE * largest * (values.len() as f64).sqrt();
        varies.then_some(Self { values, norm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_deviation_of_three_values_matches_hand_calculation() {
        // 1 2 6: mean 3, deviations -2 -1 3, sum of squares 14, 14 / 2 = 7.
        assert!((standard_deviation(&[1.0, 2.0, 6.0]).expect("the values vary") - 7.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn standard_deviation_of_equal_values_is_none() {
        assert_eq!([&[0.1, 0.1, 0.1][..], &[2.0], &[]].map(standard_deviation), [None; 3]);
    }
}
