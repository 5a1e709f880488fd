//! Attention examples: k-mers enriched at high attention, and attention along the windows of single genes.

mod gene_track_file;
mod kmer_file;

use std::path::Path;

use crate::error::Result;
use crate::io::table_error::TableProblem;
use crate::io::write_records::write_records;

/// Aligned k-mer that is enriched where attention is high.
#[derive(Debug, Clone, PartialEq)]
pub struct AttentionEnrichedKmer {
    /// Most frequent base of each position, such as `GGGCGG`.
    pub consensus: String,
    /// Number of attended sites with the k-mer.
    pub sites: u32,
    /// log2 of the observed frequency in attended bins over the frequency expected from the attention by position.
    pub log2_enrichment: f64,
    /// Median position of the sites relative to the TSS, in bp; negative is upstream.
    pub median_position_bp: i32,
    /// Counts of A, C, G and T over the sites, for each position.
    pub counts: Vec<[u32; 4]>,
}

/// Attention along the window of one gene, with its bases.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneTrack {
    /// Gene identifier.
    pub gene_id: String,
    /// Gene name, if known.
    pub gene_name: Option<String>,
    /// Position of the first base relative to the TSS, in bp.
    pub start_bp: i32,
    /// Number of bases per weight.
    pub bin_bp: u32,
    /// Attention weight of each bin, in sequence order.
    pub weights: Vec<f64>,
    /// Bases of the window, sense strand; N if unknown.
    pub sequence: String,
    /// Mean measured log2(TPM + 1) over the cell types.
    pub measured: f64,
    /// Mean predicted log2(TPM + 1) over the cell types.
    pub predicted: f64,
}

/// Attention-enriched k-mers and example genes of a model.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{AttentionEnrichedKmer, AttentionExamples};
///
/// let folder = tempfile::tempdir()?;
/// let kmer = AttentionEnrichedKmer {
///     consensus: "GC".to_owned(),
///     sites: 12,
///     log2_enrichment: 1.5,
///     median_position_bp: -47,
///     counts: vec![[0, 0, 12, 0], [1, 10, 1, 0]],
/// };
/// let examples = AttentionExamples { motifs: vec![kmer], tracks: Vec::new() };
/// examples.write(folder.path())?;
/// assert_eq!(AttentionExamples::read(folder.path())?, examples);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttentionExamples {
    /// Attention-enriched k-mers, most enriched first.
    pub motifs: Vec<AttentionEnrichedKmer>,
    /// Example genes.
    pub tracks: Vec<GeneTrack>,
}

impl AttentionExamples {
    /// File of the attention-enriched k-mers: one row per k-mer and position.
    pub const KMER_FILE: &str = "attention_enriched_kmers.tsv";
    /// File of the example genes: one row per bin with its bases.
    pub const TRACK_FILE: &str = "gene_tracks.tsv";

    /// Reads and validates both files of a folder. Either file may consist of a header only.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line and column: a value out of range, or rows of a k-mer or gene that are
    /// not consecutive.
    pub fn read(dir: &Path) -> Result<Self> {
        let motifs = kmer_file::read(&dir.join(Self::KMER_FILE))?;
        let tracks = gene_track_file::read(&dir.join(Self::TRACK_FILE))?;
        Ok(Self { motifs, tracks })
    }

    /// Validates both tables and writes them into an existing folder.
    ///
    /// # Errors
    ///
    /// A k-mer or track that [`AttentionExamples::read`] would reject; a file that cannot be written.
    pub fn write(&self, dir: &Path) -> Result<()> {
        let motifs = kmer_file::records(&self.motifs)?;
        let tracks = gene_track_file::records(&self.tracks)?;
        write_records(&dir.join(Self::KMER_FILE), b'\t', &kmer_file::COLUMNS, &motifs)?;
        write_records(&dir.join(Self::TRACK_FILE), b'\t', &gene_track_file::COLUMNS, &tracks)?;
        Ok(())
    }
}

/// Value of a cell.
fn parse_cell<T: std::str::FromStr>(column: &str, text: &str, expected: &'static str) -> Result<T, TableProblem> {
    text.parse().map_err(|_| out_of_range(column, text, expected))
}

fn out_of_range(column: &str, text: &str, expected: &'static str) -> TableProblem {
    TableProblem::OutOfRange { column: column.to_owned(), text: text.to_owned(), expected }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn motif() -> AttentionEnrichedKmer {
        AttentionEnrichedKmer {
            consensus: "GCN".into(),
            sites: 12,
            log2_enrichment: 1.0 / 3.0,
            median_position_bp: -47,
            counts: vec![[0, 0, 12, 0], [1, 10, 0, 1], [3, 3, 3, 2]],
        }
    }

    pub(crate) fn track() -> GeneTrack {
        GeneTrack {
            gene_id: "ENSG1".into(),
            gene_name: Some("GATA1".into()),
            start_bp: -5,
            bin_bp: 4,
            weights: vec![0.25, 0.5, 0.25],
            sequence: "ACGTNACGTA".into(),
            measured: 4.125,
            predicted: -0.5,
        }
    }

    #[test]
    fn attention_examples_round_trip_preserves_content() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let unnamed = GeneTrack { gene_id: "ENSG2".into(), gene_name: None, ..track() };
        let other = AttentionEnrichedKmer { consensus: "T".into(), sites: 2, counts: vec![[0, 0, 0, 2]], ..motif() };
        let examples = AttentionExamples { motifs: vec![motif(), other], tracks: vec![track(), unnamed] };
        examples.write(dir.path()).expect("writable");
        assert_eq!(AttentionExamples::read(dir.path()).expect("readable"), examples);
        let none = AttentionExamples::default();
        none.write(dir.path()).expect("writable");
        assert_eq!(AttentionExamples::read(dir.path()).expect("readable"), none);
    }

    #[test]
    fn attention_examples_invalid_track_writes_no_file() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let bad = GeneTrack { measured: f64::NAN, ..track() };
        let examples = AttentionExamples { motifs: vec![motif()], tracks: vec![bad] };
        let error = examples.write(dir.path()).expect_err("NaN").to_string();
        assert_eq!(error, "gene tracks, row 1: column measured: `NaN` found; expected a finite number");
        assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 0);
    }
}
