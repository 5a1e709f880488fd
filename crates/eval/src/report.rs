//! Scores as an aligned table for the terminal, as TSV and as JSON.

use std::path::Path;

use crate::bootstrap::Interval;
use crate::error::EvalError;
use crate::metric_table::{Estimate, Metric, MetricRow, MetricTable};
use crate::whole_file::write_whole;

/// What stands where a score or interval is not defined.
const UNDEFINED: &str = "-";
const COLUMN_GAP: &str = "  ";

impl MetricTable {
    /// An aligned table for the terminal, with a line below that explains it.
    pub fn to_text(&self) -> String {
        let mut lines = vec![self.header()];
        lines.extend(self.rows.iter().map(|row| self.cells(row)));
        let columns = lines[0].len();
        let width = |column: usize| lines.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for cells in &lines {
            let padded = cells.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                // Names stand left, numbers right.
                if column < self.name_columns() { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            text.push_str(padded.collect::<Vec<_>>().join(COLUMN_GAP).trim_end());
            text.push('\n');
        }
        let legend = format!(
            "[low, high]: 95% percentile bootstrap interval, {} draws over genes. \
             r2_pearson: squared Pearson. R2: 1 - SSE/SST. excl.: genes without a value in the cell type.\n\
             cell-specific: Pearson after each gene is centred across cell types. Units: log2(TPM + 1).\n",
            self.bootstrap_draws
        );
        text + &legend
    }

    fn several_splits(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0].split != pair[1].split)
    }

    fn name_columns(&self) -> usize {
        if self.several_splits() { 3 } else { 2 }
    }

    fn header(&self) -> Vec<String> {
        let names =
            ["model", "split", "cell type"].into_iter().filter(|&name| name != "split" || self.several_splits());
        let scores = ["n", "excl.", "Pearson", "Spearman", "r2_pearson", "R2", "MSE", "MAE", "cell-specific"];
        names.chain(scores).map(str::to_owned).collect()
    }

    fn cells(&self, row: &MetricRow) -> Vec<String> {
        let mut cells = vec![row.model.clone()];
        if self.several_splits() {
            cells.push(row.split.to_string());
        }
        cells.push(row.cell_type.clone().unwrap_or_else(|| "mean".to_owned()));
        cells.extend([row.n.to_string(), row.n_excluded.to_string()]);
        cells.extend([&row.pearson, &row.spearman].map(with_interval));
        cells.extend([&row.r2_pearson, &row.r2, &row.mse, &row.mae].map(|estimate| number(estimate.value)));
        cells.push(with_interval(&row.cell_specific_pearson));
        cells
    }

    /// The whole table as TSV: each score with the limits of both intervals, empty where not defined.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_tsv(&self) -> Result<String, EvalError> {
        let fail = |reason: &dyn std::fmt::Display| EvalError::format("of metrics", reason);
        let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
        let mut header: Vec<String> =
            ["model", "split", "cell_type", "n", "n_excluded", "n_cell_specific", "n_chromosomes"]
                .map(str::to_owned)
                .to_vec();
        for metric in Metric::ALL {
            let name = metric.name();
            header.push(name.to_owned());
            header.extend(["low", "high", "chromosome_low", "chromosome_high"].map(|limit| format!("{name}_{limit}")));
        }
        writer.write_record(&header).map_err(|error| fail(&error))?;
        for row in &self.rows {
            let mut record = vec![
                row.model.clone(),
                row.split.to_string(),
                row.cell_type.clone().unwrap_or_else(|| "mean".to_owned()),
                row.n.to_string(),
                row.n_excluded.to_string(),
                row.n_cell_specific.to_string(),
                row.n_chromosomes.map(|count| count.to_string()).unwrap_or_default(),
            ];
            for metric in Metric::ALL {
                let estimate = row.estimate(metric);
                record.push(digits(estimate.value));
                for interval in [estimate.interval, estimate.chromosome_interval] {
                    record.extend([interval.map(|i| i.low), interval.map(|i| i.high)].map(digits));
                }
            }
            writer.write_record(&record).map_err(|error| fail(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| fail(&error))?;
        String::from_utf8(bytes).map_err(|error| fail(&error))
    }

    /// The whole table as JSON.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_json(&self) -> Result<String, EvalError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| EvalError::format("of metrics", error))?;
        Ok(text + "\n")
    }

    /// Writes the TSV.
    pub fn write_tsv(&self, path: &Path) -> Result<(), EvalError> {
        write_whole(path, self.to_tsv()?.as_bytes())
    }

    /// Writes the JSON.
    pub fn write_json(&self, path: &Path) -> Result<(), EvalError> {
        write_whole(path, self.to_json()?.as_bytes())
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_owned(), three_digits)
}

/// Three digits after the point, and no minus before a zero.
fn three_digits(value: f64) -> String {
    let text = format!("{value:.3}");
    if text == "-0.000" { "0.000".to_owned() } else { text }
}

fn with_interval(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval) {
        (Some(value), Some(Interval { low, high })) => {
            format!("{} [{}, {}]", three_digits(value), three_digits(low), three_digits(high))
        }
        (value, _) => number(value),
    }
}

/// Six digits after the point: far finer than any interval, and the same on every machine.
fn digits(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.6}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::{PredictionTable, Split};

    use super::*;
    use crate::evaluate::{EvaluateOptions, evaluate};
    use crate::gene_matrix::tests::row;

    fn metrics() -> MetricTable {
        let rows = (0..4).map(|gene| row(&format!("G{gene}"), "K562", "cnn", f64::from(gene), f64::from(gene) + 0.5));
        let constant = (0..4).map(|gene| row(&format!("G{gene}"), "K562", "mean", f64::from(gene), 1.5));
        let table = PredictionTable { rows: rows.chain(constant).collect() };
        evaluate(&table, &EvaluateOptions { draws: 100, ..EvaluateOptions::default() }).expect("scores")
    }

    #[test]
    fn the_text_table_is_aligned_and_shows_what_is_undefined() {
        let text = metrics().to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("model  cell type  n  excl."), "{text}");
        assert!(lines[1].starts_with("cnn    K562       4      0  1.000 [1.000, 1.000]"), "{text}");
        assert!(lines[3].starts_with("mean   K562       4      0                     -"), "{text}");
        assert_eq!(three_digits(-0.000_4), "0.000");
        assert_eq!(lines[1].find("0.250"), lines[2].find("0.250"), "MSE 0.5^2 stands in one column");
    }

    #[test]
    fn tsv_has_a_cell_for_every_column() {
        let tsv = metrics().to_tsv().expect("plain numbers");
        let widths: Vec<usize> = tsv.lines().map(|line| line.split('\t').count()).collect();
        assert_eq!(widths, vec![7 + 5 * 7; 5]);
        assert!(!tsv.contains("NaN"));
    }

    #[test]
    fn json_reads_back_as_it_was() {
        let metrics = metrics();
        let back: MetricTable = serde_json::from_str(&metrics.to_json().expect("plain numbers")).expect("valid");
        assert_eq!(back, metrics);
        assert!(back.row("mean", Split::Test, Some("K562")).is_some_and(|row| row.pearson.value.is_none()));
    }
}
