//! Formats of published expression tables and their recognition.

pub(crate) mod encode;
pub(crate) mod hpa;
pub(crate) mod matrix_parquet;
pub(crate) mod matrix_text;
pub(crate) mod roadmap;

mod cell_line_names;

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::io::parquet::is_parquet;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Format of an expression table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExpressionFormat {
    /// Genes by cell types in linear TPM: TSV, CSV or parquet.
    Matrix,
    /// Genes by epigenomes in RPKM: `57epigenomes.RPKM.pc.gz` of the Roadmap Epigenomics Consortium.
    Roadmap,
    /// Long table with one row per gene and cell line: `rna_celline.tsv` of the Human Protein Atlas.
    Hpa,
    /// ENCODE gene quantifications (RSEM), one file per replicate, listed in a sample sheet.
    Encode,
}

impl ExpressionFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Matrix, Self::Roadmap, Self::Hpa, Self::Encode];

    /// Name in `dataset.json` and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Roadmap => "roadmap",
            Self::Hpa => "hpa",
            Self::Encode => "encode",
        }
    }

    /// Characteristic columns.
    const fn columns(self) -> &'static str {
        match self {
            Self::Matrix => "`gene_id` and one column of TPM per cell type",
            Self::Roadmap => "`gene_id` and epigenomes such as `E003`, `E123`",
            Self::Hpa => "`Gene`, `Gene name`, `Cell line`, `TPM`, `pTPM`, `nTPM`",
            Self::Encode => "a sample sheet with the columns `cell_type` and `file`",
        }
    }
}

impl fmt::Display for ExpressionFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Format of a file: the `requested` format if the header agrees, otherwise the format that the header indicates.
///
/// # Errors
///
/// [`TableProblem::LayoutMismatch`]; [`TableProblem::SampleWithoutCellType`] for a quantification, which needs the name
/// of its cell type.
pub(crate) fn detect_format(path: &Path, requested: Option<ExpressionFormat>) -> Result<ExpressionFormat, TableError> {
    if requested == Some(ExpressionFormat::Matrix) || (requested.is_none() && is_parquet(path)) {
        return Ok(ExpressionFormat::Matrix);
    }
    let header = match (TextTable::open(path), requested) {
        (Ok(table), _) => table.header,
        (Err(error), Some(_)) => return Err(error),
        // The matrix reader reports the most precise error.
        (Err(_), None) => return Ok(ExpressionFormat::Matrix),
    };
    if encode::is_quantification(&header) && requested.is_none_or(|format| format == ExpressionFormat::Encode) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(TableError::in_file(path, TableProblem::SampleWithoutCellType { file }));
    }
    let found = if hpa::is_long_table(&header) {
        ExpressionFormat::Hpa
    } else if encode::is_sample_sheet(&header) {
        ExpressionFormat::Encode
    } else if roadmap::is_epigenome_table(&header) {
        ExpressionFormat::Roadmap
    } else {
        ExpressionFormat::Matrix
    };
    match requested {
        Some(format) if format != found => {
            let problem =
                TableProblem::LayoutMismatch { format: format.as_str(), found: header, expected: format.columns() };
            Err(TableError::in_file(path, problem))
        }
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(header: &str, requested: Option<ExpressionFormat>) -> Result<ExpressionFormat, String> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), format!("{header}\n")).expect("written");
        detect_format(file.path(), requested).map_err(|error| error.to_string())
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
        ] {
            assert_eq!(format(header, None), Ok(error), "{header:?}");
            assert_eq!(format(header, Some(ExpressionFormat::Matrix)), Ok(ExpressionFormat::Matrix));
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
        let rsem = "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM";
        let error = format(rsem, None).expect_err("of which cell type?");
        assert!(error.contains("without a cell type; name the cell type of `"), "{error}");
    }

    #[test]
    fn expression_format_json_name_matches_display() {
        for format in ExpressionFormat::ALL {
            assert_eq!(serde_json::to_string(&format).expect("json"), format!("\"{format}\""));
        }
    }
}
