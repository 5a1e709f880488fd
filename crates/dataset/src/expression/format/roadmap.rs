//! `57epigenomes.RPKM.pc.gz` of the Roadmap Epigenomics Consortium: genes by epigenomes in RPKM.
//!
//! # Source
//!
//! Roadmap Epigenomics Consortium 2015, doi:10.1038/nature14248; identifiers from its `EG.name.txt`. Rows end in a tab,
//! the header does not.

use std::collections::BTreeMap;
use std::path::Path;

use super::{cell_line_names, matrix_text};
use crate::expression::scale::scale_to_million;
use crate::expression::{ExpressionTable, Scale};
use crate::io::table_error::{TableError, TableProblem};

/// Epigenomes of the standard cell lines. Others keep their identifiers, including E000, the mean over many tissues.
const EPIGENOMES: [(&str, &str); 6] = [
    ("E003", "H1-ESC"),
    ("E114", "A549"),
    ("E116", "GM12878"),
    ("E117", "HeLa-S3"),
    ("E118", "HepG2"),
    ("E123", "K562"),
];

/// Number of nonzero values from which integers alone indicate read counts.
const MIN_VALUES_FOR_COUNT_CHECK: usize = 50;

/// Whether every column after the gene is an epigenome.
pub(crate) fn is_epigenome_table(header: &[String]) -> bool {
    let is_epigenome = |name: &String| {
        name.strip_prefix('E')
            .is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    header.len() > 1 && header[0] == "gene_id" && header[1..].iter().all(is_epigenome)
}

/// Reads RPKM and renames cell lines; returns the replaced names with the new ones.
///
/// # Errors
///
/// The errors of a matrix; [`TableProblem::ReadCounts`] for the table of read counts, `57epigenomes.N.pc.gz`.
pub(crate) fn read(path: &Path) -> Result<(ExpressionTable, BTreeMap<String, String>), TableError> {
    let mut table = matrix_text::read(path, Some(Scale::Fpkm))?.table;
    let mut measured = table.tpm.iter().filter(|&&value| value > 0.0);
    if measured.clone().count() >= MIN_VALUES_FOR_COUNT_CHECK && measured.all(|value| value.fract() == 0.0) {
        return Err(TableError::in_file(path, TableProblem::ReadCounts));
    }
    let line = |id: &str| EPIGENOMES.iter().find(|(epigenome, _)| *epigenome == id).map(|&(_, line)| line);
    let renamed = cell_line_names::rename(&mut table.cell_types, line);
    Ok((table, renamed))
}

/// Scales every column to a sum of one million and returns the sums.
pub(crate) fn to_tpm(table: &mut ExpressionTable) -> BTreeMap<String, f64> {
    let sums = scale_to_million(table);
    table.cell_types.iter().cloned().zip(sums).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::Write as _;

    use super::*;

    /// Synthetic values in the layout of the published file.
    const TEXT: &str = "gene_id\tE000\tE003\tE114\tE116\tE117\tE118\tE123\n\
        ENSG00000000003\t23.265\t43.985\t31.106\t0.048\t9.321\t37.123\t1.5\t\n\
        ENSG00000000005\t0.872\t1.642\t0\t0\t0.011\t0\t0.5\t\n\
        ENSG00000000419\t55.2\t60.0\t44.4\t21\t31\t18\t0\t\n";

    fn read_gzip(text: &str) -> Result<(ExpressionTable, BTreeMap<String, String>), TableError> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("in memory");
        std::fs::write(file.path(), encoder.finish().expect("in memory")).expect("written");
        read(file.path())
    }

    #[test]
    fn roadmap_read_published_layout_renames_cell_lines() {
        let (table, renamed) = read_gzip(TEXT).expect("a good table");
        assert_eq!(table.gene_ids, ["ENSG00000000003", "ENSG00000000005", "ENSG00000000419"]);
        assert_eq!(table.cell_types, ["E000", "H1-ESC", "A549", "GM12878", "HeLa-S3", "HepG2", "K562"]);
        assert_eq!(renamed["E123"], "K562");
        assert_eq!(renamed.len(), 6);
        // The trailing tab does not shift the columns.
        assert_eq!(table.row(0)[6..], [1.5]);
        assert_eq!(table.row(2)[5..], [18.0, 0.0]);
    }

    #[test]
    fn to_tpm_scales_columns_to_one_million() {
        let (mut table, _) = read_gzip(TEXT).expect("a good table");
        let sums = to_tpm(&mut table);
        // K562: 1.5 + 0.5 + 0 = 2, so 1.5 is 750,000 per million.
        assert!((sums["K562"] - 2.0).abs() < 1e-12);
        let k562: Vec<f32> = (0..3).map(|gene| table.row(gene)[6]).collect();
        assert_eq!(k562, [750_000.0, 250_000.0, 0.0]);
        for column in 0..7 {
            let sum: f64 = (0..3).map(|gene| f64::from(table.row(gene)[column])).sum();
            assert!((sum - 1e6).abs() < 1.0, "{column}: {sum}");
        }
    }

    #[test]
    fn to_tpm_keeps_missing_values_and_zero_columns() {
        let (mut table, _) = read_gzip("gene_id\tE003\tE123\nG1\t0\tNA\t\nG2\t0\t0.5\t\n").expect("a good table");
        to_tpm(&mut table);
        assert!(table.row(0)[1].is_nan());
        assert_eq!((table.row(0)[0], table.row(1)[0], table.row(1)[1]), (0.0, 0.0, 1e6));
    }

    #[test]
    fn roadmap_read_counts_or_invalid_rows_return_error() {
        let counts = (0..60).fold("gene_id\tE123\n".to_owned(), |mut text, gene| {
            writeln!(text, "ENSG{gene}\t{}\t", gene * 7).expect("text");
            text
        });
        assert!(read_gzip(&counts).expect_err("counts").to_string().contains("table of read counts"));
        let error = read_gzip(&TEXT.replace("0.048", "-0.048")).expect_err("negative").to_string();
        assert!(error.contains("line 2: gene ENSG00000000003, column E116: TPM -0.048 is negative"), "{error}");
        let error = read_gzip(&TEXT.replace("\t44.4\t", "\t")).expect_err("a cell short").to_string();
        // The trailing tab does not compensate for the missing cell.
        assert!(error.contains("line 4: 7 cells where the header has 8"), "{error}");
    }
}
