//! Conversion of BCF records to VCF lines.

use std::io::Write;

use memchr::memchr_iter;

use super::dictionary::{BcfNames, FieldType};
use super::genotype::put_genotype;
use super::number::put_float_text;
use super::record::{BcfRecord, BcfSite, DAMAGED, MISSING_QUALITY, name_of};
use super::typed::{Cursor, Element, ValueType, Vector};
use crate::variant::header_line::LineKind;

/// FORMAT key of genotypes.
pub(super) const GENOTYPE: &[u8] = b"GT";

/// Number of columns before FORMAT.
const FIXED_COLUMNS: usize = 8;

/// Missing value.
const MISSING: &[u8] = b".";

impl BcfSite<'_> {
    /// Appends CHROM, POS, ID, REF and ALT, separated by tabs.
    pub(super) fn write_columns(&self, names: &BcfNames, line: &mut Vec<u8>) -> Result<(), String> {
        let contig = names.contig(self.contig);
        line.extend_from_slice(contig.ok_or_else(|| format!("the header has no contig of number {}", self.contig))?);
        if self.position < -1 {
            return Err(format!("POS is {}", i64::from(self.position) + 1));
        }
        write!(line, "\t{}\t", i64::from(self.position) + 1).expect("writing to memory cannot fail");
        line.extend_from_slice(or_missing(self.id));
        line.push(b'\t');
        let (reference, alternates) =
            self.alleles.split_first().map_or((MISSING, &[][..]), |(first, rest)| (*first, rest));
        line.extend_from_slice(or_missing(reference));
        line.push(b'\t');
        if alternates.is_empty() {
            line.extend_from_slice(MISSING);
        }
        for (index, alternate) in alternates.iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            line.extend_from_slice(or_missing(alternate));
        }
        let has_separator = |text: &&[u8]| text.iter().any(|byte| matches!(byte, b'\t' | b'\n' | b'\0'));
        if std::iter::once(&self.id).chain(&self.alleles).any(has_separator) {
            return Err("ID, REF or ALT has a tab, a line break or a NUL character".to_owned());
        }
        if self.alleles.iter().any(|allele| allele.contains(&b',')) {
            return Err("an allele has a comma".to_owned());
        }
        Ok(())
    }
}

/// VCF line of a record with `column_count` columns, without its line ending. `has_leading_phase` is true from VCF 4.4 on.
///
/// # Errors
///
/// The reason why the record is malformed.
pub(in crate::variant) fn write_line(
    record: &BcfRecord,
    names: &BcfNames,
    column_count: usize,
    has_leading_phase: bool,
) -> Result<Vec<u8>, String> {
    let site = BcfSite::parse(&record.site).ok_or(DAMAGED)?;
    let mut line = Vec::with_capacity(record.site.len() * 2 + record.samples.len() * 2);
    site.write_columns(names, &mut line)?;
    line.push(b'\t');
    match site.quality {
        MISSING_QUALITY => line.extend_from_slice(MISSING),
        bits => put_float_text(&mut line, f32::from_bits(bits)),
    }
    line.push(b'\t');
    let (filters, fields) = site.filters_and_info().ok_or(DAMAGED)?;
    for (index, filter) in filters.iter().enumerate() {
        if index > 0 {
            line.push(b';');
        }
        line.extend_from_slice(name_of(names, *filter)?);
    }
    if filters.is_empty() {
        line.extend_from_slice(MISSING);
    }
    line.push(b'\t');
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            line.push(b';');
        }
        line.extend_from_slice(name_of(names, field.key)?);
        let field_type = usize::try_from(field.key).ok().and_then(|key| names.field_type(LineKind::Info, key));
        if !is_flag(field_type, field.value) {
            line.push(b'=');
            check_text(field.value, b';').map_err(|reason| format!("INFO {}: {reason}", shown(names, field.key)))?;
            put_values(&mut line, field.value);
        }
    }
    if fields.is_empty() {
        line.extend_from_slice(MISSING);
    }
    if site.sample_count > 0 {
        put_samples(&mut line, &site, &record.samples, names, has_leading_phase)?;
    } else {
        // A record without FORMAT may have no sample columns where the header has some.
        for _ in FIXED_COLUMNS..column_count {
            line.extend_from_slice(b"\t.");
        }
    }
    // Names of the header may have such characters, too.
    if line.starts_with(b"#") || memchr_iter(b'\t', &line).count() + 1 != column_count || line.contains(&b'\n') {
        return Err("a name has a tab or a line break, or the contig starts with #".to_owned());
    }
    Ok(line)
}

/// Whether an INFO field has no value in VCF: a flag, which BCF stores as nothing or as the integer 1.
fn is_flag(field_type: Option<FieldType>, value: Vector<'_>) -> bool {
    if value.bytes.is_empty() {
        return value.kind == ValueType::Missing || field_type == Some(FieldType::Flag);
    }
    field_type == Some(FieldType::Flag) && value.kind == ValueType::Int8 && value.bytes == [1]
}

fn shown(names: &BcfNames, index: i32) -> String {
    names.string(index).map_or_else(|| index.to_string(), |name| String::from_utf8_lossy(name).into_owned())
}

/// Checks that text has no character that ends the field in VCF: the separator of fields, a tab or a line break.
fn check_text(vector: Vector<'_>, separator: u8) -> Result<(), String> {
    let is_reserved = |byte: &u8| *byte == separator || matches!(byte, b'\t' | b'\n');
    let reserved = Some(vector).filter(|vector| vector.kind == ValueType::Char);
    match reserved.and_then(|vector| vector.text().iter().find(|byte| is_reserved(byte))) {
        Some(byte) => Err(format!("the text has '{}', which VCF cannot represent; write .bcf", byte.escape_ascii())),
        None => Ok(()),
    }
}

fn or_missing(text: &[u8]) -> &[u8] {
    if text.is_empty() { MISSING } else { text }
}

/// Appends values, separated by commas; `.` if there is none.
fn put_values(line: &mut Vec<u8>, vector: Vector<'_>) {
    let start = line.len();
    match vector.kind {
        ValueType::Missing => {}
        ValueType::Char => line.extend_from_slice(vector.text()),
        ValueType::Float => put_elements(line, vector.floats(), put_float_text),
        ValueType::Int8 | ValueType::Int16 | ValueType::Int32 => {
            put_elements(line, vector.integers(), put_integer_text);
        }
    }
    if line.len() == start {
        line.extend_from_slice(MISSING);
    }
}

fn put_integer_text(line: &mut Vec<u8>, value: i32) {
    write!(line, "{value}").expect("writing to memory cannot fail");
}

fn put_elements<T: PartialEq>(
    line: &mut Vec<u8>,
    elements: impl Iterator<Item = Element<T>>,
    put: impl Fn(&mut Vec<u8>, T),
) {
    for (index, element) in elements.take_while(|element| *element != Element::End).enumerate() {
        if index > 0 {
            line.push(b',');
        }
        match element {
            Element::Value(value) => put(line, value),
            Element::Missing | Element::End => line.extend_from_slice(MISSING),
        }
    }
}

/// Appends FORMAT and the samples.
fn put_samples(
    line: &mut Vec<u8>,
    site: &BcfSite<'_>,
    samples: &[u8],
    names: &BcfNames,
    has_leading_phase: bool,
) -> Result<(), String> {
    let mut cursor = Cursor(samples);
    let mut fields = Vec::with_capacity(site.format_count);
    line.push(b'\t');
    for index in 0..site.format_count {
        let (key, Vector { kind, bytes }) = cursor.format_field(site.sample_count).ok_or(DAMAGED)?;
        let key = name_of(names, key)?;
        fields.push((kind, bytes.len() / site.sample_count, bytes, key == GENOTYPE && kind != ValueType::Char));
        if index > 0 {
            line.push(b':');
        }
        line.extend_from_slice(key);
    }
    if fields.is_empty() {
        line.extend_from_slice(MISSING);
    }
    let mut alleles = Vec::new();
    for sample in 0..site.sample_count {
        line.push(b'\t');
        for (index, &(kind, width, bytes, is_genotype)) in fields.iter().enumerate() {
            if index > 0 {
                line.push(b':');
            }
            let vector = Vector { kind, bytes: &bytes[sample * width..(sample + 1) * width] };
            check_text(vector, b':').map_err(|reason| format!("sample {}: {reason}", sample + 1))?;
            if is_genotype {
                put_genotype(line, vector, has_leading_phase, &mut alleles);
            } else {
                put_values(line, vector);
            }
        }
        if fields.is_empty() {
            line.extend_from_slice(MISSING);
        }
    }
    Ok(())
}
