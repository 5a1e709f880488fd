//! Tests between predictors as an aligned table for the terminal and as TSV.

use super::comparison::{BootstrapTest, EffectComparison, EffectComparisonTable};
use super::metric::EffectMetric;
use super::score_table::EffectScope;
use crate::error::EvalError;
use crate::table::{
    Align, TableExport, aligned, column_names, file_number, file_p_value, screen_estimate, screen_p_value, tsv,
};

/// Scores of the terminal table.
const SHOWN: [EffectMetric; 3] = [EffectMetric::Spearman, EffectMetric::SpearmanMagnitude, EffectMetric::Auroc];

impl TableExport for EffectComparisonTable {
    const NAME: &'static str = "comparisons";

    /// Differences over all elements; TSV and JSON hold those of each element and score.
    fn to_text(&self) -> String {
        let rows: Vec<&EffectComparison> = self.overall().filter(|row| SHOWN.contains(&row.metric)).collect();
        if rows.is_empty() {
            return String::new();
        }
        let columns = [
            ("other", Align::Left),
            ("cell type", Align::Left),
            ("score", Align::Left),
            ("difference", Align::Right),
            ("p (variants)", Align::Right),
            ("p (elements)", Align::Right),
        ];
        let cells = |row: &&EffectComparison| {
            let test = row.elements.unwrap_or(row.variants);
            vec![
                row.predictor.clone(),
                row.cell_type.clone().unwrap_or_else(|| "all".to_owned()),
                row.metric.title().to_owned(),
                screen_estimate(Some(row.difference), test.interval),
                screen_p_value(row.variants.p_holm),
                screen_p_value(row.elements.and_then(|test| test.p_holm)),
            ]
        };
        let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        format!(
            "{} against each other predictor, on the same variants\n{}difference: {} minus the other; p: two-sided paired \
             bootstrap over variants and over elements, after Holm's correction.\n",
            self.reference,
            aligned(&columns, &rows),
            self.reference
        )
    }

    fn to_tsv(&self) -> Result<String, EvalError> {
        let header = column_names(&[
            "scope element cell_type reference predictor metric difference",
            "low high p p_holm p_bh element_low element_high element_p element_p_holm element_p_bh",
        ]);
        let record = |row: &EffectComparison| {
            let mut record = vec![
                row.scope.to_string(),
                row.element.clone().unwrap_or_default(),
                row.cell_type.clone().unwrap_or_default(),
                self.reference.clone(),
                row.predictor.clone(),
                row.metric.name().to_owned(),
                file_number(Some(row.difference)),
            ];
            record.extend(cells(&row.variants));
            record.extend(cells(&row.elements.unwrap_or_default()));
            record
        };
        tsv(Self::NAME, &header, self.rows.iter().map(record))
    }
}

impl EffectComparisonTable {
    /// Differences of the widest scope: means over all elements and cell types; pooled effects if too few elements have
    /// enough variants; else those of the single element.
    pub fn overall(&self) -> impl Iterator<Item = &EffectComparison> {
        let widest = EffectScope::widest(self.rows.iter().map(|row| row.scope));
        self.rows
            .iter()
            .filter(move |row| Some(row.scope) == widest && (row.scope != EffectScope::Mean || row.cell_type.is_none()))
    }
}

fn cells(test: &BootstrapTest) -> [String; 5] {
    let limits = [test.interval.map(|i| i.low), test.interval.map(|i| i.high)].map(file_number);
    let [low, high] = limits;
    [low, high, file_p_value(test.p), file_p_value(test.p_holm), file_p_value(test.p_bh)]
}
