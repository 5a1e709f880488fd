//! Scores of the outputs of assays on the held-out rows of their assay.

use std::path::Path;

use serde::Serialize;
use tatabox_dataset::{PredictionRow, PredictionTable, PreparedDataset, RowSource, Split, find_assay};
use tatabox_eval::TableExport as _;
use tatabox_eval::{EvaluateOptions, MetricTable, evaluate};
use tatabox_sequence::counted;

use crate::error::Result;
use crate::model_store::Model;
use crate::observer::Observer;

/// Scores of outputs of assays, as tables.
pub(super) const METRICS_TSV: &str = "assay_metrics.tsv";
/// Predictions of rows of assays.
pub(super) const PREDICTIONS: &str = "assay_predictions.tsv";

/// Predictions and scores of the outputs of assays, on rows that are not genes.
///
/// Values are log2 activities on the scale of each assay; rows of different assays are never pooled with genes.
///
/// ```
/// use tatabox::evaluate::AssayScores;
///
/// fn outputs(scores: &AssayScores) -> usize {
///     scores.metrics.rows.iter().filter(|row| row.cell_type().is_some()).count()
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct AssayScores {
    /// Predictions, one row per row of an assay and measured output.
    #[serde(skip)]
    pub table: PredictionTable,
    /// Correlations and errors per output.
    #[serde(flatten)]
    pub metrics: MetricTable,
}

impl AssayScores {
    /// Scores the outputs of assays that the data set measures in `split`; `None` where there are none.
    ///
    /// # Errors
    /// The windows of the data set are shorter than the model's extent.
    pub(super) fn of(
        model: &Model,
        dataset: &PreparedDataset,
        split: Split,
        (resamples, seed): (u32, u64),
        observer: &dyn Observer,
    ) -> Result<Option<Self>> {
        let predictor = model.predictor();
        let reads_features = !predictor.auxiliary_inputs().feature_names().is_empty();
        let is_readable = |row: &usize| match dataset.row_source(*row) {
            RowSource::Gene(gene) => !reads_features || dataset.gene_features(gene).is_some(),
            RowSource::Assay { .. } => true,
        };
        let mut rows = Vec::new();
        for (output, name) in model.cell_types().iter().enumerate() {
            let Some(assay) = predictor.assay_of_output(output) else { continue };
            let (Ok(index), Ok(target)) = (find_assay(dataset, &assay.name), dataset.target_index(name)) else {
                observer.note(&format!("{name} is not scored: {} has no assay {}", dataset.name(), assay.name));
                continue;
            };
            let (held_out, unreadable): (Vec<usize>, Vec<usize>) =
                dataset.assay_rows_in(index, split).into_iter().partition(is_readable);
            if !unreadable.is_empty() {
                observer.note(&format!("{name}: not scored: {} without features", counted(unreadable.len(), "gene")));
            }
            let predictions = predictor.predict_rows(dataset, &held_out)?;
            for (row, prediction) in held_out.into_iter().zip(predictions) {
                let measured = f64::from(dataset.target(row, target));
                if measured.is_finite() {
                    rows.push(PredictionRow {
                        gene_id: row_name(dataset, row),
                        gene_name: None,
                        cell_type: name.clone(),
                        split,
                        measured,
                        predicted: prediction.log2_tpm[output],
                        model: model.name().to_owned(),
                    });
                }
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let table = PredictionTable::new(rows)?;
        let options = EvaluateOptions { splits: vec![split], resamples: resamples as usize, seed, chromosomes: None };
        let mut metrics = evaluate(&table, &options)?;
        // A mean over assays of different kinds means nothing.
        metrics.rows.retain(|row| row.cell_type().is_some());
        Ok(Some(Self { table, metrics }))
    }

    /// Writes the tables to a folder.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        self.table.write(&folder.join(PREDICTIONS))?;
        Ok(self.metrics.write_tsv(&folder.join(METRICS_TSV))?)
    }
}

/// Identifier of a row: that of the gene, or assay and identifier of the row.
fn row_name(dataset: &PreparedDataset, row: usize) -> String {
    match dataset.row_source(row) {
        RowSource::Gene(gene) => dataset.genes()[gene].gene_id.clone(),
        RowSource::Assay { assay, row } => {
            let set = &dataset.assays()[assay];
            format!("{}:{}", set.record.name, set.rows[row].id)
        }
    }
}
