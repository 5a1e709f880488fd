//! Reader of BCF, which converts records to VCF lines.

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
use crate::gzip::IncompleteGzip;
use crate::text_file::{catch_panic, display_path, read_error};

/// Placeholder for REF during conversion: noodles writes no letters except A, C, G, T and N.
const PLACEHOLDER: &str = "N";

/// Size of the two length fields of a record (site and samples), in bytes.
const LENGTHS: usize = 8;

/// Number of columns before INFO.
const BEFORE_INFO: usize = 7;

/// Records of a BCF file.
pub(super) struct BcfReader {
    path: PathBuf,
    reader: bcf::io::Reader<Box<dyn BufRead + Send>>,
    header: vcf::Header,
    record: bcf::Record,
    /// Bytes of the current record, with its length fields.
    bytes: Vec<u8>,
}

impl BcfReader {
    /// Opens the file and reads its header.
    pub(super) fn open(reader: Box<dyn BufRead + Send>, path: &Path) -> Result<(Self, VariantHeader), SequenceError> {
        let mut reader = bcf::io::Reader::from(reader);
        let text = header_text(&mut reader).map_err(|error| read_error(path, error))?;
        let text = text.trim_end_matches('\0');
        let header = parse_header(text)
            .map_err(|detail| SequenceError::InvalidVariantHeader { path: display_path(path), detail })?;
        let binary = Self { path: path.to_owned(), reader, header, record: bcf::Record::default(), bytes: Vec::new() };
        Ok((binary, VariantHeader::of_bcf(text)))
    }

    /// Skips a record; returns whether there was one.
    pub(super) fn skip(&mut self, number: u64) -> Result<bool, SequenceError> {
        let read = self.read_bytes();
        read.map_err(|error| match IncompleteGzip::of(&error) {
            Some(_) => read_error(&self.path, error),
            None => self.malformed(number, &error),
        })
    }

    /// Reads the bytes of a record. The buffer grows with the bytes read, not with the stated length.
    fn read_bytes(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        self.reader.get_mut().take(LENGTHS as u64).read_to_end(&mut self.bytes)?;
        if self.bytes.is_empty() {
            return Ok(false);
        }
        let ends_early = || io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends within the record");
        let [site, samples] = self.bytes.as_chunks::<4>().0 else { return Err(ends_early()) };
        let (site, samples) = (u32::from_le_bytes(*site), u32::from_le_bytes(*samples));
        if site == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the record has length 0"));
        }
        let length = u64::from(site) + u64::from(samples);
        let read = self.reader.get_mut().take(length).read_to_end(&mut self.bytes)?;
        if (read as u64) < length { Err(ends_early()) } else { Ok(true) }
    }

    /// Writes the next record to `line` as VCF; returns whether there was one.
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
        let record = WithPlaceholder(&self.record);
        vcf::io::Writer::new(&mut written).write_variant_record(&self.header, &record)?;
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

/// Result of a read by noodles, which panics on records whose fields reach past their end.
fn guarded<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "damaged record: a field reaches past its end");
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
    declare_single_strings(&mut header);
    Ok(header)
}

/// Declares each text field as a single string: noodles decodes the items of lists, which loses their encoding.
fn declare_single_strings(header: &mut vcf::Header) {
    for info in header.infos_mut().values_mut().filter(|info| info.ty() == info::Type::String) {
        *info = Map::<Info>::new(info::Number::Count(1), info::Type::String, info.description().to_owned());
    }
    for format in header.formats_mut().values_mut().filter(|format| format.ty() == format::Type::String) {
        *format = Map::<Format>::new(format::Number::Count(1), format::Type::String, format.description().to_owned());
    }
}

/// Text with the percent encoding of noodles removed, which applies to reserved characters (VCF 4.3, section 1.2). BCF
/// files of other tools contain the text as in VCF, encoded or not.
fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, following)) = rest.split_first() {
        let code = if first == b'%' { following.get(..2) } else { None };
        let byte =
            code.and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| u8::from_str_radix(code, 16).ok());
        rest = if byte.is_some() { &following[2..] } else { following };
        decoded.push(byte.unwrap_or(first));
    }
    decoded
}

/// Encoding of `text` that noodles decodes to `text`.
pub(crate) fn percent_encoded(text: &[u8]) -> Vec<u8> {
    text.iter().flat_map(|byte| if *byte == b'%' { &b"%25"[..] } else { std::slice::from_ref(byte) }).copied().collect()
}

/// Record with [`PLACEHOLDER`] for REF.
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
    fn percent_decoded_inverts_percent_encoded() {
        for text in ["a%3Ab:c,d", "100%", "%", "%zz", "plain"] {
            assert_eq!(percent_decoded(&percent_encoded(text.as_bytes())), text.as_bytes());
        }
        assert_eq!(percent_decoded(b"a%3Ab"), b"a:b");
    }
}
