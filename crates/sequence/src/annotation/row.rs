//! Row of GTF or GFF3: nine columns, each parsed on request.

use std::ops::Range;

use super::attributes::{Attributes, Dialect};
use super::gene_id;
use crate::coord::Strand;

/// Number of columns of GTF and GFF3.
const COLUMNS: usize = 9;

/// Row of an annotation file.
pub(crate) struct AnnotationRow<'a> {
    columns: [&'a [u8]; COLUMNS],
}

impl<'a> AnnotationRow<'a> {
    /// Columns of a line that is neither blank nor a comment.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, String> {
        let mut columns = [&b""[..]; COLUMNS];
        let mut found = 0;
        for column in line.splitn(COLUMNS, |&byte| byte == b'\t') {
            columns[found] = column;
            found += 1;
        }
        if found < COLUMNS {
            let spaces = if found == 1 && line.split(u8::is_ascii_whitespace).count() >= COLUMNS {
                "; columns are separated by spaces, replace them by tabs"
            } else {
                ""
            };
            return Err(format!("expected the 9 tab-separated columns of GTF or GFF3, found {found}{spaces}"));
        }
        Ok(Self { columns })
    }

    /// Contig name as in the file.
    pub(crate) fn chrom(&self) -> &'a [u8] {
        self.columns[0]
    }

    /// Feature type, such as `gene`.
    pub(crate) fn row_type(&self) -> &'a [u8] {
        self.columns[2]
    }

    /// 0-based half-open range; the file counts from 1 and includes the end.
    pub(crate) fn extent(&self) -> Result<Range<u64>, String> {
        let (start, end) = (self.number(3, "start")?, self.number(4, "end")?);
        if end < start {
            return Err(format!("end {end} is before start {start}"));
        }
        Ok(start - 1..end)
    }

    fn number(&self, column: usize, name: &str) -> Result<u64, String> {
        let text = std::str::from_utf8(self.columns[column]).ok();
        text.and_then(|text| text.parse().ok())
            .filter(|&number| number > 0)
            .ok_or_else(|| format!("column {} ({name}) is not a whole number of 1 or more", column + 1))
    }

    /// Strand, if the row has one (`.`) and it is known (`?`).
    pub(crate) fn strand(&self) -> Result<Option<Strand>, String> {
        match self.columns[6] {
            b"+" => Ok(Some(Strand::Forward)),
            b"-" => Ok(Some(Strand::Reverse)),
            b"." | b"?" => Ok(None),
            other => Err(format!("column 7 (strand) is '{}'; expected '+', '-', '.' or '?'", other.escape_ascii())),
        }
    }

    /// Dialect of column 9; `None` if the column is empty.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        Dialect::of(self.columns[8])
    }

    /// Attributes in column 9.
    pub(crate) fn attributes(&self, dialect: Dialect) -> Attributes<'a> {
        Attributes::new(dialect, self.columns[8])
    }
}

/// Identifier in the NCBI database Gene, such as `100287102`, from a cross-reference `GeneID:100287102`.
pub(crate) fn ncbi_gene_id<'a>(mut references: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let number = references.find_map(|reference| reference.trim_ascii().strip_prefix(b"GeneID:"))?;
    Some(String::from_utf8_lossy(number).into_owned())
}

/// Gene identifier without the Ensembl version.
pub(crate) fn unversioned(gene_id: &str) -> String {
    gene_id::strip_version(gene_id).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: &str) -> AnnotationRow<'_> {
        AnnotationRow::parse(line.as_bytes()).unwrap()
    }

    #[test]
    fn annotation_row_extent_is_zero_based() {
        let row = row("chr1\tx\tgene\t11\t20\t.\t-\t.\tgene_id \"G\";");
        assert_eq!((row.chrom(), row.row_type()), (&b"chr1"[..], &b"gene"[..]));
        assert_eq!(row.extent().unwrap(), 10..20);
        assert_eq!(row.strand().unwrap(), Some(Strand::Reverse));
        assert_eq!(row.dialect(), Some(Dialect::Gtf));
    }

    #[test]
    fn annotation_row_error_names_the_column() {
        assert_eq!(
            AnnotationRow::parse(b"chr1 x gene 1 2").err().unwrap(),
            "expected the 9 tab-separated columns of GTF or GFF3, found 1"
        );
        for (start, end, expected) in [
            ("0", "9", "column 4 (start)"),
            ("-1", "9", "column 4 (start)"),
            ("1", "nine", "column 5 (end)"),
            ("5", "4", "end 4 is before start 5"),
        ] {
            let line = format!("chr1\tx\tgene\t{start}\t{end}\t.\t.\t.\t.");
            let message = row(&line).extent().unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
        assert!(row("1\tx\tgene\t1\t2\t.\t1\t.\t.").strand().unwrap_err().contains("column 7 (strand) is '1'"));
        for unknown in [".", "?"] {
            assert_eq!(row(&format!("1\tx\tgene\t1\t2\t.\t{unknown}\t.\t.")).strand(), Ok(None));
        }
    }

    #[test]
    fn ncbi_gene_id_is_found_among_cross_references() {
        let references = ["HGNC:HGNC:37102", "GeneID:100287102"].map(str::as_bytes);
        assert_eq!(ncbi_gene_id(references.into_iter()).as_deref(), Some("100287102"));
        assert_eq!(ncbi_gene_id(std::iter::empty()), None);
    }
}
