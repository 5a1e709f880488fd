//! Gene feature tables supplied by the user.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use tatabox_sequence::{InputCopies, clean_name, strip_version};

use super::gene_features::GENE_FEATURES_ROLE;

use crate::error::Result;
use crate::gene_match::{GeneMatch, GeneName, match_genes};
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
    rows: BTreeMap<String, FeatureRow>,
    /// Identifier of each symbol; `None` for a symbol of several genes.
    by_symbol: HashMap<String, Option<String>>,
    /// Number of genes with an empty row.
    pub empty_rows: usize,
}

/// Row of a gene.
#[derive(Debug, Clone, PartialEq)]
struct FeatureRow {
    /// Features; `None` for a row without values.
    values: Option<Vec<f32>>,
    symbol: Option<String>,
}

impl FeatureTable {
    /// Reads TSV or CSV (plain, gzip or zip) or parquet. Columns `transcript_id` and `reason` are ignored; identifier
    /// versions are removed. A column `gene_name` holds symbols.
    ///
    /// # Errors
    ///
    /// [`TableError`] with the line: no column `gene_id`, no feature column, a cell that is not a number, a partly
    /// empty row, a duplicate gene.
    pub fn read(path: &Path) -> Result<Self> {
        let _copies = InputCopies::of([(GENE_FEATURES_ROLE, path)])?;
        Ok(if is_parquet(path) { read_parquet(path)? } else { read_text(path)? })
    }

    /// Table of genes with identifier, symbol and features; the first gene with an identifier counts.
    pub(crate) fn of_genes<'a>(
        names: Vec<String>,
        genes: impl IntoIterator<Item = (&'a str, Option<&'a str>, Option<Vec<f32>>)>,
    ) -> Self {
        let mut table = TableBuilder::new(Path::new(""), names);
        for (gene_id, symbol, values) in genes {
            let symbol = symbol.map(|symbol| clean_name(symbol).into_owned()).filter(|name| !name.is_empty());
            table.table.empty_rows += usize::from(values.is_none());
            table.table.rows.entry(strip_version(gene_id).into_owned()).or_insert(FeatureRow { values, symbol });
        }
        table.finish()
    }

    /// Features of a gene, for any version of its identifier.
    pub fn get(&self, gene_id: &str) -> Option<&[f32]> {
        self.rows.get(&*strip_version(gene_id))?.values.as_deref()
    }

    /// Features of a gene by identifier, then by a symbol that the table lists once: `gene_name`, or an identifier that
    /// is a symbol.
    pub fn find(&self, gene_id: &str, gene_name: Option<&str>) -> Option<&[f32]> {
        if self.rows.contains_key(&*strip_version(gene_id)) {
            return self.get(gene_id);
        }
        let symbol = GeneName::new(gene_id, gene_name).symbols().find_map(|symbol| self.by_symbol.get(&*symbol))?;
        self.get(symbol.as_deref()?)
    }

    /// Matches genes with the rows, including rows without values.
    pub(crate) fn match_genes(&self, genes: &[GeneName<'_>]) -> Vec<FeatureMatch<'_>> {
        let rows: Vec<(&String, &FeatureRow)> = self.rows.iter().collect();
        let names: Vec<GeneName<'_>> =
            rows.iter().map(|(gene_id, row)| GeneName::new(gene_id, row.symbol.as_deref())).collect();
        let found = |found: GeneMatch| match found {
            GeneMatch::ById(row) => FeatureMatch { values: rows[row].1.values.as_deref(), ..FeatureMatch::default() },
            GeneMatch::BySymbol(row) | GeneMatch::Copy(row) => {
                FeatureMatch { values: rows[row].1.values.as_deref(), is_by_symbol: true, is_ambiguous: false }
            }
            GeneMatch::Ambiguous { .. } => FeatureMatch { is_ambiguous: true, ..FeatureMatch::default() },
            GeneMatch::Absent => FeatureMatch::default(),
        };
        match_genes(genes, &names).genes.into_iter().map(found).collect()
    }

    /// Identifiers of the genes with features, sorted.
    pub fn gene_ids(&self) -> impl Iterator<Item = &str> {
        self.with_values().map(|(gene_id, _)| gene_id.as_str())
    }

    /// Number of genes with features.
    pub fn len(&self) -> usize {
        self.with_values().count()
    }

    /// Whether no gene has features.
    pub fn is_empty(&self) -> bool {
        self.with_values().next().is_none()
    }

    fn with_values(&self) -> impl Iterator<Item = (&String, &FeatureRow)> {
        self.rows.iter().filter(|(_, row)| row.values.is_some())
    }
}

/// Row of a gene in a feature table.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct FeatureMatch<'a> {
    /// Features, if the gene has a row with values.
    pub values: Option<&'a [f32]>,
    pub is_by_symbol: bool,
    /// Whether the symbol of the gene names several genes or rows.
    pub is_ambiguous: bool,
}

fn read_text(path: &Path) -> Result<FeatureTable, TableError> {
    let mut rows = TextTable::open(path)?;
    let gene_id = rows.column(GENE_ID, &[GENE_ID])?;
    let columns = feature_columns(&rows.header).map_err(|problem| rows.header_error(problem))?;
    let gene_name = rows.header.iter().position(|name| name == GENE_NAME);
    let mut table = TableBuilder::new(path, columns.iter().map(|&column| rows.header[column].clone()).collect());
    while let Some((location, cells)) = rows.next_row()? {
        let value = |&column: &usize| parse_number(&cells[column]).map_err(|_| cells[column].trim().to_owned());
        let name = gene_name.map_or("", |column| &cells[column]);
        table.take(location, &cells[gene_id], name, columns.iter().map(value).collect())?;
    }
    Ok(table.finish())
}

fn read_parquet(path: &Path) -> Result<FeatureTable, TableError> {
    let frame = read_frame(path)?;
    let header: Vec<String> = frame.columns().iter().map(|column| column.name().to_string()).collect();
    let missing = || {
        let (found, expected) = (header.clone(), vec![GENE_ID.to_owned()]);
        TableError::in_file(path, TableProblem::MissingColumn { name: GENE_ID.to_owned(), found, expected })
    };
    let gene_ids = text_column(path, frame.column(GENE_ID).map_err(|_| missing())?)?;
    let gene_names = frame.column(GENE_NAME).ok().map(|column| text_column(path, column)).transpose()?;
    let columns = feature_columns(&header).map_err(|problem| TableError::in_file(path, problem))?;
    let read = |&column: &usize| number_column(path, &frame.columns()[column]);
    let values: Vec<Vec<Option<f64>>> = columns.iter().map(read).collect::<Result<_, _>>()?;
    let mut table = TableBuilder::new(path, columns.iter().map(|&column| header[column].clone()).collect());
    for (row, gene_id) in gene_ids.iter().enumerate() {
        let cells = values.iter().map(|column| Ok(column[row])).collect();
        let name = gene_names.as_ref().map_or("", |names| &names[row]);
        table.take(TableLocation::Row(row as u64 + 1), gene_id, name, cells)?;
    }
    Ok(table.finish())
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
        gene_name: &str,
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
        self.table.empty_rows += usize::from(is_empty);
        let symbol = Some(clean_name(gene_name).into_owned()).filter(|name| !name.is_empty());
        self.table.rows.insert(gene_id, FeatureRow { values: (!is_empty).then_some(values), symbol });
        Ok(())
    }

    fn finish(mut self) -> FeatureTable {
        for (gene_id, row) in &self.table.rows {
            for symbol in GeneName::new(gene_id, row.symbol.as_deref()).symbols() {
                let several = |known: &mut Option<String>| *known = None;
                self.table.by_symbol.entry(symbol.into_owned()).and_modify(several).or_insert(Some(gene_id.clone()));
            }
        }
        self.table
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
    fn feature_table_finds_rows_by_symbol_that_is_listed_once() {
        let table = read("gene_id\tgene_name\tx\nENSG00000000001\tA\t1\nENSG00000000002\tTWIN\t2\nENSG00000000003\tTWIN\t3\nB\t\t4\nENSG00000000004\tC\t\n")
            .expect("read");
        assert_eq!(table.find("A", None), Some(&[1.0][..]));
        assert_eq!(table.find("ENSG00000000009", Some("A")), Some(&[1.0][..]));
        assert_eq!(table.find("X", Some("B")), Some(&[4.0][..]));
        assert_eq!((table.find("TWIN", None), table.find("C", None)), (None, None));
        let names = ["ENSG00000000003", "A", "TWIN", "NEW"].map(|id| GeneName::new(id, None));
        let found = table.match_genes(&names);
        let values: Vec<Option<f32>> = found.iter().map(|found| found.values.map(|values| values[0])).collect();
        assert_eq!(values, [Some(3.0), Some(1.0), None, None]);
        assert!(found[2].is_ambiguous && found[1].is_by_symbol);
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
