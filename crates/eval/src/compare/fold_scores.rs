//! Pearson correlations per fold of a cross-validation, and the corrected resampled t-test over them.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{ComparisonTable, FoldTest};
use super::pair::with_mean;
use super::shared_pairs::{SharedCellType, SharedPairs};
use crate::stats::corrected_resampled_t;

/// Pearson correlations of every model in every fold.
pub(super) struct FoldScores {
    /// Fold numbers, ascending.
    folds: Vec<usize>,
    /// Number of genes without a known fold.
    unknown: usize,
    /// Correlations by fold, model and scope; the scopes are the cell types, then their mean.
    pearson: Vec<Vec<Vec<Option<f64>>>>,
}

impl FoldScores {
    /// Scores by fold; `fold_of_gene` maps a gene to the fold in which it was held out, other genes are excluded.
    pub(super) fn new(shared: &SharedPairs, fold_of_gene: &BTreeMap<String, usize>) -> Self {
        let fold_of: Vec<Option<usize>> = shared.genes.iter().map(|gene| fold_of_gene.get(gene).copied()).collect();
        let folds: Vec<usize> = fold_of.iter().flatten().collect::<BTreeSet<_>>().into_iter().copied().collect();
        let models = shared.excluded.len();
        let of_model = |fold: usize, model: usize| {
            let in_fold = |gene: usize| fold_of[gene] == Some(fold);
            with_mean(shared.cell_types.iter().map(|cell| cell.pearson_of(model, in_fold)).collect())
        };
        Self {
            unknown: fold_of.iter().filter(|fold| fold.is_none()).count(),
            pearson: folds.iter().map(|&fold| (0..models).map(|model| of_model(fold, model)).collect()).collect(),
            folds,
        }
    }

    /// Difference between two models in each fold; `None` if it is not defined in every fold.
    pub(super) fn differences(&self, scope: usize, model: usize, other: usize) -> Option<Vec<f64>> {
        self.pearson.iter().map(|fold| Some(fold[model][scope]? - fold[other][scope]?)).collect()
    }

    /// Mean Pearson correlation of one model in each fold; `None` if it is not defined in every fold.
    pub(super) fn means(&self, model: usize) -> Option<Vec<f64>> {
        self.pearson.iter().map(|fold| *fold[model].last()?).collect()
    }

    /// Notes how many genes have no fold, and the folds and cell types in which a model has no correlation.
    pub(super) fn note(&self, who: &str, cell_types: &[SharedCellType], compared: &mut ComparisonTable) {
        if self.unknown > 0 {
            compared.note(format!(
                "{who}: excluded from the test over folds, since their fold is unknown: {}",
                self.unknown
            ));
        }
        if self.folds.len() < 2 {
            compared.note(format!("{who}: fewer than two folds, no test over folds"));
        }
        for (scope, cell) in cell_types.iter().enumerate() {
            let lacks = |scores: &Vec<Vec<Option<f64>>>| scores.iter().any(|model| model[scope].is_none());
            let folds: Vec<String> = self
                .folds
                .iter()
                .zip(&self.pearson)
                .filter(|(_, scores)| lacks(scores))
                .map(|(fold, _)| fold.to_string())
                .collect();
            // If no fold has a correlation, the values do not vary at all, which `note_undefined` reports.
            if !folds.is_empty() && folds.len() < self.folds.len() {
                compared.note(format!(
                    "{who}: Pearson is not defined in {}, fold {}; no test over folds",
                    cell.cell_type,
                    folds.join(", ")
                ));
            }
        }
    }
}

/// Corrected resampled t-test over folds of equal size, with one difference per fold.
pub(super) fn test_over_folds(differences: &[f64]) -> Option<FoldTest> {
    let folds = differences.len();
    let test = corrected_resampled_t(differences, 1.0 / (folds as f64 - 1.0).max(1.0))?;
    Some(FoldTest {
        folds,
        mean_difference: test.mean_difference,
        t: test.t,
        df: test.df,
        p: test.p,
        p_holm: None,
        p_bh: None,
        cohens_d: test.cohens_d,
    })
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::PredictionTable;

    use super::*;
    use crate::compare::shared_pairs::tests::model_matrix;
    use crate::metric::row;

    /// Three genes per fold; `cnn` is exact in fold 0 and reversed in fold 3, `ridge` is constant in fold 3.
    fn scores(genes_with_fold: usize) -> FoldScores {
        let mut rows = Vec::new();
        for gene in 0..6 {
            let (name, level) = (format!("G{gene}"), f64::from(gene % 3));
            rows.push(row(&name, "K562", "cnn", level, if gene < 3 { level } else { -level }));
            rows.push(row(&name, "K562", "ridge", level, if gene < 3 { level } else { 0.5 }));
        }
        let table = PredictionTable { rows };
        let (cnn, ridge) = (model_matrix(&table, "cnn"), model_matrix(&table, "ridge"));
        let shared = SharedPairs::new(&[&cnn, &ridge]).expect("the same measurements");
        let folds = (0..genes_with_fold).map(|gene| (format!("G{gene}"), gene / 3 * 3)).collect();
        let scores = FoldScores::new(&shared, &folds);
        let mut compared = ComparisonTable { reference: "cnn".to_owned(), ..ComparisonTable::default() };
        scores.note("test", &shared.cell_types, &mut compared);
        let expected = if genes_with_fold == 6 { "K562, fold 3" } else { "their fold is unknown: 1" };
        assert!(compared.notes[0].contains(expected), "{:?}", compared.notes);
        scores
    }

    #[test]
    fn fold_scores_are_correlations_within_each_fold() {
        let scores = scores(6);
        assert_eq!(scores.folds, [0, 3]);
        let means = scores.means(0).expect("cnn varies in both folds");
        assert!((means[0] - 1.0).abs() < 1e-12 && (means[1] + 1.0).abs() < 1e-12, "{means:?}");
        assert_eq!((scores.means(1), scores.differences(0, 0, 1)), (None, None));
    }

    #[test]
    fn fold_scores_gene_without_fold_is_excluded() {
        assert_eq!(scores(5).unknown, 1);
    }

    #[test]
    fn test_over_folds_assumes_folds_of_equal_size() {
        let test = test_over_folds(&[1.0, 2.0, 3.0]).expect("three folds");
        // n_test / n_train = 1/2: t = 2 / sqrt(1/3 + 1/2).
        assert!((test.t - 2.0 / (5.0_f64 / 6.0).sqrt()).abs() < 1e-12);
        assert_eq!((test.folds, test.df), (3, 2.0));
        assert_eq!(test_over_folds(&[0.1]), None);
    }
}
