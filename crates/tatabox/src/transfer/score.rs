//! Scores of a transfer benchmark by fraction of the genes, model and cell type.

use std::fmt::Write;

use serde::Serialize;
use tatabox_eval::{Estimate, MeanDifference, Metric, MetricRow};

use crate::evaluate::Evaluation;

const HEADER: [&str; 12] = [
    "genes_fraction",
    "model",
    "cell_type",
    "n",
    "pearson",
    "pearson_low",
    "pearson_high",
    "cross_cell_type_pearson",
    "transfer_gain",
    "transfer_gain_low",
    "transfer_gain_high",
    "transfer_gain_p_holm",
];

/// Scores of one model in one cell type.
///
/// ```
/// use tatabox::transfer::TransferScore;
///
/// assert!(TransferScore::to_tsv(&[]).starts_with("genes_fraction\tmodel\tcell_type\t"));
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct TransferScore {
    /// Fraction of the train genes from which the cell type was learned.
    pub genes_fraction: f64,
    /// Name of the model.
    pub model: String,
    /// A cell type, or the mean over all.
    pub cell_type: String,
    /// Genes scored.
    pub n: usize,
    /// Pearson correlation.
    pub pearson: Estimate,
    /// Pearson correlation of values that are centred per gene across the held-out cell types.
    pub cross_cell_type_pearson: Estimate,
    /// Pearson correlation of the transfer minus that of this model; `None` for the transfer itself.
    pub transfer_gain: Option<MeanDifference>,
}

impl TransferScore {
    /// Scores of one fraction, cell types before their mean.
    pub(super) fn of_evaluation(evaluation: &Evaluation, genes_fraction: f64) -> Vec<Self> {
        let rows = evaluation.metrics.rows.iter().filter(|row| row.is_mean() || row.cell_type().is_some());
        rows.map(|row| Self {
            genes_fraction,
            model: row.model.clone(),
            cell_type: row.scope.to_string(),
            n: row.n,
            pearson: *row.estimate(Metric::Pearson),
            cross_cell_type_pearson: *row.estimate(Metric::CrossCellTypePearson),
            transfer_gain: transfer_gain(evaluation, row),
        })
        .collect()
    }

    /// Table with a header, and a dash for undefined values.
    pub fn to_tsv(rows: &[Self]) -> String {
        let mut text = HEADER.join("\t") + "\n";
        for row in rows {
            let interval = row.pearson.interval;
            let gain = row.transfer_gain.as_ref();
            let gain_interval = gain.and_then(|gain| gain.interval);
            let values = [
                row.pearson.value,
                interval.map(|interval| interval.low),
                interval.map(|interval| interval.high),
                row.cross_cell_type_pearson.value,
                gain.map(|gain| gain.value),
                gain_interval.map(|interval| interval.low),
                gain_interval.map(|interval| interval.high),
                gain.and_then(|gain| gain.p_holm),
            ];
            let values = values.map(|value| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}")));
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{}\t{}",
                row.genes_fraction,
                row.model,
                row.cell_type,
                row.n,
                values.join("\t")
            );
        }
        text
    }
}

/// Test of the transfer against the model of this row, in the same cell types.
fn transfer_gain(evaluation: &Evaluation, row: &MetricRow) -> Option<MeanDifference> {
    let tests = &evaluation.comparisons.as_ref()?.rows;
    let of_model = || tests.iter().filter(|test| test.model == row.model && test.split == row.split);
    // With a single cell type, its test is that of the mean.
    let is_same = |test: &str| Some(test) == row.cell_type();
    let found = of_model().find(|test| match &test.cell_type {
        Some(cell_type) => is_same(cell_type),
        None => row.is_mean() || of_model().count() == 1,
    });
    found?.pearson
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_score_undefined_value_is_a_dash() {
        let row = TransferScore {
            genes_fraction: 0.1,
            model: "from-scratch".to_owned(),
            cell_type: "K562".to_owned(),
            n: 7,
            pearson: Estimate { value: Some(0.25), interval: None, chromosome_interval: None },
            cross_cell_type_pearson: Estimate::default(),
            transfer_gain: None,
        };
        let tsv = TransferScore::to_tsv(&[row]);
        assert!(tsv.ends_with("\n0.1\tfrom-scratch\tK562\t7\t0.2500\t-\t-\t-\t-\t-\t-\t-\n"), "{tsv}");
    }
}
