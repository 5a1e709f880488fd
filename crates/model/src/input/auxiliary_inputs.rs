//! Auxiliary inputs of a model, gene features and signal tracks, and their scaling.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tatabox_dataset::{Extent, PreparedDataset};

use super::dataset_columns::DatasetColumns;
use super::feature_scaling::{self, FeatureScaling};
use super::gene_selection::GeneSelection;
use crate::error::ModelError;
use crate::nn::NetworkConfig;

/// Auxiliary inputs of a model: gene features and signal tracks, each with the mean and standard deviation that scale
/// it to z-scores.
///
/// The scaling is fitted on the train genes of a run, so that no information on held-out genes enters it.
///
/// # Examples
/// ```
/// use tatabox_model::{AuxiliaryInputs, TrackScaling};
///
/// let track = TrackScaling { name: "DNase".to_owned(), mean: 1.2, sd: 0.4 };
/// let inputs = AuxiliaryInputs { gene_features: None, tracks: vec![track] };
/// assert_eq!(inputs.counts(), (0, 1));
/// assert_eq!(inputs.to_string(), "tracks DNase");
/// assert_eq!(AuxiliaryInputs::NONE.to_string(), "bases alone");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuxiliaryInputs {
    /// Numbers per gene, such as features associated with mRNA half-life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene_features: Option<FeatureScaling>,
    /// Signals along the bases, such as accessibility or a histone mark.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackScaling>,
}

/// Signal track with its scaling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackScaling {
    /// Name in the data set.
    pub name: String,
    /// Mean over every base of the train genes within the extent.
    pub mean: f64,
    /// Standard deviation over the same bases, above 0.
    pub sd: f64,
}

impl AuxiliaryInputs {
    /// No auxiliary inputs.
    pub const NONE: Self = Self { gene_features: None, tracks: Vec::new() };

    /// Fits the scaling of all gene features of the data set, if `want_features`, and of the named tracks. `genes` are
    /// the train genes of the run; those that are known over `extent` and have the features are used. Features without
    /// variance are excluded. Returns `None` where nothing is requested.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`] where the data set has no features, or no such track;
    /// [`ModelError::ConstantInput`] for a track without variance, or where no feature has any;
    /// [`ModelError::TooFewGenes`].
    pub fn fit(
        dataset: &PreparedDataset,
        genes: &[usize],
        extent: Extent,
        want_features: bool,
        tracks: &[String],
    ) -> Result<Option<Self>, ModelError> {
        if !want_features && tracks.is_empty() {
            return Ok(None);
        }
        let unscaled = Self::named(dataset, want_features, tracks);
        unscaled.check_names()?;
        let columns = DatasetColumns::of(&unscaled, dataset)?;
        let genes = GeneSelection::of_genes(dataset, genes, extent, &unscaled).enough_to_scale()?.genes;
        let fit_features = |features: FeatureScaling| {
            let rows: Vec<Vec<f32>> = genes.iter().filter_map(|&gene| columns.features_of(dataset, gene)).collect();
            let fitted = FeatureScaling::fit(features.names, &rows);
            fitted.ok_or_else(|| constant("every gene feature".to_owned(), rows.len()))
        };
        let gene_features = unscaled.gene_features.map(fit_features).transpose()?;
        let fit_track =
            |(index, track): (usize, TrackScaling)| fit_track(track, &columns, index, dataset, &genes, extent);
        let tracks = unscaled.tracks.into_iter().enumerate().map(fit_track).collect::<Result<_, _>>()?;
        Ok(Some(Self { gene_features, tracks }))
    }

    /// All features of a data set, or none, and the named tracks, not yet scaled. The features are empty where the data
    /// set has none.
    fn named(dataset: &PreparedDataset, want_features: bool, tracks: &[String]) -> Self {
        let features = || FeatureScaling::unscaled(dataset.gene_feature_names().to_vec());
        let track = |name: &String| TrackScaling { name: name.clone(), mean: 0.0, sd: 1.0 };
        Self { gene_features: want_features.then(features), tracks: tracks.iter().map(track).collect() }
    }

    /// Auxiliary inputs of a transfer from a model that reads `source`; `fitted` are those of the run's own train
    /// genes.
    ///
    /// Inputs of the source model keep the scaling that its weights were trained with. Gene features may be new.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] where tracks differ, or gene features that the source model reads.
    pub fn for_transfer(source: &Self, fitted: Option<Self>) -> Result<Option<Self>, ModelError> {
        let Some(mut inputs) = fitted else {
            source.check_transfer(&Self::NONE)?;
            return Ok(None);
        };
        source.check_transfer(&inputs)?;
        inputs.tracks.clone_from(&source.tracks);
        if source.gene_features.is_some() {
            inputs.gene_features.clone_from(&source.gene_features);
        }
        Ok(Some(inputs))
    }

    /// Checks that a network with these inputs can be the source of a transfer to one with the inputs `requested`.
    pub(crate) fn check_transfer(&self, requested: &Self) -> Result<(), ModelError> {
        let is_new = self.gene_features.is_none() && self.track_names() == requested.track_names();
        if is_new || self.reads_as(requested) {
            return Ok(());
        }
        Err(ModelError::Mismatch(format!(
            "the source model reads {self}, this run reads {requested}; tracks must be the same, gene features the same or new"
        )))
    }

    /// Whether both have the same features and tracks in the same order, whatever their scaling.
    pub fn reads_as(&self, other: &Self) -> bool {
        self.feature_names() == other.feature_names() && self.track_names() == other.track_names()
    }

    /// Whether there are no auxiliary inputs.
    pub fn is_empty(&self) -> bool {
        self.counts() == (0, 0)
    }

    /// Numbers of gene features and tracks of a window.
    pub fn counts(&self) -> (usize, usize) {
        (self.feature_names().len(), self.tracks.len())
    }

    /// Numbers of inputs of the network for gene features, which are encoded as several each, and tracks.
    pub fn network_inputs(&self) -> (usize, usize) {
        (self.gene_features.as_ref().map_or(0, FeatureScaling::inputs), self.tracks.len())
    }

    /// Names of the gene features.
    pub fn feature_names(&self) -> &[String] {
        self.gene_features.as_ref().map_or(&[], |features| &features.names)
    }

    /// Names of the tracks.
    pub fn track_names(&self) -> Vec<&str> {
        self.tracks.iter().map(|track| track.name.as_str()).collect()
    }

    /// The gene features without the tracks; `None` where there are no gene features.
    pub(crate) fn without_tracks(self) -> Option<Self> {
        let gene_features = self.gene_features?;
        Some(Self { gene_features: Some(gene_features), tracks: Vec::new() })
    }

    /// Checks names and numbers.
    pub(crate) fn validate(&self) -> Result<(), ModelError> {
        self.check_names()?;
        let invalid = |field, value: String, expected: &str| {
            Err(ModelError::InvalidConfig { field, value, expected: expected.to_owned() })
        };
        let is_scale = feature_scaling::is_scale;
        if let Some(features) = self.gene_features.as_ref().filter(|features| !features.is_valid()) {
            let expected = "one mean and standard deviation above 0 per input, and intervals of known features";
            return invalid("inputs.gene_features", format!("{features:?}"), expected);
        }
        match self.tracks.iter().find(|track| !is_scale(track.mean, track.sd)) {
            None => Ok(()),
            Some(TrackScaling { name, mean, sd }) => {
                let expected = "a mean and a standard deviation above 0";
                invalid("inputs.tracks", format!("{name}, mean {mean}, sd {sd}"), expected)
            }
        }
    }

    fn check_names(&self) -> Result<(), ModelError> {
        let names = || self.feature_names().iter().map(String::as_str).chain(self.track_names());
        let mut seen = BTreeSet::new();
        if let Some(twice) = names().find(|name| !seen.insert(*name)) {
            let (value, expected) = (format!("{twice}, repeated"), "unique names".to_owned());
            return Err(ModelError::InvalidConfig { field: "inputs", value, expected });
        }
        Ok(())
    }
}

impl std::fmt::Display for AuxiliaryInputs {
    /// `gene features a, b and tracks DNase`
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (features, tracks) = (self.feature_names().join(", "), self.track_names().join(", "));
        match self.counts() {
            (0, 0) => formatter.write_str("bases alone"),
            (_, 0) => write!(formatter, "gene features {features}"),
            (0, _) => write!(formatter, "tracks {tracks}"),
            _ => write!(formatter, "gene features {features} and tracks {tracks}"),
        }
    }
}

fn fit_track(
    mut track: TrackScaling,
    columns: &DatasetColumns,
    index: usize,
    dataset: &PreparedDataset,
    genes: &[usize],
    extent: Extent,
) -> Result<TrackScaling, ModelError> {
    // One sum per gene, added in the order of the genes, so that the result is independent of the number of threads.
    let sums_of = |&gene: &usize| {
        let mut values = vec![0.0; extent.total_bp() as usize];
        columns.read_track(dataset, gene, index, extent, 0, &mut values);
        values.iter().fold((0.0, 0.0), |(sum, squares), &value| {
            let value = f64::from(value);
            (sum + value, squares + value * value)
        })
    };
    let sums: Vec<(f64, f64)> = genes.par_iter().map(sums_of).collect();
    let (sum, squares) = sums.iter().fold((0.0, 0.0), |all, gene| (all.0 + gene.0, all.1 + gene.1));
    let bases = genes.len() as f64 * f64::from(extent.total_bp());
    track.mean = sum / bases;
    let variance = squares / bases - track.mean.powi(2);
    track.sd = feature_scaling::sd_of(variance, track.mean)
        .ok_or_else(|| constant(format!("the track {}", track.name), genes.len()))?;
    Ok(track)
}

fn constant(input: String, genes: usize) -> ModelError {
    ModelError::ConstantInput { input, genes }
}

/// Auxiliary inputs of a network, with values that are z-scores already.
pub(crate) fn unscaled_inputs(network: &NetworkConfig) -> Option<AuxiliaryInputs> {
    let features = network.gene_features;
    let names = (1..=features).map(|feature| format!("feature {feature}")).collect();
    let gene_features = (features > 0).then(|| FeatureScaling::unscaled(names));
    let track = |track| TrackScaling { name: format!("track {track}"), mean: 0.0, sd: 1.0 };
    let inputs = AuxiliaryInputs { gene_features, tracks: (1..=network.tracks).map(track).collect() };
    (!inputs.is_empty()).then_some(inputs)
}
