//! Prediction table: measured and predicted expression, written by every model and read by evaluation.

mod parquet;
mod text;

use std::collections::HashMap;
use std::path::Path;

use tatabox_sequence::InputCopies;

use crate::error::Result;
use crate::io::parquet::is_parquet;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::split::Split;

/// Columns of the file, in order.
pub(crate) const COLUMNS: [&str; 7] = ["gene_id", "gene_name", "cell_type", "split", "measured", "predicted", "model"];

const VALUE_REMEDY: &str = "a prediction table contains measured genes only; remove the row or predict again";

/// Prediction of one model for one gene in one cell type.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionRow {
    /// Gene identifier.
    pub gene_id: String,
    /// Gene name, if known.
    pub gene_name: Option<String>,
    /// Cell type.
    pub cell_type: String,
    /// Split of the gene.
    pub split: Split,
    /// Measured log2(TPM + 1).
    pub measured: f64,
    /// Predicted log2(TPM + 1).
    pub predicted: f64,
    /// Name of the model.
    pub model: String,
}

/// Predictions of one or more models.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{PredictionRow, PredictionTable, Split};
///
/// let row = |gene_id: &str, measured, predicted| PredictionRow {
///     gene_id: gene_id.to_owned(),
///     gene_name: None,
///     cell_type: "K562".to_owned(),
///     split: Split::Test,
///     measured,
///     predicted,
///     model: "cnn".to_owned(),
/// };
/// let table = PredictionTable::new(vec![row("G2", 1.0, 1.5), row("G1", 4.0, 3.0)])?;
/// let pairs = table.select("cnn", "K562");
/// assert_eq!(pairs.gene_ids, ["G1", "G2"]);
/// assert_eq!(pairs.predicted, [3.0, 1.5]);
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
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
    /// Validated table.
    ///
    /// # Errors
    ///
    /// The errors of [`PredictionTable::validate`].
    pub fn new(rows: Vec<PredictionRow>) -> Result<Self> {
        let table = Self { rows };
        table.validate()?;
        Ok(table)
    }

    /// Reads and validates a table: parquet, or TSV and CSV (plain or gzip), recognised by the content of the file.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with line and column: a missing column, an unknown split, NaN, or a duplicate of
    /// gene, cell type and model.
    pub fn read(path: &Path) -> Result<Self> {
        let _copies = InputCopies::of([("predictions", path)])?;
        let (rows, locations) = if is_parquet(path) { parquet::read(path)? } else { text::read(path)? };
        check_rows(path, &rows, |row| locations[row])?;
        Ok(Self { rows })
    }

    /// Validates and writes the table in the format of the file extension: `.parquet`, `.tsv` or `.csv`. Numbers keep
    /// their full precision.
    ///
    /// # Errors
    ///
    /// The errors of [`PredictionTable::validate`]; an unknown extension; a file that cannot be written.
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

    /// Validates the rows: values are finite, names are not empty, and no model predicts a gene twice in one cell type.
    ///
    /// # Errors
    ///
    /// [`crate::DatasetError::Table`] with the first invalid row.
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

    /// Rows of one split.
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
    fn select_sorts_pairs_by_gene() {
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
    fn validate_duplicate_or_nan_returns_error() {
        let rows = vec![row("A", "K562", 1.0, 2.0), row("A", "K562", 1.0, 2.0)];
        let error = PredictionTable::new(rows).expect_err("duplicate").to_string();
        let expected = "prediction table, row 2: duplicate prediction: gene A, cell type K562, model mean, first seen at row 1; keep one row";
        assert_eq!(error, expected);
        let error = PredictionTable::new(vec![row("A", "K562", 1.0, f64::NAN)]).expect_err("NaN").to_string();
        assert!(error.contains("gene A, column predicted: `NaN` is not a finite number"), "{error}");
        let error = PredictionTable::new(vec![row("A", "", 1.0, 1.0)]).expect_err("no cell type").to_string();
        assert_eq!(error, "prediction table, row 1: empty `cell_type`; every row requires a value");
    }

    #[test]
    fn prediction_table_round_trip_in_every_format() {
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
