//! Tests between models: one reference against every other, in each cell type and over all.

use serde::{Deserialize, Serialize};
use tatabox_dataset::Split;

use crate::stats::Interval;

/// Difference of a score between two models on the same genes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanDifference {
    /// Score of the reference less that of the other model.
    pub value: f64,
    /// 95% paired bootstrap interval over genes.
    pub interval: Option<Interval>,
    /// The same over chromosomes, where the chromosome of each gene was given and there are at least five.
    pub chromosome_interval: Option<Interval>,
    /// Two-sided p-value of the paired bootstrap over genes.
    pub p: Option<f64>,
    /// The same after Holm's correction over the models, or over models and cell types in rows of single cell types.
    pub p_holm: Option<f64>,
    /// The same after Benjamini and Hochberg's.
    pub p_bh: Option<f64>,
}

/// Wilcoxon's signed-rank test on the absolute errors of two models.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SignedRankTest {
    /// The smaller sum of ranks.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// The same after Holm's correction over the models, or over models and cell types in rows of single cell types.
    pub p_holm: Option<f64>,
    /// The same after Benjamini and Hochberg's.
    pub p_bh: Option<f64>,
    /// Matched-pairs rank-biserial correlation; positive where the reference has the smaller errors.
    pub rank_biserial: f64,
}

/// Corrected resampled t-test over the folds of a cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FoldTest {
    /// Folds.
    pub folds: usize,
    /// Mean difference of the scores.
    pub mean_difference: f64,
    /// t statistic with the corrected variance.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// The same after Holm's correction over the models, or over models and cell types in rows of single cell types.
    pub p_holm: Option<f64>,
    /// The same after Benjamini and Hochberg's.
    pub p_bh: Option<f64>,
    /// Mean difference over its standard deviation across folds (Cohen's d of paired values).
    pub cohens_d: f64,
}

/// The reference against one other model in one cell type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// The other model.
    pub model: String,
    /// The split.
    pub split: Split,
    /// Cell type; none for the mean over cell types, the only row where there is one cell type.
    pub cell_type: Option<String>,
    /// Genes that both models predict.
    pub n: usize,
    /// Difference of the Pearson correlations.
    pub pearson: Option<MeanDifference>,
    /// Test on absolute errors, each gene once: over all cell types, by the mean of its errors in them.
    pub absolute_error: Option<SignedRankTest>,
    /// Test over folds, where the folds are known.
    pub folds: Option<FoldTest>,
}

/// An analysis of variance over models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnovaRow {
    /// What was analysed, such as `one-way, Pearson of cell types`.
    pub design: String,
    /// The split.
    pub split: Split,
    /// Models compared.
    pub models: usize,
    /// Values of each model.
    pub values: usize,
    /// F statistic.
    pub f: f64,
    /// Degrees of freedom between models and of the error.
    pub df: [f64; 2],
    /// p-value.
    pub p: f64,
    /// Greenhouse and Geisser's epsilon; repeated measures only.
    pub epsilon: Option<f64>,
    /// p-value with the degrees of freedom corrected after Greenhouse and Geisser; repeated measures only.
    pub p_greenhouse_geisser: Option<f64>,
    /// Share of the variance that models explain: eta squared, or partial eta squared for repeated measures.
    pub eta_squared: f64,
}

/// Every test of an evaluation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ComparisonTable {
    /// The model that the others are compared with.
    pub reference: String,
    /// Draws of the paired bootstrap.
    pub bootstrap_resamples: usize,
    /// Seed of the draws.
    pub bootstrap_seed: u64,
    /// Rows by split and model, cell types before the mean.
    pub rows: Vec<ComparisonRow>,
    /// Analyses of variance over all models.
    pub anova: Vec<AnovaRow>,
    /// What was left out of which test, and why.
    pub notes: Vec<String>,
}

impl ComparisonTable {
    /// Adds a note, once.
    pub(crate) fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}
