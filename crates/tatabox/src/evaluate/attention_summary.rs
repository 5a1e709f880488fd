//! Attention of a network over the genes that it predicts.

use tatabox_dataset::{AttentionExamples, AttentionRow, AttentionTable, PreparedDataset};
use tatabox_model::{KmerSearch, Predictor, SplitPredictions, attention_examples, bin_centre_bp};

use crate::error::Result;

/// Attention of every gene, and examples of it.
///
/// # Examples
///
/// ```no_run
/// use tatabox::evaluate::{AttentionSummary, predict_split};
/// use tatabox::{Model, Silent};
/// use tatabox_dataset::{PreparedDataset, Split};
///
/// let (model, dataset) = (Model::open("models/human")?, PreparedDataset::open("data/human".as_ref())?);
/// let label = "predicting".to_owned();
/// let predictions = predict_split(model.predictor(), &dataset, Split::Test, model.name(), label, &Silent)?;
/// let attention = AttentionSummary::of_split(model.predictor(), &dataset, &predictions)?;
/// println!("{} weights", attention.map_or(0, |attention| attention.table.rows.len()));
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AttentionSummary {
    /// Weight per gene and position, with the quartile of the gene's mean measured expression.
    pub table: AttentionTable,
    /// Attention-enriched k-mers, and the attention along single genes.
    pub examples: AttentionExamples,
}

impl AttentionSummary {
    /// Attention over the predicted genes; `None` for a network without attention.
    ///
    /// # Errors
    /// The windows of the data set cannot be read.
    pub fn of_split(
        predictor: &Predictor,
        dataset: &PreparedDataset,
        predictions: &SplitPredictions,
    ) -> Result<Option<Self>> {
        let table = table(predictor, dataset, predictions);
        if table.rows.is_empty() {
            return Ok(None);
        }
        let (genes, windows) = (&predictions.selection.genes, &predictions.windows);
        let examples = attention_examples(predictor, dataset, genes, windows, &KmerSearch::default())?;
        Ok(Some(Self { table, examples }))
    }

    /// Adds the attention of another fold. K-mers and tracks remain those of the first, since each fold has its own network.
    pub fn join(all: &mut Option<Self>, fold: Option<Self>) {
        match (all.as_mut(), fold) {
            (Some(all), Some(fold)) => all.table.rows.extend(fold.table.rows),
            (None, fold) => *all = fold,
            (Some(_), None) => {}
        }
    }
}

fn table(predictor: &Predictor, dataset: &PreparedDataset, predictions: &SplitPredictions) -> AttentionTable {
    let names = predictor.cell_types();
    let columns: Vec<usize> =
        (0..dataset.cell_types().len()).filter(|&column| names.contains(&dataset.cell_types()[column])).collect();
    let genes = &predictions.selection.genes;
    let means: Vec<Option<f64>> = genes.iter().map(|&gene| mean_expression(dataset, gene, &columns)).collect();
    let bin_bp = predictor.bin_bp();

    let mut rows = Vec::new();
    for ((&gene, window), quartile) in genes.iter().zip(&predictions.windows).zip(quartiles(&means)) {
        let Some(expression_quartile) = quartile else { continue };
        for (position, &weight) in window.attention.iter().enumerate() {
            rows.push(AttentionRow {
                gene_id: dataset.genes()[gene].gene_id.clone(),
                cell_type: String::new(),
                position_bp: bin_centre_bp(position, bin_bp, -window.attention_start_bp).round() as i32,
                bin_bp: bin_bp as u32,
                weight,
                expression_quartile,
            });
        }
    }
    AttentionTable { rows }
}

/// Mean log2(TPM + 1) over the cell types in which the gene is measured.
fn mean_expression(dataset: &PreparedDataset, gene: usize, columns: &[usize]) -> Option<f64> {
    let values = columns.iter().map(|&column| f64::from(dataset.log2_tpm(gene, column)));
    let measured: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    (!measured.is_empty()).then(|| measured.iter().sum::<f64>() / measured.len() as f64)
}

/// Quartile of each value, from 1 for the lowest; of equal values the first ranks lower.
fn quartiles(values: &[Option<f64>]) -> Vec<Option<u8>> {
    let mut order: Vec<(f64, usize)> =
        values.iter().enumerate().filter_map(|(index, value)| Some(((*value)?, index))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut quartiles = vec![None; values.len()];
    for (rank, &(_, index)) in order.iter().enumerate() {
        quartiles[index] = Some(1 + (4 * rank / order.len()) as u8);
    }
    quartiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_of_eight_values_hold_two_each() {
        let values = [5.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0].map(Some);
        // Ranks 4 0 7 1 6 2 5 3 of eight: quartile 1 + rank / 2.
        assert_eq!(quartiles(&values), [3, 1, 4, 1, 4, 2, 3, 2].map(Some));
        assert_eq!(quartiles(&[None, Some(1.0)]), [None, Some(1)]);
    }
}
