//! Expression matrices in TSV, CSV and GCT.

use std::path::Path;

use csv::StringRecord;

use super::cell_value::{CellProblem, CommaUse, is_missing, is_number};
use super::column_names::is_gene_column;
use super::columns::{ColumnContent, Columns};
use super::gene_counts::is_summary_row;
use super::gene_label::{is_ensembl_gene, is_ensembl_transcript, split_gene_label};
use super::matrix::Matrix;
use super::table_builder::{TEXT_REMEDY, TableBuilder, UNITS_REMEDY};
use super::transposed;
use crate::drop_reason::DropReason;
use crate::expression::Scale;
use crate::expression::sample_files::ExcludedGenes;
use crate::io::gct::GctDimensions;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;

/// Number of characters of the first line that an error quotes.
const MAX_SHOWN_CHARACTERS: usize = 60;
/// Number of rows by which a column is recognised as numbers or text.
const SAMPLED_ROWS: usize = 100;

pub(crate) fn read(path: &Path, scale: Option<Scale>) -> Result<Matrix, TableError> {
    let mut rows = TextTable::open_matrix(path, is_gene_column)?;
    let header = rows.header.clone();
    if rows.gct.is_none() && looks_like_data(&header) {
        let first_line = header.join("\t").chars().take(MAX_SHOWN_CHARACTERS).collect();
        return Err(rows.header_error(TableProblem::NoHeader { first_line }));
    }
    if rows.gct.is_none() && transposed::is_transposed(&header, rows.first_cell()) {
        return transposed::read(path, rows, scale);
    }
    let gct = rows.gct;
    for _ in 0..gct.map_or(0, |gct| gct.metadata_rows) {
        rows.next_row()?;
    }
    let mut sample: Vec<(TableLocation, StringRecord)> = Vec::with_capacity(SAMPLED_ROWS);
    while sample.len() < SAMPLED_ROWS {
        let Some((location, cells)) = rows.next_row()? else { break };
        sample.push((location, cells.clone()));
    }
    let contents = contents_of(&sample, header.len());
    let columns = match gct {
        Some(gct) => gct_columns(&header, gct),
        None => Columns::of(&header, &contents, scale),
    };
    let columns = columns.map_err(|problem| rows.header_error(problem))?;
    let is_text = |&column: &usize| contents[column] == ColumnContent::Text;
    // Text with digits is a number in an unknown notation, which the row of the first one reports.
    let has_digit = |cell: &str| cell.bytes().any(|byte| byte.is_ascii_digit());
    let has_digits = sample.iter().any(|(_, cells)| columns.cell_types.iter().any(|&column| has_digit(&cells[column])));
    if !sample.is_empty() && !has_digits && columns.cell_types.iter().all(is_text) {
        return Err(rows.header_error(TableProblem::NoNumericColumns { columns: header }));
    }
    let mut labels = sample.iter().map(|(_, cells)| cells[columns.gene_id].trim());
    if labels.clone().filter(|label| is_transcript(label)).count() > sample.len() / 2 {
        let transcript = labels.find(|label| is_transcript(label)).unwrap_or_default().to_owned();
        return Err(TableError::in_file(path, TableProblem::TranscriptRows { transcript }));
    }
    let has_names = columns.gene_name.is_some() || labels.any(|label| split_gene_label(label).1.is_some());

    let table = TableBuilder::new(path, columns.cell_type_names(&header), has_names);
    let mut reader = RowReader {
        path,
        table: table.with_scale(scale.unwrap_or_default()),
        commas: CommaUse::new(rows.is_comma_separated()),
        lengths: columns.length.map(|_| Vec::new()),
        excluded: ExcludedGenes::new(),
        columns,
    };
    let mut count = sample.len();
    for (location, cells) in &sample {
        reader.read(*location, cells)?;
    }
    while let Some((location, cells)) = rows.next_row()? {
        reader.read(location, cells)?;
        count += 1;
    }
    if let Some(gct) = gct.filter(|gct| gct.rows != count) {
        return Err(TableError::in_file(path, TableProblem::GctRows { stated: gct.rows, found: count }));
    }
    reader.finish(&header)
}

/// Reader of the rows of a matrix.
struct RowReader<'a> {
    path: &'a Path,
    columns: Columns,
    table: TableBuilder<'a>,
    commas: CommaUse,
    lengths: Option<Vec<Option<f64>>>,
    excluded: ExcludedGenes,
}

impl RowReader<'_> {
    fn read(&mut self, location: TableLocation, cells: &StringRecord) -> Result<(), TableError> {
        let at = |problem| TableError::at(self.path, location, problem);
        if let Some(&column) = self.columns.unnamed.iter().find(|&&column| !cells[column].trim().is_empty()) {
            return Err(at(TableProblem::UnnamedColumn { column: column + 1 }));
        }
        let label = cells[self.columns.gene_id].trim();
        if is_summary_row(label) {
            let key = (label.to_owned(), DropReason::SummaryRow);
            self.excluded.entry(key).or_insert_with(|| format!("{}, {location}", self.path.display()));
            return Ok(());
        }
        let gene_name = self.columns.gene_name.map_or("", |column| &cells[column]);
        let gene_name = if is_missing(gene_name) { "" } else { gene_name };
        self.table.start_row(location, label, gene_name)?;
        for &column in &self.columns.cell_types {
            let text = &cells[column];
            let table = &self.table;
            let value = self.commas.parse(text, || table.current_cell()).map_err(|problem| {
                let (gene_id, column) = table.current_cell();
                let text = text.trim().to_owned();
                at(match problem {
                    CellProblem::Comma => TableProblem::Comma { gene_id, column, text },
                    CellProblem::NotANumber => {
                        let is_text = |&column: &usize| !is_number(&cells[column]) && !is_missing(&cells[column]);
                        let has_units =
                            self.columns.cell_types.len() > 1 && self.columns.cell_types.iter().all(is_text);
                        let remedy = if has_units { UNITS_REMEDY } else { TEXT_REMEDY };
                        TableProblem::NotANumber { gene_id, column, text, remedy }
                    }
                })
            })?;
            self.table.push(location, value, || text.trim().to_owned())?;
        }
        if let (Some(lengths), Some(column)) = (&mut self.lengths, self.columns.length) {
            lengths.push(cells[column].trim().replace(',', ".").parse().ok());
        }
        Ok(())
    }

    fn finish(self, header: &[String]) -> Result<Matrix, TableError> {
        let Self { path, columns, table, commas, lengths, excluded } = self;
        commas.finish().map_err(|problem| TableError::in_file(path, problem))?;
        let values = table.values.clone();
        Ok(Matrix {
            table: table.finish()?,
            values,
            lengths,
            excluded_columns: columns.excluded_names(header),
            named_unit: columns.named_unit,
            excluded,
        })
    }
}

/// Content of each column in the sampled rows.
fn contents_of(sample: &[(TableLocation, StringRecord)], columns: usize) -> Vec<ColumnContent> {
    let content = |column: usize| {
        let (mut numbers, mut texts) = (0, 0);
        for (_, cells) in sample {
            let cell = cells.get(column).unwrap_or_default();
            if !is_missing(cell) {
                *(if is_number(cell) { &mut numbers } else { &mut texts }) += 1;
            }
        }
        match (numbers, texts) {
            (0, 0) => ColumnContent::Missing,
            _ if numbers > texts => ColumnContent::Numbers,
            _ => ColumnContent::Text,
        }
    };
    (0..columns).map(content).collect()
}

/// Columns of a GCT file: the identifier, metadata of the gene, then the samples. The first metadata column of version 1.2
/// is called `Description` and holds gene names.
fn gct_columns(header: &[String], gct: GctDimensions) -> Result<Columns, TableProblem> {
    let samples = 1 + gct.metadata_columns..header.len();
    if header.len() < samples.start || samples.len() != gct.columns {
        return Err(TableProblem::GctColumns { stated: gct.columns, found: samples.len() });
    }
    let is_name = |&column: &usize| {
        let name = super::column_names::normalised(&header[column]);
        name == "description" || super::column_names::is_gene_name(&name) || name == "pr_gene_symbol"
    };
    let gene_name = (1..samples.start).find(is_name);
    let is_length = |&column: &usize| super::column_names::is_length(&super::column_names::normalised(&header[column]));
    let (lengths, mut cell_types): (Vec<usize>, Vec<usize>) = samples.clone().partition(is_length);
    if cell_types.is_empty() {
        return Err(TableProblem::NoNumericColumns { columns: header.to_vec() });
    }
    let mut excluded: Vec<usize> = (1..samples.start).filter(|&column| Some(column) != gene_name).collect();
    excluded.extend(lengths);
    // A column that is only called after a unit is a sample if there are no others.
    let is_unit = |&column: &usize| super::column_names::is_unit(&header[column]);
    if !cell_types.iter().all(&is_unit) {
        excluded.extend(cell_types.extract_if(.., |column| is_unit(column)));
    }
    super::columns::check_unique(header, &cell_types)?;
    Ok(Columns { gene_id: 0, gene_name, cell_types, excluded, unnamed: Vec::new(), length: None, named_unit: None })
}

/// Whether a label is a transcript, alone or in front of the other fields of a GENCODE name.
fn is_transcript(label: &str) -> bool {
    is_ensembl_transcript(label.split('|').next().unwrap_or(label))
}

/// Whether the first line contains values in place of names: an Ensembl gene, or only numbers after the gene and an
/// optional gene name. Numbers are sample names if the first column has the name of a gene column.
fn looks_like_data(header: &[String]) -> bool {
    if is_gene_column(&header[0]) {
        return false;
    }
    let is_number = |name: &String| name.parse::<f64>().is_ok();
    let first_is_a_gene = is_ensembl_gene(split_gene_label(&header[0]).0);
    let values_from = |start: usize| header.len() > start && header[start..].iter().all(is_number);
    first_is_a_gene || values_from(1) || values_from(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::ExpressionTable;

    fn read_text(name: &str, text: &str) -> Result<ExpressionTable, TableError> {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("writable");
        read(&path, None).map(|matrix| matrix.table)
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
    fn read_infinity_returns_error() {
        let expected = "e.tsv, line 2: gene G1, column K562: `inf` is not a finite number; leave the cell empty if the value is missing";
        assert_eq!(message("gene_id\tK562\nG1\tinf\n"), expected);
        assert!(message("gene_id\tK562\nG1\t1e300\n").contains("`1e300` is not a finite number"));
        let table = read_text("e.tsv", "gene_id\tK562\nG1\tNaN\n").expect("NaN is a missing value");
        assert!(table.tpm[0].is_nan());
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
    }

    #[test]
    fn read_empty_table_or_gene_id_returns_error() {
        assert_eq!(message("gene_id\tK562\n"), "e.tsv: has a header but no rows");
        assert_eq!(message("gene_id\tK562\n \t1\n"), "e.tsv, line 2: empty `gene_id`; every row requires a value");
        assert!(message("").starts_with("e.tsv: is empty"));
    }

    #[test]
    fn read_missing_file_error_names_path() {
        let error = read(Path::new("no/such.tsv"), None).expect_err("absent").to_string();
        assert!(error.starts_with("no/such.tsv: cannot be opened"), "{error}");
    }
}
