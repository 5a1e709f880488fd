//! Matrices of cell types by genes, such as the tables of `DepMap`: one row per cell line, one column per gene.
//!
//! # Source
//!
//! <https://depmap.org/portal/data_page/>: `OmicsExpressionTPMLogp1HumanProteinCodingGenes.csv` with columns such as
//! `TSPAN6 (7105)`, and from 2025 on further columns, of which `ModelID` is the cell line.

use std::collections::HashMap;
use std::path::Path;

use super::cell_value::{CellProblem, CommaUse};
use super::column_names::{is_gene_id, is_gene_name, normalised};
use super::gene_label::{is_ensembl_gene, is_labelled_gene, split_gene_label};
use super::matrix::Matrix;
use super::table_builder::{MISSING_REMEDY, TEXT_REMEDY};
use crate::expression::sample_files::ExcludedGenes;
use crate::expression::scale::ValueSummary;
use crate::expression::{ExpressionTable, Scale};
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;

/// Genes that nearly every table has, and no table has as cell types.
const COMMON_GENES: [&str; 10] = ["ACTB", "GAPDH", "B2M", "TP53", "MYC", "Actb", "Gapdh", "B2m", "Trp53", "Myc"];
/// Columns with the name of a cell line, best first, normalised.
const CELL_LINE_COLUMNS: [&str; 6] = ["modelid", "model_id", "depmap_id", "cell_line", "cell_line_name", "sample_id"];
/// Column that marks one profile per cell line, normalised.
const DEFAULT_ENTRY: &str = "isdefaultentryformodel";

/// Whether most columns of a header are genes, and the first column, here with its first cell, is not.
pub(crate) fn is_transposed(header: &[String], first_cell: &str) -> bool {
    let first = normalised(&header[0]);
    let names = header.get(1..).unwrap_or_default();
    if is_ensembl_gene(first_cell) {
        return false;
    }
    if is_gene_id(&first) || is_gene_name(&first) || first == "gene" {
        // Names such as `K562 (1)` may be samples, but Ensembl genes are genes whatever the first column is called.
        let genes = names.iter().filter(|name| is_ensembl_gene(name)).count();
        return genes >= 3 && genes * 2 >= names.len();
    }
    let labelled = names.iter().filter(|name| is_labelled_gene(name)).count();
    let common = names.iter().filter(|name| COMMON_GENES.contains(&name.as_str())).count();
    (labelled >= 3 && labelled * 2 >= names.len()) || common >= 3
}

/// Reads the rows of a table whose header has genes, and transposes it.
///
/// # Errors
///
/// Two columns of one gene, two rows of one cell line, and the errors of a matrix.
pub(crate) fn read(path: &Path, mut rows: TextTable, scale: Option<Scale>) -> Result<Matrix, TableError> {
    let header = rows.header.clone();
    let (genes, others) = gene_columns(&header);
    let mut table = genes_of(&header, &genes).map_err(|problem| rows.header_error(problem))?;
    let keys: Vec<String> = header.iter().map(|name| normalised(name)).collect();
    let position = |key: &str| others.iter().copied().find(|&column| keys[column] == key);
    let cell_line = CELL_LINE_COLUMNS.into_iter().find_map(position).unwrap_or(0);
    let default_entry = position(DEFAULT_ENTRY);
    let scale = scale.unwrap_or_default();
    let mut commas = CommaUse::new(rows.is_comma_separated());
    let mut first_seen: HashMap<String, TableLocation> = HashMap::new();
    // Cell types by genes; NaN if missing.
    let (mut raw, mut other_entries): (Vec<f64>, usize) = (Vec::new(), 0);
    while let Some((location, cells)) = rows.next_row()? {
        let at = |problem| TableError::at(path, location, problem);
        let is_default = |text: &str| ["yes", "true", "1"].contains(&text.trim().to_lowercase().as_str());
        if default_entry.is_some_and(|column| !is_default(&cells[column])) {
            other_entries += 1;
            continue;
        }
        let name = cells[cell_line].trim().to_owned();
        if name.is_empty() {
            return Err(at(TableProblem::EmptyCell { column: header[cell_line].clone() }));
        }
        if let Some(&first) = first_seen.get(&name) {
            return Err(at(TableProblem::DuplicateCellTypeRow { name, first }));
        }
        first_seen.insert(name.clone(), location);
        for &column in &genes {
            let text = cells[column].trim();
            let place = || (header[column].clone(), name.clone());
            let value = commas.parse(text, place).map_err(|problem| {
                let ((gene_id, column), text) = (place(), text.to_owned());
                at(match problem {
                    CellProblem::Comma => TableProblem::Comma { gene_id, column, text },
                    CellProblem::NotANumber => TableProblem::NotANumber { gene_id, column, text, remedy: TEXT_REMEDY },
                })
            })?;
            check(value, scale).map_err(|problem| at(problem.of(place(), text)))?;
            raw.push(value.unwrap_or(f64::NAN));
        }
        table.cell_types.push(name);
    }
    commas.finish().map_err(|problem| TableError::in_file(path, problem))?;
    if table.cell_types.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoRows));
    }
    if other_entries > 0 {
        let (path, cell_lines) = (path.display(), table.cell_types.len());
        tracing::warn!(
            "{path}: {other_entries} rows are further profiles of the {cell_lines} cell lines (IsDefaultEntryForModel) \
             and are not used"
        );
    }
    let mut values = ValueSummary::new(table.cell_types.len());
    for gene in 0..genes.len() {
        for cell_type in 0..table.cell_types.len() {
            let value = raw[cell_type * genes.len() + gene];
            if value.is_nan() {
                table.tpm.push(f32::NAN);
            } else {
                values.add(cell_type, value);
                table.tpm.push(scale.linear(value) as f32);
            }
        }
    }
    let excluded_columns = others.iter().filter(|&&column| column != cell_line).map(|&column| header[column].clone());
    Ok(Matrix {
        excluded_columns: excluded_columns.filter(|name| !name.is_empty()).collect(),
        table,
        values,
        lengths: None,
        named_unit: None,
        excluded: ExcludedGenes::new(),
    })
}

/// Columns of genes, and the other columns. Without labelled genes, every column but the first is a gene.
fn gene_columns(header: &[String]) -> (Vec<usize>, Vec<usize>) {
    let has_labels = header[1..].iter().any(|name| is_labelled_gene(name));
    (0..header.len()).partition(|&column| column > 0 && (!has_labels || is_labelled_gene(&header[column])))
}

/// Table of the genes of a header, without cell types.
fn genes_of(header: &[String], genes: &[usize]) -> Result<ExpressionTable, TableProblem> {
    let mut first_seen: HashMap<String, usize> = HashMap::new();
    let (mut gene_ids, mut gene_names) = (Vec::new(), Vec::new());
    for &column in genes {
        let (gene_id, name) = split_gene_label(&header[column]);
        let gene_id = tatabox_sequence::strip_version(gene_id).into_owned();
        if let Some(first) = first_seen.insert(gene_id.clone(), column) {
            return Err(TableProblem::DuplicateGeneColumn { gene_id, first: first + 1, second: column + 1 });
        }
        gene_ids.push(gene_id);
        gene_names.push(name.unwrap_or_default().to_owned());
    }
    let gene_names = gene_names.iter().any(|name| !name.is_empty()).then_some(gene_names);
    Ok(ExpressionTable { gene_ids, gene_names, cell_types: Vec::new(), tpm: Vec::new() })
}

/// Problem with the size of a value.
enum ValueProblem {
    Negative,
    NegativeLog2,
    NotFinite,
}

impl ValueProblem {
    fn of(self, (gene_id, column): (String, String), text: &str) -> TableProblem {
        let value = text.to_owned();
        match self {
            Self::Negative => TableProblem::NegativeTpm { gene_id, column, value },
            Self::NegativeLog2 => TableProblem::NegativeLog2 { gene_id, column, value },
            Self::NotFinite => TableProblem::NotFinite { gene_id, column, text: value, remedy: MISSING_REMEDY },
        }
    }
}

fn check(value: Option<f64>, scale: Scale) -> Result<(), ValueProblem> {
    match value {
        Some(value) if !value.is_finite() || !(scale.linear(value) as f32).is_finite() => Err(ValueProblem::NotFinite),
        Some(value) if (value as f32) < 0.0 && scale == Scale::Log2 => Err(ValueProblem::NegativeLog2),
        Some(value) if (value as f32) < 0.0 => Err(ValueProblem::Negative),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(text: &str, scale: Option<Scale>) -> Result<Matrix, TableError> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), text).expect("written");
        Matrix::read(file.path(), scale)
    }

    #[test]
    fn transposed_read_gives_genes_by_cell_lines() {
        let read = matrix(",TSPAN6 (7105),TNMD (64102),DPM1 (8813)\nACH-1,1,2,3\nACH-2,0,NA,5\n", Some(Scale::Log2));
        let Matrix { table, .. } = read.expect("a good table");
        assert_eq!(table.gene_ids, ["TSPAN6", "TNMD", "DPM1"]);
        assert_eq!(table.cell_types, ["ACH-1", "ACH-2"]);
        assert_eq!((table.row(0), table.row(2)), (&[1.0, 0.0][..], &[7.0, 31.0][..]));
        assert!(table.row(1)[1].is_nan());
    }

    #[test]
    fn transposed_read_ensembl_genes_decide_whatever_the_first_column_is_called() {
        let header = |first: &str| {
            ["", "00000000003", "00000000005.2", "00000000419"].map(|digits| match digits {
                "" => first.to_owned(),
                digits => format!("ENSG{digits}"),
            })
        };
        assert!(is_transposed(&header("gene_id"), "K562") && is_transposed(&header("sample"), "K562"));
        assert!(!is_transposed(&header("gene_id"), "ENSG00000000003"));
        assert!(!is_transposed(&["gene_id", "A (1)", "B (2)", "C (3)"].map(str::to_owned), "G1"));
    }

    #[test]
    fn transposed_read_recent_release_uses_one_profile_per_model() {
        let text = ",SequencingID,ModelID,IsDefaultEntryForModel,A (ENSG00000000003),B (ENSG00000000005),C (ENSG00000000419)\n\
            0,CDS-1,ACH-1,Yes,1,2,3\n1,CDS-2,ACH-1,No,4,5,6\n";
        let Matrix { table, excluded_columns, .. } = matrix(text, None).expect("a good table");
        assert_eq!(table.gene_ids, ["ENSG00000000003", "ENSG00000000005", "ENSG00000000419"]);
        assert_eq!(table.gene_names, Some(vec!["A".into(), "B".into(), "C".into()]));
        assert_eq!((table.cell_types, table.tpm), (vec!["ACH-1".to_owned()], vec![1.0, 2.0, 3.0]));
        assert_eq!(excluded_columns, ["SequencingID", "IsDefaultEntryForModel"]);
    }

    #[test]
    fn transposed_read_duplicates_return_error() {
        let error = matrix(",A (1),B (2),A (3)\nL,1,2,3\n", None).expect_err("A twice").to_string();
        assert!(error.contains("gene A") && error.contains("columns 2 and 4"), "{error}");
        let error = matrix(",A (1),B (2),C (3)\nL,1,2,3\nL,1,2,3\n", None).expect_err("L twice").to_string();
        assert!(error.contains("line 3") && error.contains("line 2"), "{error}");
        let error = matrix(",A (1),B (2),C (3)\nL,1,-2,3\n", None).expect_err("negative").to_string();
        assert!(error.contains("gene B (2), column L: TPM -2 is negative"), "{error}");
    }
}
