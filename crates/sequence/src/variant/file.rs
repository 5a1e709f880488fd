//! VCF and BCF files, record by record.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::bcf_reader::BcfReader;
use super::{MalformedRecord, VariantHeader, VariantRecord};
use crate::SequenceError;
use crate::text_file::{describe_first_byte, display_path, open_text, read_error};

/// First bytes of a BCF file of version 2.
const BCF_MAGIC: &[u8] = b"BCF\x02";

/// A VCF or BCF file, plain, gzip or bgzip, told apart by content.
pub struct VariantFile {
    path: PathBuf,
    header: VariantHeader,
    source: Source,
    /// Records passed.
    records: u64,
}

enum Source {
    Vcf {
        reader: Box<dyn BufRead + Send>,
        /// Lines passed.
        lines: u64,
    },
    Bcf(Box<BcfReader>),
}

/// What stands in the place of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariantEntry {
    /// A record.
    Record(VariantRecord),
    /// A line that is none. Reading can go on behind it.
    Malformed(MalformedRecord),
}

impl VariantFile {
    /// Opens a file and reads its header; `-` is standard input.
    ///
    /// # Errors
    ///
    /// [`SequenceError::NotVcf`], [`SequenceError::InvalidVariantHeader`], or why the file cannot be read.
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
                Some(b'#') => "a header line of another kind; add the line that is missing".to_owned(),
                first => describe_first_byte(first.copied().unwrap_or(b'\n')),
            };
            return Err(SequenceError::NotVcf { path: display_path(path), found });
        }
        let (header, lines) = read_header(&mut *reader, path)?;
        let source = Source::Vcf { reader, lines };
        Ok(Self { path: path.to_owned(), header, source, records: 0 })
    }

    /// The number of records in a file, which has to be a file that can be read twice.
    pub fn count(path: impl AsRef<Path>) -> Result<u64, SequenceError> {
        let mut file = Self::open(path)?;
        file.skip_records(u64::MAX)
    }

    /// The header.
    pub fn header(&self) -> &VariantHeader {
        &self.header
    }

    /// Whether the file is BCF.
    pub fn is_bcf(&self) -> bool {
        matches!(self.source, Source::Bcf(_))
    }

    /// The file, for messages.
    pub fn path(&self) -> PathBuf {
        display_path(&self.path)
    }

    /// Passes over records without reading them; returns how many there were, at most `count`.
    pub fn skip_records(&mut self, count: u64) -> Result<u64, SequenceError> {
        let mut skipped = 0;
        let mut line = Vec::new();
        while skipped < count {
            let there = match &mut self.source {
                Source::Vcf { reader, lines } => next_line(&mut **reader, lines, &mut line, &self.path)?,
                Source::Bcf(binary) => binary.skip(self.records + 1)?,
            };
            if !there {
                break;
            }
            skipped += 1;
            self.records += 1;
        }
        Ok(skipped)
    }

    /// The next record; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedRecord`] of BCF, where nothing behind a bad record can be found, or why the file
    /// cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<VariantEntry>, SequenceError> {
        let number = self.records + 1;
        let mut text = Vec::new();
        let (there, line) = match &mut self.source {
            Source::Vcf { reader, lines } => {
                let there = next_line(&mut **reader, lines, &mut text, &self.path)?;
                (there, Some(*lines))
            }
            Source::Bcf(binary) => (binary.next_line(number, &mut text)?, None),
        };
        if !there {
            return Ok(None);
        }
        self.records = number;
        Ok(Some(match VariantRecord::parse(text, self.header.column_count(), number, line) {
            Ok(line) => VariantEntry::Record(line),
            Err(broken) => VariantEntry::Malformed(*broken),
        }))
    }

    /// The error of a record that cannot be read.
    pub fn error(&self, broken: &MalformedRecord) -> SequenceError {
        let (path, detail) = (self.path(), broken.detail.clone());
        match broken.line {
            Some(line) => SequenceError::MalformedLine { path, line, detail },
            None => SequenceError::MalformedRecord { path, record: broken.number, detail },
        }
    }
}

fn read_header(reader: &mut dyn BufRead, path: &Path) -> Result<(VariantHeader, u64), SequenceError> {
    let mut header = VariantHeader::default();
    let (mut lines, mut line) = (0, Vec::new());
    let bad = |detail: String| SequenceError::InvalidVariantHeader { path: display_path(path), detail };
    loop {
        if !next_line(reader, &mut lines, &mut line, path)? {
            return Err(bad("expected a line that begins with #CHROM, found the end of the file".to_owned()));
        }
        if !line.starts_with(b"##") && !line.starts_with(b"#CHROM\t") {
            return Err(bad(format!(
                "line {lines}: expected ## or #CHROM and a tab, found a record or something else"
            )));
        }
        if header.push(&line) {
            return Ok((header, lines));
        }
    }
}

/// Reads the next line that is not blank, without its end; returns whether there was one.
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
            VariantEntry::Malformed(broken) => format!("{} {:?} broken", broken.number, broken.line),
        };
        std::iter::from_fn(|| file.next_entry().unwrap()).map(entry).collect()
    }

    #[test]
    fn records_are_numbered_by_file_and_line() {
        for content in [TEXT.as_bytes().to_vec(), gzip(TEXT.as_bytes())] {
            let (_folder, path) = file_of("x.vcf", &content);
            let mut file = VariantFile::open(&path).unwrap();
            assert_eq!(entries(&mut file), ["1 Some(3) C", "2 Some(5) broken", "3 Some(6) C,G"]);
            assert_eq!(VariantFile::count(&path).unwrap(), 3);
            let mut file = VariantFile::open(&path).unwrap();
            assert_eq!(file.skip_records(2).unwrap(), 2);
            assert_eq!(entries(&mut file), ["3 Some(6) C,G"]);
        }
    }

    #[test]
    fn other_files_are_told() {
        let message = |content: &[u8]| {
            let (_folder, path) = file_of("x", content);
            VariantFile::open(&path).err().unwrap().to_string()
        };
        assert!(message(b">chr1\nACGT\n").contains("not VCF or BCF"));
        assert!(message(b"#CHROM\tPOS\n").contains("add the line that is missing"));
        assert!(message(b"##fileformat=VCFv4.2\n1\t5\n").contains("line 2: expected ## or #CHROM"));
        assert!(message(b"##fileformat=VCFv4.2\n").contains("the end of the file"));
        assert!(message(&gzip(TEXT.as_bytes())[..30]).contains("incomplete"));
    }
}
