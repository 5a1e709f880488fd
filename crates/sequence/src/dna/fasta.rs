//! FASTA records, one after the other.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use needletail::errors::{ParseError, ParseErrorKind};
use needletail::parser::{FastaReader, FastxReader, SequenceRecord};

use super::Sequence;
use crate::SequenceError;
use crate::text_file::{TRUNCATED_GZIP, describe_first_byte, display_path, open_text, read_error};

/// Letters that stand for amino acids and not for nucleotides, and the stop `*`.
const AMINO_ACIDS: &[u8] = b"EFILPQZJOX*";

/// One record of a FASTA file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FastaRecord {
    /// First word of the header.
    pub id: String,
    /// The whole header line without `>`.
    pub header: String,
    /// The bases.
    pub sequence: Sequence,
    /// Which record of the file this is, counted from 1.
    pub record_number: u64,
}

impl FastaRecord {
    /// Value of a `key=value` word of the header.
    pub fn header_field(&self, key: &str) -> Option<&str> {
        self.header
            .split_ascii_whitespace()
            .skip(1)
            .find_map(|word| word.split_once('=').filter(|(name, _)| *name == key))
            .map(|(_, value)| value)
    }
}

/// The records of a FASTA file, plain or gzip, read one at a time.
///
/// A record that cannot be used (a bad base, no name, no sequence) is an error of its own, after which the next one
/// can be asked for; after an error of the file itself there are no more.
pub struct FastaRecords {
    path: PathBuf,
    reader: FastaReader<Box<dyn BufRead + Send>>,
    record_number: u64,
    finished: bool,
}

impl FastaRecords {
    /// Opens a FASTA file; `-` is standard input.
    ///
    /// # Errors
    ///
    /// [`SequenceError::FileNotFound`], [`SequenceError::EmptyFile`], [`SequenceError::NotFasta`],
    /// [`SequenceError::TruncatedGzip`] or [`SequenceError::Io`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        let mut text = open_text(path)?;
        match skip_blank(&mut text).map_err(|error| read_error(path, error))? {
            None => return Err(SequenceError::EmptyFile { path: display_path(path) }),
            Some(b'>') => {}
            Some(byte) => {
                return Err(SequenceError::NotFasta { path: display_path(path), found: describe_first_byte(byte) });
            }
        }
        Ok(Self { path: display_path(path), reader: FastaReader::new(text), record_number: 0, finished: false })
    }

    /// The number of records in a file, which has to be a file that can be read twice.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open) and of the file itself; what stands in the records is not looked at.
    pub fn count(path: impl AsRef<Path>) -> Result<u64, SequenceError> {
        Self::open(path)?.skip_records(u64::MAX)
    }

    /// Passes over records without looking at what stands in them; returns how many there were, at most `count`.
    ///
    /// # Errors
    ///
    /// Why the file cannot be read on.
    pub fn skip_records(&mut self, count: u64) -> Result<u64, SequenceError> {
        let mut passed = 0;
        while passed < count && !self.finished {
            match self.reader.next().map(|record| record.map(|_| ())) {
                None => self.finished = true,
                Some(Ok(())) => {
                    self.record_number += 1;
                    passed += 1;
                }
                Some(Err(error)) => {
                    self.finished = true;
                    return Err(self.file_error(&error));
                }
            }
        }
        Ok(passed)
    }

    fn file_error(&self, error: &ParseError) -> SequenceError {
        let path = self.path.clone();
        let record_number = self.record_number + 1;
        match error.kind {
            ParseErrorKind::Io if error.msg == TRUNCATED_GZIP => SequenceError::TruncatedGzip { path },
            // A last header line that nothing follows, not even a line break.
            ParseErrorKind::UnexpectedEnd => {
                SequenceError::EmptyRecord { path, record_number, id: "the last one".to_owned() }
            }
            _ => SequenceError::Io { path, source: std::io::Error::other(error.to_string()) },
        }
    }
}

impl Iterator for FastaRecords {
    type Item = Result<FastaRecord, SequenceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        match self.reader.next() {
            None => {
                self.finished = true;
                None
            }
            Some(Ok(raw)) => {
                self.record_number += 1;
                Some(read_record(&self.path, self.record_number, &raw))
            }
            Some(Err(error)) => {
                self.finished = true;
                Some(Err(self.file_error(&error)))
            }
        }
    }
}

fn read_record(path: &Path, record_number: u64, raw: &SequenceRecord<'_>) -> Result<FastaRecord, SequenceError> {
    let path = || path.to_owned();
    let header = String::from_utf8_lossy(raw.id()).trim().to_owned();
    let Some(id) = header.split_ascii_whitespace().next().map(str::to_owned) else {
        return Err(SequenceError::UnnamedRecord { path: path(), record_number });
    };
    let mut letters = raw.seq();
    let mut read = Sequence::from_ascii(&letters);
    // Spaces within lines are rare, so they are looked for only where something is wrong.
    if read.is_err() && letters.iter().any(u8::is_ascii_whitespace) {
        letters.to_mut().retain(|byte| !byte.is_ascii_whitespace());
        read = Sequence::from_ascii(&letters);
    }
    if letters.is_empty() {
        return Err(SequenceError::EmptyRecord { path: path(), record_number, id });
    }
    match read {
        Ok(sequence) => Ok(FastaRecord { id, header, sequence, record_number }),
        Err(invalid) if AMINO_ACIDS.contains(&invalid.byte.to_ascii_uppercase()) => Err(SequenceError::ProteinRecord {
            path: path(),
            record_number,
            id,
            position: invalid.position,
            letter: char::from(invalid.byte),
        }),
        Err(source) => Err(SequenceError::InvalidBase { path: path(), record_number, id, source }),
    }
}

/// Goes to the first byte that is no white space and returns it without taking it.
fn skip_blank(text: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let bytes = text.fill_buf()?;
        match bytes.iter().position(|byte| !byte.is_ascii_whitespace()) {
            Some(blank) => {
                let first = bytes[blank];
                text.consume(blank);
                return Ok(Some(first));
            }
            None if bytes.is_empty() => return Ok(None),
            None => {
                let blank = bytes.len();
                text.consume(blank);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    fn read(content: &[u8]) -> Result<Vec<FastaRecord>, SequenceError> {
        let (_folder, path) = file_of("x.fa", content);
        FastaRecords::open(path)?.collect()
    }

    #[test]
    fn headers_and_wrapped_lines_are_read() {
        let records = read(b"\n>g1 gene_name=GATA1 chrom=chrX \r\nACgt\r\nNN\r\n>g2\nTT").unwrap();
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].id, "g1");
        assert_eq!(records[0].header, "g1 gene_name=GATA1 chrom=chrX");
        assert_eq!(records[0].header_field("chrom"), Some("chrX"));
        assert_eq!(records[0].header_field("chr"), None);
        assert_eq!(records[0].sequence.to_ascii(), "ACGTNN");
        assert_eq!((records[1].id.as_str(), records[1].record_number), ("g2", 2));
        assert_eq!(records[1].sequence.to_ascii(), "TT");
    }

    #[test]
    fn records_are_counted_and_passed_over_whatever_stands_in_them() {
        // The second one has a base that is none, the third nothing.
        let (_folder, path) = file_of("x.fa", b">a\nAC\nGT\n>b\nA!\n>c\n>d\nTT\n");
        assert_eq!(FastaRecords::count(&path).unwrap(), 4);
        let mut records = FastaRecords::open(&path).unwrap();
        assert_eq!(records.skip_records(3).unwrap(), 3);
        let last = records.next().unwrap().unwrap();
        assert_eq!((last.id.as_str(), last.record_number), ("d", 4));
        assert_eq!(records.skip_records(1).unwrap(), 0);
    }

    #[test]
    fn gzip_is_recognised_by_content() {
        let records = read(&gzip(b">a\nACGT\n")).unwrap();
        assert_eq!(records[0].sequence.to_ascii(), "ACGT");
    }

    #[test]
    fn records_longer_than_any_buffer_are_whole() {
        let bases = "ACGTTGCA".repeat(100_000);
        let records = read(format!(">long\n{bases}\n>short\nA\n").as_bytes()).unwrap();
        assert_eq!(records[0].sequence.len(), 800_000);
        assert_eq!(records[0].sequence.to_ascii(), bases);
        assert_eq!(records[1].sequence.len(), 1);
    }

    #[test]
    fn files_that_are_not_fasta_are_refused() {
        assert!(matches!(FastaRecords::open("/no/such.fa"), Err(SequenceError::FileNotFound { .. })));
        assert!(matches!(read(b""), Err(SequenceError::EmptyFile { .. })));
        assert!(matches!(read(b" \n\n"), Err(SequenceError::EmptyFile { .. })));
        assert!(read(b"@r\nACGT\n+\nIIII\n").unwrap_err().to_string().contains("FASTQ"));
        assert!(matches!(read(b"ACGT\n"), Err(SequenceError::NotFasta { .. })));
    }

    #[test]
    fn truncated_gzip_is_named_as_such() {
        // Bases without a pattern, so that the compressed stream is long enough to be cut.
        let mut state = 1u32;
        let mut bases = String::new();
        for _ in 0..200_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bases.push(char::from(b"ACGT"[(state >> 30) as usize]));
        }
        let whole = gzip(format!(">a\n{bases}\n").as_bytes());
        for kept in [whole.len() / 2, whole.len() - 4, 5] {
            let error = read(&whole[..kept]).unwrap_err();
            assert!(matches!(error, SequenceError::TruncatedGzip { .. }), "{kept}: {error}");
        }
    }

    #[test]
    fn protein_and_bad_bytes_are_told_with_their_place() {
        let message = read(b">dna\nACGT\n>p53\nMEEPQSD\n").unwrap_err().to_string();
        assert!(message.contains("record 2 (p53) looks like protein: 'E' at position 1"), "{message}");
        let message = read(b">gapped\nACG\nT-A\n").unwrap_err().to_string();
        assert!(message.contains("record 1 (gapped): '-' at position 4"), "{message}");
    }

    #[test]
    fn a_bad_record_does_not_hide_the_next() {
        let (_folder, path) = file_of("x.fa", b">a\nAC-T\n>b\n\n>\nAC\n>d\nAC\n>e");
        let results: Vec<_> = FastaRecords::open(path).unwrap().collect();
        assert!(matches!(results[0], Err(SequenceError::InvalidBase { record_number: 1, .. })));
        assert!(matches!(results[1], Err(SequenceError::EmptyRecord { record_number: 2, .. })));
        assert!(matches!(results[2], Err(SequenceError::UnnamedRecord { record_number: 3, .. })));
        assert!(results[3].is_ok());
        assert!(matches!(results[4], Err(SequenceError::EmptyRecord { record_number: 5, .. })));
        assert_eq!(results.len(), 5);
    }
}
