//! The folder of one trained model, and the unfinished folder it grows from.

use std::fs;
use std::path::{Path, PathBuf};

use burn::store::{ModuleSnapshot, SafetensorsStore};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use tatabox_dataset::{InputFile, SplitSummary, TargetTransform, partial_path};

use crate::check_predictions::CheckPredictions;
use crate::ensemble_record::is_ensemble;
use crate::error::ModelError;
use crate::folder_checksums::FolderChecksums;
use crate::history::EpochRecord;
use crate::json_file::{read_json, write_json, atomic_write};
use crate::network::Network;
use crate::seen_genes::TransferRecord;
use crate::training_config::TrainingConfig;

const CONFIG: &str = "config.json";
const TRANSFORM: &str = "transform.json";
const HISTORY: &str = "history.csv";
pub(crate) const METRICS: &str = "metrics.json";
pub(crate) const RUN_RECORD: &str = "run.json";
const WEIGHTS: &str = "weights.safetensors";
/// What a trained model cannot do without.
const NEEDED: [&str; 4] = [CONFIG, TRANSFORM, RUN_RECORD, WEIGHTS];
/// What it has besides, unless it was made elsewhere.
const OPTIONAL: [&str; 4] = [METRICS, HISTORY, CheckPredictions::FILE, FolderChecksums::FILE];

/// Where a model lies: `<root>/<name>`, and `<root>/<name>.partial` until training has ended.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    finished: PathBuf,
    partial: PathBuf,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is nothing of it.
    Absent,
    /// It was interrupted, and can be resumed.
    Unfinished,
    /// The model is there.
    Finished,
}

/// What was used, for whoever wants to repeat the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of tatabox.
    pub tatabox_version: String,
    /// Version of the tensor library.
    pub burn_version: String,
    /// The command as typed.
    pub command: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// The device, and why it was taken.
    pub device: String,
    /// Threads of the CPU backend.
    pub threads: usize,
    /// Operating system and processor architecture.
    pub platform: String,
    /// SHA-256 of the data set's dataset.json.
    pub dataset_checksum: String,
    /// The files the data set was made from.
    pub dataset_inputs: Vec<InputFile>,
    /// How its genes were split; runs made before this was recorded do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitSummary>,
    /// The model that training began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Box<TransferRecord>>,
    /// SHA-256 of the weights.
    pub weights_sha256: String,
    /// When training ended, in seconds since 1970-01-01 UTC.
    pub ended_unix_s: u64,
    /// Seconds spent training, resumed parts included.
    pub elapsed_s: f64,
    /// Times the run was resumed.
    pub resumed: usize,
    /// The file that the weights came from, where they were imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<InputFile>,
}

/// Scores of the best epoch on the validation split. The test split is left to `evaluate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationMetrics {
    /// The epoch whose weights were kept, from 1.
    pub best_epoch: usize,
    /// Mean over cell types of Pearson across all validation genes.
    pub validation_pearson: f64,
    /// The same for each cell type, in the order of config.json; null where undefined.
    pub validation_pearson_by_cell_type: Vec<Option<f64>>,
    /// Genes trained on.
    pub train_genes: usize,
    /// Genes validated on.
    pub validation_genes: usize,
    /// Genes of these two splits left out, since their known sequence is shorter than the extent.
    pub genes_shorter_than_extent: usize,
    /// Genes of these two splits left out, since the data set has not all gene features of them that the network reads.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub genes_without_features: usize,
    /// Weights in the network.
    pub parameters: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl RunDirectory {
    /// The folder `<root>/<name>`.
    pub fn new(root: &Path, name: &str) -> Self {
        Self::at(&root.join(name))
    }

    /// The folder `path`.
    pub fn at(path: &Path) -> Self {
        Self { partial: partial_path(path), finished: path.to_owned() }
    }

    /// Where the finished model lies.
    pub fn path(&self) -> &Path {
        &self.finished
    }

    /// Where the unfinished run lies.
    pub fn partial_path(&self) -> &Path {
        &self.partial
    }

    /// Whether this very run has ended, can be resumed, or is yet to start.
    ///
    /// # Errors
    /// [`ModelError::CannotResume`] where a run of another configuration or data set lies there.
    pub fn standing(&self, config: &TrainingConfig) -> Result<Standing, ModelError> {
        let (path, standing) = match (self.finished.exists(), self.partial.exists()) {
            (true, _) => (&self.finished, Standing::Finished),
            (false, true) => (&self.partial, Standing::Unfinished),
            (false, false) => return Ok(Standing::Absent),
        };
        check_same_run(path, config)?;
        Ok(standing)
    }

    /// Scores, epochs and seconds of the finished run.
    pub(crate) fn outcome(&self) -> Result<(ValidationMetrics, Vec<EpochRecord>, f64), ModelError> {
        let record: RunRecord = read_json(&self.finished.join(RUN_RECORD))?;
        let path = self.finished.join(HISTORY);
        let text = fs::read_to_string(&path).map_err(ModelError::io("read", &path))?;
        let Some(history) = EpochRecord::from_csv(&text) else {
            return Err(ModelError::InvalidFile {
                path,
                reason: "it is no table of epochs; was it changed?".to_owned(),
            });
        };
        Ok((read_json(&self.finished.join(METRICS))?, history, record.elapsed_s))
    }

    /// Starts a new run: an unfinished one of the same name is thrown away, a finished one only with `force`.
    pub(crate) fn start(&self, config: &TrainingConfig, force: bool) -> Result<(), ModelError> {
        self.start_empty(force)?;
        write_json(&self.partial.join(CONFIG), config)
    }

    /// Makes the unfinished folder, empty. `force` is for finished models and replaces nothing else.
    pub(crate) fn start_empty(&self, force: bool) -> Result<(), ModelError> {
        if self.finished.exists() && !force {
            return Err(ModelError::RunExists { path: self.finished.clone() });
        }
        if self.finished.exists() && !self.finished.join(CONFIG).is_file() && !is_ensemble(&self.finished) {
            let reason = "--force replaces models alone; choose another folder".to_owned();
            return Err(ModelError::NotAModel { path: self.finished.clone(), reason });
        }
        if self.partial.exists() {
            fs::remove_dir_all(&self.partial).map_err(ModelError::io("remove", &self.partial))?;
        }
        fs::create_dir_all(&self.partial).map_err(ModelError::io("create", &self.partial))
    }

    /// Checks that an unfinished run is there and was started with this configuration.
    pub(crate) fn check_unfinished(&self, config: &TrainingConfig) -> Result<(), ModelError> {
        self.check_there_is_something_to_resume()?;
        check_same_run(&self.partial, config)
    }

    /// Checks that an unfinished run is there, whichever.
    pub(crate) fn check_there_is_something_to_resume(&self) -> Result<(), ModelError> {
        if self.partial.exists() {
            return Ok(());
        }
        let reason = if self.finished.exists() {
            "the run has ended; there is nothing to resume".to_owned()
        } else {
            "there is no unfinished run of that name; start one without --resume".to_owned()
        };
        Err(ModelError::CannotResume { path: self.partial.clone(), reason })
    }

    pub(crate) fn write_history(&self, history: &[EpochRecord]) -> Result<(), ModelError> {
        atomic_write(&self.partial.join(HISTORY), EpochRecord::to_csv(history).as_bytes())
    }

    /// Writes the results beside the configuration, and what they can be verified by.
    pub(crate) fn write_results(
        &self,
        network: &Network,
        transform: &TargetTransform,
        metrics: Option<&ValidationMetrics>,
        record: &mut RunRecord,
    ) -> Result<(), ModelError> {
        let weights = self.partial.join(WEIGHTS);
        let bytes = weights_to_bytes(network, &weights)?;
        record.weights_sha256 = tatabox_dataset::sha256_bytes(&bytes);
        atomic_write(&weights, &bytes)?;
        write_json(&self.partial.join(TRANSFORM), transform)?;
        if let Some(metrics) = metrics {
            write_json(&self.partial.join(METRICS), metrics)?;
        }
        write_json(&self.partial.join(RUN_RECORD), record)?;
        CheckPredictions::write_for(&self.partial)?;
        FolderChecksums::of_folder(&self.partial)?.write(&self.partial)
    }

    /// Gives the folder, which is whole, its final name.
    pub(crate) fn take_name(&self) -> Result<(), ModelError> {
        if self.finished.exists() {
            fs::remove_dir_all(&self.finished).map_err(ModelError::io("remove", &self.finished))?;
        }
        fs::rename(&self.partial, &self.finished).map_err(ModelError::io("rename", &self.finished))
    }
}

fn check_same_run(path: &Path, config: &TrainingConfig) -> Result<(), ModelError> {
    let cannot = |reason: &str| ModelError::CannotResume { path: path.to_owned(), reason: reason.to_owned() };
    if is_ensemble(path) {
        return Err(cannot("it holds an ensemble, not one network; pass --ensemble, or choose another name"));
    }
    let found: TrainingConfig = read_json(&path.join(CONFIG))?;
    // Compared as JSON, which is what the configuration is once saved.
    let json = |config: &TrainingConfig| serde_json::to_value(config).ok();
    if json(&found) == json(config) {
        return Ok(());
    }
    Err(cannot(
        "its config.json differs from these options or this data set; pass the options it was started \
         with, or start anew without --resume",
    ))
}

/// Copies the files of a trained model, and none that others left beside them.
pub(crate) fn copy_model(from: &Path, to: &Path) -> Result<(), ModelError> {
    fs::create_dir_all(to).map_err(ModelError::io("create", to))?;
    let there = OPTIONAL.into_iter().filter(|name| from.join(name).is_file());
    for name in NEEDED.into_iter().chain(there) {
        fs::copy(from.join(name), to.join(name)).map_err(ModelError::io("copy", from.join(name)))?;
    }
    Ok(())
}

/// A finished run, read back.
#[derive(Debug)]
pub struct TrainedModel {
    /// The configuration.
    pub config: TrainingConfig,
    /// From z-scores to log2(TPM + 1).
    pub transform: TargetTransform,
    /// Scores on the validation split; `None` of an imported model of which they are not known.
    pub metrics: Option<ValidationMetrics>,
    /// The run record.
    pub record: RunRecord,
    /// The network, on the device it was loaded to.
    pub network: Network,
}

impl TrainedModel {
    /// Reads the model in folder `path`.
    ///
    /// # Errors
    /// [`ModelError::NotAModel`] where files are missing; [`ModelError::InvalidFile`] where the weights do not
    /// have the checksum of the run record, or do not fit the configuration.
    pub fn load(path: &Path, device: &Device) -> Result<Self, ModelError> {
        if is_ensemble(path) {
            let reason = "it is an ensemble of several; name one of its members, such as members/1".to_owned();
            return Err(ModelError::NotAModel { path: path.to_owned(), reason });
        }
        let is_there = |name: &str| path.join(name).is_file();
        let missing = |name: &str| {
            let hint = if partial_path(path).exists() {
                "; its training has not ended: go on with train --resume"
            } else {
                ""
            };
            ModelError::NotAModel { path: path.to_owned(), reason: format!("{name} is missing{hint}") }
        };
        if let Some(name) = NEEDED.into_iter().find(|name| !is_there(name)) {
            return Err(missing(name));
        }
        let config: TrainingConfig = read_json(&path.join(CONFIG))?;
        config.validate()?;
        let transform = read_json(&path.join(TRANSFORM))?;
        let record: RunRecord = read_json(&path.join(RUN_RECORD))?;
        // Of imported weights they may not be known.
        if !is_there(METRICS) && record.imported.is_none() {
            return Err(missing(METRICS));
        }
        let metrics = is_there(METRICS).then(|| read_json(&path.join(METRICS))).transpose()?;
        let weights = path.join(WEIGHTS);
        let bytes = fs::read(&weights).map_err(ModelError::io("read", &weights))?;
        let checksum = tatabox_dataset::sha256_bytes(&bytes);
        if checksum != record.weights_sha256 {
            return Err(ModelError::InvalidFile {
                path: weights,
                reason: format!(
                    "sha256 is {checksum}, {RUN_RECORD} says {}; the file is damaged",
                    record.weights_sha256
                ),
            });
        }
        let network = weights_from_bytes(config.network.init(config.seed, device), bytes, &weights)?;
        Ok(Self { config, transform, metrics, record, network })
    }
}

/// Weights as a file holds them, named by field alone: which parts a network has, the configuration tells.
fn weights_store(bytes: Option<Vec<u8>>) -> SafetensorsStore {
    // Without metadata: it is written in hash order, and the same weights must give the same bytes.
    SafetensorsStore::from_bytes(bytes).clear_metadata().skip_enum_variants(true)
}

pub(crate) fn weights_to_bytes(network: &Network, path: &Path) -> Result<Vec<u8>, ModelError> {
    let mut store = weights_store(None);
    let invalid = |reason: String| ModelError::InvalidFile { path: path.to_owned(), reason };
    network.save_into(&mut store).map_err(|error| invalid(error.to_string()))?;
    store.get_bytes().map_err(|error| invalid(error.to_string()))
}

pub(crate) fn weights_from_bytes(mut network: Network, bytes: Vec<u8>, path: &Path) -> Result<Network, ModelError> {
    let mut store = weights_store(Some(bytes));
    let result = network
        .load_from(&mut store)
        .map_err(|error| ModelError::InvalidFile { path: path.to_owned(), reason: error.to_string() })?;
    if !result.unused.is_empty() {
        return Err(ModelError::InvalidFile {
            path: path.to_owned(),
            reason: format!("the configuration has no place for {}", result.unused.join(", ")),
        });
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Architecture;
    use crate::batch::WindowBatcher;
    use crate::device;
    use crate::dropout::DropoutMask;
    use crate::network_config::{NetworkConfig, Preset};

    #[test]
    fn weights_round_trip_to_the_same_bytes_and_outputs() {
        let path = Path::new("weights.safetensors");
        for architecture in Architecture::ALL {
            let config = NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(architecture);
            let network = config.init(42, &device::cpu());
            let first = weights_to_bytes(&network, path).expect("bytes");
            let again = weights_to_bytes(&config.init(42, &device::cpu()), path).expect("bytes");
            assert!(first == again, "{architecture}: the same seed gives the same file");
            let other_seed = config.init(7, &device::cpu());
            let loaded = weights_from_bytes(other_seed, first.clone(), path).expect("loads");
            assert!(weights_to_bytes(&loaded, path).expect("bytes") == first, "{architecture}");

            let window: Vec<u8> = (0..300u16).map(|base| (base * base % 7 % 4) as u8).collect();
            let batch = WindowBatcher::new(&config, device::cpu()).batch(&[&window], 250);
            let outputs = |network: &Network| -> Vec<f32> {
                network.forward(&batch, &mut DropoutMask::none()).predictions.into_data().try_to_vec().expect("f32")
            };
            assert_eq!(outputs(&network), outputs(&loaded), "{architecture}");
        }
    }

    #[test]
    fn files_name_weights_as_they_did_before_there_was_a_choice_of_architecture() {
        let network = NetworkConfig::preset(Preset::Small, 300, 2).init(1, &device::cpu());
        let bytes = weights_to_bytes(&network, Path::new("weights.safetensors")).expect("bytes");
        let header = String::from_utf8_lossy(&bytes[..4096.min(bytes.len())]).into_owned();
        for name in ["stages.0.conv.weight", "gru.hidden_bias", "head.scoring.weight", "head.distance_slope"] {
            assert!(header.contains(&format!("\"{name}\"")), "{name}");
        }
    }

    #[test]
    fn weights_of_another_network_are_refused() {
        let path = Path::new("weights.safetensors");
        let small = NetworkConfig::preset(Preset::Small, 300, 2);
        let bytes = weights_to_bytes(&small.init(1, &device::cpu()), path).expect("bytes");
        let others = [
            NetworkConfig::preset(Preset::Base, 300, 2),
            small.clone().with_architecture(Architecture::CnnGru),
            small.with_architecture(Architecture::KmerMlp),
        ];
        for other in others {
            let error = weights_from_bytes(other.init(1, &device::cpu()), bytes.clone(), path).expect_err("differs");
            assert!(matches!(error, ModelError::InvalidFile { .. }), "{error}");
        }
    }

    #[test]
    fn a_folder_without_a_model_is_named() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let error = TrainedModel::load(folder.path(), &device::cpu()).expect_err("empty folder");
        assert!(error.to_string().contains("config.json is missing"), "{error}");
    }
}
