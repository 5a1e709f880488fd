//! BCF, whose records are told as the lines of VCF.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use noodles::core::Position;
use noodles::vcf::header::record::value::Map;
use noodles::vcf::header::record::value::map::{Format, Info, format, info};
use noodles::vcf::variant::io::Write as _;
use noodles::vcf::variant::record::{AlternateBases, Filters, Ids, ReferenceBases, Samples};
use noodles::{bcf, vcf};

use super::VariantHeader;
use super::header::error_chain;
use crate::SequenceError;
use crate::text_file::{catch_panic, display_path, read_error};

/// What stands for REF while a record is turned into a line: noodles writes no letters but A, C, G, T and N.
const PLACEHOLDER: &str = "N";

/// Bytes that say how long a record is: its site, then its samples.
const LENGTHS: usize = 8;

/// Columns before INFO.
const BEFORE_INFO: usize = 7;

/// The records of a BCF file.
pub(super) struct BcfReader {
    path: PathBuf,
    reader: bcf::io::Reader<Box<dyn BufRead + Send>>,
    header: vcf::Header,
    record: bcf::Record,
    /// The record, with its lengths.
    bytes: Vec<u8>,
}

impl BcfReader {
    /// Reads the header.
    pub(super) fn open(reader: Box<dyn BufRead + Send>, path: &Path) -> Result<(Self, VariantHeader), SequenceError> {
        let mut reader = bcf::io::Reader::from(reader);
        let text = header_text(&mut reader).map_err(|error| read_error(path, error))?;
        let text = text.trim_end_matches('\0');
        let header = parse_header(text)
            .map_err(|detail| SequenceError::InvalidVariantHeader { path: display_path(path), detail })?;
        let binary = Self { path: path.to_owned(), reader, header, record: bcf::Record::default(), bytes: Vec::new() };
        Ok((binary, VariantHeader::of_bcf(text)))
    }

    /// Passes over a record; returns whether there was one.
    pub(super) fn skip(&mut self, number: u64) -> Result<bool, SequenceError> {
        let read = self.read_bytes();
        read.map_err(|error| self.malformed(number, &error))
    }

    /// Reads the bytes of a record, no more of them than there are, whatever their length is said to be.
    fn read_bytes(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        self.reader.get_mut().take(LENGTHS as u64).read_to_end(&mut self.bytes)?;
        if self.bytes.is_empty() {
            return Ok(false);
        }
        let ends_early = || io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends in the middle of it");
        let [site, samples] = self.bytes.as_chunks::<4>().0 else { return Err(ends_early()) };
        let (site, samples) = (u32::from_le_bytes(*site), u32::from_le_bytes(*samples));
        if site == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its length is 0"));
        }
        let length = u64::from(site) + u64::from(samples);
        let read = self.reader.get_mut().take(length).read_to_end(&mut self.bytes)?;
        if (read as u64) < length { Err(ends_early()) } else { Ok(true) }
    }

    /// Writes the next record to `line` as VCF has it; returns whether there was one.
    pub(super) fn next_line(&mut self, number: u64, line: &mut Vec<u8>) -> Result<bool, SequenceError> {
        if !self.skip(number)? {
            return Ok(false);
        }
        line.clear();
        let (bytes, record) = (&self.bytes[..], &mut self.record);
        guarded(|| bcf::io::Reader::from(bytes).read_record(record))
            .and_then(|_| guarded(|| self.line(line)))
            .map_err(|error| self.malformed(number, &error))?;
        Ok(true)
    }

    fn line(&self, line: &mut Vec<u8>) -> io::Result<()> {
        let mut written = Vec::new();
        let shown = WithPlaceholder(&self.record);
        vcf::io::Writer::new(&mut written).write_variant_record(&self.header, &shown)?;
        while written.last() == Some(&b'\n') {
            written.pop();
        }
        let reference: Vec<u8> = self.record.reference_bases().iter().collect::<io::Result<_>>()?;
        for (index, column) in written.split(|&byte| byte == b'\t').enumerate() {
            if index > 0 {
                line.push(b'\t');
            }
            match index {
                3 => line.extend_from_slice(&reference),
                ..BEFORE_INFO => line.extend_from_slice(column),
                _ => line.extend(percent_decoded(column)),
            }
        }
        Ok(())
    }

    fn malformed(&self, record: u64, error: &io::Error) -> SequenceError {
        SequenceError::MalformedRecord { path: display_path(&self.path), record, detail: error_chain(error) }
    }
}

/// noodles panics at records whose fields reach past their end.
fn guarded<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "damaged: its fields do not fit its length");
    catch_panic(read).unwrap_or_else(|| Err(damaged()))
}

fn header_text(reader: &mut bcf::io::Reader<Box<dyn BufRead + Send>>) -> io::Result<String> {
    let mut header = reader.header_reader();
    header.read_magic_number()?;
    header.read_format_version()?;
    let mut raw = header.raw_vcf_header_reader()?;
    let mut text = String::new();
    raw.read_to_string(&mut text)?;
    raw.discard_to_end()?;
    Ok(text)
}

fn parse_header(text: &str) -> Result<vcf::Header, String> {
    let mut parser = vcf::header::Parser::default();
    let mut names = vcf::header::StringMaps::default();
    for line in text.lines() {
        let entry =
            parser.parse_partial(line.as_bytes()).map_err(|error| format!("'{line}': {}", error_chain(&error)))?;
        names.insert_entry(&entry).map_err(|error| format!("'{line}': {}", error_chain(&error)))?;
    }
    let mut header = parser.finish().map_err(|error| error_chain(&error))?;
    *header.string_maps_mut() = names;
    read_texts_whole(&mut header);
    Ok(header)
}

/// Declares every text to be one text: of lists noodles decodes the items, and what was encoded in them is lost.
fn read_texts_whole(header: &mut vcf::Header) {
    for info in header.infos_mut().values_mut().filter(|info| info.ty() == info::Type::String) {
        *info = Map::<Info>::new(info::Number::Count(1), info::Type::String, info.description().to_owned());
    }
    for format in header.formats_mut().values_mut().filter(|format| format.ty() == format::Type::String) {
        *format = Map::<Format>::new(format::Number::Count(1), format::Type::String, format.description().to_owned());
    }
}

/// Undoes what noodles does to the letters that VCF 4.3 (section 1.2) gives a meaning. BCF as others write it holds the
/// text as VCF has it, encoded or not.
fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        let code = if first == b'%' { behind.get(..2) } else { None };
        let byte =
            code.and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| u8::from_str_radix(code, 16).ok());
        rest = if byte.is_some() { &behind[2..] } else { behind };
        decoded.push(byte.unwrap_or(first));
    }
    decoded
}

/// What noodles is given so that it decodes to `text`.
pub(crate) fn percent_encoded(text: &[u8]) -> Vec<u8> {
    text.iter().flat_map(|byte| if *byte == b'%' { &b"%25"[..] } else { std::slice::from_ref(byte) }).copied().collect()
}

/// A record with [`PLACEHOLDER`] for REF.
struct WithPlaceholder<'a>(&'a bcf::Record);

impl vcf::variant::Record for WithPlaceholder<'_> {
    fn reference_sequence_name<'a, 'h: 'a>(&'a self, header: &'h vcf::Header) -> io::Result<&'a str> {
        self.0.reference_sequence_name(header.string_maps())
    }

    fn variant_start(&self) -> Option<io::Result<Position>> {
        self.0.variant_start()
    }

    fn ids(&self) -> Box<dyn Ids + '_> {
        Box::new(self.0.ids())
    }

    fn reference_bases(&self) -> Box<dyn ReferenceBases + '_> {
        Box::new(PLACEHOLDER)
    }

    fn alternate_bases(&self) -> Box<dyn AlternateBases + '_> {
        Box::new(self.0.alternate_bases())
    }

    fn quality_score(&self) -> Option<io::Result<f32>> {
        self.0.quality_score().transpose()
    }

    fn filters(&self) -> Box<dyn Filters + '_> {
        Box::new(self.0.filters())
    }

    fn info(&self) -> Box<dyn vcf::variant::record::Info + '_> {
        Box::new(self.0.info())
    }

    fn samples(&self) -> io::Result<Box<dyn Samples + '_>> {
        Ok(Box::new(self.0.samples()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_it_was() {
        for text in ["a%3Ab:c,d", "100%", "%", "%zz", "plain"] {
            assert_eq!(percent_decoded(&percent_encoded(text.as_bytes())), text.as_bytes());
        }
        assert_eq!(percent_decoded(b"a%3Ab"), b"a:b");
    }
}
