//! Thrift compact protocol, in which a parquet file states its layout.

use std::io::{Error, ErrorKind, Read, Result};

/// Most structures within structures.
const MAX_DEPTH: u32 = 32;

/// Type of a field or element.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Flag,
    Byte,
    Number,
    Text,
    Struct(Fields),
    List(&'static Kind),
}

/// Identifiers of the fields of a structure with their types.
pub(super) type Fields = &'static [(i16, Kind)];

/// Value of a field that a check reads.
#[derive(Debug)]
pub(super) enum Value {
    Number(i64),
    List(Vec<Value>),
    Struct(Vec<(i16, Value)>),
    /// Value of another type.
    Skipped,
}

impl Value {
    /// Field of a structure. A reader takes the last of several.
    pub(super) fn field(&self, id: i16) -> Option<&Self> {
        let Self::Struct(fields) = self else { return None };
        fields.iter().rev().find(|(found, _)| *found == id).map(|(_, value)| value)
    }

    /// Field of a structure that is a number.
    pub(super) fn number(&self, id: i16) -> Option<i64> {
        if let Some(Self::Number(number)) = self.field(id) { Some(*number) } else { None }
    }

    /// Elements of a field of a structure that is a list; none without the field.
    pub(super) fn list(&self, id: i16) -> &[Self] {
        if let Some(Self::List(elements)) = self.field(id) { elements } else { &[] }
    }
}

/// Error of a file that contradicts itself or its format.
pub(super) fn damaged(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidData, reason.into())
}

/// Reader that takes no list to be longer than the bytes that follow.
pub(super) struct CompactReader<R> {
    reader: R,
    /// Bytes that are left.
    remaining: u64,
}

impl<R: Read> CompactReader<R> {
    /// Reader of at most `limit` bytes.
    pub(super) fn new(reader: R, limit: u64) -> Self {
        Self { reader, remaining: limit }
    }

    /// Bytes that are left of the limit.
    pub(super) fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Reads a structure.
    ///
    /// # Errors
    ///
    /// A field of another type than stated in `fields`, a list longer than the rest, or the end of the bytes.
    pub(super) fn structure(&mut self, fields: Fields) -> Result<Value> {
        self.fields(fields, 0)
    }

    fn fields(&mut self, fields: Fields, depth: u32) -> Result<Value> {
        if depth > MAX_DEPTH {
            return Err(damaged("its metadata is nested too deeply"));
        }
        let mut values = Vec::new();
        let mut id = 0_i16;
        loop {
            let header = self.byte()?;
            let (delta, wire) = (header >> 4, header & 0xF);
            if wire == 0 {
                return Ok(Value::Struct(values));
            }
            id = if delta == 0 { self.number()? as i16 } else { id.wrapping_add(i16::from(delta)) };
            let kind = fields.iter().find(|(known, _)| *known == id).map(|(_, kind)| *kind);
            let value = self.value(wire, kind, false, depth)?;
            if kind.is_some() {
                values.push((id, value));
            }
        }
    }

    /// Value of the type `wire`, which has to be `kind` where that is known.
    fn value(&mut self, wire: u8, kind: Option<Kind>, is_element: bool, depth: u32) -> Result<Value> {
        let agrees = match kind {
            None => true,
            Some(Kind::Flag) => matches!(wire, 1 | 2),
            Some(Kind::Byte) => wire == 3,
            Some(Kind::Number) => matches!(wire, 4..=6),
            Some(Kind::Text) => wire == 8,
            Some(Kind::List(_)) => wire == 9,
            Some(Kind::Struct(_)) => wire == 12,
        };
        if !agrees {
            return Err(damaged("a field of its metadata has the wrong type"));
        }
        match wire {
            // The type of a flag is its value, except in a list.
            1 | 2 => self.skip(u64::from(is_element))?,
            3 => self.skip(1)?,
            4..=6 => return self.number().map(Value::Number),
            7 => self.skip(8)?,
            8 => {
                let length = self.varint()?;
                self.skip(length)?;
            }
            9 => return self.list(if let Some(Kind::List(kind)) = kind { Some(*kind) } else { None }, depth),
            12 => return self.fields(if let Some(Kind::Struct(fields)) = kind { fields } else { &[] }, depth + 1),
            _ => return Err(damaged("a field of its metadata has an unknown type")),
        }
        Ok(Value::Skipped)
    }

    fn list(&mut self, kind: Option<Kind>, depth: u32) -> Result<Value> {
        if depth > MAX_DEPTH {
            return Err(damaged("its metadata is nested too deeply"));
        }
        let header = self.byte()?;
        let length = if header >> 4 == 15 { self.varint()? } else { u64::from(header >> 4) };
        if length > self.remaining {
            return Err(damaged("a list of its metadata is longer than the file"));
        }
        let mut elements = Vec::new();
        for _ in 0..length {
            let element = self.value(header & 0xF, kind, true, depth + 1)?;
            if matches!(kind, Some(Kind::Struct(_))) {
                elements.push(element);
            }
        }
        Ok(Value::List(elements))
    }

    /// Number in zigzag coding.
    fn number(&mut self) -> Result<i64> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn varint(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(damaged("a number of its metadata has too many digits"))
    }

    fn byte(&mut self) -> Result<u8> {
        self.consume(1)?;
        let mut byte = [0];
        self.reader.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn skip(&mut self, bytes: u64) -> Result<()> {
        self.consume(bytes)?;
        let skipped = std::io::copy(&mut self.reader.by_ref().take(bytes), &mut std::io::sink())?;
        if skipped == bytes { Ok(()) } else { Err(damaged("its metadata ends too early")) }
    }

    fn consume(&mut self, bytes: u64) -> Result<()> {
        self.remaining = self.remaining.checked_sub(bytes).ok_or_else(|| damaged("its metadata ends too early"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Fields = &[(1, Kind::Number), (3, Kind::List(&Kind::Struct(&[(1, Kind::Number)])))];

    fn read(bytes: &[u8]) -> Result<Value> {
        CompactReader::new(bytes, bytes.len() as u64).structure(PAIR)
    }

    #[test]
    fn compact_reader_reads_numbers_lists_and_skips_unknown_fields() {
        // Field 1, i32, zigzag -3; field 2, binary "ab", unknown; field 3, list of two structures with fields 1: 64 and 1.
        let value = read(b"\x15\x05\x18\x02ab\x19\x2c\x15\x80\x01\0\x15\x02\0\0").expect("valid");
        assert_eq!(value.number(1), Some(-3));
        let elements: Vec<_> = value.list(3).iter().map(|element| element.number(1)).collect();
        assert_eq!(elements, [Some(64), Some(1)]);
        assert!(value.field(2).is_none());
    }

    #[test]
    fn compact_reader_long_list_is_an_error() {
        let error = read(b"\x39\xfc\xff\xff\xff\xff\x07\0").expect_err("2^31 structures");
        assert!(error.to_string().contains("longer than the file"), "{error}");
        assert!(read(b"\x39\x2c\0").is_err(), "one of two structures");
    }

    #[test]
    fn compact_reader_other_type_is_an_error() {
        assert!(read(b"\x18\x02ab\0").expect_err("text for a number").to_string().contains("wrong type"));
        assert!(read(b"\x39\x25\x02\x04\0").expect_err("numbers for structures").to_string().contains("wrong type"));
    }

    #[test]
    fn compact_reader_nested_structures_are_an_error() {
        assert!(read(&[0x4C; 100]).expect_err("deep").to_string().contains("nested"));
        assert!(read(&[0x49; 3]).is_err());
    }
}
