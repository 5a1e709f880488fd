//! Streaming reader of VCF and BCF files.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::bcf_reader::BcfReader;
use super::{MalformedRecord, VariantHeader, VariantRecord};
use crate::SequenceError;
use crate::text_file::{describe_first_byte, display_path, open_text, read_error};

/// Magic number of BCF version 2.
const BCF_MAGIC: &[u8] = b"BCF\x02";

/// VCF or BCF file, plain, gzip or bgzip, with the format recognised by content.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{VariantEntry, VariantFile};
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-vcf-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("x.vcf");
/// std::fs::write(
///     &path,
///     "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t5\trs1\tA\tC,G\t.\t.\t.\n",
/// )?;
/// let mut file = VariantFile::open(&path)?;
/// while let Some(entry) = file.next_entry()? {
///     match entry {
///         VariantEntry::Record(record) => assert_eq!(record.alternates().collect::<Vec<_>>(), ["C", "G"]),
///         VariantEntry::Malformed(malformed) => return Err(file.error(&malformed).into()),
///     }
/// }
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct VariantFile {
    path: PathBuf,
    header: VariantHeader,
    source: Source,
    /// Number of records read.
    records: u64,
}

enum Source {
    Vcf {
        reader: Box<dyn BufRead + Send>,
        /// Number of lines read.
        lines: u64,
    },
    Bcf(Box<BcfReader>),
}

/// Record of a variant file, or the error in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariantEntry {
    /// A valid record.
    Record(VariantRecord),
    /// A malformed record; reading continues with the next one.
    Malformed(MalformedRecord),
}

impl VariantFile {
    /// Opens a file and reads its header; `-` is standard input.
    ///
    /// # Errors
    ///
    /// [`SequenceError::NotVcf`], [`SequenceError::InvalidVariantHeader`], or a read error of the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        let mut reader = open_text(path)?;
        let start = reader.fill_buf().map_err(|error| read_error(path, error))?;
        if start.starts_with(BCF_MAGIC) {
            let (binary, header) = BcfReader::open(reader, path)?;
            return Ok(Self { path: path.to_owned(), header, source: Source::Bcf(Box::new(binary)), records: 0 });
        }
        if !start.starts_with(b"##fileformat=VCF") {
            let found = match start.first() {
                Some(b'#') => "another header line; add the missing line".to_owned(),
                first => describe_first_byte(first.copied().unwrap_or(b'\n')),
            };
            return Err(SequenceError::NotVcf { path: display_path(path), found });
        }
        let (header, lines) = read_header(&mut *reader, path)?;
        let source = Source::Vcf { reader, lines };
        Ok(Self { path: path.to_owned(), header, source, records: 0 })
    }

    /// Number of records in a file. The path must be a file that can be read twice, so not standard input.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open) and read errors.
    pub fn count(path: impl AsRef<Path>) -> Result<u64, SequenceError> {
        let mut file = Self::open(path)?;
        file.skip_records(u64::MAX)
    }

    /// Header of the file.
    pub fn header(&self) -> &VariantHeader {
        &self.header
    }

    /// Whether the file is BCF.
    pub fn is_bcf(&self) -> bool {
        matches!(self.source, Source::Bcf(_))
    }

    /// Path of the file, for messages.
    pub fn path(&self) -> PathBuf {
        display_path(&self.path)
    }

    /// Skips up to `count` records without parsing them; returns how many were skipped.
    ///
    /// # Errors
    ///
    /// Read errors of the file.
    pub fn skip_records(&mut self, count: u64) -> Result<u64, SequenceError> {
        let mut skipped = 0;
        let mut line = Vec::new();
        while skipped < count {
            let found = match &mut self.source {
                Source::Vcf { reader, lines } => next_line(&mut **reader, lines, &mut line, &self.path)?,
                Source::Bcf(binary) => binary.skip(self.records + 1)?,
            };
            if !found {
                break;
            }
            skipped += 1;
            self.records += 1;
        }
        Ok(skipped)
    }

    /// Next record; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedRecord`] for BCF, because the position of the next record is unknown after a damaged
    /// one; read errors of the file.
    pub fn next_entry(&mut self) -> Result<Option<VariantEntry>, SequenceError> {
        let number = self.records + 1;
        let mut text = Vec::new();
        let (found, line) = match &mut self.source {
            Source::Vcf { reader, lines } => {
                let found = next_line(&mut **reader, lines, &mut text, &self.path)?;
                (found, Some(*lines))
            }
            Source::Bcf(binary) => (binary.next_line(number, &mut text)?, None),
        };
        if !found {
            return Ok(None);
        }
        self.records = number;
        Ok(Some(match VariantRecord::parse(text, self.header.column_count(), number, line) {
            Ok(line) => VariantEntry::Record(line),
            Err(malformed) => VariantEntry::Malformed(*malformed),
        }))
    }

    /// Error for a malformed record.
    pub fn error(&self, malformed: &MalformedRecord) -> SequenceError {
        let (path, detail) = (self.path(), malformed.detail.clone());
        match malformed.line {
            Some(line) => SequenceError::MalformedLine { path, line, detail },
            None => SequenceError::MalformedRecord { path, record: malformed.number, detail },
        }
    }
}

fn read_header(reader: &mut dyn BufRead, path: &Path) -> Result<(VariantHeader, u64), SequenceError> {
    let mut header = VariantHeader::default();
    let (mut lines, mut line) = (0, Vec::new());
    let bad = |detail: String| SequenceError::InvalidVariantHeader { path: display_path(path), detail };
    loop {
        if !next_line(reader, &mut lines, &mut line, path)? {
            return Err(bad("expected a line that starts with #CHROM, found the end of the file".to_owned()));
        }
        if !line.starts_with(b"##") && !line.starts_with(b"#CHROM\t") {
            return Err(bad(format!("line {lines}: expected '##' or '#CHROM' and a tab, found another line")));
        }
        if header.push(&line) {
            return Ok((header, lines));
        }
    }
}

/// Reads the next non-blank line without its line ending; returns whether there was one.
fn next_line(
    reader: &mut dyn BufRead,
    lines: &mut u64,
    line: &mut Vec<u8>,
    path: &Path,
) -> Result<bool, SequenceError> {
    loop {
        line.clear();
        if reader.read_until(b'\n', line).map_err(|error| read_error(path, error))? == 0 {
            return Ok(false);
        }
        *lines += 1;
        while line.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            line.pop();
        }
        if !line.is_empty() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    const TEXT: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
                        1\t5\t.\tA\tC\t.\t.\t.\r\n\n1\tx\t.\tA\tC\t.\t.\t.\n1\t7\trs\tA\tC,G\t.\t.\tDP=3";

    fn entries(file: &mut VariantFile) -> Vec<String> {
        let entry = |entry| match entry {
            VariantEntry::Record(line) => format!("{} {:?} {}", line.number, line.line, line.alternate()),
            VariantEntry::Malformed(malformed) => format!("{} {:?} malformed", malformed.number, malformed.line),
        };
        std::iter::from_fn(|| file.next_entry().unwrap()).map(entry).collect()
    }

    #[test]
    fn next_entry_numbers_records_and_lines() {
        for content in [TEXT.as_bytes().to_vec(), gzip(TEXT.as_bytes())] {
            let (_folder, path) = file_of("x.vcf", &content);
            let mut file = VariantFile::open(&path).unwrap();
            assert_eq!(entries(&mut file), ["1 Some(3) C", "2 Some(5) malformed", "3 Some(6) C,G"]);
            assert_eq!(VariantFile::count(&path).unwrap(), 3);
            let mut file = VariantFile::open(&path).unwrap();
            assert_eq!(file.skip_records(2).unwrap(), 2);
            assert_eq!(entries(&mut file), ["3 Some(6) C,G"]);
        }
    }

    #[test]
    fn open_other_formats_are_errors() {
        let message = |content: &[u8]| {
            let (_folder, path) = file_of("x", content);
            VariantFile::open(&path).err().unwrap().to_string()
        };
        assert!(message(b">chr1\nACGT\n").contains("not VCF or BCF"));
        assert!(message(b"#CHROM\tPOS\n").contains("add the missing line"));
        assert!(message(b"##fileformat=VCFv4.2\n1\t5\n").contains("line 2: expected '##' or '#CHROM'"));
        assert!(message(b"##fileformat=VCFv4.2\n").contains("the end of the file"));
        assert!(message(&gzip(TEXT.as_bytes())[..30]).contains("incomplete"));
    }
}
