//! Where a data set holds what a model reads beside the bases.

use std::sync::Arc;

use tatabox_dataset::{Extent, PreparedDataset};

use super::auxiliary_inputs::AuxiliaryInputs;
use super::gene_window::shifted_codes;
use super::promoter_window::PromoterWindow;
use crate::error::ModelError;

/// The data set's columns of the named cell types.
///
/// # Errors
/// Unknown names, with the nearest known one.
pub fn cell_type_columns(dataset: &PreparedDataset, names: &[String]) -> Result<Vec<usize>, ModelError> {
    names.iter().map(|name| Ok(dataset.cell_type_index(name)?)).collect()
}

/// Columns of the gene features and tracks of a data set, in the order in which a model reads them.
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
    /// [`ModelError::MissingAuxiliaryInputs`] naming what the data set lacks.
    pub fn of(inputs: &AuxiliaryInputs, dataset: &PreparedDataset) -> Result<Self, ModelError> {
        let known: Vec<&str> = dataset.gene_feature_names().iter().map(String::as_str).collect();
        let reads_features = inputs.gene_features.is_some();
        if reads_features && known.is_empty() {
            return Err(missing("gene features", dataset, &known));
        }
        let wanted: Vec<&str> = inputs.feature_names().iter().map(String::as_str).collect();
        let features = columns_of("gene features", &wanted, &known, dataset)?;
        let tracks = columns_of("tracks", &inputs.track_names(), &dataset.track_names(), dataset)?;
        Ok(Self { features, reads_features, tracks })
    }

    /// Whether a gene has a value of every feature.
    pub fn has_features(&self, dataset: &PreparedDataset, gene: usize) -> bool {
        !self.reads_features || self.features_of(dataset, gene).is_some()
    }

    /// The features of a gene; `None` where it lacks one, or none is read.
    pub fn features_of(&self, dataset: &PreparedDataset, gene: usize) -> Option<Vec<f32>> {
        if !self.reads_features {
            return None;
        }
        let row = dataset.gene_features(gene)?;
        let features: Vec<f32> = self.features.iter().map(|&column| row[column]).collect();
        features.iter().all(|value| value.is_finite()).then_some(features)
    }

    /// The values of one of the tracks, by its place in the model, around the TSS of a gene moved by `shift_bp`; 0 beyond the
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

    /// All that a model reads of a gene over `extent`, moved by `shift_bp`: N and 0 beyond the stored window. Features that
    /// the gene lacks are lacking.
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
    wanted: &[&str],
    known: &[&str],
    dataset: &PreparedDataset,
) -> Result<Vec<usize>, ModelError> {
    let column = |name: &&str| {
        let found = known.iter().position(|known| known == name);
        found.ok_or_else(|| missing(&format!("the {kind} {}", wanted.join(", ")), dataset, known))
    };
    wanted.iter().map(column).collect()
}

fn missing(what: &str, dataset: &PreparedDataset, known: &[&str]) -> ModelError {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    ModelError::MissingAuxiliaryInputs {
        inputs: what.to_owned(),
        found: format!("the data set \"{}\" has {known}", dataset.name()),
        hint: "prepare the data set with them",
    }
}
