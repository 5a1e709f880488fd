//! Manifest of a prepared data set, stored as `dataset.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_sequence::{TssChoice, TssSource, WindowGeometry};

use super::promoter_choice::PromoterChoiceRecord;
use crate::assay::AssayRecord;
use crate::drop_reason::DropReason;
use crate::expression::{ExpressionRecord, TargetTransform};
use crate::io::checksum::InputFile;
use crate::simulate::SimulationTruth;
use crate::split::SplitSummary;

/// Format version of a data set folder; increased by changes that earlier programs cannot read.
pub const FORMAT_VERSION: u32 = 1;

/// Format version of a data set folder with assays, which programs of version 1 would ignore.
pub const ASSAY_FORMAT_VERSION: u32 = 2;

/// File of the data set with size and checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// File name in the folder.
    pub name: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// Record of a signal track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// Name of the track, referenced by models.
    pub name: String,
    /// File name of the bigWig, whose checksum is listed in the inputs.
    pub file: String,
    /// Fraction of the bases of all windows with a value in the file; the other bases count as 0.
    pub covered: f64,
    /// Mean over all windows of the stored signal, the asinh of the file's values.
    pub mean: f64,
}

/// Record of the gene features.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneFeatureRecord {
    /// Feature names, in the order of the columns.
    pub names: Vec<String>,
    /// Number of genes with features.
    pub genes: usize,
    /// Source: `annotation` or the file name of a table.
    pub source: String,
    /// Name of the feature set, such as `structure`; absent for half-life features and tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature_set: Option<String>,
    /// Number of genes without features, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<String, usize>,
}

/// Record of a gene filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterRecord {
    /// The chromosome or `histones`.
    pub filter: String,
    /// Number of excluded genes.
    pub dropped: usize,
    /// Number of genes kept because their chromosome or name is unknown.
    pub unknown: usize,
}

/// Record of the TSS selection; the evidence for each TSS is recorded per gene.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TssRecord {
    /// Rule that selects a transcript.
    pub choice: TssChoice,
    /// Maximum distance of a CAGE peak, if peaks were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cage_distance_bp: Option<u64>,
    /// Minimum distance between alternative TSSs, if they were included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative_distance_bp: Option<u64>,
    /// Number of genes by evidence for their TSS.
    pub sources: BTreeMap<TssSource, usize>,
    /// Number of alternative TSSs, each in a separate row.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub alternative_tss: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Manifest of a prepared data set. It contains no dates, so the same inputs give the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetManifest {
    /// Format version; [`FORMAT_VERSION`] in a newly written manifest, [`ASSAY_FORMAT_VERSION`] in one with assays.
    pub format_version: u32,
    /// Version of tatabox that wrote the data set.
    pub tatabox_version: String,
    /// Name of the data set.
    pub name: String,
    /// Windows around each TSS.
    pub geometry: WindowGeometry,
    /// Number of genes.
    pub genes: usize,
    /// Cell types, in the order of the expression columns.
    pub cell_types: Vec<String>,
    /// Rule and content of the splits.
    pub split: SplitSummary,
    /// Transform of the targets, fitted on the train split.
    pub transform: TargetTransform,
    /// Input files.
    pub inputs: Vec<InputFile>,
    /// Record of the expression tables; absent for a single unmodified matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<ExpressionRecord>,
    /// Record of the TSS selection, for TSSs from annotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tss: Option<TssRecord>,
    /// Record of the choice of promoters by activity; absent without activities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoters: Option<PromoterChoiceRecord>,
    /// Record of the gene features; absent without features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene_features: Option<GeneFeatureRecord>,
    /// Signal tracks, in stored order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackRecord>,
    /// Assays, in the order of their outputs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assays: Vec<AssayRecord>,
    /// Gene filters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<FilterRecord>,
    /// Ground truth of a simulated data set; absent for measured data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<SimulationTruth>,
    /// Number of rows of `qc.tsv` by reason.
    pub dropped: BTreeMap<DropReason, usize>,
    /// The other files of the data set.
    pub files: Vec<DataFile>,
}
