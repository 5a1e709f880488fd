//! Random access to the bytes of a FASTA genome, decompressed for bgzip.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use noodles::bgzf::{self, gzi};

use super::fasta_text::FastaText;
use crate::SequenceError;
use crate::text_file::open_file;

/// Largest buffer reserved before reading; a damaged index may request any amount.
const MAX_RESERVED_BYTES: u64 = 1 << 20;

/// Genome text shared by threads. Reads of a file alternate and are short; decompression runs in parallel.
pub(crate) struct GenomeBytes {
    source: Source,
    gzi: Option<gzi::Index>,
}

enum Source {
    File(Mutex<File>),
    Memory(Arc<Vec<u8>>),
}

impl GenomeBytes {
    /// Opens the text. bgzip needs the index of its compressed blocks.
    pub(super) fn open(text: &FastaText, gzi: Option<gzi::Index>) -> Result<Self, SequenceError> {
        let source = match text {
            FastaText::Plain(path) | FastaText::Bgzip(path) => Source::File(Mutex::new(open_file(path)?)),
            FastaText::Memory(bytes) => Source::Memory(Arc::clone(bytes)),
        };
        Ok(Self { source, gzi })
    }

    /// Bytes at `range`, including line breaks; fewer at the end of the text.
    pub(crate) fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let length = range.end.saturating_sub(range.start);
        let file = match &self.source {
            Source::File(file) => file,
            Source::Memory(bytes) => {
                let [start, end] = [range.start, range.end].map(|at| at.min(bytes.len() as u64) as usize);
                return Ok(bytes[start..end.max(start)].to_vec());
            }
        };
        let mut bytes = Vec::with_capacity(length.min(MAX_RESERVED_BYTES) as usize);
        let mut cursor = Cursor { file, position: range.start };
        match &self.gzi {
            None => cursor.take(length).read_to_end(&mut bytes)?,
            Some(gzi) => {
                cursor.position = 0;
                let mut blocks = bgzf::io::Reader::new(cursor);
                blocks.seek_by_uncompressed_position(gzi, range.start)?;
                blocks.take(length).read_to_end(&mut bytes)?
            }
        };
        Ok(bytes)
    }
}

/// Independent read position in a shared file.
struct Cursor<'a> {
    file: &'a Mutex<File>,
    position: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A panic elsewhere does not matter, because each read seeks first.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.position))?;
        let read = file.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(position) = to else {
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        };
        self.position = position;
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::open_genome;
    use crate::text_file::tests::file_of;

    #[test]
    fn read_past_end_of_file_is_truncated() {
        let (_folder, path) = file_of("x.fa", b">a\nACGT\n");
        for text in [FastaText::Plain(path), FastaText::Memory(Arc::new(b">a\nACGT\n".to_vec()))] {
            let bytes = GenomeBytes::open(&text, None).unwrap();
            assert_eq!(bytes.read(3..5).unwrap(), b"AC");
            assert_eq!(bytes.read(6..100).unwrap(), b"T\n");
            assert_eq!(bytes.read(100..u64::MAX).unwrap(), b"");
        }
    }

    proptest! {
        /// Each block holds one line, so that most ranges cross several blocks.
        #[test]
        fn read_bgzip_matches_plain_text(
            lines in prop::collection::vec("[ACGT]{1,40}", 1..20),
            from in 0.0..1.0f64,
            length in 0u64..200,
        ) {
            // One contig per line, so that lines may be of any length.
            let text: String = lines.iter().enumerate().map(|(number, line)| format!(">c{number}\n{line}\n")).collect();
            let (_folder, path) = file_of("x.fa.gz", &crate::text_file::tests::bgzip(text.as_bytes()));
            open_genome(&path).unwrap();
            let gzi = gzi::fs::read(path.with_added_extension("gzi")).unwrap();
            let bytes = GenomeBytes::open(&FastaText::Bgzip(path), Some(gzi)).unwrap();
            let start = (from * text.len() as f64) as usize;
            let end = text.len().min(start + length as usize);
            prop_assert_eq!(bytes.read(start as u64..start as u64 + length).unwrap(), &text.as_bytes()[start..end]);
        }
    }
}
