//! Sequences of an assay, from FASTA or a table.

use std::io::BufRead;
use std::path::Path;

use tatabox_sequence::{FastaRecords, Sequence, SequenceError};

use super::AssaySource;
use super::chromosome::stated_contigs;
use super::values::{chromosome_column, id_column, sequence_column};
use crate::error::Result;
use crate::expression::is_missing;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_file::open_text;
use crate::io::text_table::TextTable;

/// Sequence with its location in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InputSequence {
    pub id: String,
    /// Contigs stated by the header, identifier or column.
    pub contigs: Vec<String>,
    /// Sequence, or the reason why it cannot be used.
    pub sequence: Result<Sequence, String>,
    pub location: TableLocation,
}

/// Whether a file is FASTA: its first line that is not blank begins with `>`.
pub(super) fn is_fasta(path: &Path) -> Result<bool> {
    let mut text = open_text(path)?;
    loop {
        let start =
            text.fill_buf().map_err(|error| TableError::in_file(path, TableProblem::Damaged(error.to_string())))?;
        let Some(at) = start.iter().position(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte))
        else {
            let length = start.len();
            if length == 0 {
                return Ok(false);
            }
            text.consume(length);
            continue;
        };
        return Ok(start[at] == b'>');
    }
}

/// Sequence of the letters in a cell.
pub(super) fn sequence_of(letters: &str) -> Result<Sequence, String> {
    let letters = letters.trim();
    if is_missing(letters) {
        return Err("no sequence".to_owned());
    }
    Sequence::from_ascii(letters.as_bytes()).map_err(|error| error.to_string())
}

/// Contigs of a row: those of the column, else those that the header or identifier states.
pub(super) fn contigs_of(header: &str, cell: Option<&str>) -> Vec<String> {
    match cell.map(str::trim) {
        Some(cell) if !is_missing(cell) => vec![cell.to_owned()],
        _ => stated_contigs(header).into_iter().map(str::to_owned).collect(),
    }
}

/// Sequences of a FASTA file or table.
pub(super) fn read(source: &AssaySource, path: &Path) -> Result<Vec<InputSequence>> {
    if is_fasta(path)? { read_fasta(path) } else { Ok(read_table(source, path)?) }
}

fn read_fasta(path: &Path) -> Result<Vec<InputSequence>> {
    let headers = FastaRecords::headers(path)?;
    let mut sequences = Vec::with_capacity(headers.len());
    for (header, record) in headers.iter().zip(FastaRecords::open(path)?) {
        let number = sequences.len() as u64 + 1;
        let mut id = header.split_ascii_whitespace().next().unwrap_or_default().to_owned();
        let sequence = match record {
            Ok(record) => Ok(record.sequence),
            Err(SequenceError::UnnamedRecord { .. }) => Err("no name after '>'".to_owned()),
            Err(SequenceError::EmptyRecord { .. }) => Err("no sequence".to_owned()),
            Err(SequenceError::InvalidBase { source, .. }) => Err(source.to_string()),
            Err(SequenceError::ProteinRecord { position, letter, .. }) => {
                Err(format!("'{letter}' at position {position} (counted from 0) is an amino acid; expected DNA"))
            }
            Err(error) => return Err(error.into()),
        };
        if id.is_empty() {
            id = format!("record {number}");
        }
        let contigs = contigs_of(header, None);
        sequences.push(InputSequence { id, contigs, sequence, location: TableLocation::Row(number) });
    }
    Ok(sequences)
}

fn read_table(source: &AssaySource, path: &Path) -> Result<Vec<InputSequence>, TableError> {
    let mut table = TextTable::open(path)?;
    let id =
        id_column(&table, source.id_column.as_deref().filter(|&name| table.header.iter().any(|found| found == name)))?;
    let sequence = sequence_column(&table, source.sequence_column.as_deref())?;
    // With a separate table of values, either table may have the column.
    let chromosome = source.chromosome_column.as_deref().filter(|&name| table.header.iter().any(|found| found == name));
    let chromosome = chromosome_column(&table, chromosome)?;
    let mut sequences = Vec::new();
    while let Some((location, cells)) = table.next_row()? {
        let id = cells[id].trim().to_owned();
        let contigs = contigs_of(&id, chromosome.map(|column| &cells[column]));
        sequences.push(InputSequence { contigs, sequence: sequence_of(&cells[sequence]), location, id });
    }
    Ok(sequences)
}
