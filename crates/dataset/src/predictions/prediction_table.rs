//! Measured and predicted expression side by side: what every model writes and evaluation reads.

mod parquet;
mod text;

use std::collections::HashMap;
use std::path::Path;

use crate::error::Result;
use crate::io::parquet::is_parquet;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::split::Split;

/// Columns of the file, in order.
pub(crate) const COLUMNS: [&str; 7] = ["gene_id", "gene_name", "cell_type", "split", "measured", "predicted", "model"];

const VALUE_REMEDY: &str = "a prediction table holds measured genes only; drop the row or predict again";

/// One gene in one cell type, as one model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionRow {
    /// Gene identifier.
    pub gene_id: String,
    /// Gene name, where known.
    pub gene_name: Option<String>,
    /// Cell type.
    pub cell_type: String,
    /// The split that the gene is in.
    pub split: Split,
    /// Measured log2(TPM + 1).
    pub measured: f64,
    /// Predicted log2(TPM + 1).
    pub predicted: f64,
    /// Name of the model.
    pub model: String,
}

/// Predictions of one or more models.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PredictionTable {
    /// Rows in file order.
    pub rows: Vec<PredictionRow>,
}

/// Measured and predicted values of one model in one cell type, sorted by gene.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PairedValues {
    /// Gene identifiers, ascending.
    pub gene_ids: Vec<String>,
    /// Split of each gene.
    pub splits: Vec<Split>,
    /// Measured log2(TPM + 1).
    pub measured: Vec<f64>,
    /// Predicted log2(TPM + 1).
    pub predicted: Vec<f64>,
}

impl PredictionTable {
    /// A table of checked rows.
    ///
    /// # Errors
    ///
    /// As [`PredictionTable::validate`].
    pub fn new(rows: Vec<PredictionRow>) -> Result<Self> {
        let table = Self { rows };
        table.validate()?;
        Ok(table)
    }

    /// Reads and checks a table: parquet, TSV or CSV, the text plain or gzip; which of them, the bytes tell.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line and column: a column that is absent, an unknown split, NaN, a
    /// duplicate of gene, cell type and model.
    pub fn read(path: &Path) -> Result<Self> {
        let (rows, locations) = if is_parquet(path) { parquet::read(path)? } else { text::read(path)? };
        check_rows(path, &rows, |row| locations[row])?;
        Ok(Self { rows })
    }

    /// Checks and writes the table as the extension says: `.parquet`, `.tsv` or `.csv`. Numbers keep every digit.
    ///
    /// # Errors
    ///
    /// As [`PredictionTable::validate`]; an unknown extension; a file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        self.validate()?;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("parquet") => parquet::write(path, &self.rows)?,
            Some("tsv") => text::write(path, b'\t', &self.rows)?,
            Some("csv") => text::write(path, b',', &self.rows)?,
            _ => {
                let problem = TableProblem::UnknownExtension { expected: ".tsv, .csv or .parquet" };
                return Err(TableError::in_file(path, problem).into());
            }
        }
        Ok(())
    }

    /// Checks that values are finite, names are there, and no gene is twice in one cell type of one model.
    pub fn validate(&self) -> Result<()> {
        check_rows(Path::new("prediction table"), &self.rows, |row| TableLocation::Row(row as u64 + 1))?;
        Ok(())
    }

    /// Cell types in order of first appearance.
    pub fn cell_types(&self) -> Vec<String> {
        distinct(self.rows.iter().map(|row| &row.cell_type))
    }

    /// Models in order of first appearance.
    pub fn models(&self) -> Vec<String> {
        distinct(self.rows.iter().map(|row| &row.model))
    }

    /// Values of one model in one cell type, sorted by gene; empty if there are none.
    pub fn select(&self, model: &str, cell_type: &str) -> PairedValues {
        let mut rows: Vec<&PredictionRow> =
            self.rows.iter().filter(|row| row.model == model && row.cell_type == cell_type).collect();
        rows.sort_by(|a, b| a.gene_id.cmp(&b.gene_id));
        PairedValues {
            gene_ids: rows.iter().map(|row| row.gene_id.clone()).collect(),
            splits: rows.iter().map(|row| row.split).collect(),
            measured: rows.iter().map(|row| row.measured).collect(),
            predicted: rows.iter().map(|row| row.predicted).collect(),
        }
    }

    /// The rows of one split.
    pub fn in_split(&self, split: Split) -> Self {
        Self { rows: self.rows.iter().filter(|row| row.split == split).cloned().collect() }
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

fn check_rows(
    path: &Path,
    rows: &[PredictionRow],
    location: impl Fn(usize) -> TableLocation,
) -> Result<(), TableError> {
    let mut seen = HashMap::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let fail = |problem| Err(TableError::at(path, location(index), problem));
        for (column, text) in [("gene_id", &row.gene_id), ("cell_type", &row.cell_type), ("model", &row.model)] {
            if text.is_empty() {
                return fail(TableProblem::EmptyCell { column: column.to_owned() });
            }
        }
        for (column, value) in [("measured", row.measured), ("predicted", row.predicted)] {
            if !value.is_finite() {
                let (gene_id, column) = (row.gene_id.clone(), column.to_owned());
                return fail(TableProblem::NotFinite {
                    gene_id,
                    column,
                    text: value.to_string(),
                    remedy: VALUE_REMEDY,
                });
            }
        }
        if let Some(first) = seen.insert((&row.model, &row.cell_type, &row.gene_id), index) {
            return fail(TableProblem::DuplicatePrediction {
                gene_id: row.gene_id.clone(),
                cell_type: row.cell_type.clone(),
                model: row.model.clone(),
                first: location(first),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn row(gene_id: &str, cell_type: &str, measured: f64, predicted: f64) -> PredictionRow {
        PredictionRow {
            gene_id: gene_id.into(),
            gene_name: None,
            cell_type: cell_type.into(),
            split: Split::Test,
            measured,
            predicted,
            model: "mean".into(),
        }
    }

    #[test]
    fn select_sorts_by_gene_and_keeps_pairs() {
        let mut other = row("A", "K562", 9.0, 9.0);
        other.model = "cnn".into();
        other.split = Split::Train;
        let rows = vec![row("B", "K562", 1.0, 2.0), row("A", "K562", 3.0, 4.0), row("A", "HepG2", 5.0, 6.0), other];
        let table = PredictionTable::new(rows).expect("a good table");
        let pairs = table.select("mean", "K562");
        assert_eq!(pairs.gene_ids, ["A", "B"]);
        assert_eq!((pairs.measured, pairs.predicted), (vec![3.0, 1.0], vec![4.0, 2.0]));
        assert_eq!(table.cell_types(), ["K562", "HepG2"]);
        assert_eq!(table.models(), ["mean", "cnn"]);
        assert_eq!(table.in_split(Split::Train).rows.len(), 1);
        assert!(table.select("none", "K562").gene_ids.is_empty());
    }

    #[test]
    fn duplicates_and_nan_are_refused() {
        let rows = vec![row("A", "K562", 1.0, 2.0), row("A", "K562", 1.0, 2.0)];
        let error = PredictionTable::new(rows).expect_err("duplicate").to_string();
        let expected = "prediction table, row 2: duplicate prediction: gene A, cell type K562, model mean was seen before at row 1; keep one row";
        assert_eq!(error, expected);
        let error = PredictionTable::new(vec![row("A", "K562", 1.0, f64::NAN)]).expect_err("NaN").to_string();
        assert!(error.contains("gene A, column predicted: `NaN` is not a finite number"), "{error}");
        let error = PredictionTable::new(vec![row("A", "", 1.0, 1.0)]).expect_err("no cell type").to_string();
        assert_eq!(error, "prediction table, row 1: empty `cell_type`; every row needs one");
    }

    #[test]
    fn every_format_gives_the_same_rows_back() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let mut named = row("A", "K562", 1.0 / 3.0, -2.0e-17);
        named.gene_name = Some("GATA1".into());
        let table = PredictionTable::new(vec![named, row("B", "K562", 0.1, 7.25)]).expect("a good table");
        for name in ["p.tsv", "p.csv", "p.parquet"] {
            let path = dir.path().join(name);
            table.write(&path).expect("writable");
            assert_eq!(PredictionTable::read(&path).expect("readable"), table, "{name}");
        }
        let error = table.write(&dir.path().join("p.xlsx")).expect_err("no such format").to_string();
        assert!(error.ends_with("p.xlsx: unknown extension; expected .tsv, .csv or .parquet"), "{error}");
    }
}
