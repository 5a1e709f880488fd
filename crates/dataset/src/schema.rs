//! Names of the files and columns of a prepared data set.

/// Manifest of the data set.
pub const MANIFEST_FILE: &str = "dataset.json";
/// Genes with their split and expression.
pub const GENES_FILE: &str = "genes.parquet";
/// Packed windows, in the order of the genes.
pub const WINDOWS_FILE: &str = "windows.bin";
/// Gene features (auxiliary inputs), present if the data set has them.
pub const GENE_FEATURES_FILE: &str = "gene_features.parquet";
/// Signals along the windows, in the order of the genes, present if the data set has them.
pub const SIGNALS_FILE: &str = "signals.bin";
/// Folder of the rows and windows of assays, present if the data set has them.
pub const ASSAYS_DIR: &str = "assays";
/// Dropped genes, records and rows with their reasons.
pub const QC_FILE: &str = "qc.tsv";

/// Gene identifier without version.
pub const GENE_ID: &str = "gene_id";
/// Gene name (symbol).
pub const GENE_NAME: &str = "gene_name";
/// Contig of the TSS.
pub const CHROM: &str = "chrom";
/// Position of the TSS base, 0-based.
pub const TSS: &str = "tss";
/// Strand, `+` or `-`.
pub const STRAND: &str = "strand";
/// `train`, `validation` or `test`.
pub const SPLIT: &str = "split";
/// Known bases before the TSS base.
pub const KNOWN_UPSTREAM_BP: &str = "known_upstream_bp";
/// Known bases from the TSS base on.
pub const KNOWN_DOWNSTREAM_BP: &str = "known_downstream_bp";

/// Evidence for the TSS, as named by [`tatabox_sequence::TssSource`].
pub const TSS_SOURCE: &str = "tss_source";
/// Transcript that starts at the TSS.
pub const TRANSCRIPT_ID: &str = "transcript_id";
/// CAGE peak that defines the TSS.
pub const CAGE_PEAK: &str = "cage_peak";
/// Promoter that was chosen by activity.
pub const PROMOTER: &str = "promoter";
/// Reason for its choice: `most_active`, `tied` or `no_activity`.
pub const PROMOTER_CHOICE: &str = "promoter_choice";
/// Gene of which this row is an alternative TSS.
pub const ALTERNATIVE_OF: &str = "alternative_of";

/// Columns of [`GENES_FILE`] that are written only if at least one gene has a value.
pub const TSS_COLUMNS: [&str; 6] = [TSS_SOURCE, TRANSCRIPT_ID, CAGE_PEAK, PROMOTER, PROMOTER_CHOICE, ALTERNATIVE_OF];

/// Columns of [`GENES_FILE`] that precede the cell types.
pub const GENE_COLUMNS: [&str; 8] =
    [GENE_ID, GENE_NAME, CHROM, TSS, STRAND, SPLIT, KNOWN_UPSTREAM_BP, KNOWN_DOWNSTREAM_BP];
