//! `rna_celline.tsv` of the Human Protein Atlas and its tables of tissues and cell types: one row per gene and cell line.
//!
//! # Source
//!
//! <https://www.proteinatlas.org/about/download>. Columns by release: `Gene`, `Gene name`, `Sample`, `Value`, `Unit` up
//! to 18; `Cell line`, `TPM`, `pTPM`, `NX` in 19 and 20; `Cell line`, `TPM`, `pTPM`, `nTPM` since 21.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::cell_line_names;
use super::table_builder::{MISSING_REMEDY, TEXT_REMEDY};
use crate::expression::{ExpressionTable, HpaUnit};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

const GENE: &str = "Gene";
const GENE_NAME: &str = "Gene name";
/// Names of the column of cell lines, tissues or cell types; `Sample` in old releases.
const CELL_LINES: [&str; 8] =
    ["Cell line", "Cell type", "Immune cell", "Blood cell", "Single cell type", "Tissue", "Brain region", "Sample"];
/// Value column of releases with one value per row, in TPM.
const VALUE: &str = "Value";
const UNIT: &str = "Unit";

/// Marker of a value without a row; read values are finite or NaN (missing).
const UNSET: f32 = f32::INFINITY;

/// Whether a table has one row per gene and cell line.
pub(crate) fn is_long_table(header: &[String]) -> bool {
    let has = |name: &str| header.iter().any(|column| column == name);
    let has_value = has(VALUE) || HpaUnit::ALL.into_iter().any(|unit| has(unit.column()));
    has(GENE) && has_value && CELL_LINES.into_iter().any(has)
}

/// Table with its renamed cell lines.
#[derive(Debug)]
pub(crate) struct HpaTable {
    pub table: ExpressionTable,
    /// Renamed cell lines: published name to new name.
    pub renamed: BTreeMap<String, String>,
}

/// Reads the values of one unit and renames cell lines. A gene without a row for a cell line is missing there.
///
/// # Errors
///
/// [`TableProblem::UnitNotFound`] if the release lacks the unit, [`TableProblem::DuplicateMeasurement`], and the errors
/// of a matrix.
pub(crate) fn read(path: &Path, unit: HpaUnit) -> Result<HpaTable, TableError> {
    let mut rows = TextTable::open(path)?;
    let columns = LongColumns::of(&rows, unit)?;
    let rows_header = rows.header.clone();
    let mut long = LongTable::default();
    while let Some((location, cells)) = rows.next_row()? {
        let at = |problem| TableError::at(path, location, problem);
        let empty = |column: &str| at(TableProblem::EmptyCell { column: column.to_owned() });
        let gene_id = tatabox_sequence::strip_version(cells[columns.gene].trim());
        let cell_line = cells[columns.cell_line].trim();
        if gene_id.is_empty() {
            return Err(empty(GENE));
        }
        if cell_line.is_empty() {
            return Err(empty(&rows_header[columns.cell_line]));
        }
        if let Some(column) = columns.unit.filter(|&column| cells[column].trim() != HpaUnit::Tpm.column()) {
            let (column, text) = (UNIT.to_owned(), cells[column].trim().to_owned());
            return Err(at(TableProblem::OutOfRange { column, text, expected: "TPM" }));
        }
        let tpm = value(&cells[columns.value], &gene_id, unit).map_err(at)?;
        let gene_name = columns.gene_name.map_or("", |column| cells[column].trim());
        if !long.insert(&gene_id, gene_name, cell_line, tpm) {
            let (gene_id, cell_line) = (gene_id.into_owned(), cell_line.to_owned());
            return Err(at(TableProblem::DuplicateMeasurement { gene_id, cell_line }));
        }
    }
    if long.gene_ids.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoRows));
    }
    let mut table = long.into_table(columns.gene_name.is_some());
    let renamed = cell_line_names::rename(&mut table.cell_types, |_| None);
    Ok(HpaTable { table, renamed })
}

/// Linear value of a cell; NaN if missing.
fn value(cell: &str, gene_id: &str, unit: HpaUnit) -> Result<f32, TableProblem> {
    let (text, gene_id, column) = (cell.trim().to_owned(), gene_id.to_owned(), unit.column().to_owned());
    match parse_number(cell) {
        Ok(None) => Ok(f32::NAN),
        Ok(Some(value)) if !(value as f32).is_finite() => {
            Err(TableProblem::NotFinite { gene_id, column, text, remedy: MISSING_REMEDY })
        }
        Ok(Some(value)) if value < 0.0 => Err(TableProblem::NegativeTpm { gene_id, column, value: text }),
        Ok(Some(value)) => Ok(value as f32),
        Err(_) => Err(TableProblem::NotANumber { gene_id, column, text, remedy: TEXT_REMEDY }),
    }
}

/// Positions of the columns that are read.
struct LongColumns {
    gene: usize,
    gene_name: Option<usize>,
    cell_line: usize,
    value: usize,
    /// Unit column of releases with one value per row.
    unit: Option<usize>,
}

impl LongColumns {
    fn of(rows: &TextTable, unit: HpaUnit) -> Result<Self, TableError> {
        let find = |name: &str| rows.header.iter().position(|column| column == name);
        let gene = rows.column(GENE, &[GENE, GENE_NAME, CELL_LINES[0], unit.column()])?;
        let found: Vec<usize> = CELL_LINES.into_iter().filter_map(find).collect();
        let cell_line = match found[..] {
            [] => rows.column(CELL_LINES[0], &CELL_LINES)?,
            [column] => column,
            [..] => {
                let found = found.iter().map(|&column| rows.header[column].clone()).collect();
                return Err(rows.header_error(TableProblem::SeveralSampleColumns { found }));
            }
        };
        let gene_name = find(GENE_NAME);
        if let Some(value) = find(unit.column()) {
            return Ok(Self { gene, gene_name, cell_line, value, unit: None });
        }
        if let (HpaUnit::Tpm, Some(value)) = (unit, find(VALUE)) {
            return Ok(Self { gene, gene_name, cell_line, value, unit: find(UNIT) });
        }
        let mut found: Vec<String> = HpaUnit::ALL
            .into_iter()
            .map(HpaUnit::column)
            .filter(|&name| find(name).is_some())
            .map(str::to_owned)
            .collect();
        if found.is_empty() && find(VALUE).is_some() {
            found.push(HpaUnit::Tpm.column().to_owned());
        }
        Err(rows.header_error(TableProblem::UnitNotFound { unit: unit.column(), found }))
    }
}

/// Rows of a long table, collected by gene.
#[derive(Default)]
struct LongTable {
    gene_ids: Vec<String>,
    gene_names: Vec<String>,
    genes: HashMap<String, usize>,
    cell_lines: Vec<String>,
    lines: HashMap<String, usize>,
    /// Values of each gene by cell line; shorter than the number of cell lines until it is resized.
    values: Vec<Vec<f32>>,
    /// Gene and cell line of the preceding row. Tables are sorted by gene and repeat the order of the cell lines.
    last: (usize, usize),
}

impl LongTable {
    /// Stores a value; `false` if the gene already has a value in this cell line.
    fn insert(&mut self, gene_id: &str, gene_name: &str, cell_line: &str, tpm: f32) -> bool {
        let (gene, line) = (self.gene(gene_id, gene_name), self.line(cell_line));
        self.last = (gene, line);
        let values = &mut self.values[gene];
        if values.len() <= line {
            values.resize(line + 1, UNSET);
        }
        let is_new = values[line] == UNSET;
        values[line] = tpm;
        is_new
    }

    fn gene(&mut self, gene_id: &str, gene_name: &str) -> usize {
        if self.gene_ids.get(self.last.0).is_some_and(|last| last == gene_id) {
            return self.last.0;
        }
        if let Some(&gene) = self.genes.get(gene_id) {
            return gene;
        }
        let gene = self.gene_ids.len();
        self.genes.insert(gene_id.to_owned(), gene);
        self.gene_ids.push(gene_id.to_owned());
        self.gene_names.push(gene_name.to_owned());
        self.values.push(Vec::with_capacity(self.cell_lines.len()));
        gene
    }

    fn line(&mut self, cell_line: &str) -> usize {
        for likely in [self.last.1 + 1, 0] {
            if self.cell_lines.get(likely).is_some_and(|name| name == cell_line) {
                return likely;
            }
        }
        if let Some(&line) = self.lines.get(cell_line) {
            return line;
        }
        let line = self.cell_lines.len();
        self.lines.insert(cell_line.to_owned(), line);
        self.cell_lines.push(cell_line.to_owned());
        line
    }

    fn into_table(self, has_gene_names: bool) -> ExpressionTable {
        let width = self.cell_lines.len();
        let mut tpm = Vec::with_capacity(width * self.values.len());
        for mut values in self.values {
            values.resize(width, UNSET);
            tpm.extend(values.into_iter().map(|value| if value == UNSET { f32::NAN } else { value }));
        }
        let gene_names = has_gene_names.then_some(self.gene_names);
        ExpressionTable { gene_ids: self.gene_ids, gene_names, cell_types: self.cell_lines, tpm }
    }
}

#[cfg(test)]
mod tests {
    use zip::CompressionMethod;

    use super::*;
    use crate::io::text_file::tests::zipped;

    /// Synthetic values in the layout of release 21 and later.
    const TEXT: &str = "Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\n\
        ENSG00000000003\tTSPAN6\tA-431\t21.3\t26.0\t26.9\n\
        ENSG00000000003\tTSPAN6\tHeLa\t10.5\t13.1\t12.8\n\
        ENSG00000000003\tTSPAN6\tHep G2\t31.0\t38.4\t35.0\n\
        ENSG00000000005\tTNMD\tA-431\t0.0\t0.0\t0.0\n\
        ENSG00000000005\tTNMD\tHep G2\t0.1\t0.2\t0.1\n\
        ENSG00000000005\tTNMD\tK-562\t0.3\t0.4\t0.5\n";

    fn read_bytes(bytes: &[u8], unit: HpaUnit) -> Result<HpaTable, TableError> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), bytes).expect("written");
        read(file.path(), unit)
    }

    fn message(text: &str) -> String {
        read_bytes(text.as_bytes(), HpaUnit::Ptpm).expect_err("a bad table").to_string()
    }

    #[test]
    fn hpa_read_gives_matrix_of_requested_unit() {
        let archive = zipped(&[("rna_celline.tsv", TEXT)], CompressionMethod::Deflated);
        for bytes in [TEXT.as_bytes(), &archive, TEXT.replace('\n', "\r\n").as_bytes()] {
            let HpaTable { table, renamed } = read_bytes(bytes, HpaUnit::Ptpm).expect("a good table");
            assert_eq!(table.gene_ids, ["ENSG00000000003", "ENSG00000000005"]);
            assert_eq!(table.gene_names, Some(vec!["TSPAN6".into(), "TNMD".into()]));
            assert_eq!(table.cell_types, ["A-431", "HeLa-S3", "HepG2", "K562"]);
            assert_eq!(renamed["HeLa"], "HeLa-S3");
            assert_eq!(table.row(0)[..3], [26.0, 13.1, 38.4]);
            assert!(table.row(0)[3].is_nan() && table.row(1)[1].is_nan());
            assert_eq!(table.row(1)[..1], [0.0]);
            assert_eq!(table.row(1)[2..], [0.2, 0.4]);
        }
        let ntpm = read_bytes(TEXT.as_bytes(), HpaUnit::Ntpm).expect("a good table").table;
        assert_eq!(ntpm.row(0)[..3], [26.9, 12.8, 35.0]);
    }

    #[test]
    fn hpa_read_is_independent_of_row_order() {
        let lines: Vec<&str> = TEXT.lines().collect();
        let order = [0, 6, 2, 4, 3, 1, 5].map(|line| lines[line]).join("\n");
        let table = read_bytes(order.as_bytes(), HpaUnit::Tpm).expect("a good table").table;
        let of = |gene: &str, line: &str| {
            let gene = table.gene_ids.iter().position(|id| id == gene).expect("there");
            table.row(gene)[table.cell_type_index(line).expect("there")]
        };
        assert_eq!((of("ENSG00000000003", "HepG2"), of("ENSG00000000005", "K562")), (31.0, 0.3));
    }

    #[test]
    fn hpa_read_older_release_has_one_tpm_column() {
        let text =
            "\u{feff}Gene,Gene name,Sample,Value,Unit\nENSG1.4,\"A,B\",MCF7,1.5,TPM\nENSG1.4,\"A,B\",SiHa,2,TPM\n";
        let table = read_bytes(text.as_bytes(), HpaUnit::Tpm).expect("a good table").table;
        assert_eq!((table.gene_ids[0].as_str(), table.row(0)), ("ENSG1", &[1.5, 2.0][..]));
        assert_eq!(table.gene_names, Some(vec!["A,B".into()]));
        assert!(message(text).ends_with("line 1: no values in pTPM: found `TPM`; choose one of these units"));
        let fpkm = text.replace(",2,TPM", ",2,FPKM");
        let error = read_bytes(fpkm.as_bytes(), HpaUnit::Tpm).expect_err("another unit").to_string();
        assert!(error.ends_with("line 3: column Unit: `FPKM` found; expected TPM"), "{error}");
    }

    #[test]
    fn hpa_read_invalid_row_error_names_line() {
        let twice = TEXT.to_owned() + "ENSG00000000003.7\tTSPAN6\tHeLa\t1\t1\t1\n";
        let expected =
            "line 8: gene ENSG00000000003: second row for cell line HeLa; keep one row per gene and cell line";
        assert!(message(&twice).ends_with(expected), "{}", message(&twice));
        // A row with a missing value counts as a row.
        let missing = "Gene\tCell line\tpTPM\nG1\tHeLa\tNA\nG1\tHeLa\t1\n";
        assert!(message(missing).contains("line 3: gene G1: second row"));
        assert!(message(&TEXT.replace("38.4", "high")).contains("line 4: gene ENSG00000000003, column pTPM: `high`"));
        assert!(message(&TEXT.replace("38.4", "-1")).contains("line 4: gene ENSG00000000003, column pTPM: TPM -1 is"));
        assert!(message(&TEXT.replace("38.4", "inf")).contains("line 4"));
        assert!(message(&TEXT.replace("38.4\t", "")).contains("line 4: 5 cells where the header has 6"));
        assert!(message(&TEXT.replace("Hep G2", " ")).contains("line 4: empty `Cell line`"));
        assert!(message("Gene\tCell line\tpTPM\n").ends_with("has a header but no rows"));
    }
}
