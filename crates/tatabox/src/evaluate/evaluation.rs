//! The tables of an evaluation, in memory and in a folder.

use std::path::Path;

use serde::Serialize;
use tatabox_dataset::{AttentionExamples, AttentionTable, PredictionTable};
use tatabox_eval::TableExport as _;
use tatabox_eval::{ComparisonTable, MetricTable, NoiseCeiling, StratifiedTable};

use super::assay_scores::{self, AssayScores};
use super::attention_summary::AttentionSummary;
use super::record::EvaluationRecord;
use super::report;
use super::scoring::Scored;
use crate::error::{Error, Result};
use crate::json_file;
use crate::remedy::Remedy;

const PREDICTIONS: &str = "predictions.tsv";
const ATTENTION: &str = "attention.tsv";
const METRICS_TSV: &str = "metrics.tsv";
const METRICS: &str = "metrics.json";
const COMPARISONS_TSV: &str = "comparisons.tsv";
const COMPARISONS: &str = "comparisons.json";
const CEILING: &str = "noise_ceiling.json";
const STRATA: &str = "similarity_strata.json";
const RECORD: &str = "evaluation.json";
const ANOVA_TSV: &str = "anova.tsv";
const STRATA_TSV: &str = "similarity_strata.tsv";

/// Files that only some evaluations have.
const OPTIONAL: [&str; 11] = [
    COMPARISONS_TSV,
    COMPARISONS,
    ANOVA_TSV,
    CEILING,
    STRATA_TSV,
    STRATA,
    ATTENTION,
    AttentionExamples::KMER_FILE,
    AttentionExamples::TRACK_FILE,
    assay_scores::METRICS_TSV,
    assay_scores::PREDICTIONS,
];

/// Files that every evaluation has.
const ALWAYS: [&str; 6] = [PREDICTIONS, METRICS_TSV, METRICS, RECORD, report::HTML, report::JSON];

/// Whether a file of an evaluation is one that [`Evaluation::draw`] makes: a figure, its table, or a report.
pub(super) fn is_drawn(name: &str) -> bool {
    name == report::HTML || name == report::JSON || name.starts_with("fig")
}

/// Files that evaluations have, in addition to figures.
pub(crate) fn files() -> Vec<&'static str> {
    ALWAYS.into_iter().chain(OPTIONAL).collect()
}

/// Predictions, scores, tests and attention, from which figures and report are made.
///
/// Serialised, it is the scores, tests and noise ceiling.
///
/// # Examples
///
/// ```no_run
/// use std::path::Path;
/// use tatabox::evaluate::Evaluation;
///
/// let evaluation = Evaluation::read(Path::new("models/human/evaluation-test"))?;
/// for row in evaluation.metrics.rows.iter().filter(|row| row.is_mean()) {
///     println!("{}\t{:?}", row.model, row.pearson.value);
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Evaluation {
    /// Predictions of every model.
    #[serde(skip)]
    pub table: PredictionTable,
    /// Correlations and errors per model and cell type.
    #[serde(flatten)]
    pub metrics: MetricTable,
    /// Tests between models, where there are two or more.
    pub comparisons: Option<ComparisonTable>,
    /// Noise ceiling, where its source is known.
    #[serde(rename = "noise_ceiling")]
    pub ceiling: Option<NoiseCeiling>,
    /// Scores by similarity to the train genes.
    #[serde(skip)]
    pub strata: Option<StratifiedTable>,
    /// Scores of outputs of assays on rows of their assay; absent from an evaluation that is read back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assays: Option<AssayScores>,
    /// Attention per gene and position.
    #[serde(skip)]
    pub attention: Option<AttentionTable>,
    /// Attention-enriched k-mers, and the attention along single genes.
    #[serde(skip)]
    pub examples: Option<AttentionExamples>,
    /// Model, data and settings.
    #[serde(skip)]
    pub record: EvaluationRecord,
}

impl Evaluation {
    /// Evaluation of a scored table.
    pub(crate) fn new(
        table: PredictionTable,
        scored: Scored,
        attention: Option<AttentionSummary>,
        record: EvaluationRecord,
    ) -> Self {
        let Scored { metrics, comparisons, ceiling, strata } = scored;
        let (attention, examples) = attention.map(|summary| (summary.table, summary.examples)).unzip();
        Self { table, metrics, comparisons, ceiling, strata, assays: None, attention, examples, record }
    }

    /// Writes every table, and removes the tables of an earlier evaluation that this one does not have.
    ///
    /// # Errors
    /// A file cannot be written or removed.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for name in OPTIONAL {
            remove_file(&folder.join(name))?;
        }
        self.table.write(&folder.join(PREDICTIONS))?;
        self.metrics.write_tsv(&folder.join(METRICS_TSV))?;
        self.metrics.write_json(&folder.join(METRICS))?;
        if let Some(comparisons) = &self.comparisons {
            comparisons.write_tsv(&folder.join(COMPARISONS_TSV))?;
            comparisons.write_anova_tsv(&folder.join(ANOVA_TSV))?;
            comparisons.write_json(&folder.join(COMPARISONS))?;
        }
        if let Some(ceiling) = &self.ceiling {
            ceiling.write_json(&folder.join(CEILING))?;
        }
        if let Some(strata) = &self.strata {
            strata.write_tsv(&folder.join(STRATA_TSV))?;
            strata.write_json(&folder.join(STRATA))?;
        }
        if let Some(assays) = &self.assays {
            assays.write(folder)?;
        }
        if let Some(attention) = &self.attention {
            attention.write(&folder.join(ATTENTION))?;
        }
        if let Some(examples) = &self.examples {
            examples.write(folder)?;
        }
        json_file::write_json(&folder.join(RECORD), &self.record)
    }

    /// Reads the tables of an evaluation back.
    ///
    /// # Errors
    /// The folder holds no evaluation, or a table of it cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let record = folder.join(RECORD);
        if !record.is_file() {
            let message = format!("{} holds no evaluation", folder.display());
            return Err(Error::input_with(Remedy::EvaluateFirst, message));
        }
        let at = |name: &str| Some(folder.join(name)).filter(|path| path.is_file());
        Ok(Self {
            table: PredictionTable::read(&folder.join(PREDICTIONS))?,
            metrics: json_file::read_json(&folder.join(METRICS))?,
            comparisons: at(COMPARISONS).map(|path| json_file::read_json(&path)).transpose()?,
            ceiling: at(CEILING).map(|path| json_file::read_json(&path)).transpose()?,
            strata: at(STRATA).map(|path| json_file::read_json(&path)).transpose()?,
            assays: None,
            attention: at(ATTENTION).map(|path| AttentionTable::read(&path)).transpose()?,
            examples: at(ATTENTION).map(|_| AttentionExamples::read(folder)).transpose()?,
            record: json_file::read_json(&record)?,
        })
    }
}

fn remove_file(path: &Path) -> Result<()> {
    if path.is_file() {
        std::fs::remove_file(path).map_err(|source| Error::Io { action: "remove", path: path.to_owned(), source })?;
    }
    Ok(())
}
