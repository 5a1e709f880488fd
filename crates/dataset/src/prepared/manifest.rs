//! `dataset.json`: what a prepared data set is and where it came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_sequence::{TssChoice, TssSource, WindowGeometry};

use crate::drop_reason::DropReason;
use crate::expression::{ExpressionRecord, TargetTransform};
use crate::io::checksum::InputFile;
use crate::simulate::SimulationTruth;
use crate::split::SplitSummary;

/// Version of the folder's format; raised when an older program could no longer read it.
pub const FORMAT_VERSION: u32 = 1;

/// A file of the data set, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Name in the folder.
    pub name: String,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// A signal along every window of the data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// Name by which models ask for it.
    pub name: String,
    /// File name of the bigWig it was read from; its checksum is among the inputs.
    pub file: String,
    /// Share of the bases of all windows for which the file has a value; the others count as 0.
    pub covered: f64,
    /// Mean of the stored signal, asinh of the file's values, over all windows.
    pub mean: f64,
}

/// What `dataset.json` says of the features of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneFeatureRecord {
    /// Names, in the order of the columns.
    pub names: Vec<String>,
    /// Genes that have them.
    pub genes: usize,
    /// Where they come from: `annotation`, or the file name of a table.
    pub source: String,
    /// Genes without them, by the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, usize>,
}

/// What a filter did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterRecord {
    /// The chromosome, or `histones`.
    pub filter: String,
    /// Genes left out.
    pub dropped: usize,
    /// Genes kept though they have no chromosome, or no name, by which to tell.
    pub unknown: usize,
}

/// What `dataset.json` says of the choice of TSSs; where each was taken from stands with the genes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TssRecord {
    /// Which of the transcripts counts.
    pub choice: TssChoice,
    /// How far a CAGE_ROLE peak might be, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cage_distance_bp: Option<u64>,
    /// Least distance of further TSSs, where they were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative_distance_bp: Option<u64>,
    /// Genes of the data set by what their TSS was taken from.
    pub sources: BTreeMap<TssSource, usize>,
    /// Further TSSs, which are rows of their own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub alternative_tss: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The record of a prepared data set. It holds no dates, so the same inputs give the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetManifest {
    /// Version of the format, [`FORMAT_VERSION`] when written by this program.
    pub format_version: u32,
    /// Version of tatabox that wrote it.
    pub tatabox_version: String,
    /// Name of the data set.
    pub name: String,
    /// Windows around each TSS.
    pub geometry: WindowGeometry,
    /// Genes kept.
    pub genes: usize,
    /// Cell types, in the order of the expression columns.
    pub cell_types: Vec<String>,
    /// How the genes were split, and what each part holds.
    pub split: SplitSummary,
    /// Scaling of the targets, fitted on the train split.
    pub transform: TargetTransform,
    /// The files it was made from.
    pub inputs: Vec<InputFile>,
    /// How its expression came about; absent where it is one matrix taken as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<ExpressionRecord>,
    /// How TSSs were chosen, where that was from annotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tss: Option<TssRecord>,
    /// Features of genes; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene_features: Option<GeneFeatureRecord>,
    /// Signals along the windows, in the order in which they are stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackRecord>,
    /// Genes that were asked to be left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<FilterRecord>,
    /// The truth behind it, when it is simulated; absent for measured data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<SimulationTruth>,
    /// Rows of `qc.tsv` for each reason.
    pub dropped: BTreeMap<DropReason, usize>,
    /// The files beside this one.
    pub files: Vec<DataFile>,
}
