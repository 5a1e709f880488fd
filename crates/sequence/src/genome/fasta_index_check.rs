//! Whether an index fits a FASTA file: an index of an older file would give wrong bases without a word.

use std::io;
use std::path::Path;

use noodles::core::Position;
use noodles::fasta::fai;

use super::fasta_index::FastaIndex;
use super::genome_bytes::GenomeBytes;
use crate::SequenceError;

/// Contigs that are looked at, so that a genome of many scaffolds opens at once.
const CONTIGS_CHECKED: usize = 200;

/// Longest header that is looked at.
const HEADER_BYTES: u64 = 1024;

/// Most bytes between the last base of a contig or of a line and what follows it.
const GAP_BYTES: u64 = 16;

/// Looks at up to 200 contigs, spread evenly with the first and the last among them: before each must stand its header
/// with its name, and after its last base the next header or the end of the file. The line lengths of all must be
/// possible, since they tell how much is read.
pub(crate) fn matches_file(index: &FastaIndex, path: &Path) -> Result<bool, SequenceError> {
    let records = index.fai.as_ref();
    let bytes = GenomeBytes::open(path, index.gzi.clone())?;
    let checked = records.len().min(CONTIGS_CHECKED);
    let fitting = records.iter().all(lines_are_possible)
        && (0..checked).all(|i| {
            let spread = i * (records.len() - 1) / (checked - 1).max(1);
            // A position that cannot be read is as wrong as one that holds something else.
            record_fits(&records[spread], &bytes).unwrap_or(false)
        });
    // The last contig must be the end of the file; a file that grew by a contig would pass otherwise.
    Ok(fitting && records.last().is_some_and(|last| ends_file(last, &bytes).unwrap_or(false)))
}

fn lines_are_possible(record: &fai::Record) -> bool {
    let (bases, width) = (record.line_base_count().get(), record.line_width().get());
    (bases..=bases.saturating_add(GAP_BYTES)).contains(&width)
}

fn record_fits(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    if !header_names(record, bytes)? {
        return Ok(false);
    }
    let after = after_last_base(record, bytes)?;
    Ok(after.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|&byte| byte == b'>'))
}

fn header_names(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    let start = record.position().saturating_sub(HEADER_BYTES);
    let before = bytes.read(start..record.position())?;
    let Some(before) = before.strip_suffix(b"\n") else {
        return Ok(false);
    };
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map(|at| at + 1);
    let header = match line_start {
        Some(at) => &before[at..],
        None if start == 0 => before,
        // Longer than what was read: its name cannot be seen.
        None => return Ok(true),
    };
    let name = header.strip_prefix(b">").and_then(|rest| rest.split(u8::is_ascii_whitespace).next());
    Ok(name == Some(record.name().as_ref()))
}

fn ends_file(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    Ok(after_last_base(record, bytes)?.iter().all(u8::is_ascii_whitespace))
}

/// The bytes that follow the last base of a contig; an error where that is not a base.
fn after_last_base(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<Vec<u8>> {
    let last = Position::try_from(record.length() as usize).map_err(io::Error::other)?;
    let offset = record.query((last..).into())?;
    let mut read = bytes.read(offset..offset.saturating_add(1 + GAP_BYTES))?;
    match read.first() {
        Some(byte) if byte.is_ascii_alphabetic() => Ok(read.split_off(1)),
        _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::file_of;

    fn fits_after(fai: &str, content: &[u8]) -> bool {
        let (_folder, path) = file_of("x.fa", content);
        let fai = fai::io::Reader::new(fai.as_bytes()).read_index().unwrap();
        matches_file(&FastaIndex { fai, gzi: None }, &path).unwrap()
    }

    #[test]
    fn a_right_index_fits() {
        let fai = "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t3\n";
        assert!(fits_after(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT\n"));
        assert!(fits_after(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT"));
        assert!(fits_after(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT\n\n"));
    }

    #[test]
    fn any_shift_is_seen() {
        let content = b">chr1 first\nACGT\nAC\n>chr2\nTT\n";
        for wrong in [
            "",
            "chr1\t6\t12\t4\t5\n",                      // a contig was added to the file
            "chr1\t6\t11\t4\t5\nchr2\t2\t26\t2\t3\n",   // starts one byte early
            "chr1\t5\t12\t4\t5\nchr2\t2\t26\t2\t3\n",   // one base short
            "chr1\t7\t12\t4\t5\nchr2\t2\t26\t2\t3\n",   // one base long
            "chrA\t6\t12\t4\t5\nchr2\t2\t26\t2\t3\n",   // another name
            "chr1\t6\t12\t4\t5\nchr2\t2\t2600\t2\t3\n", // past the end
            "chr1\t6\t12\t4\t5\nchr2\t0\t26\t2\t3\n",   // no bases
            "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t99\n",  // lines far longer than their bases
        ] {
            assert!(!fits_after(wrong, content), "{wrong}");
        }
    }
}
