//! Layout of a BCF record (VCF specification, section 6.3).

use super::dictionary::BcfNames;
use super::typed::{Cursor, ValueType, Vector, put_integers, put_text};

/// Reason for a record whose values reach past its end.
pub(super) const DAMAGED: &str = "damaged record: a field reaches past its end";

/// Size of the part of a record with fixed positions, in bytes.
const FIXED_BYTES: usize = 24;
/// Position of the number of INFO fields.
const INFO_COUNT: usize = 16;
/// Bits of a missing QUAL.
pub(super) const MISSING_QUALITY: u32 = super::typed::MISSING_FLOAT;

/// Record as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::variant) struct BcfRecord {
    /// CHROM to INFO.
    pub(in crate::variant) site: Vec<u8>,
    /// FORMAT and samples.
    pub(in crate::variant) samples: Vec<u8>,
}

/// Values with fixed positions, and ID and alleles.
#[derive(Clone, Debug)]
pub(in crate::variant) struct BcfSite<'a> {
    /// Number of the contig.
    pub(super) contig: i32,
    /// 0-based; -1 for POS 0.
    pub(super) position: i32,
    /// Bits of QUAL.
    pub(super) quality: u32,
    pub(super) info_count: usize,
    pub(super) format_count: usize,
    pub(super) sample_count: usize,
    pub(super) id: &'a [u8],
    /// REF and ALT.
    pub(super) alleles: Vec<&'a [u8]>,
    /// FILTER and INFO.
    rest: &'a [u8],
}

impl<'a> BcfSite<'a> {
    /// Reads a site; `None` if a value reaches past its end.
    pub(super) fn parse(site: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(site);
        let fixed: &[u8; FIXED_BYTES] = cursor.take(FIXED_BYTES)?.first_chunk()?;
        let word = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let (counts, samples) = (word(INFO_COUNT), word(20));
        let id = cursor.vector()?;
        let alleles = (0..counts >> 16).map(|_| cursor.vector().filter(is_text).map(Vector::text));
        let alleles = alleles.collect::<Option<Vec<_>>>()?;
        Some(Self {
            contig: word(0).cast_signed(),
            position: word(4).cast_signed(),
            quality: word(12),
            info_count: (counts & 0xFFFF) as usize,
            format_count: (samples >> 24) as usize,
            sample_count: (samples & 0xFF_FFFF) as usize,
            id: if is_text(&id) { id.text() } else { b"" },
            alleles,
            rest: cursor.0,
        })
    }

    /// Numbers of the filters, and the INFO fields.
    pub(super) fn filters_and_info(&self) -> Option<(Vec<i32>, Vec<InfoBytes<'a>>)> {
        let mut cursor = Cursor(self.rest);
        let filters = cursor.vector()?;
        let filters = filters.integers().filter_map(|element| match element {
            super::typed::Element::Value(index) => Some(index),
            _ => None,
        });
        let filters = filters.collect();
        let mut fields = Vec::with_capacity(self.info_count);
        for _ in 0..self.info_count {
            let start = cursor.0;
            let key = cursor.integer()?;
            let value = cursor.vector()?;
            fields.push(InfoBytes { key, value, bytes: &start[..start.len() - cursor.0.len()] });
        }
        Some((filters, fields))
    }

    /// Whether the record has as many samples as the header; one without FORMAT may have none.
    pub(super) fn has_samples_of_header(&self, sample_count: usize) -> bool {
        self.sample_count == sample_count || (self.sample_count == 0 && self.format_count == 0)
    }

    /// Checks that the samples have as many bytes as their fields require, and that the header declares their keys.
    fn check_samples(&self, samples: &[u8], names: &BcfNames) -> Result<(), String> {
        let mut cursor = Cursor(samples);
        for _ in 0..self.format_count {
            let (key, _) = cursor.format_field(self.sample_count).ok_or(DAMAGED)?;
            name_of(names, key)?;
        }
        if cursor.0.is_empty() { Ok(()) } else { Err(DAMAGED.to_owned()) }
    }
}

/// Name of a FILTER, INFO or FORMAT key.
pub(super) fn name_of(names: &BcfNames, index: i32) -> Result<&[u8], String> {
    names.string(index).ok_or_else(|| format!("the header has no FILTER, INFO or FORMAT of number {index}"))
}

fn is_text(vector: &Vector<'_>) -> bool {
    matches!(vector.kind, ValueType::Char | ValueType::Missing)
}

/// INFO field of a record.
pub(super) struct InfoBytes<'a> {
    /// Number of its key.
    pub(super) key: i32,
    pub(super) value: Vector<'a>,
    /// Key and value.
    bytes: &'a [u8],
}

impl BcfRecord {
    /// Site with a text field `key` appended to INFO. An existing field of this key is removed.
    ///
    /// # Errors
    ///
    /// The record is damaged, or the header does not declare one of its names.
    pub(in crate::variant) fn site_with_info(
        &self,
        key: usize,
        value: Option<&[u8]>,
        names: &BcfNames,
    ) -> Result<Vec<u8>, String> {
        let parsed = BcfSite::parse(&self.site).ok_or(DAMAGED)?;
        parsed.check_samples(&self.samples, names)?;
        let (filters, fields) = parsed.filters_and_info().ok_or(DAMAGED)?;
        for name in filters.into_iter().chain(fields.iter().map(|field| field.key)) {
            name_of(names, name)?;
        }
        let is_replaced = |field: &&InfoBytes<'_>| usize::try_from(field.key) == Ok(key);
        if value.is_none() && !fields.iter().any(|field| is_replaced(&field)) {
            return Ok(self.site.clone());
        }
        let info_bytes: usize = fields.iter().map(|field| field.bytes.len()).sum();
        // FILTER precedes INFO; some writers leave bytes after it.
        let mut filters = Cursor(parsed.rest);
        filters.vector().ok_or(DAMAGED)?;
        let before = self.site.len() - filters.0.len();
        let mut site = self.site[..before].to_vec();
        let kept = fields.iter().filter(|field| !is_replaced(field));
        let mut count = 0;
        for field in kept {
            site.extend_from_slice(field.bytes);
            count += 1;
        }
        if let Some(value) = value {
            put_integers(&mut site, &[Some(key as i32)]);
            put_text(&mut site, value);
            count += 1;
        }
        site.extend_from_slice(&self.site[before + info_bytes..]);
        let count = u16::try_from(count).map_err(|_| format!("{count} INFO fields; BCF can represent {}", u16::MAX))?;
        site[INFO_COUNT..INFO_COUNT + 2].copy_from_slice(&count.to_le_bytes());
        Ok(site)
    }
}

/// Values with fixed positions of a record to write.
pub(super) struct FixedPart {
    pub(super) contig: usize,
    /// 0-based; -1 for POS 0.
    pub(super) position: i32,
    /// Number of bases of the genome that the record spans.
    pub(super) span: i32,
    pub(super) quality: u32,
    pub(super) allele_count: u16,
    pub(super) info_count: u16,
    pub(super) format_count: u8,
    pub(super) sample_count: usize,
}

impl FixedPart {
    /// Size in bytes.
    pub(super) const SIZE: usize = FIXED_BYTES;

    pub(super) fn bytes(&self) -> [u8; FIXED_BYTES] {
        let words = [
            self.contig as u32,
            self.position.cast_unsigned(),
            self.span.cast_unsigned(),
            self.quality,
            u32::from(self.allele_count) << 16 | u32::from(self.info_count),
            u32::from(self.format_count) << 24 | self.sample_count as u32,
        ];
        let mut bytes = [0; FIXED_BYTES];
        for (chunk, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }
}
