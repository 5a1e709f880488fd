//! Construction of a FASTA index in one pass over the file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use noodles::bgzf::{self, gzi};
use noodles::fasta::{self, fai};

use super::IndexProgress;
use super::fasta_index::FastaIndex;
use super::reference_genome::genome_read_error;
use crate::SequenceError;
use crate::gzip::BgzipEnd;
use crate::text_file::open_file;

/// Bytes between two progress reports.
const PROGRESS_BYTES: u64 = 16 << 20;

/// Size of the read buffer, in bytes.
const BUFFER_BYTES: usize = 1 << 18;

/// Size of a bgzip block header up to its size field, and of its trailer (checksum and length), in bytes.
const BLOCK_HEADER_BYTES: usize = 18;
const BLOCK_TRAILER_BYTES: usize = 8;

/// Reads the file and records the offsets of its contigs and of its compressed blocks.
pub(crate) fn build_index(
    path: &Path,
    is_bgzip: bool,
    progress: &mut dyn FnMut(IndexProgress),
) -> Result<FastaIndex, SequenceError> {
    let file = open_file(path)?;
    let bytes_total = file.metadata().map_err(|error| genome_read_error(path, None, &error))?.len();
    let reader = ProgressReader { file, bytes_done: 0, bytes_reported: 0, bytes_total, progress };
    let fai = if is_bgzip {
        let indexed = index_contigs(path, bgzf::io::Reader::new(BufReader::with_capacity(BUFFER_BYTES, reader)));
        indexed.map_err(|error| plain_gzip_error(path).unwrap_or(error))?
    } else {
        index_contigs(path, BufReader::with_capacity(BUFFER_BYTES, reader))?
    };
    let gzi = if is_bgzip {
        let blocks = BufReader::with_capacity(BUFFER_BYTES, open_file(path)?);
        Some(index_blocks(blocks).map_err(|error| genome_read_error(path, None, &error))?)
    } else {
        None
    };
    Ok(FastaIndex { fai, gzi })
}

/// Error of a bgzip file with a plain gzip member, which noodles reports as damage.
fn plain_gzip_error(path: &Path) -> Option<SequenceError> {
    let end = BgzipEnd::after_blocks(&mut BufReader::new(open_file(path).ok()?)).ok()?;
    (end == BgzipEnd::PlainGzip).then(|| SequenceError::MixedGzip { path: path.to_owned() })
}

fn index_contigs(path: &Path, reader: impl BufRead) -> Result<fai::Index, SequenceError> {
    let mut indexer = fasta::io::Indexer::new(reader);
    let mut records = Vec::new();
    loop {
        match indexer.index_record() {
            Ok(Some(record)) => records.push(record),
            Ok(None) => return Ok(fai::Index::from(records)),
            Err(error) => return Err(index_error(path, &records, &error.into())),
        }
    }
}

/// Error of the indexer. noodles distinguishes a failed read from a layout that no index can describe by the kind of
/// error alone.
fn index_error(path: &Path, records: &[fai::Record], error: &io::Error) -> SequenceError {
    if error.kind() == io::ErrorKind::InvalidInput {
        let after = records
            .last()
            .map_or_else(|| "the first contig".to_owned(), |last| format!("the contig after '{}'", last.name()));
        return SequenceError::UnindexableFasta { path: path.to_owned(), detail: format!("{after}: {error}") };
    }
    genome_read_error(path, None, error)
}

/// Reads the headers of the blocks of a bgzip file without decompression (SAM specification, section 4.1).
fn index_blocks(mut reader: impl Read) -> io::Result<gzi::Index> {
    let mut starts = Vec::new();
    let (mut compressed, mut decompressed) = (0u64, 0u64);
    let mut block = Vec::new();
    loop {
        block.clear();
        if reader.by_ref().take(BLOCK_HEADER_BYTES as u64).read_to_end(&mut block)? == 0 {
            return Ok(gzi::Index::from(starts));
        }
        let size = match block.last_chunk() {
            Some(&size) if block.len() == BLOCK_HEADER_BYTES => usize::from(u16::from_le_bytes(size)) + 1,
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        let rest = size.saturating_sub(BLOCK_HEADER_BYTES);
        if reader.by_ref().take(rest as u64).read_to_end(&mut block)? < rest || rest < BLOCK_TRAILER_BYTES {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let length = block.last_chunk().map_or(0, |&length| u32::from_le_bytes(length));
        // The first block starts at 0 in both and is omitted, as in the output of bgzip.
        if compressed > 0 && length > 0 {
            starts.push((compressed, decompressed));
        }
        compressed += size as u64;
        decompressed += u64::from(length);
    }
}

/// File reader that reports its progress.
struct ProgressReader<'a> {
    file: File,
    bytes_done: u64,
    bytes_reported: u64,
    bytes_total: u64,
    progress: &'a mut dyn FnMut(IndexProgress),
}

impl Read for ProgressReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes_done += read as u64;
        if read == 0 || self.bytes_done - self.bytes_reported >= PROGRESS_BYTES {
            self.bytes_reported = self.bytes_done;
            (self.progress)(IndexProgress { bytes_done: self.bytes_done, bytes_total: self.bytes_total });
        }
        Ok(read)
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
        assert!(message.contains("the contig after 'chr1'"), "{message}");
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
        let index = index_blocks(&complete[..]).unwrap();
        let [(compressed, decompressed)] = index.as_ref() else { panic!("{index:?}") };
        assert_eq!(*decompressed, 3);
        assert_eq!(complete[*compressed as usize..][..2], [0x1f, 0x8b]);
    }
}
