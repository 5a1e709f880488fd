//! Typed values of BCF2 (VCF specification, section 6.3.3).

/// Type of the values of a vector, with the number of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueType {
    Missing = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Float = 5,
    Char = 7,
}

impl ValueType {
    fn of_code(code: u8) -> Option<Self> {
        [Self::Missing, Self::Int8, Self::Int16, Self::Int32, Self::Float, Self::Char]
            .into_iter()
            .find(|kind| *kind as u8 == code)
    }

    /// Size of a value, in bytes.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Int8 | Self::Char => 1,
            Self::Int16 => 2,
            Self::Int32 | Self::Float => 4,
        }
    }

    /// Smallest type of integers for values from `least` to `greatest`; `None` if there is none. The eight smallest
    /// values of each type are reserved.
    pub(super) fn of_integers(least: i64, greatest: i64) -> Option<Self> {
        const RESERVED: i64 = 8;
        let fits = |min: i64, max: i64| least >= min + RESERVED && greatest <= max;
        if fits(i8::MIN.into(), i8::MAX.into()) {
            Some(Self::Int8)
        } else if fits(i16::MIN.into(), i16::MAX.into()) {
            Some(Self::Int16)
        } else if fits(i32::MIN.into(), i32::MAX.into()) {
            Some(Self::Int32)
        } else {
            None
        }
    }
}

/// Bits of a missing float.
pub(super) const MISSING_FLOAT: u32 = 0x7F80_0001;
/// Bits of the end of a vector of floats.
pub(super) const END_FLOAT: u32 = 0x7F80_0002;

/// Largest length of a vector in the byte of its type; longer ones have a separate length.
const MAX_SHORT_LENGTH: usize = 14;

/// Element of a vector of integers or floats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Element<T> {
    Value(T),
    Missing,
    /// Padding after the last element.
    End,
}

/// Vector of values of one type, as bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector<'a> {
    pub(super) kind: ValueType,
    pub(super) bytes: &'a [u8],
}

impl<'a> Vector<'a> {
    /// Integers; the type must be an integer type.
    pub(super) fn integers(self) -> impl Iterator<Item = Element<i32>> + 'a {
        let width = self.kind.bytes().max(1);
        self.bytes.chunks_exact(width).map(move |bytes| {
            let (value, least) = match *bytes {
                [byte] => (i32::from(i8::from_le_bytes([byte])), i8::MIN.into()),
                [low, high] => (i32::from(i16::from_le_bytes([low, high])), i16::MIN.into()),
                _ => (bytes.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes)), i32::MIN),
            };
            match value.wrapping_sub(least) {
                0 => Element::Missing,
                1 => Element::End,
                _ => Element::Value(value),
            }
        })
    }

    /// Floats; the type must be float.
    pub(super) fn floats(self) -> impl Iterator<Item = Element<f32>> + 'a {
        self.bytes.as_chunks::<4>().0.iter().map(|bytes| match u32::from_le_bytes(*bytes) {
            MISSING_FLOAT => Element::Missing,
            END_FLOAT => Element::End,
            bits => Element::Value(f32::from_bits(bits)),
        })
    }

    /// Text without the NUL characters that pad it.
    pub(super) fn text(self) -> &'a [u8] {
        let end = self.bytes.iter().position(|&byte| byte == 0).unwrap_or(self.bytes.len());
        &self.bytes[..end]
    }
}

/// Cursor over typed values. `None` means that a value reaches past the end or has an unknown type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Number and type of the values that follow.
    pub(super) fn descriptor(&mut self) -> Option<(usize, ValueType)> {
        let byte = *self.take(1)?.first()?;
        let kind = ValueType::of_code(byte & 0xF)?;
        let length = usize::from(byte >> 4);
        if length <= MAX_SHORT_LENGTH {
            return Some((length, kind));
        }
        Some((usize::try_from(self.integer()?).ok()?, kind))
    }

    pub(super) fn vector(&mut self) -> Option<Vector<'a>> {
        let (length, kind) = self.descriptor()?;
        let bytes = self.take(length.checked_mul(kind.bytes())?)?;
        Some(Vector { kind, bytes })
    }

    /// Number of the key, and the type and values of a FORMAT field of all samples.
    pub(super) fn format_field(&mut self, sample_count: usize) -> Option<(i32, Vector<'a>)> {
        let key = self.integer()?;
        let (length, kind) = self.descriptor()?;
        let bytes = self.take(length.checked_mul(kind.bytes())?.checked_mul(sample_count)?)?;
        Some((key, Vector { kind, bytes }))
    }

    /// A single integer.
    pub(super) fn integer(&mut self) -> Option<i32> {
        let byte = *self.take(1)?.first()?;
        let kind = ValueType::of_code(byte & 0xF).filter(|_| byte >> 4 == 1)?;
        if !matches!(kind, ValueType::Int8 | ValueType::Int16 | ValueType::Int32) {
            return None;
        }
        match (Vector { kind, bytes: self.take(kind.bytes())? }).integers().next()? {
            Element::Value(value) => Some(value),
            Element::Missing | Element::End => None,
        }
    }
}

/// Appends number and type of values.
pub(super) fn put_descriptor(out: &mut Vec<u8>, length: usize, kind: ValueType) {
    if length <= MAX_SHORT_LENGTH {
        out.push((length as u8) << 4 | kind as u8);
    } else {
        out.push(0xF0 | kind as u8);
        put_integers(out, &[Some(length as i32)]);
    }
}

/// Appends an integer without a type.
pub(super) fn put_integer(out: &mut Vec<u8>, kind: ValueType, element: Element<i32>) {
    let least: i32 = match kind {
        ValueType::Int8 => i8::MIN.into(),
        ValueType::Int16 => i16::MIN.into(),
        _ => i32::MIN,
    };
    let value = match element {
        Element::Value(value) => value,
        Element::Missing => least,
        Element::End => least + 1,
    };
    out.extend_from_slice(&value.to_le_bytes()[..kind.bytes()]);
}

/// Appends a vector of integers, each from [`MIN_INTEGER`] on, in the smallest type; `None` is a missing value.
pub(super) fn put_integers(out: &mut Vec<u8>, values: &[Option<i32>]) {
    let present = || values.iter().flatten().map(|&value| i64::from(value));
    let kind = ValueType::of_integers(present().min().unwrap_or(0), present().max().unwrap_or(0));
    let kind = kind.unwrap_or(ValueType::Int32);
    put_descriptor(out, values.len(), if values.is_empty() { ValueType::Missing } else { kind });
    for value in values {
        put_integer(out, kind, value.map_or(Element::Missing, Element::Value));
    }
}

/// Smallest integer that BCF can represent.
pub(super) const MIN_INTEGER: i32 = i32::MIN + 8;

/// Appends a float without a type.
pub(super) fn put_float(out: &mut Vec<u8>, element: Element<f32>) {
    let bits = match element {
        Element::Value(value) => value.to_bits(),
        Element::Missing => MISSING_FLOAT,
        Element::End => END_FLOAT,
    };
    out.extend_from_slice(&bits.to_le_bytes());
}

/// Appends text.
pub(super) fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put_descriptor(out, text.len(), ValueType::Char);
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn put_integers_uses_smallest_type() {
        let written = |values: &[Option<i32>]| {
            let mut out = Vec::new();
            put_integers(&mut out, values);
            out
        };
        assert_eq!(written(&[]), [0x00]);
        assert_eq!(written(&[None]), [0x11, 0x80]);
        assert_eq!(written(&[Some(-120), Some(127)]), [0x21, 0x88, 0x7F]);
        // -121 and 128 are outside the range of one byte without its reserved values.
        assert_eq!(written(&[Some(-121)]), [0x12, 0x87, 0xFF]);
        assert_eq!(written(&[Some(128), None]), [0x22, 0x80, 0x00, 0x00, 0x80]);
        assert_eq!(written(&[Some(32_768)]), [0x13, 0x00, 0x80, 0x00, 0x00]);
        // 15 values: the length is a typed integer.
        assert_eq!(written(&[Some(1); 15])[..3], [0xF1, 0x11, 15]);
    }

    #[test]
    fn cursor_reads_what_was_written() {
        let mut out = Vec::new();
        put_integers(&mut out, &[Some(300), None]);
        put_text(&mut out, b"a text of twenty let");
        put_descriptor(&mut out, 2, ValueType::Float);
        put_float(&mut out, Element::Value(0.5));
        put_float(&mut out, Element::Missing);
        let mut cursor = Cursor(&out);
        let integers = cursor.vector().unwrap();
        assert_eq!(integers.integers().collect::<Vec<_>>(), [Element::Value(300), Element::Missing]);
        assert_eq!(cursor.vector().unwrap().text(), b"a text of twenty let");
        assert_eq!(cursor.vector().unwrap().floats().collect::<Vec<_>>(), [Element::Value(0.5), Element::Missing]);
        assert!(cursor.0.is_empty() && cursor.vector().is_none());
        for cut in 0..out.len() {
            let mut cursor = Cursor(&out[..cut]);
            while cursor.vector().is_some() {}
        }
    }
}
