//! What a model reads where it looks: words over-represented under its attention, and the tracks of single genes.

mod motif_file;
mod track_file;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::error::Result;
use crate::partial_file::write_whole;
use crate::table_error::{TableError, TableProblem};

/// An aligned word that is over-represented where attention is high.
#[derive(Debug, Clone, PartialEq)]
pub struct AttendedMotif {
    /// Most frequent base of each column, such as `GGGCGG`.
    pub consensus: String,
    /// Attended places at which it was found.
    pub sites: u32,
    /// log2 of how often it stands in attended bins over how often attention by position alone would have it there.
    pub log2_enrichment: f64,
    /// Median position of its sites relative to the TSS, in bp; negative is upstream.
    pub median_position_bp: i32,
    /// Sites with A, C, G and T in each column.
    pub counts: Vec<[u32; 4]>,
}

/// Attention along the window of one gene, with its bases.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneTrack {
    /// Gene identifier.
    pub gene_id: String,
    /// Gene name, where known.
    pub gene_name: Option<String>,
    /// Position of the first base relative to the TSS, in bp.
    pub start_bp: i32,
    /// Bases under one weight.
    pub bin_bp: u32,
    /// Attention weight of each bin, first to last.
    pub weights: Vec<f64>,
    /// Bases of the window, sense strand, N where unknown.
    pub sequence: String,
    /// Mean measured log2(TPM + 1) over the cell types.
    pub measured: f64,
    /// Mean predicted log2(TPM + 1) over the cell types.
    pub predicted: f64,
}

/// Motifs and example genes, as a model writes them and evaluation draws them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttentionExamples {
    /// Motifs, most enriched first.
    pub motifs: Vec<AttendedMotif>,
    /// Example genes.
    pub tracks: Vec<GeneTrack>,
}

impl AttentionExamples {
    /// File of the motifs in a folder: a row for each column of a motif.
    pub const MOTIF_FILE: &str = "attention_enriched_kmers.tsv";
    /// File of the example genes: a row for each bin with its bases.
    pub const TRACK_FILE: &str = "gene_tracks.tsv";

    /// Reads and checks both files of a folder. Either may hold a header alone.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line and column: a value out of range, columns of a motif or bins of a gene
    /// that do not follow on one another.
    pub fn read(dir: &Path) -> Result<Self> {
        let motifs = motif_file::read(&dir.join(Self::MOTIF_FILE))?;
        let tracks = track_file::read(&dir.join(Self::TRACK_FILE))?;
        Ok(Self { motifs, tracks })
    }

    /// Checks both tables and writes them into a folder that is there.
    ///
    /// # Errors
    ///
    /// A motif or track that [`AttentionExamples::read`] would refuse; a file that cannot be written.
    pub fn write(&self, dir: &Path) -> Result<()> {
        let motifs = motif_file::records(&self.motifs)?;
        let tracks = track_file::records(&self.tracks)?;
        write_records(&dir.join(Self::MOTIF_FILE), &motif_file::COLUMNS, &motifs)?;
        write_records(&dir.join(Self::TRACK_FILE), &track_file::COLUMNS, &tracks)?;
        Ok(())
    }
}

fn write_records(path: &Path, header: &[&str], records: &[Vec<String>]) -> Result<(), TableError> {
    let written = write_whole(path, |file| {
        let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(BufWriter::new(file));
        writer.write_record(header)?;
        for record in records {
            writer.write_record(record)?;
        }
        writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?.flush()
    });
    written.map_err(|error| TableError::in_file(path, TableProblem::Write(error)))
}

/// A cell as a value, or what is wrong with it.
fn parsed<T: std::str::FromStr>(column: &str, text: &str, expected: &'static str) -> Result<T, TableProblem> {
    text.parse().map_err(|_| out_of_range(column, text, expected))
}

fn out_of_range(column: &str, text: &str, expected: &'static str) -> TableProblem {
    TableProblem::OutOfRange { column: column.to_owned(), text: text.to_owned(), expected }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn motif() -> AttendedMotif {
        AttendedMotif {
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
    fn examples_come_back_as_written() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let unnamed = GeneTrack { gene_id: "ENSG2".into(), gene_name: None, ..track() };
        let other = AttendedMotif { consensus: "T".into(), sites: 2, counts: vec![[0, 0, 0, 2]], ..motif() };
        let examples = AttentionExamples { motifs: vec![motif(), other], tracks: vec![track(), unnamed] };
        examples.write(dir.path()).expect("writable");
        assert_eq!(AttentionExamples::read(dir.path()).expect("readable"), examples);
        let none = AttentionExamples::default();
        none.write(dir.path()).expect("writable");
        assert_eq!(AttentionExamples::read(dir.path()).expect("readable"), none);
    }

    #[test]
    fn nothing_is_written_of_examples_that_are_not_sound() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let bad = GeneTrack { measured: f64::NAN, ..track() };
        let examples = AttentionExamples { motifs: vec![motif()], tracks: vec![bad] };
        let error = examples.write(dir.path()).expect_err("NaN").to_string();
        assert_eq!(error, "gene tracks, row 1: column measured: `NaN` found; expected a finite number");
        assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 0);
    }
}
