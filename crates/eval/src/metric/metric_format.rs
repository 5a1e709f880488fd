//! Scores as an aligned table for the terminal and as TSV.

use super::metric_table::{Metric, MetricRow, MetricTable};
use crate::error::EvalError;
use crate::stats::Estimate;
use crate::table::{
    Align, TableExport, aligned, column_names, estimate_cells, estimate_columns, screen_estimate, screen_number, tsv,
};

impl TableExport for MetricTable {
    const NAME: &'static str = "metrics";

    fn to_text(&self) -> String {
        let show = Shown { split: self.several_splits(), excluded: self.rows.iter().any(|row| row.n_excluded > 0) };
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| cells(row, show)).collect();
        aligned(&columns(show), &rows) + &self.legend(show)
    }

    /// The whole table as TSV: each score with the limits of both intervals, empty if not defined.
    fn to_tsv(&self) -> Result<String, EvalError> {
        let mut header =
            column_names(&["model split cell_type n n_excluded n_cross_cell_type n_gene_pearson n_chromosomes"]);
        header.extend(Metric::ALL.into_iter().flat_map(|metric| estimate_columns(metric.name())));
        let record = |row: &MetricRow| {
            let mut record = vec![
                row.model.clone(),
                row.split.to_string(),
                row.scope.to_string(),
                row.n.to_string(),
                row.n_excluded.to_string(),
                row.n_cross_cell_type.to_string(),
                row.n_gene_pearson.to_string(),
                row.n_chromosomes.map(|count| count.to_string()).unwrap_or_default(),
            ];
            record.extend(Metric::ALL.into_iter().flat_map(|metric| estimate_cells(row.estimate(metric))));
            record
        };
        tsv(Self::NAME, &header, self.rows.iter().map(record))
    }
}

impl MetricTable {
    fn several_splits(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0].split != pair[1].split)
    }

    fn legend(&self, show: Shown) -> String {
        let by_chromosome = self.rows.iter().any(|row| row.pearson.chromosome_interval.is_some());
        let elsewhere = if by_chromosome { "intervals over whole chromosomes and more scores" } else { "more scores" };
        let summaries = if self.rows.iter().any(|row| row.cell_type().is_none()) {
            "mean: of the scores of the cell types. pooled: one score over all pairs of a gene and a cell type (n counts pairs).\n"
        } else {
            ""
        };
        let excluded = if show.excluded { " excl.: genes without a value in the cell type." } else { "" };
        format!(
            "[low, high]: 95% percentile bootstrap interval over genes, {} resamples; {elsewhere} are in the TSV and JSON.\n\
             {summaries}r2_pearson: squared Pearson. R2: 1 - SSE/SST.{excluded} \
             cross-cell-type: Pearson with each gene centred across cell types. Units: log2(TPM + 1).\n",
            self.bootstrap_resamples
        )
    }
}

/// Optional columns of the terminal table.
#[derive(Clone, Copy)]
struct Shown {
    split: bool,
    excluded: bool,
}

fn columns(show: Shown) -> Vec<(&'static str, Align)> {
    let names = ["model", "split", "cell type"].map(|name| (name, Align::Left));
    let numbers = ["n", "excl.", "Pearson", "Spearman", "r2_pearson", "R2", "MSE", "MAE", "cross-cell-type"];
    let all = names.into_iter().chain(numbers.map(|name| (name, Align::Right)));
    all.filter(|&(name, _)| (name != "split" || show.split) && (name != "excl." || show.excluded)).collect()
}

fn cells(row: &MetricRow, show: Shown) -> Vec<String> {
    let mut cells = vec![row.model.clone()];
    cells.extend(show.split.then(|| row.split.to_string()));
    cells.extend([row.scope.to_string(), row.n.to_string()]);
    cells.extend(show.excluded.then(|| row.n_excluded.to_string()));
    let in_full = |estimate: &Estimate| screen_estimate(estimate.value, estimate.interval);
    cells.extend([&row.pearson, &row.spearman].map(in_full));
    cells.extend([&row.r2_pearson, &row.r2, &row.mse, &row.mae].map(|estimate| screen_number(estimate.value)));
    cells.push(in_full(&row.cross_cell_type_pearson));
    cells
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::{PredictionTable, Split};

    use super::*;
    use crate::metric::evaluate::{EvaluateOptions, evaluate};
    use crate::metric::row;

    fn metrics() -> MetricTable {
        let rows = (0..4).map(|gene| row(&format!("G{gene}"), "K562", "cnn", f64::from(gene), f64::from(gene) + 0.5));
        let constant = (0..4).map(|gene| row(&format!("G{gene}"), "K562", "mean", f64::from(gene), 1.5));
        let table = PredictionTable { rows: rows.chain(constant).collect() };
        evaluate(&table, &EvaluateOptions { resamples: 100, ..EvaluateOptions::default() }).expect("scores")
    }

    #[test]
    fn metric_text_is_aligned_and_marks_undefined_scores() {
        let text = metrics().to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("model  cell type  n               Pearson"), "{text}");
        assert!(lines[1].starts_with("cnn    K562       4  1.000 [1.000, 1.000]"), "{text}");
        assert!(lines[4].starts_with("mean   K562       4                     -"), "{text}");
        assert!(!text.contains("excl."), "every gene has a value\n{text}");
        assert_eq!(lines[1].find("0.250"), lines[2].find("0.250"), "the MSE 0.5^2 is in one column");
    }

    #[test]
    fn metric_summary_shows_one_cell_type_once() {
        let summary = metrics().summary("cnn");
        let shown: Vec<(&str, Option<&str>)> =
            summary.rows.iter().map(|row| (row.model.as_str(), row.cell_type())).collect();
        assert_eq!(shown, [("cnn", Some("K562")), ("mean", Some("K562"))]);
        assert!(!summary.to_text().contains("pooled"), "{}", summary.to_text());
    }

    #[test]
    fn metric_tsv_is_rectangular() {
        let tsv = metrics().to_tsv().expect("plain numbers");
        let widths: Vec<usize> = tsv.lines().map(|line| line.split('\t').count()).collect();
        assert_eq!(widths, vec![8 + 5 * 9; 7]);
        assert!(!tsv.contains("NaN"));
    }

    #[test]
    fn metric_json_round_trips() {
        let metrics = metrics();
        let back: MetricTable = serde_json::from_str(&metrics.to_json().expect("plain numbers")).expect("valid");
        assert_eq!(back, metrics);
        assert!(back.row("mean", Split::Test, Some("K562")).is_some_and(|row| row.pearson.value.is_none()));
    }

    #[test]
    fn metric_text_genes_without_value_have_a_separate_column() {
        let mut rows: Vec<_> =
            (0..4).map(|gene| row(&format!("G{gene}"), "K562", "cnn", f64::from(gene), 0.5)).collect();
        rows.push(row("G1", "A549", "cnn", 1.0, 2.0));
        let options = EvaluateOptions { resamples: 10, ..EvaluateOptions::default() };
        let text = evaluate(&PredictionTable { rows }, &options).expect("scores").to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("model  cell type  n  excl."), "{text}");
        assert!(lines[2].starts_with("cnn    A549       1      3"), "{text}");
        assert!(lines[4].starts_with("cnn    pooled     5      3"), "{text}");
    }
}
