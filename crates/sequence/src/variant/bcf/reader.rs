//! Reader of BCF records.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use super::dictionary::BcfNames;
use super::record::{BcfRecord, BcfSite, DAMAGED};
use crate::SequenceError;
use crate::gzip::IncompleteGzip;
use crate::text_file::{display_path, read_error};
use crate::variant::VariantHeader;

/// Size of the magic number, the version and the length of the header, in bytes.
const MAGIC_BYTES: usize = 5;
/// Size of the two length fields of a record (site and samples), in bytes.
const LENGTHS: usize = 8;

/// Records of a BCF file.
pub(in crate::variant) struct BcfReader {
    path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    names: BcfNames,
    sample_count: usize,
    reads_samples: bool,
}

impl BcfReader {
    /// Opens the file and reads its header.
    pub(in crate::variant) fn open(
        mut reader: Box<dyn BufRead + Send>,
        path: &Path,
    ) -> Result<(Self, VariantHeader), SequenceError> {
        let bad = |detail: String| SequenceError::InvalidVariantHeader { path: display_path(path), detail };
        let mut start = [0; MAGIC_BYTES + 4];
        reader.read_exact(&mut start).map_err(|error| read_error(path, error))?;
        let length = start.last_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let mut text = Vec::new();
        reader.by_ref().take(length.into()).read_to_end(&mut text).map_err(|error| read_error(path, error))?;
        if (text.len() as u64) < u64::from(length) {
            return Err(bad("the file ends within the header".to_owned()));
        }
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        let header = VariantHeader::of_bcf(&text[..end], path).map_err(bad)?;
        let names = header.bcf_names()?;
        let sample_count = header.sample_names().count();
        Ok((Self { path: path.to_owned(), reader, names, sample_count, reads_samples: true }, header))
    }

    /// Passes over the samples of all further records.
    pub(in crate::variant) fn skip_samples(&mut self) {
        self.reads_samples = false;
    }

    /// Skips a record; returns whether there was one.
    pub(in crate::variant) fn skip(&mut self, number: u64) -> Result<bool, SequenceError> {
        let skipped = self.read_lengths().and_then(|lengths| match lengths {
            Some((site, samples)) => self.pass(site + samples).map(|()| true),
            None => Ok(false),
        });
        skipped.map_err(|error| self.read_failure(number, error))
    }

    /// Next record, and its columns CHROM, POS, ID, REF and ALT as text; `None` at the end of the file.
    pub(in crate::variant) fn next_record(
        &mut self,
        number: u64,
    ) -> Result<Option<(BcfRecord, Vec<u8>)>, SequenceError> {
        let record = self.read_bytes().map_err(|error| self.read_failure(number, error))?;
        let Some(record) = record else { return Ok(None) };
        let mut line = Vec::new();
        let checked = match BcfSite::parse(&record.site) {
            None => Err(DAMAGED.to_owned()),
            Some(site) if !site.has_samples_of_header(self.sample_count) => {
                Err(format!("{} samples; the header has {}", site.sample_count, self.sample_count))
            }
            Some(site) => site.write_columns(&self.names, &mut line),
        };
        checked.map_err(|detail| self.malformed(number, detail))?;
        Ok(Some((record, line)))
    }

    /// Lengths of the site and the samples of the next record.
    fn read_lengths(&mut self) -> io::Result<Option<(u64, u64)>> {
        let mut bytes = Vec::with_capacity(LENGTHS);
        self.reader.by_ref().take(LENGTHS as u64).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let [site, samples] = bytes.as_chunks::<4>().0 else { return Err(ends_early()) };
        let (site, samples) = (u32::from_le_bytes(*site), u32::from_le_bytes(*samples));
        if site == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the record has length 0"));
        }
        Ok(Some((site.into(), samples.into())))
    }

    /// Bytes of the next record. The buffers grow with the bytes read, not with the stated length.
    fn read_bytes(&mut self) -> io::Result<Option<BcfRecord>> {
        let Some((site, samples)) = self.read_lengths()? else { return Ok(None) };
        let mut record = BcfRecord { site: self.read_exactly(site)?, samples: Vec::new() };
        if self.reads_samples {
            record.samples = self.read_exactly(samples)?;
        } else {
            self.pass(samples)?;
        }
        Ok(Some(record))
    }

    fn read_exactly(&mut self, length: u64) -> io::Result<Vec<u8>> {
        // Records are rarely longer; a damaged length does not reserve memory.
        const LARGEST_RESERVED: u64 = 1 << 16;
        let mut bytes = Vec::with_capacity(length.min(LARGEST_RESERVED) as usize);
        let read = self.reader.by_ref().take(length).read_to_end(&mut bytes)?;
        if (read as u64) < length { Err(ends_early()) } else { Ok(bytes) }
    }

    /// Skips `length` bytes.
    fn pass(&mut self, length: u64) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let available = self.reader.fill_buf()?.len();
            if available == 0 {
                return Err(ends_early());
            }
            let passed = left.min(available as u64);
            self.reader.consume(passed as usize);
            left -= passed;
        }
        Ok(())
    }

    fn read_failure(&self, record: u64, error: io::Error) -> SequenceError {
        match IncompleteGzip::of(&error) {
            Some(_) => read_error(&self.path, error),
            None => self.malformed(record, error.to_string()),
        }
    }

    fn malformed(&self, record: u64, detail: String) -> SequenceError {
        SequenceError::MalformedRecord { path: display_path(&self.path), record, detail }
    }
}

fn ends_early() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends within the record")
}
