//! VCF records as lines of text.

use std::ops::Range;

/// Number of fixed columns, before FORMAT and the samples.
const FIXED_COLUMNS: usize = 8;
/// Index of the INFO column.
const INFO: usize = 7;

/// VCF record with its line, unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantRecord {
    text: Vec<u8>,
    /// Ends of the fixed columns.
    ends: [usize; FIXED_COLUMNS],
    position: u64,
    /// Number of the record in the file, counted from 1.
    pub number: u64,
    /// Line number in the file, counted from 1; `None` for BCF.
    pub line: Option<u64>,
}

/// Malformed VCF record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedRecord {
    /// Number of the record in the file, counted from 1.
    pub number: u64,
    /// Line number in the file, counted from 1; `None` for BCF.
    pub line: Option<u64>,
    /// Columns CHROM, POS, ID, REF and ALT as far as present, else empty.
    pub columns: [String; 5],
    /// The expectation and the finding.
    pub detail: String,
}

impl VariantRecord {
    /// Parses a line without its line ending. It must have as many columns as the header.
    ///
    /// # Errors
    ///
    /// The record with the reason: too few or too many columns, an empty column, a POS that is not a number, or text
    /// that is not UTF-8 in the first five columns.
    pub(crate) fn parse(
        text: Vec<u8>,
        header_columns: usize,
        number: u64,
        line: Option<u64>,
    ) -> Result<Self, Box<MalformedRecord>> {
        match check(&text, header_columns) {
            Ok((ends, position)) => Ok(Self { text, ends, position, number, line }),
            Err(detail) => {
                let mut columns =
                    text.split(|&byte| byte == b'\t').map(|column| String::from_utf8_lossy(column).into());
                let columns = std::array::from_fn(|_| columns.next().unwrap_or_default());
                Err(Box::new(MalformedRecord { number, line, columns, detail }))
            }
        }
    }

    /// CHROM: contig name as in the file.
    pub fn chrom(&self) -> &str {
        self.text_column(0)
    }

    /// POS: position counted from 1.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// ID.
    pub fn id(&self) -> &str {
        self.text_column(2)
    }

    /// REF.
    pub fn reference(&self) -> &str {
        self.text_column(3)
    }

    /// ALT: all alleles, separated by commas.
    pub fn alternate(&self) -> &str {
        self.text_column(4)
    }

    /// Alleles of ALT; a single `.` if there is none.
    pub fn alternates(&self) -> impl Iterator<Item = &str> {
        self.alternate().split(',')
    }

    /// Line of the record, without its line ending.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Line with `field` (`KEY=VALUE`) appended to INFO. An existing field of the same key is removed.
    pub fn with_info(&self, key: &str, field: Option<&str>) -> Vec<u8> {
        let range = self.range(INFO);
        let is_replaced = |field: &&[u8]| {
            field.strip_prefix(key.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"="))
        };
        let info = &self.text[range.clone()];
        let kept = info.split(|&byte| byte == b';').filter(|field| *field != b"." && !is_replaced(field));
        let fields: Vec<&[u8]> = kept.chain(field.map(str::as_bytes)).collect();
        let info = if fields.is_empty() { b".".to_vec() } else { fields.join(&b';') };
        [&self.text[..range.start], &info, &self.text[range.end..]].concat()
    }

    fn range(&self, column: usize) -> Range<usize> {
        let start = if column == 0 { 0 } else { self.ends[column - 1] + 1 };
        start..self.ends[column]
    }

    fn text_column(&self, column: usize) -> &str {
        std::str::from_utf8(&self.text[self.range(column)]).expect("parse checks the encoding of this column")
    }
}

/// Ends of the fixed columns and POS, or the reason why the line is malformed.
fn check(text: &[u8], header_columns: usize) -> Result<([usize; FIXED_COLUMNS], u64), String> {
    let count = text.split(|&byte| byte == b'\t').count();
    if count != header_columns.max(FIXED_COLUMNS) {
        let hint = if count == 1 && text.contains(&b' ') { "; separate columns by tabs instead of spaces" } else { "" };
        return Err(format!(
            "expected {} tab-separated columns, as the header has, found {count}{hint}",
            header_columns.max(FIXED_COLUMNS)
        ));
    }
    let mut ends = [0; FIXED_COLUMNS];
    let mut start = 0;
    let names = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];
    for (column, (end, name)) in ends.iter_mut().zip(names).enumerate() {
        let length = text[start..].iter().position(|&byte| byte == b'\t').unwrap_or(text.len() - start);
        *end = start + length;
        let content = &text[start..*end];
        if content.is_empty() {
            return Err(format!("{name} is empty; use '.' for a missing value"));
        }
        if column < 5 && std::str::from_utf8(content).is_err() {
            return Err(format!("{name} is not UTF-8 text"));
        }
        start = *end + 1;
    }
    let position = String::from_utf8_lossy(&text[ends[0] + 1..ends[1]]);
    let position = position.parse().map_err(|_| format!("POS '{position}' is not a whole number of 0 or more"))?;
    Ok((ends, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<VariantRecord, Box<MalformedRecord>> {
        VariantRecord::parse(text.as_bytes().to_vec(), 8, 3, Some(12))
    }

    #[test]
    fn variant_record_columns_match_line() {
        let line = parse("chr1\t17\trs1;rs2\tA\tC,<DEL>\t.\tPASS\tDP=3;DB").unwrap();
        assert_eq!((line.chrom(), line.position(), line.id(), line.reference()), ("chr1", 17, "rs1;rs2", "A"));
        assert_eq!(line.alternates().collect::<Vec<_>>(), ["C", "<DEL>"]);
    }

    #[test]
    fn with_info_appends_field_and_keeps_other_columns() {
        let with = |info: &str, field| {
            let line = VariantRecord::parse(format!("1\t2\t.\tA\tC\t9\tq\t{info}\tGT\t0/1").into_bytes(), 10, 1, None);
            String::from_utf8(line.unwrap().with_info("X", field)).unwrap()
        };
        let line = |info: &str| format!("1\t2\t.\tA\tC\t9\tq\t{info}\tGT\t0/1");
        assert_eq!(with("DP=3", Some("X=1")), line("DP=3;X=1"));
        assert_eq!(with(".", Some("X=1")), line("X=1"));
        assert_eq!(with("X=7;XY=2;X", Some("X=1")), line("XY=2;X=1"));
        assert_eq!(with("X=7", None), line("."));
        assert_eq!(with("DP=3;;DB", None), line("DP=3;;DB"));
    }

    #[test]
    fn variant_record_malformed_line_gives_reason() {
        for (text, expected) in [
            ("chr1\t17\t.\tA", "expected 8 tab-separated columns, as the header has, found 4"),
            ("chr1 17 . A C . . .", "by tabs instead of spaces"),
            ("chr1\t17\t.\tA\tC\t.\t.\t.\tGT", "found 9"),
            ("chr1\tseven\t.\tA\tC\t.\t.\t.", "POS 'seven'"),
            ("chr1\t-3\t.\tA\tC\t.\t.\t.", "POS '-3'"),
            ("chr1\t3\t.\t\tC\t.\t.\t.", "REF is empty"),
        ] {
            let malformed = parse(text).unwrap_err();
            assert!(malformed.detail.contains(expected), "{}", malformed.detail);
            assert_eq!((malformed.number, malformed.line), (3, Some(12)));
        }
        assert_eq!(parse("chr1\t17\t.\tA").unwrap_err().columns, ["chr1", "17", ".", "A", ""].map(str::to_owned));
    }
}
