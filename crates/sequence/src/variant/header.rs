//! The header of a VCF file, line by line.

use std::path::Path;

use noodles::vcf;

use crate::SequenceError;
use crate::coord::Contig;
use crate::text_file::display_path;

/// Where the BCF header says how a name is numbered, which is nothing that text files have.
const BCF_INDEX: &str = ",IDX=";

/// The lines of a header, untouched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantHeader {
    /// Lines that begin with `##`.
    meta: Vec<Vec<u8>>,
    /// The line that begins with `#CHROM`.
    columns: Vec<u8>,
}

/// An INFO field to add, a list of texts.
#[derive(Clone, Copy, Debug)]
pub struct InfoField<'a> {
    /// Its key.
    pub id: &'a str,
    /// What it is.
    pub description: &'a str,
}

impl VariantHeader {
    /// Adds a line without its end; returns whether it was the last.
    pub(crate) fn push(&mut self, line: &[u8]) -> bool {
        if line.starts_with(b"##") {
            self.meta.push(line.to_vec());
            return false;
        }
        self.columns = line.to_vec();
        true
    }

    /// Of the text of a BCF header.
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

    /// Whether any contig is declared.
    pub fn has_contigs(&self) -> bool {
        self.meta.iter().any(|line| line.starts_with(b"##contig="))
    }

    /// The header with an INFO field, which takes the place of an older one of that name, with `remarks` (key and
    /// text), and with contigs where it has none.
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

    /// The lines, each with its end.
    pub(crate) fn text(&self) -> Vec<u8> {
        let lines = self.meta.iter().chain([&self.columns]);
        lines.flat_map(|line| line.iter().chain(b"\n")).copied().collect()
    }

    /// The header as noodles has it, for BCF, which stores names as numbers.
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

/// A header line without the number that BCF gives to what it declares.
fn strip_idx(line: &str) -> String {
    let Some((before, after)) = line.rsplit_once(BCF_INDEX) else { return line.to_owned() };
    let digits = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
    // Only at the end: a description may say anything.
    if digits == ">" { format!("{before}>") } else { line.to_owned() }
}

/// An error with its causes.
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
    fn lines_are_kept_and_added_to() {
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
    fn numbers_of_bcf_come_off() {
        assert_eq!(strip_idx("##contig=<ID=chr1,length=9,IDX=12>"), "##contig=<ID=chr1,length=9>");
        let described = "##INFO=<ID=X,Number=1,Type=String,Description=\"see ,IDX=3>\">";
        assert_eq!(strip_idx(described), described);
    }

    #[test]
    fn what_bcf_cannot_hold_is_told() {
        let message = header(TEXT).to_noodles(Path::new("x.vcf")).unwrap_err().to_string();
        assert!(message.starts_with("x.vcf: header: '##odd line'"), "{message}");
    }
}
