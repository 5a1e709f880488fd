//! Prepared data set: opening, gene search, cross-validation folds and replaced expression.

mod active;
mod expression_match;
mod expression_view;
mod extent;
mod fold_view;
mod gene_entry;
mod gene_search;
mod gene_table;
mod input_paths;
mod manifest;
mod promoter_choice;
mod window_index;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tatabox_sequence::WindowGeometry;

use crate::assay::{self, Assay, RowSource};
use crate::error::{DatasetError, Result};
use crate::expression::{TargetTransform, find_cell_type, tpm_to_log2};
use crate::io::checksum::{sha256_bytes, sha256_file};
use crate::schema::{GENE_FEATURES_FILE, GENES_FILE, MANIFEST_FILE, QC_FILE, SIGNALS_FILE, WINDOWS_FILE};
use crate::split::Split;
use crate::storage::{GeneFeatures, PackedWindows, SignalWindows};

pub use active::ActiveDataset;
pub use expression_match::ExpressionMatch;
pub use extent::Extent;
pub use gene_entry::{GeneEntry, TssOrigin};
pub(crate) use gene_table::{GeneTable, check_cell_type_names};
pub use manifest::{
    ASSAY_FORMAT_VERSION, DataFile, DatasetManifest, FORMAT_VERSION, FilterRecord, GeneFeatureRecord, TrackRecord,
    TssRecord,
};
pub use promoter_choice::{ChosenPromoter, PromoterChoice, PromoterChoiceRecord};
pub use window_index::{Neighbour, WindowIndex};

/// Genes with windows and expression, read from a folder written by [`prepare`](fn@crate::prepare).
///
/// Expression is held in memory, windows are memory-mapped, and any number of threads may read. A clone shares both.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let simulation = SimulateConfig { genes: 60, ..SimulateConfig::default() };
/// # simulate(&simulation, folder.path())?;
/// # let expression = folder.path().join("expression.tsv");
/// # let mut config = PrepareConfig::new(expression, folder.path().join("prepared"), simulation.geometry);
/// # config.promoters = Some(folder.path().join("promoters.fa"));
/// # prepare(&config, &mut |_| {})?;
/// let dataset = PreparedDataset::open(&config.out_dir)?;
/// let gene = dataset.find_gene("SIM7")?;
/// let k562 = dataset.cell_type_index("k562")?;
/// let mut codes = Vec::new();
/// dataset.window_codes(gene, 0..300, &mut codes);
/// assert_eq!((codes.len(), dataset.genes()[gene].gene_name.as_deref()), (300, Some("SIM7")));
/// assert!(dataset.log2_tpm(gene, k562) >= 0.0);
///
/// let folds = dataset.folds(5, 42)?;
/// let first_fold = dataset.fold_view(&folds, 0)?;
/// assert_ne!(first_fold.genes_in(Split::Test), dataset.genes_in(Split::Test));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PreparedDataset {
    directory: PathBuf,
    manifest: DatasetManifest,
    checksum: String,
    /// Checksum of the data set that defines the genes and splits.
    split_checksum: String,
    genes: Vec<GeneEntry>,
    log2_tpm: Arc<[f32]>,
    windows: Arc<PackedWindows>,
    features: Arc<GeneFeatures>,
    signals: Option<Arc<SignalWindows>>,
    pub(crate) assays: Arc<[Assay]>,
}

impl PreparedDataset {
    /// Opens the folder and checks format versions, file sizes and the consistency of the files.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NotADataset`] if a file is missing, [`DatasetError::FormatVersion`] for an unsupported version,
    /// [`DatasetError::Damaged`] for files that differ from the manifest or from each other.
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
                let detail = format!("its size is {bytes} bytes, {MANIFEST_FILE} records {}", file.bytes);
                return Err(DatasetError::damaged(&path, detail));
            }
        }
        let windows = PackedWindows::open(&directory.join(WINDOWS_FILE))?;
        let table = GeneTable::read(&directory.join(GENES_FILE), &manifest.cell_types)?;
        let counts = [manifest.genes, windows.len(), table.genes.len()];
        if counts.iter().any(|&count| count != counts[0]) || windows.geometry() != manifest.geometry {
            let detail =
                format!("{} genes, {} windows and {} gene rows are inconsistent", counts[0], counts[1], counts[2]);
            return Err(DatasetError::damaged(directory, detail));
        }
        let features = open_features(directory, &manifest, &table.genes)?;
        let signals = open_signals(directory, &manifest)?;
        let assays = assay::open(directory, &manifest.assays, &table.genes, manifest.geometry)?;
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
            assays,
        })
    }

    /// Folder of the data set.
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

    /// Genes by chromosome, TSS and identifier; other methods take indices into this slice as `gene`.
    pub fn genes(&self) -> &[GeneEntry] {
        &self.genes
    }

    /// Number of genes.
    pub fn len(&self) -> usize {
        self.genes.len()
    }

    /// Whether the data set has no genes; false for every prepared folder.
    pub fn is_empty(&self) -> bool {
        self.genes.is_empty()
    }

    /// Cell types; other methods take indices into this slice as `cell_type`.
    pub fn cell_types(&self) -> &[String] {
        &self.manifest.cell_types
    }

    /// Index of a cell type; see [`find_cell_type`] for the matching rules.
    pub fn cell_type_index(&self, name: &str) -> Result<usize> {
        find_cell_type(&self.manifest.cell_types, name)
    }

    /// Measured `log2(TPM + 1)`; NaN if missing.
    pub fn log2_tpm(&self, gene: usize, cell_type: usize) -> f32 {
        assert!(cell_type < self.cell_types().len(), "no cell type {cell_type}");
        self.log2_tpm[gene * self.cell_types().len() + cell_type]
    }

    /// Measured `log2(TPM + 1)` of a gene in every cell type; NaN if missing.
    pub fn log2_tpm_row(&self, gene: usize) -> &[f32] {
        let width = self.cell_types().len();
        &self.log2_tpm[gene * width..(gene + 1) * width]
    }

    /// Writes the base codes at `range` of the window of a row (a gene, or a [row of an assay](RowSource); sense strand,
    /// TSS at `upstream_bp`) into `codes`.
    ///
    /// # Panics
    ///
    /// If the row does not exist or `range` exceeds the window.
    pub fn window_codes(&self, row: usize, range: Range<usize>, codes: &mut Vec<u8>) {
        codes.resize(range.len(), 0);
        match self.row_source(row) {
            RowSource::Gene(gene) => self.windows.decode(gene, range, codes),
            RowSource::Assay { assay, row } => {
                self.assays[assay].windows.as_ref().expect("an assay with rows has windows").decode(row, range, codes);
            }
        }
    }

    /// Windows of the genes.
    pub(crate) fn windows(&self) -> &PackedWindows {
        &self.windows
    }

    /// Names of the gene features; empty if the data set has none.
    pub fn gene_feature_names(&self) -> &[String] {
        self.features.names()
    }

    /// Features of a gene; `None` if it has none.
    pub fn gene_features(&self, gene: usize) -> Option<&[f32]> {
        self.features.get(gene)
    }

    /// Names of the signal tracks; other methods take indices into this list as `track`.
    pub fn track_names(&self) -> Vec<&str> {
        self.manifest.tracks.iter().map(|track| track.name.as_str()).collect()
    }

    /// Reads the [stored signal](crate::stored_signal) at `range` of the gene's window (sense strand, TSS at
    /// `upstream_bp`) into `values`, which must be as long as `range`.
    ///
    /// # Panics
    ///
    /// If the gene or track does not exist, or `range` exceeds the window.
    pub fn track_values(&self, gene: usize, track: usize, range: Range<usize>, values: &mut [f32]) {
        let signals = self.signals.as_ref().expect("the data set has tracks");
        signals.read(gene, track, range, values);
    }

    /// Transform of the targets, fitted on the train split.
    pub fn transform(&self) -> &TargetTransform {
        &self.manifest.transform
    }

    /// Manifest of the data set.
    pub fn manifest(&self) -> &DatasetManifest {
        &self.manifest
    }

    /// SHA-256 of `dataset.json`. Since the manifest records the checksums of the other files, it identifies the data
    /// set.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// Identifier of the genes and their splits: the checksum of the data set that assigned them. It is unchanged by
    /// [`expression_view`](Self::expression_view).
    pub fn split_checksum(&self) -> &str {
        &self.split_checksum
    }

    /// The same data set with these assays, whose rows have new splits, and with their transforms and numbers of rows by split.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`] for an output with too few train rows.
    fn with_assays(mut self, assays: Vec<Assay>) -> Result<Self> {
        let assays = assays.into_iter().map(|assay| assay.refitted(&self.genes)).collect::<Result<Vec<_>>>()?;
        self.manifest.assays = assays.iter().map(|assay| assay.record.clone()).collect();
        self.assays = assays.into();
        Ok(self)
    }

    /// Compares the checksum of every file with the manifest.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Damaged`] with the first file that differs.
    pub fn verify(&self) -> Result<()> {
        for file in &self.manifest.files {
            let path = self.directory.join(&file.name);
            if sha256_file(&path)? != file.sha256 {
                return Err(DatasetError::damaged(&path, format!("its checksum differs from {MANIFEST_FILE}")));
            }
        }
        Ok(())
    }

    /// Indices of the genes in a split, ascending, without alternative TSSs.
    pub fn genes_in(&self, split: Split) -> Vec<usize> {
        let is_in = |entry: &GeneEntry| entry.split == split && entry.alternative_of.is_none();
        (0..self.genes.len()).filter(|&gene| is_in(&self.genes[gene])).collect()
    }

    /// Index of a gene by identifier (any version) or name, ignoring case.
    ///
    /// # Errors
    ///
    /// [`DatasetError::UnknownGene`] with similar names, [`DatasetError::AmbiguousGene`] for a name of several genes.
    pub fn find_gene(&self, query: &str) -> Result<usize> {
        gene_search::find_gene(&self.genes, query)
    }

    /// Extent of the known sequence around the TSS of a gene.
    pub fn extent_of(&self, gene: usize) -> Extent {
        self.genes[gene].extent()
    }

    /// Longest extent covered by at least the fraction `coverage` of `genes` (0.8 is a reasonable choice); see
    /// [`Extent::common`].
    pub fn common_extent(&self, genes: &[usize], coverage: f64) -> Extent {
        let extents: Vec<Extent> = genes.iter().map(|&gene| self.extent_of(gene)).collect();
        Extent::common(&extents, coverage)
    }

    /// Whether the known sequence of a gene covers `extent`.
    pub fn covers(&self, gene: usize, extent: Extent) -> bool {
        self.extent_of(gene).covers(extent)
    }

    /// Path of the table of dropped genes with their reasons.
    pub fn qc_path(&self) -> PathBuf {
        self.directory.join(QC_FILE)
    }
}

/// Gene features listed in the manifest.
fn open_features(directory: &Path, manifest: &DatasetManifest, genes: &[GeneEntry]) -> Result<GeneFeatures> {
    let Some(record) = &manifest.gene_features else {
        return Ok(GeneFeatures::default());
    };
    let gene_ids = genes.iter().map(|gene| gene.gene_id.as_str());
    GeneFeatures::read(&directory.join(GENE_FEATURES_FILE), &record.names, gene_ids)
}

/// Signals listed in the manifest.
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
            "{} windows of {} tracks; {MANIFEST_FILE} records {} of {}",
            signals.len(),
            signals.tracks(),
            manifest.genes,
            manifest.tracks.len()
        );
        return Err(DatasetError::damaged(&path, detail));
    }
    Ok(Some(Arc::new(signals)))
}

/// Manifest, after a check of its version, and the checksum of its bytes.
fn read_manifest(path: &Path) -> Result<(DatasetManifest, String)> {
    let bytes = fs::read(path).map_err(DatasetError::io(path, "read"))?;
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(DatasetError::json(path))?;
    let found = value.get("format_version").and_then(serde_json::Value::as_u64);
    match found {
        Some(version) if [FORMAT_VERSION, ASSAY_FORMAT_VERSION].map(u64::from).contains(&version) => {}
        Some(version) => {
            let found = u32::try_from(version).unwrap_or(u32::MAX);
            return Err(DatasetError::FormatVersion { path: path.into(), found, expected: ASSAY_FORMAT_VERSION });
        }
        None => return Err(DatasetError::damaged(path, "format_version is missing")),
    }
    let manifest = serde_json::from_slice(&bytes).map_err(DatasetError::json(path))?;
    Ok((manifest, sha256_bytes(&bytes)))
}
