//! Rows and targets of a data set across genes and assays.
//!
//! Genes are rows `0..len()`. The rows of the assays follow, assay by assay. Targets are the cell types, followed by the
//! outputs of the assays.

use super::Assay;
use crate::error::{DatasetError, Result};
use crate::expression::{TargetTransform, find_cell_type};
use crate::prepared::PreparedDataset;
use crate::split::Split;

/// Origin of a row of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSource {
    /// Gene, by its index.
    Gene(usize),
    /// Row of an assay.
    Assay {
        /// Index of the assay.
        assay: usize,
        /// Index of the row in the assay.
        row: usize,
    },
}

/// Index of an assay by name, ignoring case.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] with the known names.
pub fn find_assay(dataset: &PreparedDataset, name: &str) -> Result<usize> {
    let found = dataset.assays().iter().position(|assay| assay.record.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let known: Vec<&str> = dataset.assays().iter().map(|assay| assay.record.name.as_str()).collect();
        let known = if known.is_empty() { "no assay".to_owned() } else { known.join(", ") };
        let expected = format!("data set {} has {known}", dataset.name());
        DatasetError::InvalidSetting { field: "assay", value: name.to_owned(), expected }
    })
}

impl PreparedDataset {
    /// Assays, in the order of their outputs.
    pub fn assays(&self) -> &[Assay] {
        &self.assays
    }

    /// Number of rows: genes and rows of assays.
    pub fn row_count(&self) -> usize {
        self.len() + self.assays.iter().map(|assay| assay.rows.len()).sum::<usize>()
    }

    /// Origin of a row.
    ///
    /// # Panics
    ///
    /// If the data set has fewer rows.
    pub fn row_source(&self, row: usize) -> RowSource {
        let Some(mut rest) = row.checked_sub(self.len()) else {
            return RowSource::Gene(row);
        };
        for (assay, rows) in self.assays.iter().map(|assay| assay.rows.len()).enumerate() {
            if rest < rows {
                return RowSource::Assay { assay, row: rest };
            }
            rest -= rows;
        }
        panic!("no row {row} in a data set of {} rows", self.row_count())
    }

    /// Rows of an assay in a split, ascending, as indices into the rows of the data set. For an assay that measures the
    /// genes these are the genes of the split with a measurement.
    pub fn assay_rows_in(&self, assay: usize, split: Split) -> Vec<usize> {
        let set = &self.assays[assay];
        if set.measures_genes() {
            let is_measured = |gene: &usize| set.targets_of(*gene).iter().any(|target| !target.is_nan());
            return self.genes_in(split).into_iter().filter(is_measured).collect();
        }
        let before = self.len() + self.assays[..assay].iter().map(|other| other.rows.len()).sum::<usize>();
        set.rows_in(split).into_iter().map(|row| before + row).collect()
    }

    /// Names of all targets: cell types, then outputs of assays.
    pub fn target_names(&self) -> Vec<String> {
        let of_assays = self.assays.iter().flat_map(|assay| assay.record.outputs.iter());
        self.cell_types().iter().chain(of_assays).cloned().collect()
    }

    /// Index of a target by name: a cell type as by [`cell_type_index`](Self::cell_type_index), or an output of an assay,
    /// ignoring case.
    ///
    /// # Errors
    ///
    /// [`DatasetError::UnknownCellType`] with the known names.
    pub fn target_index(&self, name: &str) -> Result<usize> {
        let (names, cell_types) = (self.target_names(), self.cell_types().len());
        if let Some(output) = names[cell_types..].iter().position(|known| known.eq_ignore_ascii_case(name)) {
            return Ok(cell_types + output);
        }
        // The error lists the outputs as well.
        self.cell_type_index(name).map_err(|error| find_cell_type(&names, name).err().unwrap_or(error))
    }

    /// Assay of a target; `None` for a cell type.
    pub fn assay_of_target(&self, target: usize) -> Option<usize> {
        let mut rest = target.checked_sub(self.cell_types().len())?;
        for (index, assay) in self.assays.iter().enumerate() {
            if rest < assay.record.outputs.len() {
                return Some(index);
            }
            rest -= assay.record.outputs.len();
        }
        None
    }

    /// Target of a row, in log2; NaN if it was not measured.
    ///
    /// # Panics
    ///
    /// If the row or the target does not exist.
    pub fn target(&self, row: usize, target: usize) -> f32 {
        let source = self.row_source(row);
        let Some(assay) = self.assay_of_target(target) else {
            return match source {
                RowSource::Gene(gene) => self.log2_tpm(gene, target),
                RowSource::Assay { .. } => f32::NAN,
            };
        };
        let set = &self.assays[assay];
        let row = match source {
            RowSource::Gene(gene) if set.measures_genes() => gene,
            RowSource::Assay { assay: own, row } if own == assay => row,
            _ => return f32::NAN,
        };
        let before: usize = self.assays[..assay].iter().map(|other| other.record.outputs.len()).sum();
        set.targets_of(row)[target - self.cell_types().len() - before]
    }

    /// Standardisation of all targets, in the order of [`target_names`](Self::target_names).
    pub fn target_transform(&self) -> TargetTransform {
        let mut all = self.transform().clone();
        for assay in &*self.assays {
            let TargetTransform { cell_types, mean, sd } = &assay.record.transform;
            all.cell_types.extend_from_slice(cell_types);
            all.mean.extend_from_slice(mean);
            all.sd.extend_from_slice(sd);
        }
        all
    }
}
