//! FORMAT and sample columns of VCF lines, encoded as BCF.

use super::dictionary::FieldType;
use super::from_line::{LineEncoder, MISSING};
use super::genotype::parse_genotype;
use super::number::{parse_float, parse_integer};
use super::to_line::GENOTYPE;
use super::typed::{Element, ValueType, put_descriptor, put_float, put_integer, put_integers};
use crate::variant::header_line::LineKind;

/// Appends the samples; returns the number of FORMAT fields.
///
/// All samples of a field have as many values as the longest one. A field that is missing in every sample has one missing
/// value per sample.
pub(super) fn put_samples<'a>(
    encoder: &mut LineEncoder,
    out: &mut Vec<u8>,
    format: &[u8],
    samples: impl Iterator<Item = &'a [u8]>,
) -> Result<usize, String> {
    if format == MISSING {
        return match samples.enumerate().find(|(_, sample)| *sample != MISSING) {
            Some((index, sample)) => {
                let (name, text) = (&encoder.sample_names[index], String::from_utf8_lossy(sample));
                Err(format!("sample {name}: {text}; FORMAT is missing"))
            }
            None => Ok(0),
        };
    }
    let keys: Vec<&[u8]> = format.split(|&byte| byte == b':').collect();
    let count = encoder.sample_names.len();
    // Values by field, then by sample; fields that a sample lacks at its end are missing.
    let mut values = vec![MISSING; keys.len() * count];
    for (index, sample) in samples.enumerate() {
        for (field, value) in sample.split(|&byte| byte == b':').enumerate() {
            if field >= keys.len() {
                let found = sample.split(|&byte| byte == b':').count();
                return Err(format!(
                    "sample {}: {found} values; FORMAT has {}",
                    encoder.sample_names[index],
                    keys.len()
                ));
            }
            if !value.is_empty() {
                values[field * count + index] = value;
            }
        }
    }
    for (position, (key, values)) in keys.iter().zip(values.chunks_exact(count)).enumerate() {
        if keys[..position].contains(key) {
            return Err(format!("FORMAT has {} twice", String::from_utf8_lossy(key)));
        }
        let (index, field_type) = encoder.field(LineKind::Format, key, true)?;
        put_integers(out, &[Some(index as i32)]);
        let put = match field_type {
            _ if *key == GENOTYPE => put_genotypes(out, values, encoder.has_leading_phase),
            FieldType::Integer => put_integer_values(out, values),
            FieldType::Float => put_float_values(out, values),
            FieldType::Flag | FieldType::String => {
                put_text_values(out, values);
                Ok(())
            }
        };
        put.map_err(|(sample, reason)| {
            let key = String::from_utf8_lossy(key);
            format!("sample {}, {key}: {reason}", encoder.sample_names[sample])
        })?;
    }
    Ok(keys.len())
}

/// Number of a sample, and the reason why BCF cannot represent its value.
type SampleError = (usize, String);

/// Vectors of different lengths.
struct Vectors<T> {
    elements: Vec<Element<T>>,
    ends: Vec<usize>,
}

impl<T: Copy> Vectors<T> {
    /// Vectors of values that are separated by commas.
    fn parse(values: &[&[u8]], parse: impl Fn(&[u8]) -> Result<T, String>) -> Result<Self, SampleError> {
        let mut vectors = Self { elements: Vec::with_capacity(values.len()), ends: Vec::with_capacity(values.len()) };
        for (sample, value) in values.iter().enumerate() {
            for part in value.split(|&byte| byte == b',') {
                let is_missing = part.is_empty() || part == MISSING;
                let element = if is_missing {
                    Element::Missing
                } else {
                    Element::Value(parse(part).map_err(|reason| (sample, reason))?)
                };
                vectors.elements.push(element);
            }
            vectors.ends.push(vectors.elements.len());
        }
        Ok(vectors)
    }

    fn iter(&self) -> impl Iterator<Item = &[Element<T>]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(move |(start, &end)| &self.elements[start..end])
    }

    /// Appends the vectors, each padded to the length of the longest one.
    fn put(&self, out: &mut Vec<u8>, kind: ValueType, put: impl Fn(&mut Vec<u8>, Element<T>)) {
        let width = self.iter().map(<[_]>::len).max().unwrap_or(0);
        put_descriptor(out, width, kind);
        for vector in self.iter() {
            for &element in vector {
                put(out, element);
            }
            for _ in vector.len()..width {
                put(out, Element::End);
            }
        }
    }
}

fn put_smallest_integers(out: &mut Vec<u8>, vectors: &Vectors<i32>) {
    let (mut least, mut greatest) = (0, 0);
    for element in &vectors.elements {
        if let Element::Value(value) = *element {
            least = least.min(value);
            greatest = greatest.max(value);
        }
    }
    let kind = ValueType::of_integers(least.into(), greatest.into()).unwrap_or(ValueType::Int32);
    vectors.put(out, kind, |out, element| put_integer(out, kind, element));
}

fn put_genotypes(out: &mut Vec<u8>, values: &[&[u8]], has_leading_phase: bool) -> Result<(), SampleError> {
    let mut vectors =
        Vectors { elements: Vec::with_capacity(2 * values.len()), ends: Vec::with_capacity(values.len()) };
    let mut alleles = Vec::new();
    for (sample, value) in values.iter().enumerate() {
        alleles.clear();
        parse_genotype(value, has_leading_phase, &mut alleles).map_err(|reason| (sample, reason))?;
        vectors.elements.extend(alleles.iter().map(|&allele| Element::Value(allele)));
        vectors.ends.push(vectors.elements.len());
    }
    put_smallest_integers(out, &vectors);
    Ok(())
}

fn put_integer_values(out: &mut Vec<u8>, values: &[&[u8]]) -> Result<(), SampleError> {
    put_smallest_integers(out, &Vectors::parse(values, parse_integer)?);
    Ok(())
}

fn put_float_values(out: &mut Vec<u8>, values: &[&[u8]]) -> Result<(), SampleError> {
    Vectors::parse(values, parse_float)?.put(out, ValueType::Float, put_float);
    Ok(())
}

fn put_text_values(out: &mut Vec<u8>, values: &[&[u8]]) {
    let width = values.iter().map(|value| value.len()).max().unwrap_or(0);
    put_descriptor(out, width, ValueType::Char);
    for value in values {
        out.extend_from_slice(value);
        out.resize(out.len() + width - value.len(), 0);
    }
}
