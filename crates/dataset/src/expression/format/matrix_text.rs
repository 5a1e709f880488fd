//! Expression matrices in TSV and CSV.

use std::path::Path;

use crate::expression::ExpressionTable;
use crate::expression::table_builder::{Columns, TEXT_REMEDY, TableBuilder};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Number of characters of the first line that an error quotes.
const MAX_SHOWN_CHARACTERS: usize = 60;

/// Common names of the gene column in lower case; R leaves the name empty.
const GENE_ID_COLUMNS: [&str; 9] =
    ["", "id", "gene", "geneid", "gene_id", "gene id", "ensembl_gene_id", "ensembl_id", "target_id"];

pub(crate) fn read(path: &Path) -> Result<ExpressionTable, TableError> {
    let mut rows = TextTable::open(path)?;
    let header = rows.header.clone();
    if looks_like_data(&header) {
        let first_line = header.join("\t").chars().take(MAX_SHOWN_CHARACTERS).collect();
        return Err(rows.header_error(TableProblem::NoHeader { first_line }));
    }
    let columns = Columns::of(&header, 0).map_err(|problem| rows.header_error(problem))?;
    let mut table = TableBuilder::new(path, columns.cell_type_names(&header), columns.gene_name.is_some());
    let header_location = rows.header_location();
    let mut is_first = true;
    while let Some((location, cells)) = rows.next_row()? {
        if is_first && columns.cell_types.iter().all(|&column| parse_number(&cells[column]).is_err()) {
            let problem = TableProblem::NoNumericColumns { columns: header };
            return Err(TableError::at(path, header_location, problem));
        }
        is_first = false;
        let gene_name = columns.gene_name.map_or("", |column| &cells[column]);
        table.start_row(location, &cells[columns.gene_id], gene_name)?;
        for &column in &columns.cell_types {
            let text = &cells[column];
            let Ok(value) = parse_number(text) else {
                let (gene_id, column) = table.current_cell();
                let problem =
                    TableProblem::NotANumber { gene_id, column, text: text.trim().to_owned(), remedy: TEXT_REMEDY };
                return Err(TableError::at(path, location, problem));
            };
            table.push(location, value, || text.trim().to_owned())?;
        }
    }
    table.finish()
}

/// Whether the first line contains values in place of names: an Ensembl gene, or only numbers after the gene and an
/// optional gene name. Numbers are sample names if the first column has the name of a gene column.
fn looks_like_data(header: &[String]) -> bool {
    if GENE_ID_COLUMNS.contains(&header[0].to_lowercase().as_str()) {
        return false;
    }
    let is_number = |name: &String| name.parse::<f64>().is_ok();
    let first_is_a_gene = header[0]
        .strip_prefix("ENS")
        .is_some_and(|rest| rest.trim_start_matches(char::is_alphabetic).starts_with(|c: char| c.is_ascii_digit()));
    let values_from = |start: usize| header.len() > start && header[start..].iter().all(is_number);
    first_is_a_gene || values_from(1) || values_from(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(name: &str, text: &str) -> Result<ExpressionTable, TableError> {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("writable");
        read(&path)
    }

    /// Message, starting at the file name.
    fn message(text: &str) -> String {
        let error = read_text("e.tsv", text).expect_err("a bad table").to_string();
        error[error.find("e.tsv").expect("the file is named")..].to_owned()
    }

    #[test]
    fn read_tab_and_comma_tables_give_same_result() {
        let tsv = "gene_id\tgene_name\tK562\tHepG2\nENSG00000000003.15\tTSPAN6\t0.5\t\nG2\tX\tNA\t.\n";
        let table = read_text("e.tsv", tsv).expect("a good table");
        assert_eq!(table.gene_ids, ["ENSG00000000003", "G2"]);
        assert_eq!(table.gene_names, Some(vec!["TSPAN6".into(), "X".into()]));
        assert_eq!(table.cell_types, ["K562", "HepG2"]);
        assert!((table.tpm[0] - 0.5).abs() < f32::EPSILON);
        assert!(table.tpm[1..].iter().all(|tpm| tpm.is_nan()));
        let csv = read_text("e.csv", &tsv.replace('\t', ",")).expect("a good table");
        assert_eq!((csv.gene_ids, csv.cell_types), (table.gene_ids, table.cell_types));
    }

    #[test]
    fn read_gene_names_are_optional_in_any_column() {
        let table = read_text("e.tsv", "id\tK562\tSymbol\nG1\t2\tTP53\n").expect("a good table");
        assert_eq!(table.gene_names, Some(vec!["TP53".into()]));
        let table = read_text("e.tsv", "id\tK562\nG1\t2\n").expect("a good table");
        assert_eq!((table.gene_names, table.tpm), (None, vec![2.0]));
    }

    #[test]
    fn read_without_header_returns_error() {
        let expected = "e.tsv, line 1: no header: the first line reads `ENSG00000000003\tTSPAN6\t0.1`; \
                    expected column names such as `gene_id`, `K562`; add a header line";
        assert_eq!(message("ENSG00000000003\tTSPAN6\t0.1\n"), expected);
        assert!(message("TP53\t1\t2\nMYC\t1\t2\n").contains("no header"));
        assert!(message("G1\tTP53\t1\t2\n").contains("no header"));
    }

    #[test]
    fn read_numeric_sample_names_are_accepted() {
        let table = read_text("e.tsv", "gene_id\t1001\t1002\nG1\t1\t2\n").expect("a good table");
        assert_eq!(table.cell_types, ["1001", "1002"]);
    }

    #[test]
    fn read_duplicate_gene_error_names_both_lines() {
        let expected = "e.tsv, line 4: duplicate gene ENSG1, first seen at line 2; keep one row per gene (identifier versions are ignored)";
        assert_eq!(message("gene_id\tK562\nENSG1.1\t1\nENSG2\t1\nENSG1.2\t1\n"), expected);
    }

    #[test]
    fn read_duplicate_cell_type_error_names_both_columns() {
        let expected =
            "e.tsv, line 1: duplicate cell type `K562`: columns 2 and 4 have the same name; remove or rename one";
        assert_eq!(message("gene_id\tK562\tHepG2\tK562\nG1\t1\t1\t1\n"), expected);
    }

    #[test]
    fn read_negative_tpm_error_names_line_gene_and_column() {
        let expected = "e.tsv, line 3: gene G2, column HepG2: TPM -0.5 is negative; expected linear TPM, \
                    so undo the logarithm of a table in log scale";
        assert_eq!(message("gene_id\tK562\tHepG2\nG1\t1\t1\nG2\t1\t-0.5\n"), expected);
    }

    #[test]
    fn read_text_value_error_names_line_gene_and_column() {
        let expected = "e.tsv, line 2: gene G1, column HepG2: `high` is not a number; leave the cell empty (or NA) if missing, \
                    and remove the column if it is not a cell type";
        assert_eq!(message("gene_id\tK562\tHepG2\nG1\t1\thigh\n"), expected);
    }

    #[test]
    fn read_nan_or_infinity_returns_error() {
        let expected = "e.tsv, line 2: gene G1, column K562: `NaN` is not a finite number; leave the cell empty if the value is missing";
        assert_eq!(message("gene_id\tK562\nG1\tNaN\n"), expected);
        assert!(message("gene_id\tK562\nG1\tinf\n").contains("`inf` is not a finite number"));
        assert!(message("gene_id\tK562\nG1\t1e300\n").contains("`1e300` is not a finite number"));
    }

    #[test]
    fn read_ragged_row_error_names_line() {
        let expected = "e.tsv, line 2: 2 cells where the header has 3; check for a missing or extra separator";
        assert_eq!(message("gene_id\tK562\tHepG2\nG1\t1\n"), expected);
    }

    #[test]
    fn read_without_numeric_columns_returns_error() {
        let expected = "e.tsv, line 1: no numeric columns: found `gene_id`, `kind`; expected a gene id column and one column of TPM per cell type, \
                    separated by tabs or commas";
        assert_eq!(message("gene_id\tkind\nG1\tprotein\n"), expected);
        assert!(message("gene_id\tgene_name\nG1\tTP53\n").contains("no numeric columns"));
        assert!(message("gene_id;K562\nG1;1\n").contains("found `gene_id;K562`"));
    }

    #[test]
    fn read_empty_table_or_gene_id_returns_error() {
        assert_eq!(message("gene_id\tK562\n"), "e.tsv: has a header but no rows");
        assert_eq!(message("gene_id\tK562\n \t1\n"), "e.tsv, line 2: empty `gene_id`; every row requires a value");
        assert!(message("").starts_with("e.tsv: is empty"));
    }

    #[test]
    fn read_missing_file_error_names_path() {
        let error = read(Path::new("no/such.tsv")).expect_err("absent").to_string();
        assert!(error.starts_with("no/such.tsv: cannot be opened"), "{error}");
    }
}
