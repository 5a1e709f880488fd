//! Rows of an assay with their targets and windows.

use std::ops::Range;
use std::sync::Arc;

use super::AssayRecord;
use crate::error::Result;
use crate::expression::TargetTransform;
use crate::prepared::GeneEntry;
use crate::split::Split;
use crate::storage::PackedWindows;

/// Row of an assay: one sequence with one target per output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssayRow {
    /// Identifier of the row in the input.
    pub id: String,
    /// Chromosomes that the row must be held out with: the one stated by the input, and those of genes and rows with a
    /// similar sequence; sorted.
    pub chromosomes: Vec<String>,
    /// Genes with a window similar to the sequence of the row, as indices; ascending.
    pub genes: Vec<u32>,
    /// Group of similar rows across all assays, which are kept in one split.
    pub group: u32,
    /// Split; `None` for a row that belongs to several, which is neither trained nor scored.
    pub split: Option<Split>,
    /// Part of the window that is the insert of the construct.
    pub insert: Range<u32>,
}

/// Assay of a prepared data set.
#[derive(Debug, Clone)]
pub struct Assay {
    /// Record in the manifest.
    pub record: AssayRecord,
    /// Rows; empty for an assay that measures the genes.
    pub rows: Arc<[AssayRow]>,
    /// Targets in log2, rows x outputs (genes x outputs for an assay that measures the genes); NaN if missing.
    pub targets: Arc<[f32]>,
    /// Windows of the rows; `None` for an assay that measures the genes.
    pub windows: Option<Arc<PackedWindows>>,
}

impl Assay {
    /// Whether the assay measures the genes of the data set.
    pub fn measures_genes(&self) -> bool {
        self.windows.is_none()
    }

    /// Targets of a row, one per output.
    pub fn targets_of(&self, row: usize) -> &[f32] {
        let width = self.record.outputs.len();
        &self.targets[row * width..(row + 1) * width]
    }

    /// Indices of the rows in a split, ascending.
    pub fn rows_in(&self, split: Split) -> Vec<usize> {
        (0..self.rows.len()).filter(|&row| self.rows[row].split == Some(split)).collect()
    }

    /// The same assay with numbers of rows by split and with the transform fitted on its train rows.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`](crate::DatasetError::TooFewMeasurements) for an output with too few of them.
    pub(crate) fn refitted(mut self, genes: &[GeneEntry]) -> Result<Self> {
        let splits = splits_of(&self.rows, &self.targets, genes);
        let train: Vec<usize> = (0..splits.len()).filter(|&row| splits[row] == Some(Split::Train)).collect();
        self.record.count_splits(splits.into_iter());
        self.scaled_on(&train)
    }

    /// The same assay with the transform fitted on the rows `train`, indices into the rows of `targets`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`](crate::DatasetError::TooFewMeasurements) for an output with too few of them.
    pub(crate) fn scaled_on(mut self, train: &[usize]) -> Result<Self> {
        self.record.transform = TargetTransform::fit(&self.record.outputs, &self.targets, train)?;
        Ok(self)
    }
}

/// Split of each row of the targets of an assay: of its rows, or, if there are none, of the genes that it measures. Genes without
/// a measurement and alternative TSSs are in none.
pub(super) fn splits_of(rows: &[AssayRow], targets: &[f32], genes: &[GeneEntry]) -> Vec<Option<Split>> {
    if !rows.is_empty() {
        return rows.iter().map(|row| row.split).collect();
    }
    let of_genes = targets.chunks_exact(targets.len() / genes.len());
    let split = |(entry, targets): (&GeneEntry, &[f32])| {
        let is_measured = targets.iter().any(|target| !target.is_nan());
        Some(entry.split).filter(|_| is_measured && entry.alternative_of.is_none())
    };
    genes.iter().zip(of_genes).map(split).collect()
}
