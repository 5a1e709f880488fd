//! Names of files and columns that more than one module reads or writes.

/// The record of a data set.
pub const MANIFEST_FILE: &str = "dataset.json";
/// Genes with their split and expression.
pub const GENES_FILE: &str = "genes.parquet";
/// Packed windows, in the order of the genes.
pub const WINDOWS_FILE: &str = "windows.bin";
/// Features of the genes beside their promoters, where a data set has them.
pub const GENE_FEATURES_FILE: &str = "gene_features.parquet";
/// Signals along the windows, in the order of the genes, where a data set has them.
pub const SIGNALS_FILE: &str = "signals.bin";
/// Everything that was dropped, with the reason.
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

/// What the TSS was taken from, as [`tatabox_sequence::TssSource`] names it.
pub const TSS_SOURCE: &str = "tss_source";
/// The transcript that starts at the TSS.
pub const TRANSCRIPT_ID: &str = "transcript_id";
/// The CAGE_ROLE peak that the TSS is.
pub const CAGE_PEAK: &str = "cage_peak";
/// The gene of which this row is a further TSS.
pub const ALTERNATIVE_OF: &str = "alternative_of";

/// Columns of [`GENES_FILE`] that are there if a gene has a value.
pub const TSS_COLUMNS: [&str; 4] = [TSS_SOURCE, TRANSCRIPT_ID, CAGE_PEAK, ALTERNATIVE_OF];

/// Columns of [`GENES_FILE`] before those of the cell types.
pub const GENE_COLUMNS: [&str; 8] =
    [GENE_ID, GENE_NAME, CHROM, TSS, STRAND, SPLIT, KNOWN_UPSTREAM_BP, KNOWN_DOWNSTREAM_BP];
