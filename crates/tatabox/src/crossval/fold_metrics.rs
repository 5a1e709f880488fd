//! `fold_metrics.tsv`: scores of each model in each fold.

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_dataset::PredictionTable;
use tatabox_eval::{EvaluateOptions, Metric, evaluate};

use crate::error::{Error, Result};
use crate::json_file;

const NAMES: [&str; 4] = ["fold", "model", "cell_type", "n"];

/// Writes one row per fold, model and cell type; folds are numbered from 1.
pub(super) fn write(path: &Path, table: &PredictionTable, folds: &BTreeMap<String, usize>) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    writer.write_record(NAMES.into_iter().chain(Metric::ALL.map(Metric::name)))?;
    // Without intervals, since the file shows the spread between folds.
    let options = EvaluateOptions { resamples: 0, ..EvaluateOptions::default() };
    let count = folds.values().max().map_or(0, |last| last + 1);
    for fold in 0..count {
        let rows = table.rows.iter().filter(|row| folds.get(&row.gene_id) == Some(&fold)).cloned().collect();
        for row in evaluate(&PredictionTable { rows }, &options)?.rows {
            let values = Metric::ALL.map(|metric| row.estimate(metric).value);
            let values = values.map(|value| value.map(|value| format!("{value:.6}")).unwrap_or_default());
            let names = [(fold + 1).to_string(), row.model.clone(), row.scope.to_string(), row.n.to_string()];
            writer.write_record(names.iter().chain(&values))?;
        }
    }
    json_file::write_text(path, &writer.into_inner().map_err(Error::encoding)?)
}
