//! VCF and BCF records.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::VariantHeader;
use super::bcf::BcfRecord;
use super::header::FIXED_COLUMNS;

/// Number of columns from CHROM to ALT.
const SITE_COLUMNS: usize = 5;
/// Index of the INFO column.
const INFO: usize = 7;

/// Record of a variant file: the columns CHROM to ALT, and all columns as in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantRecord {
    /// CHROM to ALT, separated by tabs; for VCF, the other columns follow.
    text: Vec<u8>,
    /// Ends of the columns CHROM to ALT.
    ends: [usize; SITE_COLUMNS],
    position: u64,
    content: RecordContent,
    /// Number of the record in the file, counted from 1.
    pub number: u64,
    /// Line number in the file, counted from 1; `None` for BCF.
    pub line: Option<u64>,
}

/// Columns after ALT.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RecordContent {
    /// Not read.
    SiteOnly,
    /// Part of the text.
    Line,
    Bcf(Box<BcfRecord>),
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
    pub(super) fn parse(
        mut text: Vec<u8>,
        header: &VariantHeader,
        number: u64,
        line: u64,
    ) -> Result<Self, Box<MalformedRecord>> {
        let line = Some(line);
        match check_line(&mut text, header) {
            Ok((ends, position)) => Ok(Self { text, ends, position, content: RecordContent::Line, number, line }),
            Err(detail) => Err(malformed(&text, number, line, detail)),
        }
    }

    /// Record of BCF; `text` has the columns CHROM to ALT.
    pub(super) fn of_bcf(text: Vec<u8>, record: BcfRecord, number: u64) -> Result<Self, Box<MalformedRecord>> {
        match check_site(&text) {
            Ok((ends, position)) => {
                let content = RecordContent::Bcf(Box::new(record));
                Ok(Self { text, ends, position, content, number, line: None })
            }
            Err(detail) => Err(malformed(&text, number, None, detail)),
        }
    }

    /// Drops the columns after ALT.
    pub(super) fn into_site_only(mut self) -> Self {
        self.text.truncate(self.ends[SITE_COLUMNS - 1]);
        self.text.shrink_to_fit();
        self.content = RecordContent::SiteOnly;
        self
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

    /// Size of the record in memory, in bytes.
    pub fn bytes(&self) -> usize {
        match &self.content {
            RecordContent::SiteOnly | RecordContent::Line => self.text.len(),
            RecordContent::Bcf(record) => self.text.len() + record.site.len() + record.samples.len(),
        }
    }

    /// Line of a VCF record, without its line ending.
    pub(super) fn vcf_line(&self) -> Option<&[u8]> {
        (self.content == RecordContent::Line).then_some(&self.text)
    }

    /// Bytes of a BCF record.
    pub(super) fn bcf_record(&self) -> Option<&BcfRecord> {
        if let RecordContent::Bcf(record) = &self.content { Some(record) } else { None }
    }

    fn range(&self, column: usize) -> Range<usize> {
        let start = if column == 0 { 0 } else { self.ends[column - 1] + 1 };
        start..self.ends[column]
    }

    fn text_column(&self, column: usize) -> &str {
        std::str::from_utf8(&self.text[self.range(column)]).expect("parse checks the encoding of this column")
    }
}

/// VCF line with `field` (`KEY=VALUE`) appended to INFO. An existing field of the same key is removed.
pub(super) fn line_with_info(line: &[u8], key: &str, field: Option<&str>) -> Vec<u8> {
    let start = memchr_iter(b'\t', line).nth(INFO - 1).map_or(line.len(), |tab| tab + 1);
    let end = memchr(b'\t', &line[start..]).map_or(line.len(), |length| start + length);
    let is_replaced = |field: &&[u8]| {
        field.strip_prefix(key.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"="))
    };
    let info = &line[start..end];
    let mut fields = info.split(|&byte| byte == b';');
    if field.is_none() && !fields.clone().any(|field| is_replaced(&field)) {
        return line.to_vec();
    }
    let kept = fields.by_ref().filter(|field| info != b"." && !is_replaced(field));
    let fields: Vec<&[u8]> = kept.chain(field.map(str::as_bytes)).collect();
    let info = if fields.is_empty() { b".".to_vec() } else { fields.join(&b';') };
    [&line[..start], &info, &line[end..]].concat()
}

fn malformed(text: &[u8], number: u64, line: Option<u64>, detail: String) -> Box<MalformedRecord> {
    let mut columns = text.split(|&byte| byte == b'\t').map(|column| String::from_utf8_lossy(column).into());
    let columns = std::array::from_fn(|_| columns.next().unwrap_or_default());
    Box::new(MalformedRecord { number, line, columns, detail })
}

/// Ends of the columns CHROM to ALT and POS, or the reason why the line is malformed.
fn check_line(text: &mut Vec<u8>, header: &VariantHeader) -> Result<([usize; SITE_COLUMNS], u64), String> {
    let expected = header.column_count();
    let (header_empty, header_line) = header.empty_columns();
    let mut count = memchr_iter(b'\t', text).count() + 1;
    while header_empty > 0 && count > expected && text.last() == Some(&b'\t') {
        text.pop();
        count -= 1;
    }
    if count != expected {
        let hint = if text.starts_with(b"#") {
            "; this is a header line among the records: join VCF files with bcftools concat".to_owned()
        } else if header_empty > 0 {
            format!("; line {header_line} (#CHROM) ends with an empty column: remove its last tab, or name the sample")
        } else if count == 1 && text.contains(&b' ') {
            "; separate columns by tabs instead of spaces".to_owned()
        } else {
            String::new()
        };
        return Err(format!("expected {expected} tab-separated columns, as the header has, found {count}{hint}"));
    }
    if text.starts_with(b"#") {
        return Err("a header line among the records: join VCF files with bcftools concat".to_owned());
    }
    check_site(text)
}

/// Ends of the columns CHROM to ALT and POS, or the reason why a column is malformed.
fn check_site(text: &[u8]) -> Result<([usize; SITE_COLUMNS], u64), String> {
    let mut ends = [0; SITE_COLUMNS];
    let mut columns = text.split(|&byte| byte == b'\t');
    let mut start = 0;
    for (column, name) in FIXED_COLUMNS.iter().enumerate() {
        let Some(content) = columns.next() else { break };
        if content.is_empty() {
            return Err(format!("{name} is empty; use '.' for a missing value"));
        }
        if let Some(end) = ends.get_mut(column) {
            if std::str::from_utf8(content).is_err() {
                return Err(format!("{name} is not UTF-8 text"));
            }
            *end = start + content.len();
            start = *end + 1;
        }
    }
    let position = String::from_utf8_lossy(&text[ends[0] + 1..ends[1]]);
    let position = position.parse().map_err(|_| format!("POS '{position}' is not a whole number of 0 or more"))?;
    Ok((ends, position))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant::header::tests::header;

    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

    fn parse(text: &str) -> Result<VariantRecord, Box<MalformedRecord>> {
        VariantRecord::parse(text.as_bytes().to_vec(), &header(COLUMNS), 3, 12)
    }

    #[test]
    fn variant_record_columns_match_line() {
        let line = parse("chr1\t17\trs1;rs2\tA\tC,<DEL>\t.\tPASS\tDP=3;DB").unwrap();
        assert_eq!((line.chrom(), line.position(), line.id(), line.reference()), ("chr1", 17, "rs1;rs2", "A"));
        assert_eq!(line.alternates().collect::<Vec<_>>(), ["C", "<DEL>"]);
        assert_eq!(line.vcf_line().unwrap().len(), line.bytes());
        let site = line.into_site_only();
        assert_eq!((site.alternate(), site.vcf_line(), site.bytes()), ("C,<DEL>", None, 25));
    }

    #[test]
    fn line_with_info_appends_field_and_keeps_other_columns() {
        let line = |info: &str| format!("1\t2\t.\tA\tC\t9\tq\t{info}\tGT\t0/1");
        let with = |info: &str, field| String::from_utf8(line_with_info(line(info).as_bytes(), "X", field)).unwrap();
        assert_eq!(with("DP=3", Some("X=1")), line("DP=3;X=1"));
        assert_eq!(with(".", Some("X=1")), line("X=1"));
        assert_eq!(with("X=7;XY=2;X", Some("X=1")), line("XY=2;X=1"));
        assert_eq!(with("X=7", None), line("."));
        assert_eq!(with("DP=3;;DB;.", None), line("DP=3;;DB;."));
        assert_eq!(with(".;DP=3", Some("X=1")), line(".;DP=3;X=1"));
        assert_eq!(line_with_info(b"1\t2\t.\tA\tC\t9\tq\tDP=3", "X", Some("X=1")), b"1\t2\t.\tA\tC\t9\tq\tDP=3;X=1");
    }

    #[test]
    fn variant_record_malformed_line_gives_reason() {
        for (text, expected) in [
            ("chr1\t17\t.\tA", "expected 8 tab-separated columns, as the header has, found 4"),
            ("chr1 17 . A C . . .", "by tabs instead of spaces"),
            ("chr1\t17\t.\tA\tC\t.\t.\t.\tGT", "found 9"),
            ("chr1\t17\t.\tA\tC\t.\t.\t.\t", "found 9"),
            ("chr1\tseven\t.\tA\tC\t.\t.\t.", "POS 'seven'"),
            ("chr1\t-3\t.\tA\tC\t.\t.\t.", "POS '-3'"),
            ("chr1\t3\t.\t\tC\t.\t.\t.", "REF is empty"),
            ("chr1\t3\t.\tA\tC\t.\t.\t", "INFO is empty"),
            ("##fileformat=VCFv4.2", "a header line among the records"),
            (COLUMNS, "a header line among the records"),
        ] {
            let malformed = parse(text).unwrap_err();
            assert!(malformed.detail.contains(expected), "{}", malformed.detail);
            assert_eq!((malformed.number, malformed.line), (3, Some(12)));
        }
        assert_eq!(parse("chr1\t17\t.\tA").unwrap_err().columns, ["chr1", "17", ".", "A", ""].map(str::to_owned));
    }

    /// samtools/htslib#1452.
    #[test]
    fn variant_record_header_with_empty_last_column_is_read() {
        let header = header(&format!("{COLUMNS}\tFORMAT\t"));
        let parse = |text: &str| VariantRecord::parse(text.as_bytes().to_vec(), &header, 1, 2);
        let line = "chr1\t17\t.\tA\tC\t.\t.\t.\tGT";
        assert_eq!(parse(line).unwrap().vcf_line(), Some(line.as_bytes()));
        assert_eq!(parse(&format!("{line}\t")).unwrap().vcf_line(), Some(line.as_bytes()));
        let malformed = parse(&format!("{line}\t0/1")).unwrap_err();
        assert!(malformed.detail.contains("line 1 (#CHROM) ends with an empty column"), "{}", malformed.detail);
    }
}
