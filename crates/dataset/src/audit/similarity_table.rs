//! `similarity.tsv`: most similar train gene of each held-out gene.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::io::table_error::TableProblem;
use crate::io::text_table::TextTable;
use crate::io::write_records::write_records;
use crate::split::Split;

/// Name of the file in the folder of an audit.
pub const SIMILARITY_FILE: &str = "similarity.tsv";

/// Columns of the file, in order.
const COLUMNS: [&str; 7] =
    ["gene_id", "split", "nearest_train_gene", "similarity", "jaccard", "identity", "aligned_fraction"];

/// Held-out gene with the train gene whose window is most similar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarityRow {
    /// Gene identifier.
    pub gene_id: String,
    /// Split of the gene, test or validation.
    pub split: Split,
    /// Train gene; `None` if no train window shares a k-mer.
    pub nearest_train_gene: Option<String>,
    /// Containment: fraction of the k-mers of the shorter window that the other window shares; 0 without shared k-mers.
    pub similarity: f64,
    /// Jaccard index: shared k-mers over all k-mers of both windows.
    pub jaccard: f64,
    /// Estimated identity of the shared sequence, 1 minus the Mash distance; `None` without shared k-mers.
    pub identity: Option<f64>,
    /// Fraction of the known bases of the shorter window in shared stretches.
    pub aligned_fraction: f64,
}

/// Most similar train gene of every held-out gene.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SimilarityTable {
    /// Rows in file order.
    pub rows: Vec<SimilarityRow>,
}

impl SimilarityTable {
    /// Reads and validates the file.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line and column.
    pub fn read(path: &Path) -> Result<Self> {
        let mut rows = Vec::new();
        TextTable::for_each_row(path, COLUMNS, |cells| {
            rows.push(parse_row(cells)?);
            Ok(())
        })?;
        Ok(Self { rows })
    }

    /// Writes the rows with full numeric precision.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let cells = self.rows.iter().map(|row| {
            [
                row.gene_id.clone(),
                row.split.to_string(),
                row.nearest_train_gene.clone().unwrap_or_default(),
                row.similarity.to_string(),
                row.jaccard.to_string(),
                row.identity.map(|identity| identity.to_string()).unwrap_or_default(),
                row.aligned_fraction.to_string(),
            ]
        });
        Ok(write_records(path, b'\t', &COLUMNS, cells)?)
    }

    /// Similarity by gene identifier, for scores as a function of the similarity to train genes.
    pub fn by_gene(&self) -> BTreeMap<String, f64> {
        self.rows.iter().map(|row| (row.gene_id.clone(), row.similarity)).collect()
    }

    /// The `most` rows of highest similarity in descending order. Ties are resolved by the Jaccard index, then by row
    /// order.
    pub fn most_similar(&self, most: usize) -> Vec<SimilarityRow> {
        let mut rows: Vec<&SimilarityRow> = self.rows.iter().filter(|row| row.nearest_train_gene.is_some()).collect();
        rows.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then_with(|| b.jaccard.total_cmp(&a.jaccard)));
        rows.into_iter().take(most).cloned().collect()
    }
}

fn parse_row(cells: [&str; COLUMNS.len()]) -> Result<SimilarityRow, TableProblem> {
    let [gene_id, split, nearest, similarity, jaccard, identity, aligned_fraction] = cells;
    if gene_id.is_empty() {
        return Err(TableProblem::EmptyCell { column: COLUMNS[0].to_owned() });
    }
    Ok(SimilarityRow {
        gene_id: gene_id.to_owned(),
        split: split.parse().map_err(|_| TableProblem::UnknownSplit { split: split.to_owned() })?,
        nearest_train_gene: (!nearest.is_empty()).then(|| nearest.to_owned()),
        similarity: fraction("similarity", similarity)?,
        jaccard: fraction("jaccard", jaccard)?,
        identity: if identity.is_empty() { None } else { Some(fraction("identity", identity)?) },
        aligned_fraction: fraction("aligned_fraction", aligned_fraction)?,
    })
}

fn fraction(column: &str, text: &str) -> Result<f64, TableProblem> {
    let number = text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction));
    number.ok_or_else(|| TableProblem::OutOfRange {
        column: column.to_owned(),
        text: text.to_owned(),
        expected: "a fraction from 0 to 1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(gene_id: &str, similarity: f64, jaccard: f64) -> SimilarityRow {
        SimilarityRow {
            gene_id: gene_id.to_owned(),
            split: Split::Test,
            nearest_train_gene: Some("T".to_owned()),
            similarity,
            jaccard,
            identity: Some(1.0 / 3.0),
            aligned_fraction: 0.25,
        }
    }

    #[test]
    fn similarity_table_round_trip_preserves_rows() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(SIMILARITY_FILE);
        let alone = SimilarityRow { nearest_train_gene: None, identity: None, ..row("B", 0.0, 0.0) };
        let table = SimilarityTable { rows: vec![row("A", 0.1 + 0.2, 0.1), alone] };
        table.write(&path).expect("writable");
        assert_eq!(SimilarityTable::read(&path).expect("readable"), table);
        assert!((table.by_gene()["A"] - 0.3).abs() < 1e-12);
    }

    #[test]
    fn most_similar_sorts_and_omits_genes_without_neighbour() {
        let alone = SimilarityRow { nearest_train_gene: None, ..row("D", 0.0, 0.0) };
        let table = SimilarityTable { rows: vec![row("A", 0.5, 0.1), row("B", 1.0, 0.1), row("C", 1.0, 1.0), alone] };
        let genes: Vec<String> = table.most_similar(9).into_iter().map(|row| row.gene_id).collect();
        assert_eq!(genes, ["C", "B", "A"]);
        assert_eq!(table.most_similar(1).len(), 1);
    }

    #[test]
    fn read_value_out_of_range_error_names_line_and_column() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("s.tsv");
        std::fs::write(&path, format!("{}\nA\ttest\tT\t1.5\t0\t\t0\n", COLUMNS.join("\t"))).expect("writable");
        let error = SimilarityTable::read(&path).expect_err("above one").to_string();
        assert!(
            error.ends_with("s.tsv, line 2: column similarity: `1.5` found; expected a fraction from 0 to 1"),
            "{error}"
        );
    }
}
