//! Result of a comparison, in memory and in a folder.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use tatabox_eval::{EffectComparisonTable, EffectScoreTable, TableExport as _};

use super::effect_table::ComparedVariant;
use super::exclusion::{ExcludedVariant, count_by_reason};
use super::record::EvaluateVariantsRecord;
use crate::error::Result;
use crate::json_file::write_json;
use crate::output_folder::RUN_RECORD;

const METRICS_TSV: &str = "metrics.tsv";
const METRICS: &str = "metrics.json";
const COMPARISONS_TSV: &str = "comparisons.tsv";
const COMPARISONS: &str = "comparisons.json";
pub(super) const VARIANTS: &str = "variants.tsv";
pub(super) const EXCLUDED: &str = "excluded.tsv";
pub(super) const REPORT: &str = "report.html";
pub(super) const FIGURES: &str = "figures";

/// Files and subfolders of the folder.
pub(super) fn contents() -> Vec<&'static str> {
    vec![METRICS_TSV, METRICS, COMPARISONS_TSV, COMPARISONS, VARIANTS, EXCLUDED, REPORT, FIGURES, RUN_RECORD]
}

/// Measured and predicted effects, their scores, and the variants that are not compared.
///
/// Serialised, it is the scores, tests and numbers of variants.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VariantEvaluation {
    /// Scores of every model and control.
    pub metrics: EffectScoreTable,
    /// Tests of the first model against the others and the controls.
    pub comparisons: EffectComparisonTable,
    /// Number of rows of the table.
    pub rows: usize,
    /// Number of rows that are compared.
    pub compared: usize,
    /// Number of rows that are not compared, by reason.
    pub excluded_by_reason: BTreeMap<&'static str, usize>,
    /// Conditions that affect the scores.
    pub notes: Vec<String>,
    /// Rows that are compared.
    #[serde(skip)]
    pub variants: Vec<ComparedVariant>,
    /// Rows that are not compared, in the order of the table.
    #[serde(skip)]
    pub excluded: Vec<ExcludedVariant>,
    /// Number of figures.
    pub figures: usize,
}

impl VariantEvaluation {
    pub(super) fn new(
        scores: tatabox_eval::EffectScores,
        variants: Vec<ComparedVariant>,
        excluded: Vec<ExcludedVariant>,
        notes: Vec<String>,
    ) -> Self {
        Self {
            metrics: scores.metrics,
            comparisons: scores.comparisons,
            rows: variants.len() + excluded.len(),
            compared: variants.len(),
            excluded_by_reason: count_by_reason(&excluded),
            notes,
            variants,
            excluded,
            figures: 0,
        }
    }

    /// Numbers of excluded rows with their reasons, as text; empty where there is none.
    pub fn excluded_reasons(&self) -> String {
        let reasons = self.excluded_by_reason.iter().map(|(reason, count)| format!("{count} {reason}"));
        reasons.collect::<Vec<_>>().join(", ")
    }

    /// Scores and tests over all elements as aligned tables; the files hold those of each element.
    pub fn to_text(&self) -> String {
        let mut parts = vec![self.metrics.to_text()];
        if !self.comparisons.rows.is_empty() {
            parts.push(self.comparisons.to_text());
        }
        parts.push(format!("each element: {METRICS_TSV} and {COMPARISONS_TSV}\n"));
        parts.join("\n")
    }

    /// Writes scores, tests and the record.
    pub(super) fn write_scores(&self, folder: &Path, record: &EvaluateVariantsRecord<'_>) -> Result<()> {
        self.metrics.write_tsv(&folder.join(METRICS_TSV))?;
        self.metrics.write_json(&folder.join(METRICS))?;
        if !self.comparisons.rows.is_empty() {
            self.comparisons.write_tsv(&folder.join(COMPARISONS_TSV))?;
            self.comparisons.write_json(&folder.join(COMPARISONS))?;
        }
        write_json(&folder.join(RUN_RECORD), record)
    }
}
