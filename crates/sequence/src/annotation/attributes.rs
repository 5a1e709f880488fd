//! Attributes of an annotation row: column 9 of GTF (`key "value"; ...`) and of GFF3 (`key=value;...`).
//!
//! Attributes are looked up in place. An annotation has millions of rows with about fifteen attributes each, of which
//! one or two near the start are needed. Reading takes twice as long with a map of all attributes.

use std::borrow::Cow;

/// Syntax of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `key "value"; key "value";`
    Gtf,
    /// `key=value,value;key=value`
    Gff3,
}

impl Dialect {
    /// Dialect by the character after the first key; `None` for an empty column.
    pub(crate) fn of(attributes: &[u8]) -> Option<Self> {
        let text = attributes.trim_ascii();
        let (_, after_key) = split_where(text, |byte| byte == b'=' || byte == b'"' || byte.is_ascii_whitespace());
        match after_key.trim_ascii_start().first()? {
            b'=' => Some(Self::Gff3),
            _ => Some(Self::Gtf),
        }
    }

    /// Syntax in words, for messages.
    fn syntax(self) -> &'static str {
        match self {
            Self::Gtf => "key \"value\"; ... as in GTF",
            Self::Gff3 => "key=value;... as in GFF3",
        }
    }
}

/// Attributes of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attributes<'a> {
    dialect: Dialect,
    text: &'a [u8],
}

impl<'a> Attributes<'a> {
    pub(crate) fn new(dialect: Dialect, text: &'a [u8]) -> Self {
        Self { dialect, text }
    }

    /// First value of a key, not decoded; `None` if it is absent or empty.
    pub(crate) fn raw(self, key: &str) -> Option<&'a [u8]> {
        let (_, value) = self.fields().find(|(found, _)| *found == key.as_bytes())?;
        (!value.is_empty()).then_some(value)
    }

    /// First value of a key, decoded.
    pub(crate) fn get(self, key: &str) -> Option<Cow<'a, str>> {
        let value = self.raw(key)?;
        Some(match self.dialect {
            Dialect::Gtf => unescape(value),
            Dialect::Gff3 => percent_decode(value),
        })
    }

    /// Value of the first of `keys` that has one.
    pub(crate) fn first_of(self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.get(key)).map(Cow::into_owned)
    }

    /// The column, if it is a single word: AUGUSTUS writes genes and transcripts so.
    pub(crate) fn only_word(self) -> Option<Cow<'a, str>> {
        let word = self.text.trim_ascii();
        let is_word = !word.is_empty() && word != b"." && !word.iter().any(|byte| b" \t;=\"".contains(byte));
        is_word.then(|| String::from_utf8_lossy(word))
    }

    /// Message about a missing key.
    pub(crate) fn missing_key(self, key: &str) -> String {
        format!("column 9 has no {key}; expected {}", self.dialect.syntax())
    }

    /// All values of a key: repeated keys in GTF, comma-separated values in GFF3.
    pub(crate) fn values(self, key: &str) -> impl Iterator<Item = &'a [u8]> {
        let splits = self.dialect == Dialect::Gff3;
        self.fields()
            .filter(move |(found, _)| *found == key.as_bytes())
            .flat_map(move |(_, value)| value.split(move |&byte| splits && byte == b','))
    }

    /// Whether a row has a `tag`. RefSeq writes `MANE Select`, other sources write `MANE_Select`.
    pub(crate) fn has_tag(self, tag: &str) -> bool {
        let same = |&(one, other): &(&u8, &u8)| *one == *other || (*one == b' ' && *other == b'_');
        self.values("tag")
            .any(|value| value.len() == tag.len() && value.iter().zip(tag.as_bytes()).all(|pair| same(&pair)))
    }

    fn fields(self) -> Fields<'a> {
        Fields { dialect: self.dialect, rest: self.text }
    }
}

/// Iterator over keys and values.
struct Fields<'a> {
    dialect: Dialect,
    rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.rest.iter().position(|&byte| byte != b';' && !byte.is_ascii_whitespace())?;
        let text = &self.rest[start..];
        let (field, rest) = match self.dialect {
            Dialect::Gtf => gtf_field(text),
            Dialect::Gff3 => gff3_field(text),
        };
        self.rest = rest;
        Some(field)
    }
}

type Field<'a> = ((&'a [u8], &'a [u8]), &'a [u8]);

/// Key and value of GTF: a key, white space, and a value in quotes, or without quotes up to the semicolon.
fn gtf_field(text: &[u8]) -> Field<'_> {
    let (key, rest) = split_where(text, |byte| byte == b';' || byte.is_ascii_whitespace());
    let rest = rest.trim_ascii_start();
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        let (value, rest) = split_where(rest, |byte| byte == b';');
        return ((key, value.trim_ascii_end()), rest);
    };
    let mut escaped = false;
    let (value, rest) = split_where(quoted, |byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    ((key, value), rest.get(1..).unwrap_or_default())
}

fn gff3_field(text: &[u8]) -> Field<'_> {
    let (field, rest) = split_where(text, |byte| byte == b';');
    let (key, value) = split_where(field, |byte| byte == b'=');
    ((key.trim_ascii_end(), without_quotes(value.get(1..).unwrap_or_default().trim_ascii())), rest)
}

/// Text between quotes, which GFF3 does not need but some programs write.
fn without_quotes(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value)
}

fn split_where(text: &[u8], ends: impl FnMut(u8) -> bool) -> (&[u8], &[u8]) {
    let mut ends = ends;
    text.split_at(text.iter().position(|&byte| ends(byte)).unwrap_or(text.len()))
}

/// Text of GTF with the escapes `\"` and `\\` decoded.
fn unescape(value: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(value);
    if text.contains('\\') { text.replace("\\\"", "\"").replace("\\\\", "\\").into() } else { text }
}

/// Text of GFF3 with percent codes such as `%2C` decoded; invalid codes stay unchanged.
pub(crate) fn percent_decode(value: &[u8]) -> Cow<'_, str> {
    if !value.contains(&b'%') {
        return String::from_utf8_lossy(value);
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        let code = (value[at] == b'%').then(|| value.get(at + 1..at + 3)).flatten();
        let byte = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        decoded.push(byte.unwrap_or(value[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gtf(text: &str) -> Attributes<'_> {
        Attributes::new(Dialect::Gtf, text.as_bytes())
    }

    fn gff3(text: &str) -> Attributes<'_> {
        Attributes::new(Dialect::Gff3, text.as_bytes())
    }

    #[test]
    fn dialect_of_attributes_by_character_after_first_key() {
        for (text, expected) in [
            ("gene_id \"G\"; note \"a=b\";", Some(Dialect::Gtf)),
            (" gene_id=\"G\"", Some(Dialect::Gff3)),
            ("exon_number 1;", Some(Dialect::Gtf)),
            ("ID = gene:G ; Name = N", Some(Dialect::Gff3)),
            ("ID=gene:G;description=a \"b\"", Some(Dialect::Gff3)),
            (".", None),
            ("", None),
        ] {
            assert_eq!(Dialect::of(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn get_gtf_values_with_and_without_quotes() {
        let row = gtf(
            "gene_id \"G;1\"; transcript_id \"\"; level 2; note \"a \\\"b\\\" \\\\\"; tag \"basic\";tag \"MANE Select\"",
        );
        assert_eq!(row.get("gene_id").as_deref(), Some("G;1"));
        assert_eq!(row.get("transcript_id"), None);
        assert_eq!(row.get("level").as_deref(), Some("2"));
        assert_eq!(row.get("note").as_deref(), Some("a \"b\" \\"));
        assert!(row.has_tag("basic") && row.has_tag("MANE_Select") && !row.has_tag("MANE"));
        assert_eq!(row.first_of(&["gene_name", "level"]).as_deref(), Some("2"));
        let message = row.missing_key("gene_name");
        assert_eq!(message, "column 9 has no gene_name; expected key \"value\"; ... as in GTF");
    }

    #[test]
    fn get_gff3_values_are_decoded_and_split() {
        let row = gff3("ID=gene-A%3B1;Parent=a,b; Name=50%;Dbxref=GeneID:7,HGNC:HGNC:1;tag=basic,MANE_Select;odd");
        assert_eq!(row.get("ID").as_deref(), Some("gene-A;1"));
        assert_eq!(row.get("Name").as_deref(), Some("50%"));
        assert_eq!(row.values("Parent").collect::<Vec<_>>(), [b"a", b"b"]);
        assert!(row.has_tag("MANE_Select") && !row.has_tag("basic,MANE_Select"));
        assert_eq!(row.get("odd"), None);
        assert_eq!(gff3("ID=\"gene 1\"").get("ID").as_deref(), Some("gene 1"));
        assert_eq!(gff3("Name = N ; ID = G").get("ID").as_deref(), Some("G"));
    }

    #[test]
    fn only_word_excludes_keys_and_missing_values() {
        assert_eq!(gtf("g1.t1").only_word().as_deref(), Some("g1.t1"));
        for text in [".", "", "gene_id \"G\"", "G;", "ID=G"] {
            assert_eq!(gtf(text).only_word(), None, "{text}");
        }
    }

    #[test]
    fn fields_damaged_attributes_terminate() {
        for text in ["gene_id \"G", "gene_id", "\"\"\"", ";;;", "gene_id \"G\\", "=", "=;=", "%", "a=%F", "a=%zz"] {
            for attributes in [gtf(text), gff3(text)] {
                assert!(attributes.fields().count() < 5, "{text}");
                let _ = attributes.get("a");
            }
        }
        assert_eq!(gtf("gene_id \"G").get("gene_id").as_deref(), Some("G"));
        assert_eq!(gff3("a=%F").get("a").as_deref(), Some("%F"));
    }
}
