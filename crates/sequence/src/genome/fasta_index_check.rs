//! Check that an index matches its FASTA file: an index of an older file would silently give wrong bases.

use std::io;
use std::path::Path;

use noodles::fasta::fai;

use super::fasta_index::FastaIndex;
use super::genome_bytes::GenomeBytes;
use crate::SequenceError;

/// Number of contigs checked, so that a genome of many scaffolds opens fast.
const CONTIGS_CHECKED: usize = 200;

/// Longest header that is checked, in bytes.
const HEADER_BYTES: u64 = 1024;

/// Most bytes between the last base of a contig or line and the next content.
const GAP_BYTES: u64 = 16;

/// Checks up to 200 contigs, spread evenly and including the first and the last. The header with the contig's name must
/// precede each contig, and the next header or the end of the file must follow its last base. Line lengths are checked
/// for all contigs because they determine how much is read.
pub(crate) fn matches_file(index: &FastaIndex, path: &Path) -> Result<bool, SequenceError> {
    let records = index.fai.as_ref();
    let bytes = GenomeBytes::open(path, index.gzi.clone())?;
    let checked = records.len().min(CONTIGS_CHECKED);
    let matches = records.iter().all(has_valid_lines)
        && (0..checked).all(|i| {
            let spread = i * (records.len() - 1) / (checked - 1).max(1);
            // A position that cannot be read is a mismatch too.
            record_matches(&records[spread], &bytes).unwrap_or(false)
        });
    // The last contig must end the file, since the file may have grown by a contig.
    Ok(matches && records.last().is_some_and(|last| ends_file(last, &bytes).unwrap_or(false)))
}

fn has_valid_lines(record: &fai::Record) -> bool {
    let (bases, width) = (record.line_base_count().get(), record.line_width().get());
    (bases..=bases.saturating_add(GAP_BYTES)).contains(&width)
}

fn record_matches(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    if !header_matches(record, bytes)? {
        return Ok(false);
    }
    let after = after_last_base(record, bytes)?;
    Ok(after.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|&byte| byte == b'>'))
}

fn header_matches(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    let start = record.position().saturating_sub(HEADER_BYTES);
    let before = bytes.read(start..record.position())?;
    let Some(before) = before.strip_suffix(b"\n") else {
        return Ok(false);
    };
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map(|at| at + 1);
    let header = match line_start {
        Some(at) => &before[at..],
        None if start == 0 => before,
        // The header is longer than the bytes read, so its name is not visible.
        None => return Ok(true),
    };
    let name = header.strip_prefix(b">").and_then(|rest| rest.split(u8::is_ascii_whitespace).next());
    Ok(name == Some(record.name().as_ref()))
}

fn ends_file(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    Ok(after_last_base(record, bytes)?.iter().all(u8::is_ascii_whitespace))
}

/// Bytes after the last base of a contig; an error if the index does not point at a base.
fn after_last_base(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<Vec<u8>> {
    let last = record.length().checked_sub(1).ok_or(io::ErrorKind::InvalidData)?;
    let offset = byte_offset(record, last)?;
    let mut read = bytes.read(offset..offset.saturating_add(1 + GAP_BYTES))?;
    match read.first() {
        Some(byte) if byte.is_ascii_alphabetic() => Ok(read.split_off(1)),
        _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
    }
}

/// Byte offset of a base of a contig, before compression.
pub(super) fn byte_offset(record: &fai::Record, base: u64) -> io::Result<u64> {
    let (bases, width) = (record.line_base_count().get(), record.line_width().get());
    let in_contig = (base / bases).checked_mul(width).and_then(|line| line.checked_add(base % bases));
    in_contig
        .and_then(|offset| offset.checked_add(record.position()))
        .filter(|&byte| byte < u64::MAX)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the index points past any file"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::file_of;

    fn matches(fai: &str, content: &[u8]) -> bool {
        let (_folder, path) = file_of("x.fa", content);
        let fai = fai::io::Reader::new(fai.as_bytes()).read_index().unwrap();
        matches_file(&FastaIndex { fai, gzi: None }, &path).unwrap()
    }

    #[test]
    fn matches_file_correct_index_is_accepted() {
        let fai = "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t3\n";
        assert!(matches(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT\n"));
        assert!(matches(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT"));
        assert!(matches(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT\n\n"));
    }

    #[test]
    fn matches_file_any_deviation_is_rejected() {
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
            "chr1\t6\t12\t4\t5\nchr2\t18446744073709551615\t26\t2\t3\n", // past any file
            "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t99\n",  // lines far longer than their bases
        ] {
            assert!(!matches(wrong, content), "{wrong}");
        }
    }
}
