//! Header of a VCF or BCF file.

use std::path::Path;

use noodles::vcf;

use crate::SequenceError;
use crate::coord::Contig;
use crate::text_file::display_path;

/// Key of the string index in BCF headers, which VCF does not have.
const BCF_INDEX: &str = ",IDX=";

/// Header lines, unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantHeader {
    /// Lines that start with `##`.
    meta: Vec<Vec<u8>>,
    /// The line that starts with `#CHROM`.
    columns: Vec<u8>,
}

/// Declaration of an INFO field that holds a list of strings.
#[derive(Clone, Copy, Debug)]
pub struct InfoField<'a> {
    /// Key of the field.
    pub id: &'a str,
    /// Description of the field.
    pub description: &'a str,
}

impl VariantHeader {
    /// Adds a line without its line ending; returns whether it was the last one.
    pub(crate) fn push(&mut self, line: &[u8]) -> bool {
        if line.starts_with(b"##") {
            self.meta.push(line.to_vec());
            return false;
        }
        self.columns = line.to_vec();
        true
    }

    /// Header of a BCF file from its text.
    pub(crate) fn of_bcf(text: &str) -> Self {
        let mut header = Self::default();
        for line in text.lines() {
            header.push(strip_idx(line).as_bytes());
        }
        header
    }

    /// Number of columns of a record.
    pub(crate) fn column_count(&self) -> usize {
        self.columns.split(|&byte| byte == b'\t').count()
    }

    /// Whether the header declares a contig.
    pub fn has_contigs(&self) -> bool {
        self.meta.iter().any(|line| line.starts_with(b"##contig="))
    }

    /// Header with an additional INFO field, additional lines `remarks` (key and text), and `contigs` if it declares
    /// none. Older declarations of the same names are replaced.
    pub fn annotated(&self, field: InfoField<'_>, remarks: &[(&str, &str)], contigs: &[Contig]) -> Self {
        let older = format!("##INFO=<ID={},", field.id);
        let is_older = |line: &Vec<u8>| {
            let repeated = remarks.iter().any(|(key, _)| line.starts_with(format!("##{key}=").as_bytes()));
            line.starts_with(older.as_bytes()) || repeated
        };
        let mut meta: Vec<Vec<u8>> = self.meta.iter().filter(|line| !is_older(line)).cloned().collect();
        if !self.has_contigs() {
            let line = |contig: &Contig| format!("##contig=<ID={},length={}>", contig.name, contig.length);
            meta.extend(contigs.iter().map(|contig| line(contig).into_bytes()));
        }
        let InfoField { id, description } = field;
        meta.push(format!("##INFO=<ID={id},Number=.,Type=String,Description=\"{description}\">").into_bytes());
        meta.extend(remarks.iter().map(|(key, text)| format!("##{key}={text}").into_bytes()));
        Self { meta, columns: self.columns.clone() }
    }

    /// Header text, with line endings.
    pub(crate) fn text(&self) -> Vec<u8> {
        let lines = self.meta.iter().chain([&self.columns]);
        lines.flat_map(|line| line.iter().chain(b"\n")).copied().collect()
    }

    /// Header in the representation of noodles, for BCF, which stores names as numbers.
    pub(crate) fn to_noodles(&self, path: &Path) -> Result<vcf::Header, SequenceError> {
        let bad = |detail: String| SequenceError::InvalidVariantHeader { path: display_path(path), detail };
        let mut parser = vcf::header::Parser::default();
        for line in self.meta.iter().chain([&self.columns]) {
            let entry = parser.parse_partial(line);
            entry.map_err(|error| bad(format!("'{}': {}", String::from_utf8_lossy(line), error_chain(&error))))?;
        }
        parser.finish().map_err(|error| bad(error_chain(&error)))
    }
}

/// Header line without its BCF string index.
fn strip_idx(line: &str) -> String {
    let Some((before, after)) = line.rsplit_once(BCF_INDEX) else { return line.to_owned() };
    let digits = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
    // The index is at the end of the line; a description may contain the same text.
    if digits == ">" { format!("{before}>") } else { line.to_owned() }
}

/// Text of an error and its causes.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "##fileformat=VCFv4.2\n##INFO=<ID=X,Number=1,Type=String,Description=\"old\">\n\
                        ##odd line\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

    fn header(text: &str) -> VariantHeader {
        let mut header = VariantHeader::default();
        for line in text.lines() {
            header.push(line.as_bytes());
        }
        header
    }

    #[test]
    fn annotated_adds_and_replaces_header_lines() {
        let header = header(TEXT);
        assert_eq!(header.text(), TEXT.as_bytes());
        assert_eq!(header.column_count(), 8);
        let contigs = [Contig { name: "chr1".to_owned(), length: 9 }];
        let field = InfoField { id: "X", description: "new" };
        let annotated = header.annotated(field, &[("made_by", "a test")], &contigs);
        let expected = "##fileformat=VCFv4.2\n##odd line\n##contig=<ID=chr1,length=9>\n\
                        ##INFO=<ID=X,Number=.,Type=String,Description=\"new\">\n##made_by=a test\n\
                        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        assert_eq!(String::from_utf8(annotated.text()).unwrap(), expected);
        assert_eq!(annotated.annotated(field, &[("made_by", "a test")], &[]), annotated);
    }

    #[test]
    fn strip_idx_removes_string_index_only() {
        assert_eq!(strip_idx("##contig=<ID=chr1,length=9,IDX=12>"), "##contig=<ID=chr1,length=9>");
        let described = "##INFO=<ID=X,Number=1,Type=String,Description=\"see ,IDX=3>\">";
        assert_eq!(strip_idx(described), described);
    }

    #[test]
    fn to_noodles_invalid_line_is_an_error() {
        let message = header(TEXT).to_noodles(Path::new("x.vcf")).unwrap_err().to_string();
        assert!(message.starts_with("x.vcf: header: '##odd line'"), "{message}");
    }
}
