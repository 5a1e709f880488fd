//! Pearson correlations of each fold of a cross-validation, and the test over them.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{ComparisonTable, FoldTest};
use super::pair::with_mean;
use super::shared_pairs::{SharedCell, SharedPairs};
use crate::stats::corrected_resampled_t;

/// The scores of every model in every fold.
pub(super) struct FoldScores {
    /// Numbers of the folds, ascending.
    folds: Vec<usize>,
    /// Genes whose fold is not known.
    unknown: usize,
    /// By fold, model and scope; the scopes are the cell types and their mean.
    pearson: Vec<Vec<Vec<Option<f64>>>>,
}

impl FoldScores {
    /// `fold_of_gene` tells in which fold a gene was held out; genes without one are left out.
    pub(super) fn new(shared: &SharedPairs, fold_of_gene: &BTreeMap<String, usize>) -> Self {
        let fold_of: Vec<Option<usize>> = shared.genes.iter().map(|gene| fold_of_gene.get(gene).copied()).collect();
        let folds: Vec<usize> = fold_of.iter().flatten().collect::<BTreeSet<_>>().into_iter().copied().collect();
        let models = shared.excluded.len();
        let of_model = |fold: usize, model: usize| {
            let in_fold = |gene: usize| fold_of[gene] == Some(fold);
            with_mean(shared.cells.iter().map(|cell| cell.pearson_of(model, in_fold)).collect())
        };
        Self {
            unknown: fold_of.iter().filter(|fold| fold.is_none()).count(),
            pearson: folds.iter().map(|&fold| (0..models).map(|model| of_model(fold, model)).collect()).collect(),
            folds,
        }
    }

    /// Difference between two models in each fold; `None` where it is not defined in one of them.
    pub(super) fn differences(&self, scope: usize, model: usize, other: usize) -> Option<Vec<f64>> {
        self.pearson.iter().map(|fold| Some(fold[model][scope]? - fold[other][scope]?)).collect()
    }

    /// Mean Pearson of one model in each fold; `None` where it is not defined in one of them.
    pub(super) fn means(&self, model: usize) -> Option<Vec<f64>> {
        self.pearson.iter().map(|fold| *fold[model].last()?).collect()
    }

    /// Says which genes have no fold, and in which folds and cell types some model has no correlation.
    pub(super) fn note(&self, who: &str, cells: &[SharedCell], compared: &mut ComparisonTable) {
        if self.unknown > 0 {
            compared
                .note(format!("{who}: {} genes have no fold and are left out of the test over folds", self.unknown));
        }
        if self.folds.len() < 2 {
            compared.note(format!("{who}: fewer than two folds, no test over folds"));
        }
        for (scope, cell) in cells.iter().enumerate() {
            let lacks = |scores: &Vec<Vec<Option<f64>>>| scores.iter().any(|model| model[scope].is_none());
            let folds: Vec<String> = self
                .folds
                .iter()
                .zip(&self.pearson)
                .filter(|(_, scores)| lacks(scores))
                .map(|(fold, _)| fold.to_string())
                .collect();
            // Where no fold has a correlation the values do not vary at all, which is said elsewhere.
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

/// Corrected resampled t-test over folds of equal size, one difference a fold.
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

    /// Three genes a fold; `cnn` is right in fold 0 and reversed in fold 3, `ridge` constant in fold 3.
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
        scores.note("test", &shared.cells, &mut compared);
        let told = if genes_with_fold == 6 { "K562, fold 3" } else { "1 genes have no fold" };
        assert!(compared.notes[0].contains(told), "{:?}", compared.notes);
        scores
    }

    #[test]
    fn correlations_are_those_within_a_fold() {
        let scores = scores(6);
        assert_eq!(scores.folds, [0, 3]);
        let means = scores.means(0).expect("cnn varies in both folds");
        assert!((means[0] - 1.0).abs() < 1e-12 && (means[1] + 1.0).abs() < 1e-12, "{means:?}");
        assert_eq!((scores.means(1), scores.differences(0, 0, 1)), (None, None));
    }

    #[test]
    fn a_gene_without_fold_is_left_out() {
        assert_eq!(scores(5).unknown, 1);
    }

    #[test]
    fn the_test_takes_folds_of_equal_size() {
        let test = test_over_folds(&[1.0, 2.0, 3.0]).expect("three folds");
        // n_test / n_train = 1/2: t = 2 / sqrt(1/3 + 1/2).
        assert!((test.t - 2.0 / (5.0_f64 / 6.0).sqrt()).abs() < 1e-12);
        assert_eq!((test.folds, test.df), (3, 2.0));
        assert_eq!(test_over_folds(&[0.1]), None);
    }
}
