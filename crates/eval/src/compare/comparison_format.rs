//! Tests between models as aligned tables for the terminal and as TSV.

use std::path::Path;

use super::comparison::{AnovaRow, ComparisonRow, ComparisonTable};
use super::verdict::{SIGNIFICANCE, Verdict};
use crate::error::EvalError;
use crate::metric::Scope;
use crate::table::{
    Align, TableExport, aligned, atomic_write, column_names, file_number, file_p_value, screen_estimate, screen_number,
    screen_p_value, tsv,
};

/// Name of the second table in error messages.
const ANOVA_TABLE: &str = "analyses of variance";

impl TableExport for ComparisonTable {
    const NAME: &'static str = "comparisons";

    /// Aligned tables for the terminal, followed by a legend and every note; TSV and JSON hold more digits.
    ///
    /// The verdict of a row begins with `!` if the other model is ahead of the reference.
    fn to_text(&self) -> String {
        let mut parts = Vec::new();
        if !self.rows.is_empty() {
            parts.push(format!("{} against each other model, on the genes that both predict\n", self.reference));
            parts.extend([self.comparisons(), self.legend(), self.summary()]);
        }
        if !self.anova.is_empty() {
            parts.extend(["\nAnalysis of variance over models\n".to_owned(), self.analyses()]);
            parts.push(
"p (GG): after Greenhouse and Geisser. eta2: fraction of the variance, partial for repeated measures.\n"
                    .to_owned(),
            );
        }
        parts.extend(self.notes.iter().map(|note| format!("note: {note}\n")));
        parts.concat()
    }

    /// The pairwise tests as TSV; cells of a test that is not defined are empty.
    fn to_tsv(&self) -> Result<String, EvalError> {
        let header = column_names(&[
            "reference model split cell_type n verdict",
            "pearson_difference low high chromosome_low chromosome_high p p_holm p_bh",
            "error_statistic error_rank_biserial error_p error_p_holm error_p_bh",
            "folds fold_difference fold_t fold_df fold_cohens_d fold_p fold_p_holm fold_p_bh",
        ]);
        tsv(Self::NAME, &header, self.rows.iter().map(|row| self.record(row)))
    }
}

impl ComparisonTable {
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
        cells.push(screen_estimate(pearson.map(|test| test.value), pearson.and_then(|test| test.interval)));
        cells.push(screen_p_value(pearson.and_then(|test| test.p_holm)));
        let errors = row.absolute_error.as_ref();
        cells.push(screen_number(errors.map(|test| test.rank_biserial)));
        cells.push(screen_p_value(errors.and_then(|test| test.p_holm)));
        if show.folds {
            cells.push(screen_number(row.folds.as_ref().map(|test| test.t)));
            cells.push(screen_p_value(row.folds.as_ref().and_then(|test| test.p_holm)));
        }
        cells.push(self.verdict(row));
        cells
    }

    fn verdict(&self, row: &ComparisonRow) -> String {
        Verdict::new(row, &self.reference).map_or_else(|| "-".to_owned(), |verdict| verdict.to_string())
    }

    fn legend(&self) -> String {
        let (reference, resamples) = (&self.reference, self.bootstrap_resamples);
        let folds = if self.rows.iter().any(|row| row.folds.is_some()) {
            "folds t: corrected resampled t-test on the Pearson correlations of the folds.\n"
        } else {
            ""
        };
        format!(
            "difference: Pearson of {reference} minus that of the other model; [low, high]: 95% paired bootstrap interval over \
             genes, {resamples} resamples.\n\
             errors: rank-biserial correlation of absolute errors, positive where {reference} has the smaller ones; signed-rank \
             test.\n{folds}\
             p: two-sided p-value of the preceding column, after Holm's correction; better: p < {SIGNIFICANCE}; !: {reference} is \
             behind.\n"
        )
    }

    /// A sentence that names the models that are significantly better than the reference over all cell types.
    fn summary(&self) -> String {
        let over_all = self.rows.iter().filter(|row| row.cell_type.is_none());
        let beats =
            over_all.filter(|row| Verdict::new(row, &self.reference).is_some_and(|verdict| verdict.is_beaten()));
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
                screen_number(Some(row.f)),
                format!("{}, {}", row.df[0], row.df[1]),
                screen_p_value(Some(row.p)),
                screen_number(row.epsilon),
                screen_p_value(row.p_greenhouse_geisser),
                screen_number(Some(row.eta_squared)),
            ]
        };
        let rows: Vec<Vec<String>> = self.anova.iter().map(cells).collect();
        aligned(&[&left[..], &right[..]].concat(), &rows)
    }

    fn several_splits(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0].split != pair[1].split)
    }

    fn record(&self, row: &ComparisonRow) -> Vec<String> {
        let mut record = vec![self.reference.clone(), row.model.clone(), row.split.to_string(), scope(row)];
        record.extend([row.n.to_string(), self.verdict(row)]);
        let pearson = row.pearson.as_ref();
        record.push(file_number(pearson.map(|test| test.value)));
        for interval in [pearson.and_then(|test| test.interval), pearson.and_then(|test| test.chromosome_interval)] {
            record.extend([interval.map(|i| i.low), interval.map(|i| i.high)].map(file_number));
        }
        let adjusted = |p: Option<f64>, holm: Option<f64>, bh: Option<f64>| [p, holm, bh].map(file_p_value);
        record.extend(adjusted(
            pearson.and_then(|test| test.p),
            pearson.and_then(|test| test.p_holm),
            pearson.and_then(|test| test.p_bh),
        ));
        let errors = row.absolute_error.as_ref();
        record.push(file_number(errors.map(|test| test.statistic)));
        record.push(file_number(errors.map(|test| test.rank_biserial)));
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
            .map(file_number),
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
    /// [`EvalError::Format`] if the formatter fails.
    pub fn anova_to_tsv(&self) -> Result<String, EvalError> {
        let header = column_names(&[
            "design split models values f df_models df_error p epsilon p_greenhouse_geisser eta_squared",
        ]);
        let record = |row: &AnovaRow| {
            let mut record =
                vec![row.design.clone(), row.split.to_string(), row.models.to_string(), row.values.to_string()];
            record.extend([row.f, row.df[0], row.df[1]].map(|value| file_number(Some(value))));
            record.push(file_p_value(Some(row.p)));
            record.push(file_number(row.epsilon));
            record.push(file_p_value(row.p_greenhouse_geisser));
            record.push(file_number(Some(row.eta_squared)));
            record
        };
        tsv(ANOVA_TABLE, &header, self.anova.iter().map(record))
    }

    /// Writes the analyses of variance as TSV; the file is replaced only once it is complete.
    ///
    /// # Errors
    ///
    /// As [`ComparisonTable::anova_to_tsv`]; [`EvalError::Write`] if the file cannot be written.
    pub fn write_anova_tsv(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.anova_to_tsv()?.as_bytes())
    }
}

/// Optional columns of the terminal table.
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
    fn comparison_text_names_the_better_model() {
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
    fn comparison_text_marks_models_better_than_the_reference() {
        let mut options = options();
        options.reference = "ridge".to_owned();
        let text = compare(&three_models(), &options).expect("three models").to_text();
        assert!(text.contains("! cnn is better than ridge"), "{text}");
        assert!(text.contains("! Better than ridge over all cell types: cnn (test)."), "{text}");
    }

    #[test]
    fn comparison_tsv_is_rectangular_and_json_round_trips() {
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
