//! Gene feature tables supplied by the user.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use tatabox_sequence::strip_version;

use crate::error::Result;
use crate::io::number::parse_number;
use crate::io::parquet::{is_parquet, number_column, read_frame, text_column};
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;
use crate::schema::{GENE_ID, GENE_NAME, TRANSCRIPT_ID};

const REMEDY: &str = "leave all cells of a gene with unknown features empty (or NA)";

/// Columns that do not hold features.
const NON_FEATURE_COLUMNS: [&str; 4] = [GENE_ID, GENE_NAME, TRANSCRIPT_ID, "reason"];

/// Gene features from a table with a column `gene_id` and one column per feature.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::FeatureTable;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("features.tsv");
/// std::fs::write(&path, "gene_id\tcds_log10_bp\tcds_gc\nENSG00000102145.15\t3.1\t0.6\nENSG00000179348\t\t\n")?;
///
/// let table = FeatureTable::read(&path)?;
/// assert_eq!(table.names, ["cds_log10_bp", "cds_gc"]);
/// assert_eq!(table.get("ENSG00000102145"), Some(&[3.1, 0.6][..]));
/// assert_eq!((table.len(), table.empty_rows), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureTable {
    /// Feature names, in the order of the columns.
    pub names: Vec<String>,
    rows: BTreeMap<String, Vec<f32>>,
    /// Number of genes with an empty row.
    pub empty_rows: usize,
}

impl FeatureTable {
    /// Reads TSV or CSV (plain, gzip or zip) or parquet. Columns `gene_name`, `transcript_id` and `reason` are ignored;
    /// identifier versions are removed.
    ///
    /// # Errors
    ///
    /// [`TableError`] with the line: no column `gene_id`, no feature column, a cell that is not a number, a partly
    /// empty row, a duplicate gene.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(if is_parquet(path) { read_parquet(path)? } else { read_text(path)? })
    }

    /// Features of a gene, for any version of its identifier.
    pub fn get(&self, gene_id: &str) -> Option<&[f32]> {
        self.rows.get(&*strip_version(gene_id)).map(Vec::as_slice)
    }

    /// Identifiers of the genes with features, sorted.
    pub fn gene_ids(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// Number of genes with features.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no gene has features.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn read_text(path: &Path) -> Result<FeatureTable, TableError> {
    let mut rows = TextTable::open(path)?;
    let gene_id = rows.column(GENE_ID, &[GENE_ID])?;
    let columns = feature_columns(&rows.header).map_err(|problem| rows.header_error(problem))?;
    let mut table = TableBuilder::new(path, columns.iter().map(|&column| rows.header[column].clone()).collect());
    while let Some((location, cells)) = rows.next_row()? {
        let value = |&column: &usize| parse_number(&cells[column]).map_err(|_| cells[column].trim().to_owned());
        table.take(location, &cells[gene_id], columns.iter().map(value).collect())?;
    }
    Ok(table.table)
}

fn read_parquet(path: &Path) -> Result<FeatureTable, TableError> {
    let frame = read_frame(path)?;
    let header: Vec<String> = frame.columns().iter().map(|column| column.name().to_string()).collect();
    let missing = || {
        let (found, expected) = (header.clone(), vec![GENE_ID.to_owned()]);
        TableError::in_file(path, TableProblem::MissingColumn { name: GENE_ID.to_owned(), found, expected })
    };
    let gene_ids = text_column(path, frame.column(GENE_ID).map_err(|_| missing())?)?;
    let columns = feature_columns(&header).map_err(|problem| TableError::in_file(path, problem))?;
    let read = |&column: &usize| number_column(path, &frame.columns()[column]);
    let values: Vec<Vec<Option<f64>>> = columns.iter().map(read).collect::<Result<_, _>>()?;
    let mut table = TableBuilder::new(path, columns.iter().map(|&column| header[column].clone()).collect());
    for (row, gene_id) in gene_ids.iter().enumerate() {
        let cells = values.iter().map(|column| Ok(column[row])).collect();
        table.take(TableLocation::Row(row as u64 + 1), gene_id, cells)?;
    }
    Ok(table.table)
}

/// Indices of the feature columns.
fn feature_columns(header: &[String]) -> Result<Vec<usize>, TableProblem> {
    let columns: Vec<usize> =
        (0..header.len()).filter(|&column| !NON_FEATURE_COLUMNS.contains(&header[column].as_str())).collect();
    if columns.is_empty() { Err(TableProblem::NoNumericColumns { columns: header.to_vec() }) } else { Ok(columns) }
}

/// Builder of a feature table, row by row.
struct TableBuilder<'a> {
    path: &'a Path,
    table: FeatureTable,
    locations: HashMap<String, TableLocation>,
}

impl<'a> TableBuilder<'a> {
    fn new(path: &'a Path, names: Vec<String>) -> Self {
        Self { path, table: FeatureTable { names, ..FeatureTable::default() }, locations: HashMap::new() }
    }

    /// Adds a row; a cell is a number, missing, or an invalid text.
    fn take(
        &mut self,
        location: TableLocation,
        gene_id: &str,
        cells: Vec<Result<Option<f64>, String>>,
    ) -> Result<(), TableError> {
        let error = |problem| Err(TableError::at(self.path, location, problem));
        let gene_id = strip_version(gene_id.trim()).into_owned();
        if gene_id.is_empty() {
            return error(TableProblem::EmptyCell { column: GENE_ID.to_owned() });
        }
        if let Some(first) = self.locations.insert(gene_id.clone(), location) {
            return error(TableProblem::DuplicateGene { gene_id, first });
        }
        let is_empty = cells.iter().all(|cell| matches!(cell, Ok(None)));
        let mut values = Vec::with_capacity(cells.len());
        for (column, cell) in self.table.names.iter().zip(cells) {
            let text = match cell {
                Ok(Some(value)) if value.is_finite() => {
                    values.push(value as f32);
                    continue;
                }
                Ok(None) if is_empty => continue,
                Ok(value) => value.map_or_else(String::new, |value| value.to_string()),
                Err(text) => text,
            };
            return error(TableProblem::NotANumber { gene_id, column: column.clone(), text, remedy: REMEDY });
        }
        if is_empty {
            self.table.empty_rows += 1;
        } else {
            self.table.rows.insert(gene_id, values);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::io::parquet::write_frame;

    fn read(text: &str) -> Result<FeatureTable> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("features.tsv");
        std::fs::write(&path, text).expect("written");
        FeatureTable::read(&path)
    }

    #[test]
    fn feature_table_finds_rows_by_gene() {
        let table =
            read("gene_id\tgene_name\tcds_log10_bp\tcds_gc\nENSG1.4\tA\t3.5\t0.5\nENSG2\tB\tNA\t\n").expect("read");
        assert_eq!(table.names, ["cds_log10_bp", "cds_gc"]);
        assert_eq!(table.get("ENSG1.9"), Some(&[3.5, 0.5][..]));
        assert_eq!((table.get("ENSG2"), table.len(), table.empty_rows), (None, 1, 1));
    }

    #[test]
    fn feature_table_reads_parquet() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("features.parquet");
        let frame = |ids: [&str; 2], second: Option<f64>| {
            df!("gene_id" => ids, "transcript_id" => ["T", "U"], "cds_gc" => [Some(0.5), second]).expect("a frame")
        };
        write_frame(&path, &mut frame(["ENSG1.4", "ENSG2"], None)).expect("written");
        let table = FeatureTable::read(&path).expect("read");
        assert_eq!((table.get("ENSG1"), table.get("ENSG2"), table.empty_rows), (Some(&[0.5][..]), None, 1));
        write_frame(&path, &mut frame(["ENSG1", "ENSG1.2"], Some(1.0))).expect("written");
        let message = FeatureTable::read(&path).expect_err("twice").to_string();
        assert!(message.contains("row 2"), "{message}");
    }

    #[test]
    fn feature_table_invalid_table_error_names_line() {
        for (text, expected) in [
            ("gene\tx\nA\t1\n", "gene_id"),
            ("gene_id\tgene_name\nA\tB\n", "gene_id"),
            ("gene_id\tx\ty\nA\t1\t2\nB\t1\tNA\n", "line 3"),
            ("gene_id\tx\nENSG1\t1\nENSG1.2\t1\n", "line 3"),
            ("gene_id\tx\nA\tlong\n", "long"),
            ("gene_id\tx\nA\tinf\n", "inf"),
            ("gene_id\tx\n\t1\n", "line 2"),
        ] {
            let message = read(text).expect_err(text).to_string();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }
}
