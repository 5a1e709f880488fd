//! What an audit found, on disk and in memory.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tatabox_sequence::KmerSketcher;

use super::check::{AuditCheck, Verdict};
use super::duplicates::DuplicatePair;
use super::overlaps::OverlapPair;
use super::similarity::SimilaritySummary;
use super::similarity_table::{SIMILARITY_FILE, SimilarityTable};
use super::tables::{DUPLICATES_FILE, OVERLAPS_FILE, write_duplicates, write_overlaps};
use crate::error::{DatasetError, Result};
use crate::io::atomic_write::atomic_write;
use crate::prepared::Extent;
use crate::prepared::PreparedDataset;

/// Folder of an audit in that of its data set, unless another was asked for.
pub const AUDIT_DIR: &str = "audit";
/// Everything but the similarities, in the folder of an audit.
pub const AUDIT_FILE: &str = "audit.json";

/// Version of the file's format; raised when an older program could no longer read it.
const FORMAT_VERSION: u32 = 1;

/// The findings of an audit. It holds no dates, so the same data set gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditReport {
    format_version: u32,
    /// Version of tatabox that made it.
    pub tatabox_version: String,
    /// Name of the data set.
    pub dataset: String,
    /// Checksum of the data set, [`PreparedDataset::checksum`].
    pub dataset_checksum: String,
    verdict: Verdict,
    checks: Vec<AuditCheck>,
    /// Bases around the TSS in which similar windows were looked for.
    pub extent: Extent,
    /// Bases of the k-mers that windows were compared by.
    pub kmer_bp: usize,
    /// One k-mer in so many was kept to find candidates; similarities are of whole sets.
    pub sketch_scale: u32,
    /// Similarity of held-out windows to train windows, by split.
    pub similarity_summary: Vec<SimilaritySummary>,
    /// Pairs of windows with the same sequence in two splits.
    pub duplicates: Vec<DuplicatePair>,
    /// Pairs of windows that overlap on the genome in two splits.
    pub overlaps: Vec<OverlapPair>,
    /// The most similar train gene of every held-out gene; in a file of its own.
    #[serde(skip)]
    pub similarity: SimilarityTable,
}

impl AuditReport {
    /// A report without checks.
    pub(super) fn new(dataset: &PreparedDataset, extent: Extent, sketcher: KmerSketcher) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
            dataset: dataset.name().to_owned(),
            dataset_checksum: dataset.checksum().to_owned(),
            verdict: Verdict::Pass,
            checks: Vec::new(),
            extent,
            kmer_bp: sketcher.k(),
            sketch_scale: sketcher.scale(),
            similarity_summary: Vec::new(),
            duplicates: Vec::new(),
            overlaps: Vec::new(),
            similarity: SimilarityTable::default(),
        }
    }

    /// Adds the outcome of a check.
    pub fn push(&mut self, check: AuditCheck) {
        self.verdict = self.verdict.max(check.verdict);
        self.checks.push(check);
    }

    /// Every check, in the order they were made.
    pub fn checks(&self) -> &[AuditCheck] {
        &self.checks
    }

    /// The worst verdict of all checks.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether the report is of the data set with this [checksum](PreparedDataset::checksum), as it is now.
    pub fn matches(&self, dataset_checksum: &str) -> bool {
        self.dataset_checksum == dataset_checksum
    }

    /// Reads the report and the similarities that [`Self::write`] wrote.
    ///
    /// # Errors
    ///
    /// Files that are missing or not of an audit; [`DatasetError::AuditVersion`] for those of another version.
    pub fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(AUDIT_FILE);
        let bytes = fs::read(&path).map_err(DatasetError::io(&path, "read"))?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(DatasetError::json(&path))?;
        let found = value.get("format_version").and_then(serde_json::Value::as_u64).unwrap_or_default();
        if found != u64::from(FORMAT_VERSION) {
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            return Err(DatasetError::AuditVersion { path, found, expected: FORMAT_VERSION });
        }
        let report: Self = serde_json::from_value(value).map_err(DatasetError::json(&path))?;
        Ok(Self { similarity: SimilarityTable::read(&directory.join(SIMILARITY_FILE))?, ..report })
    }

    /// Writes `audit.json`, `similarity.tsv`, `duplicates.tsv` and `overlaps.tsv`, making the folder if need be.
    ///
    /// # Errors
    ///
    /// A folder or file that cannot be written.
    pub fn write(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory).map_err(DatasetError::io(directory, "create"))?;
        let path = directory.join(AUDIT_FILE);
        // The report goes first and comes last, so that it is never beside the tables of another.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(DatasetError::io(&path, "replace")(error));
            }
            _ => {}
        }
        self.similarity.write(&directory.join(SIMILARITY_FILE))?;
        write_duplicates(&directory.join(DUPLICATES_FILE), &self.duplicates)?;
        write_overlaps(&directory.join(OVERLAPS_FILE), &self.overlaps)?;
        let mut json = serde_json::to_vec_pretty(self).map_err(DatasetError::json(&path))?;
        json.push(b'\n');
        atomic_write(&path, |file| file.write_all(&json)).map_err(DatasetError::io(&path, "write"))
    }
}
