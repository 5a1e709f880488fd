//! A prepared data set on disk, open for reading.

mod active;
mod expression_match;
mod expression_view;
mod extent;
mod fold_view;
mod gene_entry;
mod gene_search;
mod gene_table;
mod manifest;
mod window_index;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tatabox_sequence::WindowGeometry;

use crate::error::{DatasetError, Result};
use crate::expression::find_cell_type;
use crate::expression::{TargetTransform, tpm_to_log2};
use crate::io::checksum::{sha256_bytes, sha256_file};
use crate::schema::{GENE_FEATURES_FILE, GENES_FILE, MANIFEST_FILE, QC_FILE, SIGNALS_FILE, WINDOWS_FILE};
use crate::split::Split;
use crate::storage::GeneFeatures;
use crate::storage::PackedWindows;
use crate::storage::SignalWindows;

pub use active::ActiveDataset;
pub use expression_match::ExpressionMatch;
pub use extent::Extent;
pub use gene_entry::{GeneEntry, TssOrigin};
pub(crate) use gene_table::{GeneTable, check_cell_type_names};
pub use manifest::{
    DataFile, DatasetManifest, FORMAT_VERSION, FilterRecord, GeneFeatureRecord, TrackRecord, TssRecord,
};
pub use window_index::{Neighbour, WindowIndex};

/// Genes with windows and expression, read from a folder that [`prepare`](fn@crate::prepare) wrote.
///
/// Expression is in memory, windows are memory-mapped; any number of threads may read at once. A clone shares both.
#[derive(Clone, Debug)]
pub struct PreparedDataset {
    directory: PathBuf,
    manifest: DatasetManifest,
    checksum: String,
    /// Checksum of the data set whose genes and splits these are.
    split_checksum: String,
    genes: Vec<GeneEntry>,
    log2_tpm: Arc<[f32]>,
    windows: Arc<PackedWindows>,
    features: Arc<GeneFeatures>,
    signals: Option<Arc<SignalWindows>>,
}

impl PreparedDataset {
    /// Opens the folder and checks format versions, file sizes and that the files fit each other.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NotADataset`] where a file is missing, [`DatasetError::FormatVersion`] for a folder of another
    /// version, [`DatasetError::Damaged`] where the files are not those that were written.
    pub fn open(directory: &Path) -> Result<Self> {
        let missing =
            [MANIFEST_FILE, GENES_FILE, WINDOWS_FILE].into_iter().find(|file| !directory.join(file).is_file());
        if let Some(missing) = missing {
            return Err(DatasetError::NotADataset { path: directory.into(), missing });
        }
        let (manifest, checksum) = read_manifest(&directory.join(MANIFEST_FILE))?;
        for file in &manifest.files {
            let path = directory.join(&file.name);
            let bytes = fs::metadata(&path).map_err(DatasetError::io(&path, "find"))?.len();
            if bytes != file.bytes {
                let detail = format!("{bytes} bytes, {MANIFEST_FILE} says {}", file.bytes);
                return Err(DatasetError::damaged(&path, detail));
            }
        }
        let windows = PackedWindows::open(&directory.join(WINDOWS_FILE))?;
        let table = GeneTable::read(&directory.join(GENES_FILE), &manifest.cell_types)?;
        let counts = [manifest.genes, windows.len(), table.genes.len()];
        if counts.iter().any(|&count| count != counts[0]) || windows.geometry() != manifest.geometry {
            let detail =
                format!("{} genes, {} windows and {} rows of genes do not fit", counts[0], counts[1], counts[2]);
            return Err(DatasetError::damaged(directory, detail));
        }
        let features = open_features(directory, &manifest, &table.genes)?;
        let signals = open_signals(directory, &manifest)?;
        let log2_tpm = table.tpm.iter().map(|&tpm| tpm_to_log2(f64::from(tpm)) as f32).collect();
        tracing::debug!(path = %directory.display(), genes = manifest.genes, "data set opened");
        Ok(Self {
            directory: directory.into(),
            manifest,
            split_checksum: checksum.clone(),
            checksum,
            genes: table.genes,
            log2_tpm,
            windows: Arc::new(windows),
            features: Arc::new(features),
            signals,
        })
    }

    /// Folder it was opened from.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Name of the data set.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// Window around each TSS.
    pub fn geometry(&self) -> WindowGeometry {
        self.manifest.geometry
    }

    /// Every gene, by chromosome, TSS and identifier; an index into this is what other methods call `gene`.
    pub fn genes(&self) -> &[GeneEntry] {
        &self.genes
    }

    /// Number of genes.
    pub fn len(&self) -> usize {
        self.genes.len()
    }

    /// Whether there is no gene; never so for a folder that was prepared.
    pub fn is_empty(&self) -> bool {
        self.genes.is_empty()
    }

    /// Cell types; an index into this is what other methods call `cell_type`.
    pub fn cell_types(&self) -> &[String] {
        &self.manifest.cell_types
    }

    /// Index of a cell type by the name somebody typed; see [`find_cell_type`] for what matches.
    pub fn cell_type_index(&self, name: &str) -> Result<usize> {
        find_cell_type(&self.manifest.cell_types, name)
    }

    /// Measured `log2(TPM + 1)`, NaN where missing.
    pub fn log2_tpm(&self, gene: usize, cell_type: usize) -> f32 {
        assert!(cell_type < self.cell_types().len(), "cell type {cell_type}");
        self.log2_tpm[gene * self.cell_types().len() + cell_type]
    }

    /// Measured `log2(TPM + 1)` of a gene in every cell type, NaN where missing.
    pub fn log2_tpm_row(&self, gene: usize) -> &[f32] {
        let width = self.cell_types().len();
        &self.log2_tpm[gene * width..(gene + 1) * width]
    }

    /// Fills `codes` with the nucleotide codes at `range` of the gene's window (sense strand, TSS at `upstream_bp`).
    ///
    /// # Panics
    ///
    /// If there is no such gene or `range` leaves the window.
    pub fn window_codes(&self, gene: usize, range: Range<usize>, codes: &mut Vec<u8>) {
        codes.resize(range.len(), 0);
        self.windows.decode(gene, range, codes);
    }

    /// Names of the features that genes have beside their promoters; empty where the data set has none.
    pub fn gene_feature_names(&self) -> &[String] {
        self.features.names()
    }

    /// The features of a gene; `None` where it has none.
    pub fn gene_features(&self, gene: usize) -> Option<&[f32]> {
        self.features.get(gene)
    }

    /// Names of the signals along the windows; an index into this is what other methods call `track`.
    pub fn track_names(&self) -> Vec<&str> {
        self.manifest.tracks.iter().map(|track| track.name.as_str()).collect()
    }

    /// Writes the [stored signal](crate::stored_signal) at `range` of the gene's window (sense strand, TSS at
    /// `upstream_bp`) into `values`, which must be as long as `range`.
    ///
    /// # Panics
    ///
    /// If there is no such gene or track, or `range` leaves the window.
    pub fn track_values(&self, gene: usize, track: usize, range: Range<usize>, values: &mut [f32]) {
        let signals = self.signals.as_ref().expect("a data set without tracks has none to ask for");
        signals.read(gene, track, range, values);
    }

    /// Scaling of targets, fitted on the train split.
    pub fn transform(&self) -> &TargetTransform {
        &self.manifest.transform
    }

    /// The record of the data set.
    pub fn manifest(&self) -> &DatasetManifest {
        &self.manifest
    }

    /// SHA-256 of `dataset.json`, which itself holds the checksums of the other files: it names this very data set.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// Names the genes and their splits: the checksum of the data set in which they were dealt, whatever was measured of
    /// them since.
    pub fn split_checksum(&self) -> &str {
        &self.split_checksum
    }

    /// Reads every file and compares its checksum with the record.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Damaged`] naming the first file that differs.
    pub fn verify(&self) -> Result<()> {
        for file in &self.manifest.files {
            let path = self.directory.join(&file.name);
            if sha256_file(&path)? != file.sha256 {
                return Err(DatasetError::damaged(&path, format!("its checksum is not the one in {MANIFEST_FILE}")));
            }
        }
        Ok(())
    }

    /// Indices of the genes in a split, rising; without their further TSSs.
    pub fn genes_in(&self, split: Split) -> Vec<usize> {
        let is_in = |entry: &GeneEntry| entry.split == split && entry.alternative_of.is_none();
        (0..self.genes.len()).filter(|&gene| is_in(&self.genes[gene])).collect()
    }

    /// Index of a gene by identifier (its version does not matter) or name, in any case.
    ///
    /// # Errors
    ///
    /// [`DatasetError::UnknownGene`] with the nearest names, [`DatasetError::AmbiguousGene`] where genes share the name.
    pub fn find_gene(&self, query: &str) -> Result<usize> {
        gene_search::find_gene(&self.genes, query)
    }

    /// How far the known sequence of a gene reaches.
    pub fn extent_of(&self, gene: usize) -> Extent {
        self.genes[gene].extent()
    }

    /// The longest extent that at least `coverage` (0.8 is a fair choice) of `genes` cover; see [`Extent::common`].
    pub fn common_extent(&self, genes: &[usize], coverage: f64) -> Extent {
        let extents: Vec<Extent> = genes.iter().map(|&gene| self.extent_of(gene)).collect();
        Extent::common(&extents, coverage)
    }

    /// Whether the known sequence of a gene reaches over the whole of `extent`.
    pub fn covers(&self, gene: usize, extent: Extent) -> bool {
        self.extent_of(gene).covers(extent)
    }

    /// Where everything that was dropped is listed with its reason.
    pub fn qc_path(&self) -> PathBuf {
        self.directory.join(QC_FILE)
    }
}

/// The features that the manifest tells of.
fn open_features(directory: &Path, manifest: &DatasetManifest, genes: &[GeneEntry]) -> Result<GeneFeatures> {
    let Some(record) = &manifest.gene_features else {
        return Ok(GeneFeatures::default());
    };
    let gene_ids = genes.iter().map(|gene| gene.gene_id.as_str());
    GeneFeatures::read(&directory.join(GENE_FEATURES_FILE), &record.names, gene_ids)
}

/// The signals that the manifest tells of.
fn open_signals(directory: &Path, manifest: &DatasetManifest) -> Result<Option<Arc<SignalWindows>>> {
    if manifest.tracks.is_empty() {
        return Ok(None);
    }
    let path = directory.join(SIGNALS_FILE);
    let signals = SignalWindows::open(&path)?;
    if signals.len() != manifest.genes
        || signals.tracks() != manifest.tracks.len()
        || signals.geometry() != manifest.geometry
    {
        let detail = format!(
            "{} windows of {} tracks; {MANIFEST_FILE} says {} of {}",
            signals.len(),
            signals.tracks(),
            manifest.genes,
            manifest.tracks.len()
        );
        return Err(DatasetError::damaged(&path, detail));
    }
    Ok(Some(Arc::new(signals)))
}

/// The manifest, once its version is known to be readable, and the checksum of its bytes.
fn read_manifest(path: &Path) -> Result<(DatasetManifest, String)> {
    let bytes = fs::read(path).map_err(DatasetError::io(path, "read"))?;
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(DatasetError::json(path))?;
    let found = value.get("format_version").and_then(serde_json::Value::as_u64);
    match found {
        Some(version) if version == u64::from(FORMAT_VERSION) => {}
        Some(version) => {
            let found = u32::try_from(version).unwrap_or(u32::MAX);
            return Err(DatasetError::FormatVersion { path: path.into(), found, expected: FORMAT_VERSION });
        }
        None => return Err(DatasetError::damaged(path, "it names no format_version")),
    }
    let manifest = serde_json::from_slice(&bytes).map_err(DatasetError::json(path))?;
    Ok((manifest, sha256_bytes(&bytes)))
}
