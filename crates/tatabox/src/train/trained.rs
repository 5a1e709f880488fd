//! Results of training.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use tatabox_dataset::Extent;
use tatabox_model::{Architecture, EnsembleMetrics, EnsembleSummary, TrainingConfig, TrainingSummary};

use super::CellTypeScore;

/// A trained model: its folder and its validation scores.
///
/// ```no_run
/// # fn show(trained: tatabox::train::Trained) {
/// println!("written to {}", trained.directory().display());
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Trained {
    /// A single network.
    Network(TrainedNetwork),
    /// Several networks that predict their mean.
    Ensemble(TrainedEnsemble),
}

/// A trained network.
///
/// ```no_run
/// # fn show(network: tatabox::train::TrainedNetwork) {
/// println!("{}: {:.3} in epoch {}", network.name, network.validation_pearson, network.best_epoch);
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct TrainedNetwork {
    /// Name of the model.
    pub name: String,
    /// Folder of the model.
    pub directory: PathBuf,
    /// Layers of the network.
    pub architecture: Architecture,
    /// Name of the data set.
    pub dataset: String,
    /// Whether the data set is simulated.
    pub simulated: bool,
    /// Bases that the network reads around the TSS.
    #[serde(serialize_with = "as_text")]
    pub extent: Extent,
    /// Name of the device.
    pub device: String,
    /// Trainable parameters.
    pub parameters: usize,
    /// Genes trained on.
    pub train_genes: usize,
    /// Genes validated on.
    pub validation_genes: usize,
    /// Validation rows of assays; `None` without assays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_assay_rows: Option<usize>,
    /// Genes excluded because their known sequence is shorter than the extent.
    pub genes_shorter_than_extent: usize,
    /// Genes excluded because they lack gene features that the network reads; `None` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genes_without_features: Option<usize>,
    /// Epochs trained.
    pub epochs: usize,
    /// Epoch with the best validation score, from 1.
    pub best_epoch: usize,
    /// Pearson correlation over the validation genes, mean over cell types; with assays the mean over expression and assays.
    pub validation_pearson: f64,
    /// The same by output.
    pub validation_pearson_by_cell_type: Vec<CellTypeScore>,
    /// Seconds spent training.
    pub elapsed_s: f64,
    /// Training windows per second.
    pub windows_per_s: f64,
}

/// A trained ensemble.
///
/// ```no_run
/// # fn show(ensemble: tatabox::train::TrainedEnsemble) {
/// println!("{} networks in {}", ensemble.members.len(), ensemble.directory.display());
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct TrainedEnsemble {
    /// Name of the model.
    pub name: String,
    /// Folder of the model.
    pub directory: PathBuf,
    /// The networks.
    pub members: Vec<TrainedMember>,
    /// Pearson correlation of the mean prediction over the validation genes, mean over cell types; `None` where it was not
    /// computed.
    pub validation_pearson: Option<f64>,
    /// Validation genes of that score.
    pub validation_genes: Option<usize>,
    /// The same score by cell type.
    pub validation_pearson_by_cell_type: Vec<CellTypeScore>,
    /// Seconds spent training all members.
    pub elapsed_s: f64,
}

/// A network of an ensemble.
///
/// ```
/// use tatabox::train::TrainedMember;
///
/// let imported = TrainedMember { seed: 42, best_epoch: None, validation_pearson: None };
/// assert!(imported.validation_pearson.is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainedMember {
    /// Its seed.
    pub seed: u64,
    /// Epoch with its best validation score; `None` for imported weights.
    pub best_epoch: Option<usize>,
    /// Pearson correlation over its own validation genes, mean over cell types.
    pub validation_pearson: Option<f64>,
}

impl Trained {
    /// Folder of the model.
    pub fn directory(&self) -> &Path {
        match self {
            Self::Network(network) => &network.directory,
            Self::Ensemble(ensemble) => &ensemble.directory,
        }
    }
}

impl TrainedNetwork {
    pub(super) fn new(
        name: &str,
        directory: &Path,
        config: &TrainingConfig,
        training: &TrainingSummary,
        device: &str,
    ) -> Self {
        let metrics = &training.metrics;
        let windows = training.history.len() * training.windows_per_epoch;
        Self {
            name: name.to_owned(),
            directory: directory.to_owned(),
            architecture: config.network.architecture,
            dataset: config.data.name.clone(),
            simulated: config.data.simulated,
            extent: config.data.extent,
            device: device.to_owned(),
            parameters: metrics.parameters,
            train_genes: metrics.train_genes,
            validation_genes: metrics.validation_genes,
            validation_assay_rows: Some(metrics.validation_assay_rows).filter(|&rows| rows > 0),
            genes_shorter_than_extent: metrics.genes_shorter_than_extent,
            genes_without_features: Some(metrics.genes_without_features).filter(|&without| without > 0),
            epochs: training.history.len(),
            best_epoch: metrics.best_epoch,
            validation_pearson: metrics.validation_pearson,
            validation_pearson_by_cell_type: CellTypeScore::zip(
                &config.cell_types,
                &metrics.validation_pearson_by_cell_type,
            ),
            elapsed_s: training.elapsed_s,
            windows_per_s: windows as f64 / training.elapsed_s.max(1e-9),
        }
    }
}

impl TrainedEnsemble {
    pub(super) fn new(name: &str, directory: &Path, cell_types: &[String], summary: &EnsembleSummary) -> Self {
        let EnsembleMetrics { mean, members } = &summary.metrics;
        let members = summary.record.members.iter().zip(members).map(|(member, metrics)| TrainedMember {
            seed: member.seed,
            best_epoch: metrics.as_ref().map(|metrics| metrics.best_epoch),
            validation_pearson: metrics.as_ref().map(|metrics| metrics.validation_pearson),
        });
        Self {
            name: name.to_owned(),
            directory: directory.to_owned(),
            members: members.collect(),
            validation_pearson: mean.as_ref().map(|mean| mean.validation_pearson),
            validation_genes: mean.as_ref().map(|mean| mean.validation_genes),
            validation_pearson_by_cell_type: mean
                .as_ref()
                .map(|mean| CellTypeScore::zip(cell_types, &mean.validation_pearson_by_cell_type))
                .unwrap_or_default(),
            elapsed_s: summary.run.elapsed_s,
        }
    }
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
