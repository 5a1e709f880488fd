//! The bytes of a FASTA genome by position, decompressed where the file is bgzip.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use noodles::bgzf::{self, gzi};

use crate::SequenceError;
use crate::text_file::open_file;

/// Room made at once for what is read; a damaged index may ask for any amount.
const MAX_RESERVED_BYTES: u64 = 1 << 20;

/// A file that any number of threads read by position. They take turns at reading, which is short, and decompress side
/// by side.
pub(crate) struct GenomeBytes {
    file: Mutex<File>,
    gzi: Option<gzi::Index>,
}

impl GenomeBytes {
    /// Opens the file, with the index of its compressed blocks where it is bgzip.
    pub(crate) fn open(path: &Path, gzi: Option<gzi::Index>) -> Result<Self, SequenceError> {
        Ok(Self { file: Mutex::new(open_file(path)?), gzi })
    }

    /// The bytes at `range`, before line breaks are taken out; fewer where the file ends.
    pub(crate) fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let length = range.end.saturating_sub(range.start);
        let mut bytes = Vec::with_capacity(length.min(MAX_RESERVED_BYTES) as usize);
        let mut cursor = Cursor { file: &self.file, position: range.start };
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

/// A place of its own in a file that is shared.
struct Cursor<'a> {
    file: &'a Mutex<File>,
    position: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Whoever panicked left the file where it was, and each reading goes to its own place first.
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
    fn the_end_of_the_file_cuts_what_is_read() {
        let (_folder, path) = file_of("x.fa", b">a\nACGT\n");
        let bytes = GenomeBytes::open(&path, None).unwrap();
        assert_eq!(bytes.read(3..5).unwrap(), b"AC");
        assert_eq!(bytes.read(6..100).unwrap(), b"T\n");
        assert_eq!(bytes.read(100..u64::MAX).unwrap(), b"");
    }

    proptest! {
        /// Blocks of one line each, so that most ranges cross several.
        #[test]
        fn bgzip_reads_as_the_plain_text(
            lines in prop::collection::vec("[ACGT]{1,40}", 1..20),
            from in 0.0..1.0f64,
            length in 0u64..200,
        ) {
            // One contig a line, so that lines may be of any length.
            let text = format!(">c\n{}\n", lines.join("\n>c\n"));
            let (_folder, path) = file_of("x.fa.gz", &crate::genome::indexed_fasta::tests::bgzip(text.as_bytes()));
            open_genome(&path).unwrap();
            let gzi = gzi::fs::read(path.with_added_extension("gzi")).unwrap();
            let bytes = GenomeBytes::open(&path, Some(gzi)).unwrap();
            let start = (from * text.len() as f64) as usize;
            let end = text.len().min(start + length as usize);
            prop_assert_eq!(bytes.read(start as u64..start as u64 + length).unwrap(), &text.as_bytes()[start..end]);
        }
    }
}
