//! Validation error for the selection of settings.

/// Mean squared error over the measured genes; NaN marks a missing measurement.
pub(crate) fn mean_squared_error<'a>(
    measured: impl Iterator<Item = &'a f64>,
    predicted: impl Iterator<Item = &'a f64>,
) -> f64 {
    let pairs = measured.zip(predicted).filter(|(measured, _)| !measured.is_nan());
    let (sum, count) = pairs.fold((0.0, 0_usize), |(sum, n), (m, p)| (sum + (m - p).powi(2), n + 1));
    sum / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_squared_error_ignores_missing_measurements() {
        // (1 - 2)^2 = 1 and (4 - 1)^2 = 9.
        let error = mean_squared_error([1.0, f64::NAN, 4.0].iter(), [2.0, 7.0, 1.0].iter());
        assert!((error - 5.0).abs() < 1e-12);
    }
}
