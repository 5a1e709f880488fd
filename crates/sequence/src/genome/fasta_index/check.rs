//! Check that an index matches its FASTA file: an index of another file would silently give wrong bases.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use noodles::bgzf::gzi;
use noodles::fasta::fai;

use super::FastaIndex;
use crate::SequenceError;
use crate::file_kind::BYTE_ORDER_MARK;
use crate::genome::fasta_text::FastaText;
use crate::genome::genome_bytes::GenomeBytes;
use crate::gzip::{END_BLOCK, bgzip_block_bytes};
use crate::text_file::open_file;

/// Number of contigs, lines and blocks of a bgzip file that are read, so that a genome of many scaffolds opens fast. All
/// contigs of a plain file are read.
const BGZIP_SAMPLES: usize = 1000;

/// Gaps between two contigs up to this length hold a header and nothing else, in bytes; longer ones are always read.
const HEADER_BYTES: u64 = 512;

/// Longest gap between the last base of a contig and the first base of the next, in bytes.
const MAX_GAP_BYTES: u64 = 1 << 20;

/// Most blanks and line end characters of a line.
const MAX_LINE_END_BYTES: u64 = 1024;

/// Bytes at the start of a bgzip block that contain its size.
const BLOCK_START_BYTES: u64 = 64;

/// Checks that the contigs of an index fill the file: the file starts with the header of the first contig, exactly the
/// header of the next contig follows the last base of each, nothing follows the last contig, lines break where the
/// index says, and the blocks of a bgzip file are where the index says.
pub(super) fn matches_file(index: &FastaIndex, text: &FastaText) -> Result<bool, SequenceError> {
    let bytes = GenomeBytes::open(text, index.gzi.clone())?;
    // A position that cannot be read is a mismatch too.
    let blocks_match = match (&index.gzi, text.file()) {
        (Some(gzi), Some(path)) => blocks_match(gzi, &mut open_file(path)?).unwrap_or(false),
        _ => true,
    };
    let samples = if text.is_bgzip() { BGZIP_SAMPLES } else { usize::MAX };
    Ok(blocks_match && contigs_match(index.fai.as_ref(), &bytes, samples).unwrap_or(false))
}

fn contigs_match(records: &[fai::Record], bytes: &GenomeBytes, samples: usize) -> io::Result<bool> {
    let mut names = HashSet::new();
    if records.is_empty() || !records.iter().all(|record| has_valid_lines(record) && names.insert(record.name())) {
        return Ok(false);
    }
    let step = records.len().div_ceil(samples);
    let mut end = 0;
    for (at, record) in records.iter().enumerate() {
        let gap = end..record.position();
        if gap.start >= gap.end || gap.end - gap.start > MAX_GAP_BYTES {
            return Ok(false);
        }
        let is_sampled = at.is_multiple_of(step) || at + 1 == records.len() || gap.end - gap.start > HEADER_BYTES;
        if is_sampled && !(is_header(record, &bytes.read(gap)?, at == 0) && lines_match(record, bytes)?) {
            return Ok(false);
        }
        end = byte_offset(record, record.length() - 1)? + 1;
    }
    let rest = bytes.read(end..end.saturating_add(MAX_GAP_BYTES))?;
    Ok((rest.len() as u64) < MAX_GAP_BYTES && rest.iter().all(u8::is_ascii_whitespace))
}

fn has_valid_lines(record: &fai::Record) -> bool {
    let (bases, width) = (record.line_base_count().get(), record.line_width().get());
    record.length() > 0 && width > bases && width - bases <= MAX_LINE_END_BYTES
}

/// Whether the text between two contigs is the rest of a line, blank lines, headers of empty contigs, and the header of
/// `record`.
fn is_header(record: &fai::Record, gap: &[u8], is_first: bool) -> bool {
    let gap = if is_first { gap.strip_prefix(BYTE_ORDER_MARK).unwrap_or(gap) } else { gap };
    let Some(gap) = gap.strip_suffix(b"\n") else { return false };
    let mut lines = gap.split(|&byte| byte == b'\n');
    // The rest of the line of the last base; the first contig has none before it.
    if !is_first && !lines.next().is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace)) {
        return false;
    }
    let mut last = None;
    for line in lines {
        last = line.strip_prefix(b">");
        if last.is_none() && !line.iter().all(u8::is_ascii_whitespace) {
            return false;
        }
    }
    let words = last.map(|header| header.split(u8::is_ascii_whitespace));
    let name = words.and_then(|mut words| words.find(|word| !word.is_empty()));
    name == Some(record.name().as_ref())
}

/// Whether the contig starts and ends in a base, and its first, middle and last line breaks are in their places.
fn lines_match(record: &fai::Record, bytes: &GenomeBytes) -> io::Result<bool> {
    let last_line = (record.length() - 1) / record.line_base_count().get();
    for line in [1, last_line / 2, last_line] {
        if (1..=last_line).contains(&line) {
            let next = byte_offset(record, line * record.line_base_count().get())?;
            let line_end = record.line_width().get() - record.line_base_count().get();
            let around = bytes.read(next - line_end - 1..next + 1)?;
            let [before, line_end @ .., after] = &around[..] else { return Ok(false) };
            let is_break = line_end.last() == Some(&b'\n') && line_end.iter().all(u8::is_ascii_whitespace);
            if !(is_break && before.is_ascii_graphic() && after.is_ascii_graphic()) {
                return Ok(false);
            }
        }
    }
    let is_base = |range: Range<u64>| Ok::<_, io::Error>(bytes.read(range)?.first().is_some_and(u8::is_ascii_graphic));
    let last = byte_offset(record, record.length() - 1)?;
    Ok(is_base(record.position()..record.position() + 1)? && is_base(last..last + 1)?)
}

/// Whether the blocks of a bgzip file start where the index says and hold as many bytes; up to 1000 are read.
fn blocks_match(gzi: &gzi::Index, file: &mut File) -> io::Result<bool> {
    let starts: Vec<(u64, u64)> = [(0, 0)].iter().chain(gzi.as_ref()).copied().collect();
    let file_bytes = file.seek(SeekFrom::End(0))?;
    let step = starts.len().div_ceil(BGZIP_SAMPLES);
    for (at, &(start, decompressed)) in starts.iter().enumerate() {
        let next = starts.get(at + 1);
        if !at.is_multiple_of(step) && next.is_some() {
            continue;
        }
        let Some(end) = bgzip_block_bytes(&read_at(file, start, BLOCK_START_BYTES)?).map(|bytes| start + bytes) else {
            return Ok(false);
        };
        let length = read_at(file, end.saturating_sub(4), 4)?;
        let length = length.first_chunk().map(|&length| u64::from(u32::from_le_bytes(length)));
        // Only empty blocks, which the index omits, can be between two blocks of the index.
        let (next_start, next_decompressed) =
            next.copied().unwrap_or((file_bytes, decompressed.saturating_add(length.unwrap_or(0))));
        let has_only_empty_blocks =
            next_start.checked_sub(end).is_some_and(|between| between.is_multiple_of(END_BLOCK.len() as u64));
        if !has_only_empty_blocks || length != next_decompressed.checked_sub(decompressed) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn read_at(file: &mut File, start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Byte offset of a base of a contig, before compression.
pub(in crate::genome) fn byte_offset(record: &fai::Record, base: u64) -> io::Result<u64> {
    let (bases, width) = (record.line_base_count().get(), record.line_width().get());
    let in_contig = (base / bases).checked_mul(width).and_then(|line| line.checked_add(base % bases));
    in_contig
        .and_then(|offset| offset.checked_add(record.position()))
        .filter(|&byte| byte < u64::MAX / 2)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the index points past any file"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::genome::fasta_index::build::build_index;
    use crate::text_file::tests::{bgzip, file_of};

    fn matches(fai: &str, content: &[u8]) -> bool {
        let text = FastaText::Memory(Arc::new(content.to_vec()));
        let fai = fai::io::Reader::new(fai.as_bytes()).read_index().unwrap();
        matches_file(&FastaIndex { fai, gzi: None }, &text).unwrap()
    }

    #[test]
    fn matches_file_correct_index_is_accepted() {
        let fai = "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t3\n";
        assert!(matches(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT\n"));
        assert!(matches(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT"));
        assert!(matches(fai, b">chr1 first\nACGT\nAC\n>chr2\nTT\n \n"));
        assert!(matches("a\t4\t6\t4\t6\nb\t2\t19\t2\t3\n", b"\xef\xbb\xbf>a\nACGT \n>e\n\n>b\nTT"));
        assert!(matches("a\t8\t5\t4\t6\n", b"\n> a\nACGT\r\nACGT\r\n"));
    }

    #[test]
    fn matches_file_any_deviation_is_rejected() {
        let content = b">chr1 first\nACGT\nAC\n>chr2\nTT\n";
        for wrong in [
            "",
            "chr1\t6\t12\t4\t5\n",                      // a contig was added to the file
            "chr2\t2\t26\t2\t3\n",                      // the first contig is missing
            "chr1\t6\t11\t4\t5\nchr2\t2\t26\t2\t3\n",   // starts one byte early
            "chr1\t5\t12\t4\t5\nchr2\t2\t26\t2\t3\n",   // one base short
            "chr1\t7\t12\t4\t5\nchr2\t2\t26\t2\t3\n",   // one base long
            "chrA\t6\t12\t4\t5\nchr2\t2\t26\t2\t3\n",   // another name
            "chr1\t6\t12\t4\t5\nchr2\t2\t2600\t2\t3\n", // past the end
            "chr1\t6\t12\t4\t5\nchr2\t0\t26\t2\t3\n",   // no bases
            "chr1\t6\t12\t4\t5\nchr2\t18446744073709551615\t26\t2\t3\n", // past any file
            "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t9999\n", // lines far longer than their bases
            "chr1\t6\t12\t3\t4\nchr2\t2\t26\t2\t3\n",   // other line lengths
            "chr1\t6\t12\t5\t6\nchr2\t2\t26\t2\t3\n",
            "chr2\t2\t26\t2\t3\nchr1\t6\t12\t4\t5\n", // another order
            "chr1\t6\t12\t4\t5\nchr2\t2\t26\t2\t3\nchr3\t2\t29\t2\t3\n", // one contig too many
            "chr1\t6\t12\t4\t5\nchr1\t2\t26\t2\t3\n", // a name twice
        ] {
            assert!(!matches(wrong, content), "{wrong}");
        }
    }

    #[test]
    fn matches_file_index_of_some_contigs_is_rejected() {
        let content = b">a\nACGT\n>b\nGGGG\n>c\nTTTT\n";
        let rows = ["a\t4\t3\t4\t5\n", "b\t4\t11\t4\t5\n", "c\t4\t19\t4\t5\n"];
        assert!(matches(&rows.concat(), content));
        for missing in 0..3 {
            let fai: String = rows.iter().enumerate().filter(|&(at, _)| at != missing).map(|(_, row)| *row).collect();
            assert!(!matches(&fai, content), "{fai}");
        }
    }

    #[test]
    fn matches_file_equal_length_with_other_lines_is_rejected() {
        // Lines of 4 and of 5 bases fill 15 bytes both.
        let fai = "a\t12\t3\t4\t5\n";
        assert!(matches(fai, b">a\nACGT\nACGT\nACGT\n"));
        assert!(!matches(fai, b">a\nACGTA\nCGTAC\nGT\n"));
    }

    #[test]
    fn matches_file_block_index_of_another_file_is_rejected() {
        let text = b">a\nACGT\nACGT\nAC\n>b\nTTTT\n";
        let (_folder, path) = file_of("x.fa.gz", &bgzip(text));
        let text = FastaText::Bgzip(path.clone());
        let index = build_index(&path, &text, &mut |_| {}).unwrap();
        assert!(matches_file(&index, &text).unwrap());
        let blocks = index.gzi.as_ref().unwrap().as_ref().to_vec();
        for wrong in 0..blocks.len() {
            let mut shorter = blocks.clone();
            shorter.remove(wrong);
            let mut moved = blocks.clone();
            moved[wrong].0 += 1;
            let mut longer = blocks.clone();
            longer[wrong].1 += 1;
            for gzi in [shorter, moved, longer] {
                let index = FastaIndex { fai: index.fai.clone(), gzi: Some(gzi::Index::from(gzi)) };
                assert!(!matches_file(&index, &text).unwrap(), "{index:?}");
            }
        }
    }
}
