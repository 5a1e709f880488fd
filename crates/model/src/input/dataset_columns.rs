//! Columns of a data set: cell types, gene features and tracks.

use std::sync::Arc;

use tatabox_dataset::{Extent, PreparedDataset};

use super::auxiliary_inputs::AuxiliaryInputs;
use super::gene_window::shifted_codes;
use super::promoter_window::PromoterWindow;
use crate::error::ModelError;

/// Columns of the named cell types in the data set.
///
/// # Errors
/// Unknown names, with the nearest known one.
pub fn cell_type_columns(dataset: &PreparedDataset, names: &[String]) -> Result<Vec<usize>, ModelError> {
    names.iter().map(|name| Ok(dataset.cell_type_index(name)?)).collect()
}

/// Columns of the named outputs among the targets of the data set: cell types and outputs of assays.
///
/// # Errors
/// Unknown names, with the nearest known one.
pub fn target_columns(dataset: &PreparedDataset, names: &[String]) -> Result<Vec<usize>, ModelError> {
    names.iter().map(|name| Ok(dataset.target_index(name)?)).collect()
}

/// Columns of the named outputs among the targets of the data set; `None` for an output that the data set does not
/// measure.
///
/// # Errors
/// No output is measured; the error names the first one.
pub(crate) fn measured_columns(dataset: &PreparedDataset, names: &[String]) -> Result<Vec<Option<usize>>, ModelError> {
    let columns: Vec<Option<usize>> = names.iter().map(|name| dataset.target_index(name).ok()).collect();
    if columns.iter().all(Option::is_none)
        && let Some(name) = names.first()
    {
        dataset.target_index(name)?;
    }
    Ok(columns)
}

/// Columns of gene features and tracks in a data set, in the input order of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DatasetColumns {
    features: Vec<usize>,
    reads_features: bool,
    tracks: Vec<usize>,
}

impl DatasetColumns {
    /// Looks up the names of `inputs`.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`] with the names that the data set lacks.
    pub fn of(inputs: &AuxiliaryInputs, dataset: &PreparedDataset) -> Result<Self, ModelError> {
        let known: Vec<&str> = dataset.gene_feature_names().iter().map(String::as_str).collect();
        let reads_features = inputs.gene_features.is_some();
        if reads_features && known.is_empty() {
            return Err(missing("gene features", dataset, &known));
        }
        let requested: Vec<&str> = inputs.feature_names().iter().map(String::as_str).collect();
        let features = columns_of("gene features", &requested, &known, dataset)?;
        let tracks = columns_of("tracks", &inputs.track_names(), &dataset.track_names(), dataset)?;
        Ok(Self { features, reads_features, tracks })
    }

    /// Whether a gene has a value for every feature.
    pub fn has_features(&self, dataset: &PreparedDataset, gene: usize) -> bool {
        !self.reads_features || self.features_of(dataset, gene).is_some()
    }

    /// Features of a gene; `None` where it lacks one, or where the model reads none. A row of an assay has features of 0,
    /// which no output of its assay reads.
    pub fn features_of(&self, dataset: &PreparedDataset, gene: usize) -> Option<Vec<f32>> {
        if !self.reads_features {
            return None;
        }
        if gene >= dataset.len() {
            return Some(vec![0.0; self.features.len()]);
        }
        let row = dataset.gene_features(gene)?;
        let features: Vec<f32> = self.features.iter().map(|&column| row[column]).collect();
        features.iter().all(|value| value.is_finite()).then_some(features)
    }

    /// Values of a track, given by its index in the model, around the TSS of a gene shifted by `shift_bp`; 0 beyond the
    /// stored window.
    pub fn read_track(
        &self,
        dataset: &PreparedDataset,
        gene: usize,
        track: usize,
        extent: Extent,
        shift_bp: i64,
        values: &mut [f32],
    ) {
        let geometry = dataset.geometry();
        let stored = geometry.len() as i64;
        let start = i64::from(geometry.upstream_bp) - i64::from(extent.upstream_bp) + shift_bp;
        let end = start + values.len() as i64;
        let inside = start.clamp(0, stored) as usize..end.clamp(0, stored) as usize;
        values.fill(0.0);
        if !inside.is_empty() {
            let first = (inside.start as i64 - start) as usize;
            let place = &mut values[first..first + inside.len()];
            dataset.track_values(gene, self.tracks[track], inside, place);
        }
    }

    /// Input window of a gene over `extent`, shifted by `shift_bp`, with N and 0 beyond the stored window.
    /// `gene_features` is `None` where the gene lacks any.
    pub fn window(&self, dataset: &PreparedDataset, gene: usize, extent: Extent, shift_bp: i64) -> PromoterWindow {
        PromoterWindow {
            bases: shifted_codes(dataset, gene, extent, shift_bp),
            gene_features: self.features_of(dataset, gene).map(Arc::from),
            tracks: self.tracks_of(dataset, gene, extent, shift_bp),
        }
    }

    fn tracks_of(&self, dataset: &PreparedDataset, gene: usize, extent: Extent, shift_bp: i64) -> Option<Arc<[f32]>> {
        if self.tracks.is_empty() {
            return None;
        }
        let length = extent.total_bp() as usize;
        let mut values = vec![0.0; self.tracks.len() * length];
        for (track, values) in values.chunks_exact_mut(length).enumerate() {
            self.read_track(dataset, gene, track, extent, shift_bp, values);
        }
        Some(Arc::from(values))
    }
}

fn columns_of(
    kind: &str,
    requested: &[&str],
    known: &[&str],
    dataset: &PreparedDataset,
) -> Result<Vec<usize>, ModelError> {
    let column = |name: &&str| {
        let found = known.iter().position(|known| known == name);
        found.ok_or_else(|| missing(&format!("the {kind} {}", requested.join(", ")), dataset, known))
    };
    requested.iter().map(column).collect()
}

fn missing(what: &str, dataset: &PreparedDataset, known: &[&str]) -> ModelError {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    ModelError::MissingAuxiliaryInputs {
        inputs: what.to_owned(),
        found: format!("the data set \"{}\" has {known}", dataset.name()),
        hint: "prepare the data set with them",
    }
}
