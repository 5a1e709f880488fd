//! Streaming reader of FASTA records.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use needletail::errors::{ParseError, ParseErrorKind};
use needletail::parser::{FastaReader, FastxReader, SequenceRecord};

use super::Sequence;
use crate::SequenceError;
use crate::gzip::IncompleteGzip;
use crate::text_file::{describe_first_byte, display_path, open_sequences, read_error};

/// Letters of amino acids that are not nucleotide letters, and the stop `*`.
const AMINO_ACIDS: &[u8] = b"EFILPQZJOX*";

/// FASTA record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FastaRecord {
    /// Identifier: the header up to the first white space.
    pub id: String,
    /// Header line without `>`.
    pub header: String,
    /// Sequence of the record.
    pub sequence: Sequence,
    /// Number of the record in its file, counted from 1.
    pub record_number: u64,
}

impl FastaRecord {
    /// Value of a `key=value` field of the header.
    pub fn header_field(&self, key: &str) -> Option<&str> {
        header_field(&self.header, key)
    }
}

/// Value of a `key=value` field of the header of a FASTA record.
pub fn header_field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    header
        .split_ascii_whitespace()
        .skip(1)
        .find_map(|word| word.split_once('=').filter(|(name, _)| *name == key))
        .map(|(_, value)| value)
}

/// Text of a header line.
fn header_text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim().to_owned()
}

/// Iterator over the records of a FASTA file, plain or gzip.
///
/// An invalid record (invalid base, no name, no sequence) is returned as an error, and iteration continues with the
/// next record. After an error of the file itself, iteration ends.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::FastaRecords;
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-fasta-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("promoters.fa");
/// std::fs::write(&path, ">GATA1 strand=+ tss_offset=3\nTATAAAGG\n")?;
/// for record in FastaRecords::open(&path)? {
///     let record = record?;
///     assert_eq!(record.id, "GATA1");
///     assert_eq!(record.header_field("tss_offset"), Some("3"));
///     assert_eq!(record.sequence.len(), 8);
/// }
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// [`SequenceError::TruncatedGzip`], [`SequenceError::NoBgzipEnd`] or [`SequenceError::Io`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        let mut text = open_sequences(path)?;
        match skip_blank(&mut text).map_err(|error| read_error(path, error))? {
            None => return Err(SequenceError::EmptyFile { path: display_path(path) }),
            Some(b'>') => {}
            Some(byte) => {
                return Err(SequenceError::NotFasta { path: display_path(path), found: describe_first_byte(byte) });
            }
        }
        Ok(Self { path: display_path(path), reader: FastaReader::new(text), record_number: 0, finished: false })
    }

    /// Number of records in a file. The path must be a file that can be read twice, so not standard input.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open) and read errors; the content of records is not checked.
    pub fn count(path: impl AsRef<Path>) -> Result<u64, SequenceError> {
        Self::open(path)?.skip_records(u64::MAX)
    }

    /// Headers of all records in a file, without `>`; the sequences are not checked. The path must be a file that can be
    /// read twice.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open) and read errors.
    pub fn headers(path: impl AsRef<Path>) -> Result<Vec<String>, SequenceError> {
        let mut records = Self::open(path)?;
        let mut headers = Vec::new();
        while let Some(record) = records.reader.next() {
            match record.map(|record| header_text(record.id())) {
                Ok(header) => headers.push(header),
                Err(error) => match records.file_error(&error) {
                    // A header line at the end of the file.
                    SequenceError::EmptyRecord { .. } => {
                        headers.push(String::new());
                        break;
                    }
                    error => return Err(error),
                },
            }
            records.record_number += 1;
        }
        Ok(headers)
    }

    /// Skips up to `count` records without checking their content; returns how many were skipped.
    ///
    /// # Errors
    ///
    /// Read errors of the file.
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
            // needletail keeps only the text of a read error.
            ParseErrorKind::Io if error.msg == IncompleteGzip::EndsEarly.to_string() => {
                SequenceError::TruncatedGzip { path }
            }
            ParseErrorKind::Io if error.msg == IncompleteGzip::NoEndBlock.to_string() => {
                SequenceError::NoBgzipEnd { path }
            }
            ParseErrorKind::Io if error.msg == IncompleteGzip::TrailingData.to_string() => {
                SequenceError::TrailingData { path }
            }
            // A header line at the end of the file, without a line break.
            ParseErrorKind::UnexpectedEnd => {
                SequenceError::EmptyRecord { path, record_number, id: "the last record".to_owned() }
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
    if raw.id().trim_ascii_end().contains(&b'\r') {
        let detail = format!(
            "record {record_number}: a carriage return (CR) within the header; lines must end in LF or CR LF, so convert \
             the line ends: `tr '\\r' '\\n' < OLD > NEW`"
        );
        return Err(SequenceError::MalformedLine { path: path(), line: raw.start_line_number(), detail });
    }
    let header = header_text(raw.id());
    let Some(id) = header.split_ascii_whitespace().next().map(str::to_owned) else {
        return Err(SequenceError::UnnamedRecord { path: path(), record_number });
    };
    let mut letters = raw.seq();
    let mut read = Sequence::from_ascii(&letters);
    // Spaces within lines are rare, so they are only removed when the record does not parse.
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

/// Skips white space and returns the next byte without consuming it.
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
    fn next_record_reads_header_and_wrapped_lines() {
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
    fn skip_records_ignores_invalid_content() {
        // The second record has an invalid base, the third has no sequence.
        let (_folder, path) = file_of("x.fa", b">a\nAC\nGT\n>b\nA!\n>c\n>d\nTT\n");
        assert_eq!(FastaRecords::count(&path).unwrap(), 4);
        let mut records = FastaRecords::open(&path).unwrap();
        assert_eq!(records.skip_records(3).unwrap(), 3);
        let last = records.next().unwrap().unwrap();
        assert_eq!((last.id.as_str(), last.record_number), ("d", 4));
        assert_eq!(records.skip_records(1).unwrap(), 0);
    }

    #[test]
    fn open_gzip_is_recognised_by_content() {
        let records = read(&gzip(b">a\nACGT\n")).unwrap();
        assert_eq!(records[0].sequence.to_ascii(), "ACGT");
    }

    #[test]
    fn next_record_longer_than_buffer_is_complete() {
        let bases = "ACGTTGCA".repeat(100_000);
        let records = read(format!(">long\n{bases}\n>short\nA\n").as_bytes()).unwrap();
        assert_eq!(records[0].sequence.len(), 800_000);
        assert_eq!(records[0].sequence.to_ascii(), bases);
        assert_eq!(records[1].sequence.len(), 1);
    }

    #[test]
    fn open_other_formats_is_an_error() {
        assert!(matches!(FastaRecords::open("/no/such.fa"), Err(SequenceError::FileNotFound { .. })));
        assert!(matches!(read(b""), Err(SequenceError::EmptyFile { .. })));
        assert!(matches!(read(b" \n\n"), Err(SequenceError::EmptyFile { .. })));
        assert!(read(b"@r\nACGT\n+\nIIII\n").unwrap_err().to_string().contains("FASTQ"));
        assert!(matches!(read(b"ACGT\n"), Err(SequenceError::NotFasta { .. })));
        for content in [&b"PK\x03\x04\x14\0"[..], b"BZh91AY&SY\x01", b">a\rACGT\r>b\rACGT\r", b"<html>"] {
            assert!(matches!(read(content), Err(SequenceError::UnsupportedFile { .. })), "{}", content.escape_ascii());
        }
        let message = read(b">a\nAC\n>b\rACGT\n>c\nACGT\n").unwrap_err().to_string();
        assert!(message.contains("record 2: a carriage return"), "{message}");
    }

    #[test]
    fn next_record_truncated_gzip_is_an_error() {
        // Pseudorandom bases, so that the compressed stream is long enough to truncate.
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
    fn next_record_protein_or_invalid_byte_names_position() {
        let message = read(b">dna\nACGT\n>p53\nMEEPQSD\n").unwrap_err().to_string();
        assert!(message.contains("record 2 (p53) looks like protein: 'E' at position 1"), "{message}");
        let message = read(b">gapped\nACG\nT-A\n").unwrap_err().to_string();
        assert!(message.contains("record 1 (gapped): '-' at position 4"), "{message}");
    }

    #[test]
    fn next_record_continues_after_invalid_record() {
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
