//! Tables of gene features that a user brings.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use tatabox_sequence::strip_version;

use crate::error::Result;
use crate::expression::parse_number;
use crate::schema::{GENE_ID, GENE_NAME, TRANSCRIPT_ID};
use crate::table_error::{Place, TableError, TableProblem};
use crate::text_table::TextTable;

const ADVICE: &str = "leave all cells of a gene empty (or NA) where its features are not known";

/// Columns that tell of a gene what is no feature.
const PASSED_OVER: [&str; 4] = [GENE_ID, GENE_NAME, TRANSCRIPT_ID, "reason"];

/// Features by gene identifier, from a table with a column `gene_id` and one column a feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureTable {
    /// Names of the features, in the order of the columns.
    pub names: Vec<String>,
    rows: BTreeMap<String, Vec<f32>>,
    /// Genes whose row says that their features are not known.
    pub empty_rows: usize,
}

impl FeatureTable {
    /// Reads a TSV or CSV, plain, gzip or zip. Columns `gene_name`, `transcript_id` and `reason` are passed
    /// over, versions of identifiers are taken off.
    ///
    /// # Errors
    ///
    /// [`TableError`] with the line: no column `gene_id`, no other column, a cell that is no number, a row that is empty
    /// in part, a gene that is there twice.
    pub fn read(path: &Path) -> Result<Self> {
        let mut rows = TextTable::open(path)?;
        let gene_id = rows.column(GENE_ID, &[GENE_ID])?;
        let columns: Vec<usize> =
            (0..rows.header.len()).filter(|&column| !PASSED_OVER.contains(&rows.header[column].as_str())).collect();
        if columns.is_empty() {
            return Err(rows.header_error(TableProblem::NoNumericColumns { columns: rows.header.clone() }).into());
        }
        let names: Vec<String> = columns.iter().map(|&column| rows.header[column].clone()).collect();
        let mut table = Self { names, ..Self::default() };
        let mut places: HashMap<String, Place> = HashMap::new();
        while let Some((place, cells)) = rows.next_row()? {
            let gene_id = strip_version(cells[gene_id].trim()).into_owned();
            let error = |problem| TableError::at(path, place, problem);
            if gene_id.is_empty() {
                return Err(error(TableProblem::EmptyCell { column: GENE_ID.to_owned() }).into());
            }
            if let Some(first) = places.insert(gene_id.clone(), place) {
                return Err(error(TableProblem::DuplicateGene { gene_id, first }).into());
            }
            let cell_error = |column: usize, text: &str, advice| TableProblem::NotANumber {
                gene_id: gene_id.clone(),
                column: table.names[column].clone(),
                text: text.trim().to_owned(),
                advice,
            };
            let mut values = Vec::with_capacity(columns.len());
            for (index, &column) in columns.iter().enumerate() {
                match parse_number(&cells[column]) {
                    Ok(Some(value)) if value.is_finite() => values.push(value as f32),
                    Ok(None) => {}
                    _ => return Err(error(cell_error(index, &cells[column], ADVICE)).into()),
                }
            }
            if values.is_empty() {
                table.empty_rows += 1;
            } else if values.len() < columns.len() {
                let is_missing =
                    |&index: &usize| parse_number(&cells[columns[index]]).is_ok_and(|value| value.is_none());
                let missing = (0..columns.len()).find(is_missing).expect("one of them is missing");
                return Err(error(cell_error(missing, "", ADVICE)).into());
            } else {
                table.rows.insert(gene_id, values);
            }
        }
        Ok(table)
    }

    /// The features of a gene, whatever the version of its identifier.
    pub fn of(&self, gene_id: &str) -> Option<&[f32]> {
        self.rows.get(&*strip_version(gene_id)).map(Vec::as_slice)
    }

    /// Genes with features, in the order of their identifiers.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FeatureTable> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("features.tsv");
        std::fs::write(&path, text).expect("written");
        FeatureTable::read(&path)
    }

    #[test]
    fn rows_are_found_by_gene() {
        let table =
            read("gene_id\tgene_name\tcds_log10_bp\tcds_gc\nENSG1.4\tA\t3.5\t0.5\nENSG2\tB\tNA\t\n").expect("read");
        assert_eq!(table.names, ["cds_log10_bp", "cds_gc"]);
        assert_eq!(table.of("ENSG1.9"), Some(&[3.5, 0.5][..]));
        assert_eq!((table.of("ENSG2"), table.len(), table.empty_rows), (None, 1, 1));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
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
