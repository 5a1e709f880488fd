//! Scores as an aligned table for the terminal and as TSV.

use super::metric::EffectMetric;
use super::score_table::{EffectEstimate, EffectScope, EffectScoreRow, EffectScoreTable};
use crate::error::EvalError;
use crate::table::{Align, TableExport, aligned, column_names, file_number, screen_estimate, tsv};

impl TableExport for EffectScoreTable {
    const NAME: &'static str = "metrics";

    /// Scores over all elements; TSV and JSON hold those of each element.
    fn to_text(&self) -> String {
        let names = ["predictor", "cell type"];
        let metrics = EffectMetric::ALL.map(EffectMetric::title);
        let numbers = ["elements", "n"].into_iter().chain(metrics);
        let columns: Vec<(&str, Align)> =
            names.iter().map(|&name| (name, Align::Left)).chain(numbers.map(|name| (name, Align::Right))).collect();
        let row = |row: &EffectScoreRow| {
            let mut cells = vec![row.predictor.clone()];
            cells.push(row.cell_type.clone().unwrap_or_else(|| "all".to_owned()));
            cells.extend([row.elements.to_string(), row.n.to_string()]);
            let shown = |metric| {
                let EffectEstimate { value, interval, element_interval } = row.estimate(metric);
                screen_estimate(*value, element_interval.or(*interval))
            };
            cells.extend(EffectMetric::ALL.map(shown));
            cells
        };
        let rows: Vec<Vec<String>> = self.overall().map(row).collect();
        aligned(&columns, &rows) + &self.legend()
    }

    /// All rows as TSV: each score with the limits of both intervals, empty if not defined.
    fn to_tsv(&self) -> Result<String, EvalError> {
        let mut header = column_names(&["scope element cell_type predictor kind elements n n_significant n_strong"]);
        let limits = ["", "_low", "_high", "_element_low", "_element_high"];
        header.extend(
            EffectMetric::ALL.iter().flat_map(|metric| limits.map(|limit| format!("{}{limit}", metric.name()))),
        );
        let record = |row: &EffectScoreRow| {
            let mut record = vec![
                row.scope.to_string(),
                row.element.clone().unwrap_or_default(),
                row.cell_type.clone().unwrap_or_default(),
                row.predictor.clone(),
                row.kind.name().to_owned(),
                row.elements.to_string(),
                row.n.to_string(),
                row.n_significant.to_string(),
                row.n_strong.to_string(),
            ];
            record.extend(EffectMetric::ALL.iter().flat_map(|&metric| {
                let EffectEstimate { value, interval, element_interval } = *row.estimate(metric);
                let (low, high) = (interval.map(|i| i.low), interval.map(|i| i.high));
                let (element_low, element_high) = (element_interval.map(|i| i.low), element_interval.map(|i| i.high));
                [value, low, high, element_low, element_high].map(file_number)
            }));
            record
        };
        tsv(Self::NAME, &header, self.rows.iter().map(record))
    }
}

impl EffectScoreTable {
    /// Lines that explain the columns.
    fn legend(&self) -> String {
        let over_elements = self.overall().any(|row| row.spearman_magnitude.element_interval.is_some());
        let resampled = if over_elements { "elements" } else { "variants" };
        let set = match self.overall().next().map(|row| row.scope) {
            Some(EffectScope::Mean) => {
                format!("Scores are means over the elements with {} variants or more. ", self.min_variants)
            }
            Some(EffectScope::Pooled) => "Scores are over the variants of all elements as one set. ".to_owned(),
            _ => String::new(),
        };
        format!(
            "{set}[low, high]: 95% percentile bootstrap interval over {resampled}, {} resamples.\n\
             sign agreement: of {}. AUROC, AUPRC: {}, ranked by the magnitude of the prediction.\n",
            self.bootstrap_resamples, self.significant, self.strong
        )
    }
}
