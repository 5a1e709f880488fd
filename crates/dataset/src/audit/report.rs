//! Report of an audit.

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
use crate::prepared::{Extent, PreparedDataset};

/// Default folder of an audit in the folder of its data set.
pub const AUDIT_DIR: &str = "audit";
/// File of the report, except the similarity table.
pub const AUDIT_FILE: &str = "audit.json";

/// Format version of the report; increased by changes that earlier programs cannot read.
const FORMAT_VERSION: u32 = 1;

/// Report of an audit. It contains no dates, so the same data set gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditReport {
    format_version: u32,
    /// Version of tatabox that ran the audit.
    pub tatabox_version: String,
    /// Name of the data set.
    pub dataset: String,
    /// Checksum of the data set, [`PreparedDataset::checksum`].
    pub dataset_checksum: String,
    verdict: Verdict,
    checks: Vec<AuditCheck>,
    /// Extent in which similar windows were searched.
    pub extent: Extent,
    /// K-mer length for comparing windows, in bp.
    pub kmer_bp: usize,
    /// Sampling rate of the sketches that select candidates: one k-mer in `sketch_scale`. Similarities use all k-mers.
    pub sketch_scale: u32,
    /// Similarity of held-out windows to train windows, by split.
    pub similarity_summary: Vec<SimilaritySummary>,
    /// Pairs of windows in different splits with the same sequence.
    pub duplicates: Vec<DuplicatePair>,
    /// Pairs of windows in different splits that overlap on the genome.
    pub overlaps: Vec<OverlapPair>,
    /// Most similar train gene of every held-out gene, stored in a separate file.
    #[serde(skip)]
    pub similarity: SimilarityTable,
}

impl AuditReport {
    /// Report without checks.
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

    /// Adds a check.
    pub fn push(&mut self, check: AuditCheck) {
        self.verdict = self.verdict.max(check.verdict);
        self.checks.push(check);
    }

    /// All checks, in the order in which they were added.
    pub fn checks(&self) -> &[AuditCheck] {
        &self.checks
    }

    /// Maximum verdict over all checks.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether the report belongs to the data set with this [checksum](PreparedDataset::checksum).
    pub fn matches(&self, dataset_checksum: &str) -> bool {
        self.dataset_checksum == dataset_checksum
    }

    /// Reads the report and the similarity table written by [`Self::write`].
    ///
    /// # Errors
    ///
    /// Missing or invalid files; [`DatasetError::AuditVersion`] for an unsupported version.
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

    /// Writes `audit.json`, `similarity.tsv`, `duplicates.tsv` and `overlaps.tsv`, and creates the folder if necessary.
    ///
    /// # Errors
    ///
    /// A folder or file that cannot be written.
    pub fn write(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory).map_err(DatasetError::io(directory, "create"))?;
        let path = directory.join(AUDIT_FILE);
        // The report is removed first and written last, so it never accompanies the tables of another audit.
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
