//! Tests between models as aligned tables for the terminal, as TSV and as JSON.

use std::path::Path;

use crate::comparison::{AnovaRow, ComparisonRow, ComparisonTable};
use crate::error::EvalError;
use crate::scope::Scope;
use crate::text_table::{
    Align, aligned, digits, json, number, p_value, significant_digits, titles, tsv, with_interval,
};
use crate::verdict::{SIGNIFICANCE, Verdict};
use crate::whole_file::atomic_write;

/// What errors call the two tables.
const TABLE: &str = "of comparisons";
const ANOVA_TABLE: &str = "of analyses of variance";

impl ComparisonTable {
    /// Aligned tables for the terminal, with what explains them and every note; TSV and JSON hold more digits.
    ///
    /// A row in which another model beats the reference has a verdict that begins with `!`.
    pub fn to_text(&self) -> String {
        let mut parts = Vec::new();
        if !self.rows.is_empty() {
            parts.push(format!("{} against each other model, on the genes that both predict\n", self.reference));
            parts.extend([self.comparisons(), self.legend(), self.summary()]);
        }
        if !self.anova.is_empty() {
            parts.extend(["\nAnalysis of variance over models\n".to_owned(), self.analyses()]);
            parts.push(
                "p (GG): after Greenhouse and Geisser. eta2: share of the variance, partial for repeated measures.\n"
                    .to_owned(),
            );
        }
        parts.extend(self.notes.iter().map(|note| format!("note: {note}\n")));
        parts.concat()
    }

    fn comparisons(&self) -> String {
        let show = Shown { split: self.several_splits(), folds: self.rows.iter().any(|row| row.folds.is_some()) };
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| self.cells(row, show)).collect();
        aligned(&columns(show), &rows)
    }

    fn cells(&self, row: &ComparisonRow, show: Shown) -> Vec<String> {
        let mut cells = vec![row.model.clone()];
        cells.extend(show.split.then(|| row.split.to_string()));
        cells.extend([scope(row), row.n.to_string()]);
        let pearson = row.pearson.as_ref();
        cells.push(with_interval(pearson.map(|test| test.value), pearson.and_then(|test| test.interval)));
        cells.push(p_value(pearson.and_then(|test| test.p_holm)));
        let errors = row.absolute_error.as_ref();
        cells.push(number(errors.map(|test| test.rank_biserial)));
        cells.push(p_value(errors.and_then(|test| test.p_holm)));
        if show.folds {
            cells.push(number(row.folds.as_ref().map(|test| test.t)));
            cells.push(p_value(row.folds.as_ref().and_then(|test| test.p_holm)));
        }
        cells.push(self.verdict(row));
        cells
    }

    fn verdict(&self, row: &ComparisonRow) -> String {
        Verdict::of(row, &self.reference).map_or_else(|| "-".to_owned(), |verdict| verdict.to_string())
    }

    fn legend(&self) -> String {
        let (reference, draws) = (&self.reference, self.bootstrap_draws);
        let folds = if self.rows.iter().any(|row| row.folds.is_some()) {
            "folds t: corrected resampled t-test on the Pearson correlations of the folds.\n"
        } else {
            ""
        };
        format!(
            "difference: Pearson of {reference} less that of the other model; [low, high]: 95% paired bootstrap interval over \
             genes, {draws} draws.\n\
             errors: rank-biserial correlation of absolute errors, positive where {reference} has the smaller ones; signed-rank \
             test.\n{folds}\
             p: of what stands before it, two-sided, after Holm's correction; better: p < {SIGNIFICANCE}; !: {reference} is \
             behind.\n"
        )
    }

    /// Which models beat the reference over all cell types.
    fn summary(&self) -> String {
        let over_all = self.rows.iter().filter(|row| row.cell_type.is_none());
        let beats = over_all.filter(|row| Verdict::of(row, &self.reference).is_some_and(|verdict| verdict.is_beaten()));
        let names: Vec<String> = beats.map(|row| format!("{} ({})", row.model, row.split)).collect();
        let all = "over all cell types";
        match &names[..] {
            [] => format!("No other model is better than {} {all}.\n", self.reference),
            names => format!("! Better than {} {all}: {}.\n", self.reference, names.join(", ")),
        }
    }

    fn analyses(&self) -> String {
        let left = ["design", "split"].map(|title| (title, Align::Left));
        let right =
            ["models", "values", "F", "df", "p", "epsilon", "p (GG)", "eta2"].map(|title| (title, Align::Right));
        let cells = |row: &AnovaRow| {
            vec![
                row.design.clone(),
                row.split.to_string(),
                row.models.to_string(),
                row.values.to_string(),
                number(Some(row.f)),
                format!("{}, {}", row.df[0], row.df[1]),
                p_value(Some(row.p)),
                number(row.epsilon),
                p_value(row.p_greenhouse_geisser),
                number(Some(row.eta_squared)),
            ]
        };
        let rows: Vec<Vec<String>> = self.anova.iter().map(cells).collect();
        aligned(&[&left[..], &right[..]].concat(), &rows)
    }

    fn several_splits(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0].split != pair[1].split)
    }

    /// The comparisons of pairs as TSV, empty where a test is not defined.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_tsv(&self) -> Result<String, EvalError> {
        let header = titles(&[
            "reference model split cell_type n verdict",
            "pearson_difference low high chromosome_low chromosome_high p p_holm p_bh",
            "error_statistic error_rank_biserial error_p error_p_holm error_p_bh",
            "folds fold_difference fold_t fold_df fold_cohens_d fold_p fold_p_holm fold_p_bh",
        ]);
        tsv(TABLE, &header, self.rows.iter().map(|row| self.record(row)))
    }

    fn record(&self, row: &ComparisonRow) -> Vec<String> {
        let mut record = vec![self.reference.clone(), row.model.clone(), row.split.to_string(), scope(row)];
        record.extend([row.n.to_string(), self.verdict(row)]);
        let pearson = row.pearson.as_ref();
        record.push(digits(pearson.map(|test| test.value)));
        for interval in [pearson.and_then(|test| test.interval), pearson.and_then(|test| test.chromosome_interval)] {
            record.extend([interval.map(|i| i.low), interval.map(|i| i.high)].map(digits));
        }
        let adjusted = |p: Option<f64>, holm: Option<f64>, bh: Option<f64>| [p, holm, bh].map(significant_digits);
        record.extend(adjusted(
            pearson.and_then(|test| test.p),
            pearson.and_then(|test| test.p_holm),
            pearson.and_then(|test| test.p_bh),
        ));
        let errors = row.absolute_error.as_ref();
        record.push(digits(errors.map(|test| test.statistic)));
        record.push(digits(errors.map(|test| test.rank_biserial)));
        record.extend(adjusted(
            errors.map(|test| test.p),
            errors.and_then(|test| test.p_holm),
            errors.and_then(|test| test.p_bh),
        ));
        let folds = row.folds.as_ref();
        record.push(folds.map(|test| test.folds.to_string()).unwrap_or_default());
        record.extend(
            [
                folds.map(|test| test.mean_difference),
                folds.map(|test| test.t),
                folds.map(|test| test.df),
                folds.map(|test| test.cohens_d),
            ]
            .map(digits),
        );
        record.extend(adjusted(
            folds.map(|test| test.p),
            folds.and_then(|test| test.p_holm),
            folds.and_then(|test| test.p_bh),
        ));
        record
    }

    /// The analyses of variance as TSV.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn anova_to_tsv(&self) -> Result<String, EvalError> {
        let header =
            titles(&["design split models values f df_models df_error p epsilon p_greenhouse_geisser eta_squared"]);
        let record = |row: &AnovaRow| {
            let mut record =
                vec![row.design.clone(), row.split.to_string(), row.models.to_string(), row.values.to_string()];
            record.extend([row.f, row.df[0], row.df[1]].map(|value| digits(Some(value))));
            record.push(significant_digits(Some(row.p)));
            record.push(digits(row.epsilon));
            record.push(significant_digits(row.p_greenhouse_geisser));
            record.push(digits(Some(row.eta_squared)));
            record
        };
        tsv(ANOVA_TABLE, &header, self.anova.iter().map(record))
    }

    /// Everything as JSON.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_json(&self) -> Result<String, EvalError> {
        json(TABLE, self)
    }

    /// Writes the TSV of comparisons.
    pub fn write_tsv(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.to_tsv()?.as_bytes())
    }

    /// Writes the TSV of analyses of variance.
    pub fn write_anova_tsv(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.anova_to_tsv()?.as_bytes())
    }

    /// Writes the JSON.
    pub fn write_json(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.to_json()?.as_bytes())
    }
}

/// Columns that are on the screen only where they say something.
#[derive(Clone, Copy)]
struct Shown {
    split: bool,
    folds: bool,
}

fn columns(show: Shown) -> Vec<(&'static str, Align)> {
    let left = ["model", "split", "cell type"].map(|title| (title, Align::Left));
    let right = ["n", "difference", "p", "errors", "p", "folds t", "p"].map(|title| (title, Align::Right));
    let left = left.into_iter().filter(|&(title, _)| title != "split" || show.split);
    let right = right.into_iter().take(if show.folds { 7 } else { 5 });
    left.chain(right).chain([("verdict", Align::Left)]).collect()
}

fn scope(row: &ComparisonRow) -> String {
    row.cell_type.clone().map_or(Scope::Mean, Scope::CellType).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;
    use crate::compare::tests::{options, three_models};

    fn compared() -> ComparisonTable {
        compare(&three_models(), &options()).expect("three models")
    }

    #[test]
    fn the_text_says_who_is_better() {
        let text = compared().to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("model       cell type   n            difference      p  errors"), "{text}");
        assert!(lines[2].starts_with("ridge       K562       60  0."), "{text}");
        assert!(lines[2].ends_with("  cnn is better"), "{text}");
        assert!(lines[7].starts_with("train-mean  mean       60                     -      -"), "{text}");
        assert!(lines[7].ends_with("cnn is better, by errors"), "{text}");
        assert!(text.contains("repeated measures, absolute errors of genes"), "{text}");
        assert!(text.contains("No other model is better than cnn over all cell types."), "{text}");
        assert!(text.contains("\nnote: test: `train-mean`: Pearson is not defined"), "{text}");
    }

    #[test]
    fn a_baseline_that_beats_the_reference_is_marked() {
        let mut options = options();
        options.reference = "ridge".to_owned();
        let text = compare(&three_models(), &options).expect("three models").to_text();
        assert!(text.contains("! cnn is better than ridge"), "{text}");
        assert!(text.contains("! Better than ridge over all cell types: cnn (test)."), "{text}");
    }

    #[test]
    fn tsv_has_a_cell_for_every_column_and_json_reads_back() {
        let compared = compared();
        for tsv in [compared.to_tsv().expect("numbers"), compared.anova_to_tsv().expect("numbers")] {
            let widths: Vec<usize> = tsv.lines().map(|line| line.split('\t').count()).collect();
            assert!(widths.len() > 4 && widths.iter().all(|width| *width == widths[0]), "{tsv}");
            assert!(!tsv.contains("NaN") && !tsv.contains("inf"), "{tsv}");
        }
        let back: ComparisonTable = serde_json::from_str(&compared.to_json().expect("numbers")).expect("valid");
        assert_eq!(back, compared);
    }
}
