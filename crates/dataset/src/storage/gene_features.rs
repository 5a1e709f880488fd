//! Gene features (auxiliary inputs), such as the mRNA half-life features.

use std::path::Path;

use polars::prelude::{Column, DataFrame, PlSmallStr};

use crate::error::{DatasetError, Result};
use crate::io::parquet::{number_column, read_frame, text_column, write_frame};
use crate::io::table_error::{TableError, TableProblem};
use crate::schema::GENE_ID;

/// Features of the genes of a data set. A gene has either all features or none.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::GeneFeatures;
///
/// let names = vec!["cds_log10_bp".to_owned(), "cds_gc".to_owned()];
/// let features = GeneFeatures::new(names, [Some(vec![3.25, 0.5]), None]);
/// assert_eq!(features.get(0), Some(&[3.25, 0.5][..]));
/// assert_eq!(features.get(1), None);
/// assert_eq!(features.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GeneFeatures {
    names: Vec<String>,
    /// Row-major; NaN in every column of a gene without features.
    values: Vec<f32>,
}

impl GeneFeatures {
    /// Features from one row per gene, `None` for a gene without features.
    ///
    /// # Panics
    ///
    /// If the number of values in a row differs from the number of names.
    pub fn new(names: Vec<String>, rows: impl IntoIterator<Item = Option<Vec<f32>>>) -> Self {
        let mut values = Vec::new();
        for row in rows {
            let row = row.unwrap_or_else(|| vec![f32::NAN; names.len()]);
            assert_eq!(row.len(), names.len(), "one value per name");
            values.extend(row);
        }
        Self { names, values }
    }

    /// Feature names, in the order of the values.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of genes, with or without features.
    pub fn len(&self) -> usize {
        self.values.len() / self.names.len().max(1)
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Features of a gene; `None` if it has none.
    ///
    /// # Panics
    ///
    /// If there are features but no such gene.
    pub fn get(&self, gene: usize) -> Option<&[f32]> {
        if self.names.is_empty() {
            return None;
        }
        let row = &self.values[gene * self.names.len()..(gene + 1) * self.names.len()];
        row.iter().all(|value| value.is_finite()).then_some(row)
    }

    /// Writes parquet: `gene_id` and one column per feature, null for a gene without features.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Table`] if the file cannot be written.
    pub(crate) fn write<'a>(&self, path: &Path, gene_ids: impl Iterator<Item = &'a str>) -> Result<()> {
        let gene_ids: Vec<&str> = gene_ids.collect();
        let mut columns = vec![Column::new(PlSmallStr::from_static(GENE_ID), gene_ids)];
        for (index, name) in self.names.iter().enumerate() {
            let values = self.values.iter().skip(index).step_by(self.names.len());
            let values: Vec<Option<f32>> = values.map(|value| Some(*value).filter(|value| value.is_finite())).collect();
            columns.push(Column::new(PlSmallStr::from_str(name), values));
        }
        let parquet = |error| DatasetError::from(TableError::in_file(path, TableProblem::Parquet(error)));
        let mut frame = DataFrame::new(self.len(), columns).map_err(parquet)?;
        Ok(write_frame(path, &mut frame)?)
    }

    /// Reads a file written by [`write`](Self::write) for the genes `gene_ids`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Damaged`] if a column is missing or the rows do not match the genes.
    pub(crate) fn read<'a>(path: &Path, names: &[String], gene_ids: impl Iterator<Item = &'a str>) -> Result<Self> {
        let frame = read_frame(path)?;
        let column = |name: &str| {
            frame.column(name).map_err(|_| DatasetError::damaged(path, format!("column {name:?} is missing")))
        };
        let written = text_column(path, column(GENE_ID)?)?;
        if !written.iter().map(String::as_str).eq(gene_ids) {
            return Err(DatasetError::damaged(path, "its rows do not match the genes".to_owned()));
        }
        let mut values = vec![f32::NAN; written.len() * names.len()];
        for (index, name) in names.iter().enumerate() {
            for (row, value) in number_column(path, column(name)?)?.into_iter().enumerate() {
                values[row * names.len() + index] = value.map_or(f32::NAN, |value| value as f32);
            }
        }
        Ok(Self { names: names.to_vec(), values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gene_features_round_trip_preserves_values() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("gene_features.parquet");
        let names = vec!["cds_log10_bp".to_owned(), "cds_gc".to_owned()];
        let features = GeneFeatures::new(names.clone(), [Some(vec![3.25, 0.5]), None, Some(vec![-1.0, 0.0])]);
        assert_eq!(features.len(), 3);
        let genes = ["G1", "G2", "G3"];
        features.write(&path, genes.into_iter()).expect("written");
        let read = GeneFeatures::read(&path, &names, genes.into_iter()).expect("read");
        assert_eq!((read.get(0), read.get(1), read.get(2)), (Some(&[3.25, 0.5][..]), None, Some(&[-1.0, 0.0][..])));
        let other = GeneFeatures::read(&path, &names, ["G1", "G3", "G2"].into_iter()).expect_err("other genes");
        assert!(other.to_string().contains("its rows do not match the genes"), "{other}");
        assert!(GeneFeatures::read(&path, &["utr5_gc".to_owned()], genes.into_iter()).is_err());
    }

    #[test]
    fn gene_features_without_names_returns_none() {
        assert_eq!(GeneFeatures::default().get(7), None);
    }
}
