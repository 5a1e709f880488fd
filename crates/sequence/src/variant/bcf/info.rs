//! INFO fields of VCF lines, encoded as BCF.

use super::dictionary::FieldType;
use super::from_line::{LineEncoder, MISSING};
use super::number::{parse_float, parse_integer};
use super::typed::{Element, ValueType, put_descriptor, put_float, put_integers, put_text};
use crate::variant::header_line::LineKind;

/// INFO key of the last base that a record spans, counted from 1.
const END: &[u8] = b"END";

/// Encoded INFO fields.
pub(super) struct EncodedInfo {
    pub(super) count: usize,
    /// Value of END.
    pub(super) end: Option<i32>,
}

impl LineEncoder {
    /// Appends the fields of an INFO column. A key that is repeated is written as often.
    pub(super) fn put_info(&mut self, site: &mut Vec<u8>, info: &[u8]) -> Result<EncodedInfo, String> {
        let mut encoded = EncodedInfo { count: 0, end: None };
        for field in info.split(|&byte| byte == b';').filter(|field| !field.is_empty() && *field != MISSING) {
            let (key, value) = match field.iter().position(|&byte| byte == b'=') {
                Some(length) => (&field[..length], Some(&field[length + 1..])),
                None => (field, None),
            };
            let (index, field_type) = self.field(LineKind::Info, key, value.is_some())?;
            put_integers(site, &[Some(index as i32)]);
            encoded.count += 1;
            let Some(value) = value else {
                put_descriptor(site, 0, ValueType::Missing);
                continue;
            };
            let integers = put_value(site, field_type, value)
                .map_err(|reason| format!("INFO {}: {reason}", String::from_utf8_lossy(key)))?;
            if key == END {
                encoded.end = integers.first().copied().flatten();
            }
        }
        Ok(encoded)
    }
}

/// Appends a value; returns its integers. The value of a flag is stored as text.
fn put_value(site: &mut Vec<u8>, field_type: FieldType, value: &[u8]) -> Result<Vec<Option<i32>>, String> {
    let parts = || value.split(|&byte| byte == b',');
    let is_missing = |part: &[u8]| part.is_empty() || part == MISSING;
    match field_type {
        FieldType::Integer => {
            let integer = |part| if is_missing(part) { Ok(None) } else { parse_integer(part).map(Some) };
            let integers = parts().map(integer).collect::<Result<Vec<_>, _>>()?;
            put_integers(site, &integers);
            return Ok(integers);
        }
        FieldType::Float => {
            put_descriptor(site, parts().count(), ValueType::Float);
            for part in parts() {
                let element = if is_missing(part) { Element::Missing } else { Element::Value(parse_float(part)?) };
                put_float(site, element);
            }
        }
        FieldType::Flag | FieldType::String => {
            put_text(site, if value.is_empty() { MISSING } else { value });
        }
    }
    Ok(Vec::new())
}
