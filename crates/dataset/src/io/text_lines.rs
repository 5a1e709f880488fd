//! Lines of a text table: line endings, byte order marks and UTF-16.

use std::collections::VecDeque;
use std::io::{self, BufRead, Cursor, Read};

const UTF8_BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const UTF16_LITTLE_ENDIAN_MARK: [u8; 2] = [0xff, 0xfe];
const UTF16_BIG_ENDIAN_MARK: [u8; 2] = [0xfe, 0xff];
const UTF32_LITTLE_ENDIAN_MARK: [u8; 4] = [0xff, 0xfe, 0, 0];

/// Lines of a text, without blank lines. A line ends in LF, CR LF or CR.
pub(super) struct Lines {
    input: Box<dyn BufRead>,
    /// Current line without its line break.
    pub(super) line: Vec<u8>,
    /// Line number, counted from 1.
    pub(super) number: u64,
    /// Lines that follow in the bytes already read, for text whose lines end in CR alone.
    pending: VecDeque<Vec<u8>>,
}

impl Lines {
    /// Lines of a text in UTF-8, or in UTF-16 with a byte order mark.
    pub(super) fn of(mut input: Box<dyn BufRead>) -> io::Result<Self> {
        let start = input.fill_buf()?;
        if has_utf16_mark(start) {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes)?;
            input = Box::new(Cursor::new(utf16_to_utf8(&bytes)?.into_bytes()));
        } else if start.starts_with(&UTF8_BYTE_ORDER_MARK) {
            input.consume(UTF8_BYTE_ORDER_MARK.len());
        }
        Ok(Self { input, line: Vec::new(), number: 0, pending: VecDeque::new() })
    }

    /// Advances to the next line that is not blank; `false` at the end.
    pub(super) fn advance(&mut self) -> io::Result<bool> {
        while self.advance_any()? {
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Advances to the next line, blank or not; `false` at the end.
    pub(super) fn advance_any(&mut self) -> io::Result<bool> {
        self.number += 1;
        if let Some(line) = self.pending.pop_front() {
            self.line = line;
            return Ok(true);
        }
        self.line.clear();
        if self.input.read_until(b'\n', &mut self.line)? == 0 {
            return Ok(false);
        }
        while self.line.ends_with(b"\n") || self.line.ends_with(b"\r") {
            self.line.pop();
        }
        if self.line.contains(&b'\r') {
            let mut lines = self.line.split(|&byte| byte == b'\r').map(<[u8]>::to_vec);
            let first = lines.next().unwrap_or_default();
            self.pending = lines.collect();
            self.line = first;
        }
        Ok(true)
    }
}

/// Whether a text starts with a byte order mark of UTF-16, which is not that of UTF-32.
pub(super) fn has_utf16_mark(start: &[u8]) -> bool {
    let is_utf32 = start.starts_with(&UTF32_LITTLE_ENDIAN_MARK);
    (start.starts_with(&UTF16_LITTLE_ENDIAN_MARK) && !is_utf32) || start.starts_with(&UTF16_BIG_ENDIAN_MARK)
}

/// UTF-8 text of UTF-16 with a byte order mark.
fn utf16_to_utf8(bytes: &[u8]) -> io::Result<String> {
    let is_little_endian = bytes.starts_with(&UTF16_LITTLE_ENDIAN_MARK);
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if is_little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    };
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, "invalid UTF-16");
    let units = bytes[UTF16_LITTLE_ENDIAN_MARK.len()..].chunks_exact(2);
    if !units.remainder().is_empty() {
        return Err(invalid());
    }
    let text = char::decode_utf16(units.map(unit)).collect::<Result<String, _>>().map_err(|_| invalid())?;
    if text.contains('\0') { Err(invalid()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u64, String)> {
        let mut lines = Lines::of(Box::new(Cursor::new(bytes.to_vec()))).expect("decoded");
        let mut found = Vec::new();
        while lines.advance().expect("in memory") {
            found.push((lines.number, String::from_utf8(lines.line.clone()).expect("UTF-8")));
        }
        found
    }

    #[test]
    fn lines_of_every_line_ending_are_equal() {
        let expected = [(1, "a\tb".to_owned()), (3, "c".to_owned())];
        for ending in ["\n", "\r\n", "\r"] {
            assert_eq!(lines(["a\tb", "", "c"].join(ending).as_bytes()), expected, "{ending:?}");
        }
    }

    #[test]
    fn lines_of_utf16_and_byte_order_marks_are_decoded() {
        let text = "gene\tμ\nG1\t1\n";
        let expected = lines(text.as_bytes());
        let little: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big, format!("\u{feff}{text}").into_bytes()] {
            assert_eq!(lines(&bytes), expected);
        }
        assert!(Lines::of(Box::new(Cursor::new(vec![0xff, 0xfe, b'a']))).is_err());
    }
}
