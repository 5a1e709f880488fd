//! Construction of the index of a FASTA genome.

use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use noodles::bgzf::{self, gzi};
use noodles::fasta::fai;

use super::FastaIndex;
use super::contig_scanner::ContigScanner;
use crate::SequenceError;
use crate::file_kind::BYTE_ORDER_MARK;
use crate::genome::fasta_text::FastaText;
use crate::genome::genome_progress::{GenomeProgress, GenomeStage, ProgressReader};
use crate::genome::reference_genome::genome_read_error;
use crate::gzip::{GZIP_MAGIC, bgzip_block_bytes};
use crate::text_file::open_file;

/// Size of the read buffer, in bytes.
const BUFFER_BYTES: usize = 1 << 18;

/// Bytes at the start of a bgzip block up to its size, and of the length of its content at its end.
const BLOCK_HEADER_BYTES: u64 = 18;
const LENGTH_BYTES: u64 = 4;

/// Reads the text and records the offsets of its contigs and of its compressed blocks. `path` is the file as the user
/// gave it, for messages.
pub(super) fn build_index(
    path: &Path,
    text: &FastaText,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<FastaIndex, SequenceError> {
    match text {
        FastaText::Memory(bytes) => Ok(FastaIndex { fai: index_contigs(path, &bytes[..])?, gzi: None }),
        FastaText::Plain(file) => Ok(FastaIndex { fai: index_contigs(path, open(path, file, progress)?)?, gzi: None }),
        FastaText::Bgzip(file) => {
            let gzi = index_blocks(path, &mut BufReader::new(open_file(file)?))?;
            let fai = index_contigs(path, bgzf::io::Reader::new(open(path, file, progress)?))?;
            Ok(FastaIndex { fai, gzi: Some(gzi) })
        }
    }
}

fn open<'a>(
    path: &Path,
    file: &Path,
    progress: &'a mut dyn FnMut(GenomeProgress),
) -> Result<BufReader<ProgressReader<'a>>, SequenceError> {
    let reader = ProgressReader::new(open_file(file)?, GenomeStage::Index, progress).map_err(io_error(path))?;
    Ok(BufReader::with_capacity(BUFFER_BYTES, reader))
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> SequenceError {
    |error| genome_read_error(path, None, &error)
}

fn index_contigs(path: &Path, mut reader: impl BufRead) -> Result<fai::Index, SequenceError> {
    let mut scanner = ContigScanner::new(path);
    let mut is_start = true;
    loop {
        let text = reader.fill_buf().map_err(io_error(path))?;
        if text.is_empty() {
            return scanner.finish();
        }
        let mark = if is_start && text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        is_start = false;
        scanner.skip(mark as u64);
        scanner.read(&text[mark..])?;
        let read = text.len();
        reader.consume(read);
    }
}

/// Reads the headers of the blocks of a bgzip file without decompression (SAM specification, section 4.1).
///
/// # Errors
///
/// [`SequenceError::MixedGzip`] for a file with a plain gzip member, and errors of incomplete files.
fn index_blocks<R: Read + Seek>(path: &Path, reader: &mut BufReader<R>) -> Result<gzi::Index, SequenceError> {
    let failed = io_error(path);
    let mut starts = Vec::new();
    let (mut compressed, mut decompressed) = (0u64, 0u64);
    let mut header = Vec::new();
    loop {
        header.clear();
        reader.by_ref().take(BLOCK_HEADER_BYTES).read_to_end(&mut header).map_err(&failed)?;
        if header.is_empty() {
            return Ok(gzi::Index::from(starts));
        }
        let path = path.to_owned();
        let Some(size) = bgzip_block_bytes(&header) else {
            let is_gzip = header.starts_with(&GZIP_MAGIC);
            return Err(if is_gzip { SequenceError::MixedGzip { path } } else { SequenceError::TrailingData { path } });
        };
        let Some(rest) = size.checked_sub(BLOCK_HEADER_BYTES + LENGTH_BYTES) else {
            return Err(SequenceError::TruncatedGzip { path });
        };
        reader.seek_relative(rest.cast_signed()).map_err(&failed)?;
        let mut length = [0; LENGTH_BYTES as usize];
        if let Err(error) = reader.read_exact(&mut length) {
            let is_cut = error.kind() == io::ErrorKind::UnexpectedEof;
            return Err(if is_cut { SequenceError::TruncatedGzip { path } } else { failed(error) });
        }
        let length = u32::from_le_bytes(length);
        // The first block starts at 0 in both and is omitted, as in the output of bgzip.
        if compressed > 0 && length > 0 {
            starts.push((compressed, decompressed));
        }
        compressed += size;
        decompressed += u64::from(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::open_genome;
    use crate::text_file::tests::file_of;

    #[test]
    fn build_index_unequal_line_lengths_is_an_error() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACGT\n>chr2\nACGT\nAC\nACGT\n");
        let message = open_genome(&path).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("x.fa, line 6: bases of contig 'chr2' after line 5"), "{message}");
        assert!(message.contains("rewrap"), "{message}");
    }

    #[test]
    fn build_index_truncated_bgzip_is_an_error() {
        let complete = crate::text_file::tests::bgzip(b">chr1\nACGTACGTACGT\nACGTACGTTTTT\n");
        // The last 28 bytes are the empty block that ends the file; the cut also removes the end of the last line.
        let (_folder, path) = file_of("x.fa.gz", &complete[..complete.len() - 40]);
        let error = open_genome(&path).map(|_| ()).unwrap_err();
        assert!(matches!(error, SequenceError::TruncatedGzip { .. }), "{error}");
    }

    #[test]
    fn index_blocks_matches_bgzip() {
        // Blocks of 3 and 4 bytes and the empty last one give one entry, the start of the second.
        let complete = crate::text_file::tests::bgzip(b">a\nACG\n");
        let index = |bytes: &[u8]| index_blocks(Path::new("x"), &mut BufReader::new(io::Cursor::new(bytes.to_vec())));
        let blocks = index(&complete).unwrap();
        let [(compressed, decompressed)] = blocks.as_ref() else { panic!("{blocks:?}") };
        assert_eq!(*decompressed, 3);
        assert_eq!(complete[*compressed as usize..][..2], [0x1f, 0x8b]);
        for kept in 1..complete.len() - 28 {
            if kept as u64 != *compressed {
                assert!(index(&complete[..kept]).is_err(), "{kept}");
            }
        }
    }
}
