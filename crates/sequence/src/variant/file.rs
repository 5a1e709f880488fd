//! Streaming reader of VCF and BCF files.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::bcf::{self, BcfReader};
use super::header::FIRST_LINE;
use super::read_ahead::ReadAhead;
use super::{MalformedRecord, VariantHeader, VariantRecord};
use crate::SequenceError;
use crate::file_kind::FileKind;
use crate::text_file::{describe_first_byte, display_path, open_text_or, read_error};

/// Start of BCF files of version 1.
const OLD_BCF: &[u8] = b"BCF\x04";

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
    /// Whether records have only the columns CHROM to ALT.
    sites_only: bool,
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
        let failed = |error| read_error(path, error);
        let mut reader: Box<dyn BufRead + Send> =
            Box::new(ReadAhead::new(open_text_or(path, &[FileKind::Bcf])?).map_err(failed)?);
        let start = reader.fill_buf().map_err(failed)?;
        let (header, source) = if start.starts_with(bcf::MAGIC) {
            let (binary, header) = BcfReader::open(reader, path)?;
            (header, Source::Bcf(Box::new(binary)))
        } else if start.starts_with(FIRST_LINE) {
            let (header, lines) = read_header(&mut *reader, path)?;
            (header, Source::Vcf { reader, lines })
        } else {
            let found = match start.first() {
                Some(b'#') => "another header line; add the line ##fileformat=VCFv4.2".to_owned(),
                Some(b'B') if start.starts_with(OLD_BCF) => "BCF of version 1; convert it with bcftools 0.1".to_owned(),
                first => describe_first_byte(first.copied().unwrap_or(b'\n')),
            };
            return Err(SequenceError::NotVcf { path: display_path(path), found });
        };
        Ok(Self { path: path.to_owned(), header, source, sites_only: false, records: 0 })
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

    /// Reads only the columns CHROM to ALT of all further records, which cannot be written then.
    pub fn read_sites_only(&mut self) {
        self.sites_only = true;
        if let Source::Bcf(binary) = &mut self.source {
            binary.skip_samples();
        }
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
        let parsed = match &mut self.source {
            Source::Vcf { reader, lines } => {
                let mut text = Vec::new();
                if !next_line(&mut **reader, lines, &mut text, &self.path)? {
                    return Ok(None);
                }
                VariantRecord::parse(text, &self.header, number, *lines)
            }
            Source::Bcf(binary) => {
                let Some((record, text)) = binary.next_record(number)? else { return Ok(None) };
                VariantRecord::of_bcf(text, record, number)
            }
        };
        self.records = number;
        Ok(Some(match parsed {
            Ok(record) if self.sites_only => VariantEntry::Record(record.into_site_only()),
            Ok(record) => VariantEntry::Record(record),
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
    let mut header = VariantHeader::new(path);
    let (mut lines, mut line) = (0, Vec::new());
    let bad = |detail: String| SequenceError::InvalidVariantHeader { path: display_path(path), detail };
    loop {
        if !next_line(reader, &mut lines, &mut line, path)? {
            return Err(bad("expected a line that starts with #CHROM, found the end of the file".to_owned()));
        }
        if !line.starts_with(b"##") && !line.starts_with(b"#CHROM\t") {
            let found = if line.starts_with(b"#CHROM") {
                "#CHROM without a tab; separate columns by tabs"
            } else {
                "another line"
            };
            return Err(bad(format!("line {lines}: expected '##' or '#CHROM' and a tab, found {found}")));
        }
        if header.push(&line, lines).map_err(bad)? {
            return Ok((header, lines));
        }
    }
}

/// Reads the next line that is not blank without its line ending; returns whether there was one.
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
        // Only the columns of a record make a line; editors leave blanks at the end of a file.
        if !line.trim_ascii().is_empty() {
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
        assert!(message(b"#CHROM\tPOS\n").contains("add the line ##fileformat=VCFv4.2"));
        assert!(message(b"##fileformat=VCFv4.2\n1\t5\n").contains("line 2: expected '##' or '#CHROM'"));
        assert!(message(b"##fileformat=VCFv4.2\n").contains("the end of the file"));
        assert!(message(&gzip(TEXT.as_bytes())[..30]).contains("incomplete"));
    }
}
