//! `fold_metrics.tsv`: scores of each model in each fold.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use tatabox_dataset::{PredictionTable, atomic_write};
use tatabox_eval::{EvaluateOptions, Metric, evaluate};

const NAMES: [&str; 4] = ["fold", "model", "cell_type", "n"];

/// Writes a row for each fold, model and cell type; folds count from 1.
pub(super) fn write(path: &Path, table: &PredictionTable, folds: &BTreeMap<String, usize>) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    writer.write_record(NAMES.into_iter().chain(Metric::ALL.map(Metric::name)))?;
    // Point values only: the spread between folds is what the file is for.
    let options = EvaluateOptions { draws: 0, ..EvaluateOptions::default() };
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
    let bytes = writer.into_inner()?;
    atomic_write(path, |file| file.write_all(&bytes)).with_context(|| format!("cannot write {}", path.display()))
}
