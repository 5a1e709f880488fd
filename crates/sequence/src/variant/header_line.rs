//! Structured header lines of VCF: `##INFO=<ID=DP,Number=1,...>`.

use std::ops::Range;

/// Kind of a header line whose name BCF replaces by a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum LineKind {
    Filter,
    Info,
    Format,
    Contig,
}

impl LineKind {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Filter, "FILTER"), (Self::Info, "INFO"), (Self::Format, "FORMAT"), (Self::Contig, "contig")];

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// Key of the number that BCF gives to a name; VCF does not have it.
const BCF_INDEX: &[u8] = b"IDX";

/// Header line that declares a name.
pub(super) struct HeaderLine<'a> {
    line: &'a [u8],
    pub(super) kind: LineKind,
    fields: Vec<Field>,
    /// Whether the line has no errors, such as quotes within quotes, that other programs do not accept.
    is_valid: bool,
}

/// Field of a header line, by positions in the line.
struct Field {
    key: Range<usize>,
    /// Without quotes.
    value: Range<usize>,
    end: usize,
    is_quoted: bool,
}

impl<'a> HeaderLine<'a> {
    /// Declaration of a line; `None` for lines of other kinds.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let (kind, start) = LineKind::ALL.iter().find_map(|(kind, name)| {
            let rest = line.strip_prefix(b"##")?.strip_prefix(name.as_bytes())?.strip_prefix(b"=<")?;
            Some((*kind, line.len() - rest.len()))
        })?;
        let trimmed = line.trim_ascii_end();
        let (end, is_closed) = match trimmed.strip_suffix(b">") {
            Some(inner) if inner.len() >= start => (inner.len(), true),
            _ => (trimmed.len(), false),
        };
        let mut parsed = Self { line, kind, fields: Vec::new(), is_valid: is_closed };
        parsed.read_fields(start, end);
        Some(parsed)
    }

    fn read_fields(&mut self, start: usize, end: usize) {
        let line = self.line;
        let mut at = start;
        while at < end {
            while at < end && line[at] == b' ' {
                at += 1;
            }
            let comma = line[at..end].iter().position(|&byte| byte == b',').map_or(end, |length| at + length);
            let Some(length) = line[at..comma].iter().position(|&byte| byte == b'=') else {
                // Text with a comma that is not in quotes belongs to the previous value.
                self.is_valid = false;
                if let Some(last) = self.fields.last_mut() {
                    last.value.end = comma;
                    last.end = comma;
                }
                at = comma + 1;
                continue;
            };
            let key = at..at + length;
            self.is_valid &= is_key(line[key.clone()].trim_ascii_end());
            let mut value = key.end + 1;
            while value < end && line[value] == b' ' {
                value += 1;
            }
            let field = match line.get(value).filter(|_| value < end) {
                Some(b'"') => {
                    let (close, is_valid) = closing_quote(&line[..end], value + 1);
                    self.is_valid &= is_valid;
                    Field { key, value: value + 1..close, end: (close + 1).min(end), is_quoted: true }
                }
                Some(b'[') => {
                    let close = line[value..end].iter().position(|&byte| byte == b']');
                    let close = close.map_or(end, |length| value + length + 1);
                    Field { key, value: value..close, end: close, is_quoted: false }
                }
                _ => {
                    let comma = line[value..end].iter().position(|&byte| byte == b',');
                    let close = comma.map_or(end, |length| value + length);
                    self.is_valid &= !line[value..close].iter().any(|byte| matches!(byte, b'<' | b'>'));
                    Field { key, value: value..close, end: close, is_quoted: false }
                }
            };
            let after = &line[field.end..end];
            self.is_valid &= after.is_empty() || after[0] == b',';
            at = after.iter().position(|&byte| byte == b',').map_or(end, |length| field.end + length + 1);
            self.fields.push(field);
        }
    }

    fn field(&self, key: &[u8]) -> Option<&Field> {
        self.fields.iter().find(|field| self.line[field.key.clone()].trim_ascii() == key)
    }

    fn value(&self, key: &[u8]) -> Option<&'a [u8]> {
        self.field(key).map(|field| self.line[field.value.clone()].trim_ascii())
    }

    /// The declared name.
    pub(super) fn id(&self) -> Option<&'a [u8]> {
        self.value(b"ID").filter(|id| !id.is_empty())
    }

    /// Text of `Type`.
    pub(super) fn type_name(&self) -> Option<&'a [u8]> {
        self.value(b"Type")
    }

    /// Number of the name in BCF; an error is text that is not a number.
    pub(super) fn index(&self) -> Option<Result<usize, String>> {
        let text = String::from_utf8_lossy(self.value(BCF_INDEX)?);
        Some(text.parse().map_err(|_| format!("IDX '{text}' is not a number")))
    }

    /// The line without the number of BCF.
    pub(super) fn without_index(&self) -> Vec<u8> {
        let Some(position) = self.fields.iter().position(|field| &self.line[field.key.clone()] == BCF_INDEX) else {
            return self.line.to_vec();
        };
        let field = &self.fields[position];
        // One of the two commas around the field goes with it.
        let removed = match position.checked_sub(1) {
            Some(previous) => self.fields[previous].end..field.end,
            None => field.key.start..self.fields.get(1).map_or(field.end, |next| next.key.start),
        };
        [&self.line[..removed.start], &self.line[removed.end..]].concat()
    }

    /// The line for a BCF file, with the number of the name. Errors that would make other programs skip the line are
    /// repaired: quotes within quotes are escaped.
    pub(super) fn with_index(&self, index: usize) -> Vec<u8> {
        let mut line = if self.is_valid { self.without_index() } else { self.repaired() };
        line.truncate(line.trim_ascii_end().len());
        line.pop_if(|byte| *byte == b'>');
        line.extend_from_slice(format!(",IDX={index}>").as_bytes());
        line
    }

    fn repaired(&self) -> Vec<u8> {
        let mut line = format!("##{}=<", self.kind.name()).into_bytes();
        let fields = self.fields.iter().filter(|field| &self.line[field.key.clone()] != BCF_INDEX);
        for (count, field) in fields.enumerate() {
            if count > 0 {
                line.push(b',');
            }
            let key = self.line[field.key.clone()].trim_ascii();
            if !key.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
                line.push(b'_');
            }
            line.extend(key.iter().map(|&byte| if is_key_byte(byte) { byte } else { b'_' }));
            line.push(b'=');
            let value = self.line[field.value.clone()].trim_ascii();
            if field.is_quoted || value.iter().any(|byte| b",<>\" ".contains(byte)) && !value.starts_with(b"[") {
                put_quoted(&mut line, value);
            } else {
                line.extend_from_slice(value);
            }
        }
        line.push(b'>');
        line
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

fn is_key(key: &[u8]) -> bool {
    key.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && key.iter().all(|&byte| is_key_byte(byte))
}

/// End of quoted text that starts at `start`, and whether its quotes are valid: the first quote that is not escaped is
/// followed by a comma or by the end. Otherwise the text ends at the first quote before another field or the end.
fn closing_quote(line: &[u8], start: usize) -> (usize, bool) {
    let mut is_first = true;
    let mut is_escaped = false;
    for at in start..line.len() {
        match line[at] {
            b'\\' => {
                is_escaped = !is_escaped;
                continue;
            }
            b'"' if !is_escaped => {
                let rest = &line[at + 1..];
                if is_first && (rest.is_empty() || rest[0] == b',') && ends_field(rest) {
                    return (at, true);
                }
                if ends_field(rest.trim_ascii_start()) {
                    return (at, false);
                }
                is_first = false;
            }
            _ => {}
        }
        is_escaped = false;
    }
    (line.len(), false)
}

/// Whether the text after a quote is empty or another field.
fn ends_field(rest: &[u8]) -> bool {
    let Some(next) = rest.strip_prefix(b",") else { return rest.is_empty() };
    let next = next.trim_ascii_start();
    let key = next.iter().position(|&byte| byte == b'=').map_or(next, |length| &next[..length]);
    key.len() < next.len() && is_key(key.trim_ascii_end())
}

/// Appends text in quotes; quotes and a backslash at the end are escaped unless they are already.
fn put_quoted(line: &mut Vec<u8>, text: &[u8]) {
    line.push(b'"');
    let mut is_escaped = false;
    for &byte in text {
        if byte == b'"' && !is_escaped {
            line.push(b'\\');
        }
        is_escaped = byte == b'\\' && !is_escaped;
        line.push(byte);
    }
    if is_escaped {
        line.push(b'\\');
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_index(line: &str) -> String {
        String::from_utf8(HeaderLine::parse(line.as_bytes()).unwrap().with_index(7)).unwrap()
    }

    fn without_index(line: &str) -> String {
        String::from_utf8(HeaderLine::parse(line.as_bytes()).unwrap().without_index()).unwrap()
    }

    #[test]
    fn header_line_fields_are_read() {
        let line = b"##INFO=<ID=AF, Number=A,Type=Float,Description=\"a, \\\"b\\\" <c>\",Source=\"x\",IDX=12>";
        let parsed = HeaderLine::parse(line).unwrap();
        assert_eq!(
            (parsed.kind, parsed.id(), parsed.type_name()),
            (LineKind::Info, Some(&b"AF"[..]), Some(&b"Float"[..]))
        );
        assert_eq!(parsed.index(), Some(Ok(12)));
        assert!(parsed.is_valid);
        for other in ["##fileformat=VCFv4.2", "##source=<x>", "##INFO=x", "##odd line", "##ALT=<ID=DEL>", ""] {
            assert!(HeaderLine::parse(other.as_bytes()).is_none());
        }
    }

    #[test]
    fn header_line_index_is_added_and_removed() {
        let line = "##contig=<ID=chr1,length=9>";
        assert_eq!(with_index(line), "##contig=<ID=chr1,length=9,IDX=7>");
        assert_eq!(without_index(&with_index(line)), line);
        assert_eq!(with_index("##contig=<ID=chr1,IDX=3,length=9>"), "##contig=<ID=chr1,length=9,IDX=7>");
        assert_eq!(without_index("##contig=<IDX=3,ID=chr1>"), "##contig=<ID=chr1>");
        let described = "##INFO=<ID=X,Number=1,Type=String,Description=\"see ,IDX=3>\">";
        assert_eq!(without_index(described), described);
    }

    #[test]
    fn header_line_with_errors_is_repaired() {
        let quotes = "##INFO=<ID=Q,Number=1,Type=Integer,Description=\"number of \"interesting\" words\">";
        let repaired = "##INFO=<ID=Q,Number=1,Type=Integer,Description=\"number of \\\"interesting\\\" words\",IDX=7>";
        assert_eq!(with_index(quotes), repaired);
        assert_eq!(with_index(repaired), repaired);
        for (line, expected) in [
            ("##FILTER=<ID=q,Description=\"x\"", "##FILTER=<ID=q,Description=\"x\",IDX=7>"),
            ("##FILTER=<ID=q,Description=\"x>", "##FILTER=<ID=q,Description=\"x\",IDX=7>"),
            ("##FILTER=<ID=q,Description=a, b c>", "##FILTER=<ID=q,Description=\"a, b c\",IDX=7>"),
            (
                "##FILTER=<ID=q,Description=\"x\" ,more=\"y\\\">",
                "##FILTER=<ID=q,Description=\"x\",more=\"y\\\"\",IDX=7>",
            ),
            ("##FILTER=<ID=q,2nd=x>", "##FILTER=<ID=q,_2nd=x,IDX=7>"),
            ("##FILTER=<ID=q,Description=\"a \"b\", c\">", "##FILTER=<ID=q,Description=\"a \\\"b\\\", c\",IDX=7>"),
            ("##FILTER=<ID=q>  ", "##FILTER=<ID=q,IDX=7>"),
        ] {
            assert_eq!(with_index(line), expected);
        }
    }
}
