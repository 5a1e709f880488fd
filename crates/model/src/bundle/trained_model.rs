//! Trained model, loaded from its folder.

use std::path::Path;

use burn::tensor::Device;
use tatabox_dataset::{Extent, PreparedDataset, TargetTransform, partial_path};
use tatabox_sequence::WindowGeometry;

use super::ensemble_record::ENSEMBLE;
use super::files::ModelFiles;
use super::run_directory::{CONFIG, METRICS, REQUIRED, RUN_RECORD, TRANSFORM, WEIGHTS};
use super::run_record::RunRecord;
use super::training_config::{TrainingConfig, TrainingData};
use super::validation_metrics::ValidationMetrics;
use super::weights::weights_from_bytes;
use crate::error::ModelError;
use crate::exchange::check_transform;
use crate::input::unscaled_inputs;
use crate::nn::{Network, NetworkConfig};

/// Trained network with its configuration, target transform, scores and provenance.
#[derive(Debug)]
pub struct TrainedModel {
    /// Training configuration.
    pub config: TrainingConfig,
    /// Transform from z-scores to log2(TPM + 1).
    pub transform: TargetTransform,
    /// Scores on the validation split; `None` for imported models without scores.
    pub metrics: Option<ValidationMetrics>,
    /// Run record.
    pub record: RunRecord,
    /// Network, on the device that it was loaded to.
    pub network: Network,
}

impl TrainedModel {
    /// Loads the model in folder `path`.
    ///
    /// # Errors
    /// [`ModelError::NotAModel`] if files are missing or the folder is an ensemble; [`ModelError::InvalidFile`] if the
    /// checksum of the weights differs from the run record or their shapes differ from the configuration.
    pub fn load(path: &Path, device: &Device) -> Result<Self, ModelError> {
        Self::load_files(&ModelFiles::folder(path), device)
    }

    /// Loads the model from a folder or from files embedded in the program.
    pub(crate) fn load_files(files: &ModelFiles, device: &Device) -> Result<Self, ModelError> {
        let path = &files.root();
        if files.contains(ENSEMBLE) {
            let reason = "it is an ensemble; choose one of its members, such as members/1".to_owned();
            return Err(ModelError::NotAModel { path: path.to_owned(), reason });
        }
        let missing = |name: &str| {
            let below_models = Path::new("models").join(path);
            let reason = if partial_path(path).exists() {
                format!("{name} is missing; its training is unfinished and can be resumed")
            } else if !files.is_absent_folder() {
                format!("{name} is missing")
            } else if below_models.is_dir() {
                format!("there is no such folder; did you mean {}?", below_models.display())
            } else {
                "there is no such folder".to_owned()
            };
            ModelError::NotAModel { path: path.to_owned(), reason }
        };
        if let Some(name) = REQUIRED.into_iter().find(|name| !files.contains(name)) {
            return Err(missing(name));
        }
        let config: TrainingConfig = files.read_json(CONFIG)?;
        config.validate()?;
        let transform: TargetTransform = files.read_json(TRANSFORM)?;
        check_transform(&transform, &config.cell_types).map_err(|error| ModelError::InvalidFile {
            path: files.path(TRANSFORM),
            reason: format!("{error}; restore the file"),
        })?;
        let record: RunRecord = files.read_json(RUN_RECORD)?;
        // Imported models may lack scores.
        if !files.contains(METRICS) && record.imported.is_none() {
            return Err(missing(METRICS));
        }
        let metrics = files.contains(METRICS).then(|| files.read_json(METRICS)).transpose()?;
        let weights = files.path(WEIGHTS);
        let bytes = files.read(WEIGHTS)?.into_owned();
        let checksum = tatabox_dataset::sha256_bytes(&bytes);
        if checksum != record.weights_sha256 {
            return Err(ModelError::InvalidFile {
                path: weights,
                reason: format!(
                    "sha256 is {checksum}, but {RUN_RECORD} lists {}; the file is damaged",
                    record.weights_sha256
                ),
            });
        }
        let network = weights_from_bytes(config.network.build(config.seed, device), bytes, &weights)?;
        Ok(Self { config, transform, metrics, record, network })
    }

    /// Whether the network was trained on the data set, whose inputs may have had other paths.
    pub fn was_trained_on(&self, dataset: &PreparedDataset) -> bool {
        dataset.is_same_as(&self.config.data.checksum, &self.record.dataset_inputs)
    }
}

/// Model with random weights and the identity as target transform, for benchmarks and tests.
pub(crate) fn untrained_model(
    network: NetworkConfig,
    extent: Extent,
    device: &Device,
) -> Result<TrainedModel, ModelError> {
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp)?;
    let cell_types: Vec<String> = (1..=network.outputs).map(|output| format!("output {output}")).collect();
    let data =
        TrainingData { name: "random bases".to_owned(), checksum: String::new(), geometry, extent, simulated: true };
    let inputs = unscaled_inputs(&network);
    let config = TrainingConfig { inputs, ..TrainingConfig::new(network, cell_types, data) };
    config.validate()?;
    let outputs = config.network.outputs;
    Ok(TrainedModel {
        transform: TargetTransform {
            cell_types: config.cell_types.clone(),
            mean: vec![0.0; outputs],
            sd: vec![1.0; outputs],
        },
        metrics: None,
        record: RunRecord { seed: config.seed, ..RunRecord::default() },
        network: config.network.build(config.seed, device),
        config,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn trained_model_empty_folder_returns_not_a_model() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let error = TrainedModel::load(folder.path(), &device::cpu()).expect_err("empty folder");
        assert!(error.to_string().contains("config.json is missing"), "{error}");
        let error = TrainedModel::load(&folder.path().join("none"), &device::cpu()).expect_err("no folder");
        assert!(error.to_string().ends_with("is not a trained model: there is no such folder"), "{error}");
    }
}
