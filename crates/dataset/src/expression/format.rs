//! Formats of published expression tables and their recognition.

pub(crate) mod encode;
pub(crate) mod gene_counts;
pub(crate) mod hpa;
pub(crate) mod matrix;
pub(crate) mod quantification;
pub(crate) mod roadmap;

mod cell_line_names;
mod cell_value;
mod column_names;
mod columns;
mod gene_label;
mod matrix_parquet;
mod matrix_text;
mod table_builder;
mod transposed;

use std::path::Path;

pub(crate) use cell_value::is_missing;
pub(crate) use column_names::is_unit;

use self::quantification::Quantification;
use super::ExpressionFormat;
use crate::io::parquet::is_parquet;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Format of a file, and whether it holds a single sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Detected {
    pub(crate) format: ExpressionFormat,
    /// Whether the file holds one sample without the name of its cell type.
    pub(crate) is_sample: bool,
}

impl Detected {
    const fn table(format: ExpressionFormat) -> Self {
        Self { format, is_sample: false }
    }

    const fn sample(format: ExpressionFormat) -> Self {
        Self { format, is_sample: true }
    }
}

/// Format of a file: the `requested` format if the header agrees, otherwise the format that the header indicates.
///
/// # Errors
///
/// [`TableProblem::LayoutMismatch`], and the errors of the header if a format is requested.
pub(crate) fn detect_format(path: &Path, requested: Option<ExpressionFormat>) -> Result<Detected, TableError> {
    if requested == Some(ExpressionFormat::Matrix) || (requested.is_none() && is_parquet(path)) {
        return Ok(Detected::table(ExpressionFormat::Matrix));
    }
    let table = match (TextTable::open_matrix(path, column_names::is_gene_column), requested) {
        (Ok(table), _) => table,
        (Err(error), Some(_)) => return Err(error),
        // The matrix reader reports the most precise error.
        (Err(_), None) => return Ok(Detected::table(ExpressionFormat::Matrix)),
    };
    let found = format_of_header(path, &table);
    // Gene quantifications of RSEM are recognised as those of ENCODE.
    let is_of_rsem = requested == Some(ExpressionFormat::Rsem) && found == Detected::sample(ExpressionFormat::Encode);
    match requested {
        Some(format) if format != found.format && !is_of_rsem => {
            let problem = TableProblem::LayoutMismatch {
                format: format.as_str(),
                found: table.header,
                expected: format.columns(),
            };
            Err(TableError::in_file(path, problem))
        }
        _ => Ok(found),
    }
}

fn format_of_header(path: &Path, table: &TextTable) -> Detected {
    let header = &table.header;
    let has = |name: &str| header.iter().any(|column| column == name);
    if table.gct.is_some() {
        Detected::table(ExpressionFormat::Gct)
    } else if let Some(format) = gene_counts::format_of(path, header) {
        Detected::sample(format)
    } else if let Some(layout) = Quantification::of(header) {
        Detected::sample(layout.format)
    } else if encode::is_quantification(header) {
        Detected::sample(ExpressionFormat::Encode)
    } else if hpa::is_long_table(header) {
        Detected::table(ExpressionFormat::Hpa)
    } else if encode::is_sample_sheet(header) {
        Detected::table(ExpressionFormat::Encode)
    } else if roadmap::is_epigenome_table(header) {
        Detected::table(ExpressionFormat::Roadmap)
    } else if has("Geneid") && has("Length") {
        Detected::table(ExpressionFormat::FeatureCounts)
    } else if transposed::is_transposed(header, table.first_cell()) {
        Detected::table(ExpressionFormat::DepMap)
    } else {
        Detected::table(ExpressionFormat::Matrix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(header: &str, requested: Option<ExpressionFormat>) -> Result<ExpressionFormat, String> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), format!("{header}\n")).expect("written");
        detect_format(file.path(), requested).map(|found| found.format).map_err(|error| error.to_string())
    }

    #[test]
    fn detect_format_recognises_headers() {
        for (header, error) in [
            ("gene_id\tE000\tE003\tE123\t", ExpressionFormat::Roadmap),
            ("Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM", ExpressionFormat::Hpa),
            ("Gene\tGene name\tSample\tValue\tUnit", ExpressionFormat::Hpa),
            ("cell_type\tfile", ExpressionFormat::Encode),
            ("gene_id\tK562\tE123", ExpressionFormat::Matrix),
            ("gene_id,gene_name,K562", ExpressionFormat::Matrix),
            ("\u{feff}gene_id\tE003", ExpressionFormat::Roadmap),
            ("", ExpressionFormat::Matrix),
            ("Gene\tGene name\tTissue\tnTPM", ExpressionFormat::Hpa),
            ("Name\tLength\tEffectiveLength\tTPM\tNumReads", ExpressionFormat::Salmon),
            ("target_id\tlength\teff_length\test_counts\ttpm", ExpressionFormat::Kallisto),
            ("Gene ID\tGene Name\tReference\tStrand\tStart\tEnd\tCoverage\tFPKM\tTPM", ExpressionFormat::StringTie),
            (
                "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM",
                ExpressionFormat::Encode,
            ),
            ("# Program:featureCounts\nGeneid\tLength\tK562.bam", ExpressionFormat::FeatureCounts),
            ("N_unmapped\t1\t1\t1", ExpressionFormat::Star),
            ("#1.2\n1\t1\nName\tDescription\tK562", ExpressionFormat::Gct),
            (",TP53 (7157),MYC (4609),ACTB (60)", ExpressionFormat::DepMap),
        ] {
            assert_eq!(format(header, None), Ok(error), "{header:?}");
            assert_eq!(format(header, Some(ExpressionFormat::Matrix)), Ok(ExpressionFormat::Matrix));
        }
    }

    #[test]
    fn detect_format_gene_quantification_is_of_rsem_and_encode() {
        let header = "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM";
        for requested in [ExpressionFormat::Rsem, ExpressionFormat::Encode] {
            assert_eq!(format(header, Some(requested)), Ok(ExpressionFormat::Encode));
        }
    }

    #[test]
    fn detect_format_other_layout_returns_error() {
        let error = format("gene_id\tK562", Some(ExpressionFormat::Roadmap)).expect_err("a matrix");
        assert!(
            error.ends_with(
                "not in roadmap format: found `gene_id`, `K562`; expected `gene_id` and epigenomes such as `E003`, `E123`; \
                 omit the format to have it recognised"
            ),
            "{error}"
        );
    }
}
