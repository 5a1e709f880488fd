//! What is known of a gene without reading its promoter: its expression in the other cell types.

use nalgebra::DMatrix;
use tatabox_dataset::{PreparedDataset, Split};

use crate::error::BaselineError;
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

/// Predicts a gene in one cell type from the mean of its measurements in all others of the data set, by a line fitted on the train
/// genes.
///
/// It reads measurements of the very genes that it predicts, so that it is no model of sequence; it shows how much of a score could
/// come from genes being high or low everywhere. A gene measured nowhere else gets the train mean.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let task = context.task;
    if task.dataset.cell_types().len() < 2 {
        return Err(BaselineError::OneCellType { baseline: context.baseline });
    }
    let train = context.measured(Split::Train)?;
    let requested_genes = task.requested_genes();
    let mut predicted = DMatrix::zeros(requested_genes.len(), task.cell_types.len());
    let mut notes = Vec::new();
    for (position, &cell_type) in task.cell_types.iter().enumerate() {
        let elsewhere = |&gene: &usize| mean_elsewhere(task.dataset, gene, cell_type);
        let line = Line::fit(train.genes.iter().map(elsewhere), train.targets.column(position).iter().copied());
        let means: Vec<Option<f64>> = requested_genes.iter().map(elsewhere).collect();
        for (row, mean) in means.iter().enumerate() {
            predicted[(row, position)] = line.at(*mean);
        }
        let unknown = means.iter().filter(|mean| mean.is_none()).count();
        if unknown > 0 {
            let name = task.cell_type_name(position);
            notes.push(BaselineNote::for_cell_type(name, "genes measured nowhere else, given the train mean", unknown));
        }
    }
    Ok(FitOutput { predicted, notes })
}

/// Mean log2(TPM + 1) of a gene over all cell types but one.
fn mean_elsewhere(dataset: &PreparedDataset, gene: usize, cell_type: usize) -> Option<f64> {
    let others =
        dataset.log2_tpm_row(gene).iter().enumerate().filter(|&(other, value)| other != cell_type && !value.is_nan());
    let (sum, count) = others.fold((0.0, 0_usize), |(sum, n), (_, &value)| (sum + f64::from(value), n + 1));
    (count > 0).then(|| sum / count as f64)
}

/// y = intercept + slope * x, and the mean of y for those without x.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    intercept: f64,
    slope: f64,
    mean: f64,
}

impl Line {
    /// Least squares over the pairs where both are known; NaN is an unknown y, of which there is one that is known.
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

    fn at(self, x: Option<f64>) -> f64 {
        x.map_or(self.mean, |x| self.intercept + self.slope * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_the_one_worked_by_hand() {
        // x 0, 2, 4 and y 1, 2, 6: means 2 and 3, sum xx 8, sum xy 10, slope 1.25, intercept 0.5. With the pair without x: mean y 5.
        let x = [Some(0.0), Some(2.0), Some(4.0), None, Some(9.0)];
        let line = Line::fit(x.into_iter(), [1.0, 2.0, 6.0, 11.0, f64::NAN].into_iter());
        assert_eq!(line, Line { intercept: 0.5, slope: 1.25, mean: 5.0 });
        assert!((line.at(Some(4.0)) - 5.5).abs() < 1e-12);
        assert!((line.at(None) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn without_differences_between_genes_the_mean_is_left() {
        let line = Line::fit([Some(3.0), Some(3.0)].into_iter(), [1.0, 2.0].into_iter());
        assert!((line.at(Some(3.0)) - 1.5).abs() < 1e-12 && (line.at(Some(8.0)) - 1.5).abs() < 1e-12);
        let unknown = Line::fit([None].into_iter(), [4.0].into_iter());
        assert!((unknown.at(Some(1.0)) - 4.0).abs() < 1e-12);
    }
}
