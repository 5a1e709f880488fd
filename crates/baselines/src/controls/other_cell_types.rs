//! Expression of a gene in the other cell types: the score of cell-type independent expression.

use nalgebra::DMatrix;
use tatabox_dataset::{PreparedDataset, Split};

use crate::error::BaselineError;
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

/// Linear regression of log2(TPM + 1) in one cell type on the gene's mean over all other cell types, fitted on the train genes.
///
/// The control reads measurements of the genes that it predicts and no sequence. It shows how much of a score can come from
/// genes with high or low expression in all cell types. A gene without other measurements is predicted by the train mean.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let task = context.task;
    if task.dataset.cell_types().len() < 2 {
        return Err(BaselineError::OneCellType { baseline: context.baseline });
    }
    let train = context.measured_genes(Split::Train)?;
    let requested_genes = task.requested_genes();
    let mut predicted = DMatrix::zeros(requested_genes.len(), task.cell_types.len());
    let mut notes = Vec::new();
    for (position, &cell_type) in task.cell_types.iter().enumerate() {
        let mean_of_others = |&gene: &usize| mean_in_other_cell_types(task.dataset, gene, cell_type);
        let line = Line::fit(train.genes.iter().map(mean_of_others), train.targets.column(position).iter().copied());
        let means: Vec<Option<f64>> = requested_genes.iter().map(mean_of_others).collect();
        for (row, mean) in means.iter().enumerate() {
            predicted[(row, position)] = line.at(*mean);
        }
        let unknown = means.iter().filter(|mean| mean.is_none()).count();
        if unknown > 0 {
            let name = task.cell_type_name(position);
            notes.push(BaselineNote::for_cell_type(
                name,
                "genes without other measurements, predicted by the train mean",
                unknown,
            ));
        }
    }
    Ok(FitOutput { predicted, notes })
}

/// Mean log2(TPM + 1) of a gene over all cell types except one.
fn mean_in_other_cell_types(dataset: &PreparedDataset, gene: usize, cell_type: usize) -> Option<f64> {
    let others =
        dataset.log2_tpm_row(gene).iter().enumerate().filter(|&(other, value)| other != cell_type && !value.is_nan());
    let (sum, count) = others.fold((0.0, 0_usize), |(sum, n), (_, &value)| (sum + f64::from(value), n + 1));
    (count > 0).then(|| sum / count as f64)
}

/// Regression line y = intercept + slope * x, and the mean of y for genes without x.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    intercept: f64,
    slope: f64,
    mean: f64,
}

impl Line {
    /// Least-squares line over pairs with known x and y; NaN marks a missing y, and at least one y must be known.
    fn fit(x: impl Iterator<Item = Option<f64>>, y: impl Iterator<Item = f64>) -> Self {
        let known: Vec<(Option<f64>, f64)> = x.zip(y).filter(|(_, y)| !y.is_nan()).collect();
        let mean = known.iter().map(|(_, y)| y).sum::<f64>() / known.len() as f64;
        let pairs: Vec<(f64, f64)> = known.iter().filter_map(|&(x, y)| Some((x?, y))).collect();
        let n = pairs.len().max(1) as f64;
        let mean_x = pairs.iter().map(|(x, _)| x).sum::<f64>() / n;
        let mean_y = pairs.iter().map(|(_, y)| y).sum::<f64>() / n;
        let xx: f64 = pairs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        let xy: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        if xx > 0.0 {
            let slope = xy / xx;
            Self { intercept: mean_y - slope * mean_x, slope, mean }
        } else {
            Self { intercept: mean, slope: 0.0, mean }
        }
    }

    /// Prediction at `x`.
    fn at(self, x: Option<f64>) -> f64 {
        x.map_or(self.mean, |x| self.intercept + self.slope * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_fit_matches_hand_calculation() {
        // x 0, 2, 4 and y 1, 2, 6: means 2 and 3, sum xx 8, sum xy 10, slope 1.25, intercept 0.5. Mean of y including the pair without x: 5.
        let x = [Some(0.0), Some(2.0), Some(4.0), None, Some(9.0)];
        let line = Line::fit(x.into_iter(), [1.0, 2.0, 6.0, 11.0, f64::NAN].into_iter());
        assert_eq!(line, Line { intercept: 0.5, slope: 1.25, mean: 5.0 });
        assert!((line.at(Some(4.0)) - 5.5).abs() < 1e-12);
        assert!((line.at(None) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn line_fit_constant_or_missing_x_gives_mean() {
        let line = Line::fit([Some(3.0), Some(3.0)].into_iter(), [1.0, 2.0].into_iter());
        assert!((line.at(Some(3.0)) - 1.5).abs() < 1e-12 && (line.at(Some(8.0)) - 1.5).abs() < 1e-12);
        let unknown = Line::fit([None].into_iter(), [4.0].into_iter());
        assert!((unknown.at(Some(1.0)) - 4.0).abs() < 1e-12);
    }
}
