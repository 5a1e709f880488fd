//! Scores and tests of a prediction table.

use std::collections::BTreeMap;

use tatabox_dataset::{PredictionTable, PreparedDataset, Split};
use tatabox_eval::{
    CompareOptions, ComparisonTable, EvaluateOptions, MetricRow, MetricTable, NoiseCeiling, Scope, StratifiedTable,
    compare_with_progress, evaluate_with_progress, stratified_scores,
};
use tatabox_sequence::counted;

use super::noise_ceiling::{NoiseCeilingSource, low_agreement};
use crate::error::Result;
use crate::few_genes::FEW_GENES;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Resamples of a test between models per resample of an interval: its p-value is corrected for many tests.
const COMPARISON_RESAMPLES: usize = 5;
/// Bounds of the strata of similarity to the train genes.
const SIMILARITY_EDGES: [f64; 3] = [0.1, 0.25, 0.5];

/// Settings of the scores of a prediction table.
///
/// # Examples
///
/// ```
/// use tatabox::Silent;
/// use tatabox::evaluate::Scoring;
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
///
/// let row = |gene: u32| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene),
///     predicted: 2.0 * f64::from(gene),
///     model: "doubled".to_owned(),
/// };
/// let table = PredictionTable::new((0..20).map(row).collect())?;
/// let scored = Scoring::new("doubled", Split::Test).score(&table, &Silent)?;
/// let pearson = scored.metrics.rows[0].pearson.value.unwrap();
/// assert!((pearson - 1.0).abs() < 1e-12);
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scoring<'a> {
    /// Splits to score.
    pub splits: Vec<Split>,
    /// Bootstrap resamples of each interval.
    pub resamples: u32,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Name of the model that the others are compared with.
    pub reference: &'a str,
    /// Chromosome of each gene, for intervals over whole chromosomes.
    pub chromosomes: Option<BTreeMap<String, String>>,
    /// Fold of each gene, for tests over folds.
    pub folds: Option<BTreeMap<String, usize>>,
    /// Source of the noise ceiling.
    pub ceiling: Option<NoiseCeilingSource>,
    /// Similarity of each gene to the most similar train gene, from 0 to 1.
    pub similarity: Option<BTreeMap<String, f64>>,
}

/// Scores of a prediction table.
///
/// ```
/// use tatabox::evaluate::Scored;
///
/// fn has_tests(scored: &Scored) -> bool {
///     scored.comparisons.is_some()
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scored {
    /// Correlations and errors per model and cell type.
    pub metrics: MetricTable,
    /// Tests between models, where there are two or more.
    pub comparisons: Option<ComparisonTable>,
    /// Noise ceiling, where its source is known.
    pub ceiling: Option<NoiseCeiling>,
    /// Scores by similarity to the train genes, where it is known.
    pub strata: Option<StratifiedTable>,
}

impl<'a> Scoring<'a> {
    /// One split, with 2,000 resamples and seed 42.
    pub fn new(reference: &'a str, split: Split) -> Self {
        Self {
            splits: vec![split],
            resamples: 2_000,
            seed: 42,
            reference,
            chromosomes: None,
            folds: None,
            ceiling: None,
            similarity: None,
        }
    }

    /// Scores and tests a table.
    ///
    /// # Errors
    /// The table has no rows of the splits, models differ in a measured value, or the replicates cannot be read.
    pub fn score(&self, table: &PredictionTable, observer: &dyn Observer) -> Result<Scored> {
        let options = self.options();
        let mut progress = Progress::start(observer, "scoring", None, Unit::Models);
        let metrics = evaluate_with_progress(table, &options, &mut |done, total| {
            progress.set_total(total as u64);
            progress.set(done as u64);
        })?;
        progress.finish();
        for warning in [few_genes(&metrics, self.reference), undefined(&metrics, self.reference)].into_iter().flatten()
        {
            observer.warn(&warning);
        }
        let comparisons = if metrics.models().len() > 1 { Some(self.compare(table, observer)?) } else { None };
        let ceiling = self.ceiling.as_ref().map(|source| source.ceiling(table, &options)).transpose()?;
        if let (Some(NoiseCeilingSource::Replicates(_)), Some(ceiling)) = (&self.ceiling, &ceiling)
            && let Some(warning) = low_agreement(ceiling)
        {
            observer.warn(&warning);
        }
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
            resamples: self.resamples as usize,
            seed: self.seed,
            chromosomes: self.chromosomes.clone(),
        }
    }

    fn compare(&self, table: &PredictionTable, observer: &dyn Observer) -> Result<ComparisonTable> {
        let options = CompareOptions {
            reference: self.reference.to_owned(),
            splits: self.splits.clone(),
            resamples: COMPARISON_RESAMPLES * self.resamples as usize,
            seed: self.seed,
            folds: self.folds.clone(),
            chromosomes: self.chromosomes.clone(),
        };
        let mut progress = Progress::start(observer, "testing differences", None, Unit::Models);
        let comparisons = compare_with_progress(table, &options, &mut |done, total| {
            progress.set_total(total as u64);
            progress.set(done as u64);
        })?;
        progress.finish();
        Ok(comparisons)
    }
}

/// Warning of scores of the reference that rest on few genes; `None` where there are enough.
fn few_genes(metrics: &MetricTable, reference: &str) -> Option<String> {
    let is_few =
        |row: &&MetricRow| row.model == reference && row.n < FEW_GENES && matches!(row.scope, Scope::CellType(_));
    let few: Vec<String> = metrics
        .rows
        .iter()
        .filter(is_few)
        .map(|row| format!("{} ({})", row.scope, counted(row.n, &format!("{} gene", row.split))))
        .collect();
    (!few.is_empty()).then(|| {
        format!(
            "scores on fewer than {FEW_GENES} genes mean little, whatever their value: {}; use data with more genes",
            few.join(", ")
        )
    })
}

/// Warning of correlations of the reference that are undefined, though there are enough genes; `None` where there are none.
fn undefined(metrics: &MetricTable, reference: &str) -> Option<String> {
    let is_undefined = |row: &&MetricRow| {
        let is_cell_type = matches!(row.scope, Scope::CellType(_));
        row.model == reference && is_cell_type && row.n >= FEW_GENES && row.pearson.value.is_none()
    };
    let cell_types: Vec<String> = metrics.rows.iter().filter(is_undefined).map(|row| row.scope.to_string()).collect();
    (!cell_types.is_empty()).then(|| {
        format!(
            "no correlation is defined in {}: {reference} predicts one value for all genes, or all have one measurement",
            cell_types.join(", ")
        )
    })
}

/// Chromosome by gene identifier, of genes whose chromosome is known.
pub(crate) fn chromosomes_by_gene(dataset: &PreparedDataset) -> BTreeMap<String, String> {
    let genes = dataset.genes().iter().zip(dataset.chromosomes());
    genes.filter_map(|(gene, chromosome)| Some((gene.gene_id.clone(), chromosome?))).collect()
}
