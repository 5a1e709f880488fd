//! Tables of the findings of an audit.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::duplicates::DuplicatePair;
use super::overlaps::OverlapPair;
use crate::error::Result;
use crate::io::atomic_write::atomic_write;
use crate::io::table_error::{TableError, TableProblem};

/// File of the pairs of windows with the same sequence, in the folder of an audit.
pub const DUPLICATES_FILE: &str = "duplicates.tsv";
/// File of the pairs of windows that overlap on the genome, in the folder of an audit.
pub const OVERLAPS_FILE: &str = "overlaps.tsv";

pub(super) fn write_duplicates(path: &Path, pairs: &[DuplicatePair]) -> Result<()> {
    let columns = ["gene_id", "split", "other_gene_id", "other_split", "kind", "shared_bp"];
    let cells = pairs.iter().map(|pair| {
        [
            pair.gene_id.clone(),
            pair.split.to_string(),
            pair.other_gene_id.clone(),
            pair.other_split.to_string(),
            pair.kind.to_string(),
            pair.shared_bp.to_string(),
        ]
    });
    write_tsv(path, columns, cells)
}

pub(super) fn write_overlaps(path: &Path, pairs: &[OverlapPair]) -> Result<()> {
    let columns = ["gene_id", "split", "other_gene_id", "other_split", "contig", "start", "overlap_bp"];
    let cells = pairs.iter().map(|pair| {
        [
            pair.gene_id.clone(),
            pair.split.to_string(),
            pair.other_gene_id.clone(),
            pair.other_split.to_string(),
            pair.contig.clone(),
            pair.start.to_string(),
            pair.overlap_bp.to_string(),
        ]
    });
    write_tsv(path, columns, cells)
}

/// Atomically writes a header and rows as TSV.
pub(super) fn write_tsv<const N: usize>(
    path: &Path,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<()> {
    let written = atomic_write(path, |file| {
        let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(BufWriter::new(file));
        writer.write_record(columns)?;
        for row in rows {
            writer.write_record(row)?;
        }
        writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?.flush()
    });
    written.map_err(|error| TableError::in_file(path, TableProblem::Write(error)).into())
}
