//! The score that picks the best epoch: Pearson over a whole split.

/// Pearson correlation of pairs, ignoring pairs with a missing value; `None` with fewer than two pairs or where
/// one side is constant.
pub fn pearson(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> Option<f64> {
    let pairs = pairs.filter(|(x, y)| x.is_finite() && y.is_finite());
    let n = pairs.clone().count() as f64;
    if n < 2.0 {
        return None;
    }
    let (mean_x, mean_y) = pairs.clone().fold((0.0, 0.0), |(sum_x, sum_y), (x, y)| (sum_x + x / n, sum_y + y / n));
    let (xx, yy, xy) = pairs.fold((0.0, 0.0, 0.0), |(xx, yy, xy), (x, y)| {
        let (dx, dy) = (x - mean_x, y - mean_y);
        (xx + dx * dx, yy + dy * dy, xy + dx * dy)
    });
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// Mean over cell types of the Pearson correlation across genes. A cell type whose correlation is undefined
/// counts as 0, so that a network that predicts a constant is never the best.
///
/// Both tables are row-major, genes x cell types; NaN marks a missing measurement.
pub fn mean_pearson(predictions: &[f64], measured: &[f64], cell_types: usize) -> f64 {
    let of_cell_type = |cell_type: usize| {
        pearson(predictions.iter().zip(measured).skip(cell_type).step_by(cell_types).map(|(&x, &y)| (x, y)))
            .unwrap_or(0.0)
    };
    (0..cell_types).map(of_cell_type).sum::<f64>() / cell_types as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pearson_of_a_worked_example() {
        // x = 1, 2, 3; y = 2, 1, 6: sxy = 4, sxx = 2, syy = 14, r = 4 / sqrt(28).
        let pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 6.0), (9.0, f64::NAN)];
        let r = pearson(pairs.into_iter()).expect("defined");
        assert!((r - 4.0 / 28f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_constant_prediction_scores_zero_in_the_mean() {
        // The first cell type is predicted perfectly, the second by a constant.
        let predictions = [1.0, 5.0, 2.0, 5.0, 3.0, 5.0];
        let measured = [10.0, 1.0, 20.0, 2.0, 30.0, 3.0];
        assert!((mean_pearson(&predictions, &measured, 2) - 0.5).abs() < 1e-12);
    }
}
