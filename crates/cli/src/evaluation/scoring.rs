//! From a prediction table to scores and tests.

use std::collections::BTreeMap;

use anyhow::Result;
use tatabox_dataset::{PredictionTable, PreparedDataset, Split};
use tatabox_eval::{CompareOptions, ComparisonTable, EvaluateOptions, MetricTable, NoiseCeiling, StratifiedTable, compare_with_progress, evaluate_with_progress, stratified_scores};

use super::ceiling_source::CeilingSource;
use crate::terminal::console::Console;
use tatabox::{Progress, Unit};

/// Draws of a test between models for each draw of an interval: its p-value has to survive the correction for many tests.
const COMPARISON_DRAWS: usize = 5;
/// Bounds of the strata of similarity to the train genes.
const SIMILARITY_EDGES: [f64; 3] = [0.1, 0.25, 0.5];

/// How a table is scored.
pub(crate) struct Scoring<'a> {
    pub(crate) splits: Vec<Split>,
    pub(crate) draws: u32,
    pub(crate) seed: u64,
    /// The model that the others are compared with.
    pub(crate) reference: &'a str,
    /// Chromosome of each gene, for intervals over whole chromosomes.
    pub(crate) chromosomes: Option<BTreeMap<String, String>>,
    /// Fold of each gene, for tests over folds.
    pub(crate) folds: Option<BTreeMap<String, usize>>,
    /// What no model can be expected to pass by much.
    pub(crate) ceiling: Option<CeilingSource>,
    /// Similarity of each gene to the nearest train gene.
    pub(crate) similarity: Option<BTreeMap<String, f64>>,
}

/// Every score of a table.
pub(crate) struct Scored {
    pub(crate) metrics: MetricTable,
    pub(crate) comparisons: Option<ComparisonTable>,
    pub(crate) ceiling: Option<NoiseCeiling>,
    pub(crate) strata: Option<StratifiedTable>,
}

impl Scoring<'_> {
    /// Scores and tests the table.
    pub(crate) fn score(&self, table: &PredictionTable, console: &Console) -> Result<Scored> {
        let options = self.options();
        let mut progress = Progress::start(console, "scoring", None, Unit::Models);
        let metrics = evaluate_with_progress(table, &options, &mut |done, total| {
            progress.set_total(total as u64);
            progress.set(done as u64);
        })?;
        progress.finish();
        let comparisons = if metrics.models().len() > 1 { Some(self.compare(table, console)?) } else { None };
        let ceiling = self.ceiling.as_ref().map(|source| source.ceiling(table, &options)).transpose()?;
        let strata = self
            .similarity
            .as_ref()
            .map(|similarity| stratified_scores(table, similarity, &SIMILARITY_EDGES, &options))
            .transpose()?;
        Ok(Scored { metrics, comparisons, ceiling, strata })
    }

    fn options(&self) -> EvaluateOptions {
        EvaluateOptions {
            splits: self.splits.clone(),
            draws: self.draws as usize,
            seed: self.seed,
            chromosomes: self.chromosomes.clone(),
        }
    }

    fn compare(&self, table: &PredictionTable, console: &Console) -> Result<ComparisonTable> {
        let options = CompareOptions {
            reference: self.reference.to_owned(),
            splits: self.splits.clone(),
            draws: COMPARISON_DRAWS * self.draws as usize,
            seed: self.seed,
            folds: self.folds.clone(),
            chromosomes: self.chromosomes.clone(),
        };
        let mut progress = Progress::start(console, "testing differences", None, Unit::Models);
        let comparisons = compare_with_progress(table, &options, &mut |done, total| {
            progress.set_total(total as u64);
            progress.set(done as u64);
        })?;
        progress.finish();
        Ok(comparisons)
    }
}

/// Chromosome by gene.
pub(crate) fn chromosomes_by_gene(dataset: &PreparedDataset) -> BTreeMap<String, String> {
    let genes = dataset.genes().iter().zip(dataset.chromosomes());
    genes.filter_map(|(gene, chromosome)| Some((gene.gene_id.clone(), chromosome?))).collect()
}
