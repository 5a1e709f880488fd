//! Analyses of variance over all models, on the genes that every model predicts.

use tatabox_dataset::Split;

use super::CompareOptions;
use super::comparison::{AnovaRow, ComparisonTable};
use super::fold_scores::FoldScores;
use super::shared_pairs::{ModelMatrix, SharedPairs};
use crate::error::EvalError;
use crate::stats::one_way_anova;
use crate::stats::repeated_measures_anova;

const ONE_WAY_OF_CELL_TYPES: &str = "one-way, Pearson of cell types";
const WITHIN_CELL_TYPES: &str = "repeated measures, Pearson of cell types";
const WITHIN_FOLDS: &str = "repeated measures, mean Pearson of folds";
const WITHIN_GENES: &str = "repeated measures, absolute errors of genes";

/// Adds the analyses that the data allow; notes list the missing ones with the reason.
pub(super) fn analyse(
    models: &[&ModelMatrix],
    split: Split,
    options: &CompareOptions,
    compared: &mut ComparisonTable,
) -> Result<(), EvalError> {
    let shared = SharedPairs::new(models)?;
    let excluded: usize = shared.excluded.iter().sum();
    if excluded > 0 {
        let pairs: usize = shared.cell_types.iter().map(|cell| cell.genes.len()).sum();
        compared.note(format!(
"{split}: analyses of variance use the {} genes ({pairs} pairs of gene and cell type) that every model predicts",
            shared.genes.len()
        ));
    }
    if shared.genes.is_empty() {
        return Ok(());
    }
    let mut analysis = Analysis { split, compared };

    let of_cell_types = |model: usize| shared.cell_types.iter().map(|cell| cell.pearson(model)).collect();
    let by_cell = analysis.defined_in(models, "cell types", of_cell_types);
    if shared.cell_types.len() < 2 {
        analysis.note("one cell type, no analysis of variance over cell types");
    } else {
        analysis.one_way(ONE_WAY_OF_CELL_TYPES, &by_cell);
        analysis.repeated(WITHIN_CELL_TYPES, &by_cell);
    }
    if let Some(folds) = &options.folds {
        let scores = FoldScores::new(&shared, folds);
        let by_fold = analysis.defined_in(models, "folds", |model| scores.means(model));
        analysis.repeated(WITHIN_FOLDS, &by_fold);
    }
    let errors: Vec<Vec<f64>> = (0..models.len()).map(|model| shared.absolute_errors(model)).collect();
    analysis.repeated(WITHIN_GENES, &errors);
    Ok(())
}

/// Writer of the analyses of one split into the comparison table.
struct Analysis<'a> {
    split: Split,
    compared: &'a mut ComparisonTable,
}

impl Analysis<'_> {
    fn note(&mut self, text: &str) {
        self.compared.note(format!("{}: {text}", self.split));
    }

    /// Values of the models whose correlations are all defined; notes name the other models.
    fn defined_in(
        &mut self,
        models: &[&ModelMatrix],
        what: &str,
        values: impl Fn(usize) -> Option<Vec<f64>>,
    ) -> Vec<Vec<f64>> {
        let all = models.iter().enumerate().map(|(index, model)| (model.model.as_str(), values(index)));
        let (defined, undefined): (Vec<_>, Vec<_>) = all.partition(|(_, values)| values.is_some());
        if !undefined.is_empty() {
            let names: Vec<String> = undefined.iter().map(|(name, _)| format!("`{name}`")).collect();
            self.note(&format!(
                "the analysis of variance over {what} excludes {}, whose Pearson is not defined in each of them",
                names.join(", ")
            ));
        }
        defined.into_iter().filter_map(|(_, values)| values).collect()
    }

    fn one_way(&mut self, design: &str, models: &[Vec<f64>]) {
        let row = one_way_anova(&slices(models)).map(|test| AnovaRow {
            design: design.to_owned(),
            split: self.split,
            models: models.len(),
            values: models[0].len(),
            f: test.f,
            df: test.df,
            p: test.p,
            epsilon: None,
            p_greenhouse_geisser: None,
            eta_squared: test.eta_squared,
        });
        self.push(design, row);
    }

    fn repeated(&mut self, design: &str, models: &[Vec<f64>]) {
        let row = repeated_measures_anova(&slices(models)).map(|test| AnovaRow {
            design: design.to_owned(),
            split: self.split,
            models: models.len(),
            values: models[0].len(),
            f: test.f,
            df: test.df,
            p: test.p,
            epsilon: Some(test.epsilon),
            p_greenhouse_geisser: Some(test.p_greenhouse_geisser),
            eta_squared: test.partial_eta_squared,
        });
        self.push(design, row);
    }

    fn push(&mut self, design: &str, row: Option<AnovaRow>) {
        match row {
            Some(row) => self.compared.anova.push(row),
            None => self.note(&format!("no analysis `{design}`: fewer than two models or values, or constant values")),
        }
    }
}

fn slices(models: &[Vec<f64>]) -> Vec<&[f64]> {
    models.iter().map(Vec::as_slice).collect()
}
