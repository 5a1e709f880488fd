//! Results of the tests between a reference model and every other model, per cell type and over all cell types.

use serde::{Deserialize, Serialize};
use tatabox_dataset::Split;

use crate::stats::Interval;

/// Difference in a score between two models on the same genes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanDifference {
    /// Score of the reference minus score of the other model.
    pub value: f64,
    /// 95% paired bootstrap interval over genes.
    pub interval: Option<Interval>,
    /// 95% interval over chromosomes; requires the chromosome of each gene and at least five chromosomes.
    pub chromosome_interval: Option<Interval>,
    /// Two-sided p-value of the paired bootstrap over genes.
    pub p: Option<f64>,
    /// p-value after Holm's correction over the models, or over models and cell types in rows of single cell types.
    pub p_holm: Option<f64>,
    /// p-value after Benjamini and Hochberg's correction over the same tests.
    pub p_bh: Option<f64>,
}

/// Wilcoxon's signed-rank test on the absolute errors of two models.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SignedRankTest {
    /// The smaller of the two rank sums.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// p-value after Holm's correction over the models, or over models and cell types in rows of single cell types.
    pub p_holm: Option<f64>,
    /// p-value after Benjamini and Hochberg's correction over the same tests.
    pub p_bh: Option<f64>,
    /// Matched-pairs rank-biserial correlation; positive if the reference has the smaller errors.
    pub rank_biserial: f64,
}

/// Corrected resampled t-test over the folds of a cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FoldTest {
    /// Number of folds.
    pub folds: usize,
    /// Mean difference of the scores.
    pub mean_difference: f64,
    /// t statistic with the corrected variance.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// p-value after Holm's correction over the models, or over models and cell types in rows of single cell types.
    pub p_holm: Option<f64>,
    /// p-value after Benjamini and Hochberg's correction over the same tests.
    pub p_bh: Option<f64>,
    /// Cohen's d of paired values: mean difference divided by its standard deviation across folds.
    pub cohens_d: f64,
}

/// Tests of the reference against one other model, in one cell type or over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// The other model.
    pub model: String,
    /// The split.
    pub split: Split,
    /// Cell type; `None` for the mean over cell types, which is the only row if there is a single cell type.
    pub cell_type: Option<String>,
    /// Number of genes that both models predict.
    pub n: usize,
    /// Difference in Pearson correlation.
    pub pearson: Option<MeanDifference>,
    /// Test on absolute errors, one value per gene; over all cell types, the mean of its errors.
    pub absolute_error: Option<SignedRankTest>,
    /// Test over folds, if the folds are known.
    pub folds: Option<FoldTest>,
}

/// An analysis of variance over models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnovaRow {
    /// Design and values, such as `one-way, Pearson of cell types`.
    pub design: String,
    /// The split.
    pub split: Split,
    /// Number of models.
    pub models: usize,
    /// Number of values per model.
    pub values: usize,
    /// F statistic.
    pub f: f64,
    /// Degrees of freedom: between models, error.
    pub df: [f64; 2],
    /// p-value.
    pub p: f64,
    /// Greenhouse and Geisser's epsilon; repeated measures only.
    pub epsilon: Option<f64>,
    /// p-value with the degrees of freedom corrected after Greenhouse and Geisser; repeated measures only.
    pub p_greenhouse_geisser: Option<f64>,
    /// Fraction of the variance explained by the model: eta squared, or partial eta squared for repeated measures.
    pub eta_squared: f64,
}

/// All tests of an evaluation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ComparisonTable {
    /// Reference model.
    pub reference: String,
    /// Number of resamples of the paired bootstrap.
    pub bootstrap_resamples: usize,
    /// Seed of the resampling.
    pub bootstrap_seed: u64,
    /// Rows by split and model, cell types before the mean.
    pub rows: Vec<ComparisonRow>,
    /// Analyses of variance over all models.
    pub anova: Vec<AnovaRow>,
    /// Excluded genes, models and tests, with the reason.
    pub notes: Vec<String>,
}

impl ComparisonTable {
    /// Adds a note unless it is already listed.
    pub(crate) fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}
