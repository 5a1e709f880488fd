//! Import of weights trained elsewhere, as a model folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use tatabox_dataset::{InputFile, TargetTransform, sha256_bytes};

use super::foreign_format::ForeignFormat;
use super::pytorch_weights::{from_torch, has_torch_names};
use super::safetensors_file::ModelDescription;
use super::weight_table::WeightTable;
use crate::bundle::{RunDirectory, RunLock, RunRecord, TrainingConfig, ValidationMetrics, read_json, weights_to_bytes};
use crate::error::ModelError;
use crate::nn::{Network, NetworkConfig};
use crate::predict::write_verification;

/// Imported weights with their configuration and target transform.
#[derive(Debug)]
pub struct ImportedModel {
    /// Training configuration.
    pub config: TrainingConfig,
    /// Transform from z-scores to log2(TPM + 1).
    pub transform: TargetTransform,
    /// Scores on the validation split; `None` if the file does not contain them.
    pub metrics: Option<ValidationMetrics>,
    /// Run record; `None` if the file does not contain it.
    pub record: Option<RunRecord>,
    /// Whether the tensors have the names of a PyTorch state dict.
    pub from_torch: bool,
    source: InputFile,
    network: Network,
}

/// Files that describe weights without metadata.
#[derive(Clone, Debug, Default)]
pub struct ImportFiles {
    /// Path of config.json.
    pub config: Option<PathBuf>,
    /// Path of transform.json.
    pub transform: Option<PathBuf>,
}

impl ImportedModel {
    /// Reads weights from a safetensors file.
    ///
    /// The file is an export of [`TrainedModel::to_safetensors`](crate::TrainedModel::to_safetensors), which contains
    /// configuration and transform, or the weights of a model folder or a PyTorch state dict, which require `files`.
    ///
    /// # Examples
    /// ```
    /// use std::path::Path;
    /// use tatabox_model::{ImportFiles, ImportedModel};
    ///
    /// let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/exchange");
    /// let files = ImportFiles {
    ///     config: Some(golden.join("config.json")),
    ///     transform: Some(golden.join("transform.json")),
    /// };
    /// let imported = ImportedModel::read(&golden.join("state_dict.safetensors"), &files)?;
    /// assert!(imported.from_torch);
    /// assert_eq!(imported.config.cell_types, ["K562", "HepG2", "GM12878"]);
    /// # Ok::<(), tatabox_model::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// [`ModelError::MissingCompanion`] if the configuration or transform is missing; [`ModelError::InvalidFile`] for a
    /// damaged file, superfluous `files`, or tensors that do not match the configuration, each of them listed.
    pub fn read(weights: &Path, files: &ImportFiles) -> Result<Self, ModelError> {
        if weights.is_dir() {
            let reason =
                format!("{}; expected a file of weights in the format safetensors", ForeignFormat::of_folder(weights));
            return Err(ModelError::InvalidFile { path: weights.to_owned(), reason });
        }
        let bytes = fs::read(weights).map_err(ModelError::io("read", weights))?;
        let source = InputFile {
            role: "weights".to_owned(),
            path: weights.display().to_string(),
            sha256: sha256_bytes(&bytes),
            bytes: bytes.len() as u64,
        };
        let (table, described) = WeightTable::from_bytes(&bytes, weights)?;
        let invalid = |reason: String| ModelError::InvalidFile { path: weights.to_owned(), reason };
        let (config, transform, metrics, record) = if let Some(json) = described {
            if files.config.is_some() || files.transform.is_some() {
                let reason = "the file contains its configuration and transform; omit the separate files";
                return Err(invalid(reason.to_owned()));
            }
            let described: ModelDescription =
                serde_json::from_str(&json).map_err(|error| invalid(format!("metadata: {error}")))?;
            (described.config, described.transform, described.metrics, Some(described.record))
        } else {
            let config: TrainingConfig = companion(weights, files.config.as_deref(), "config")?;
            (config, companion(weights, files.transform.as_deref(), "transform")?, None, None)
        };
        config.validate()?;
        check_transform(&transform, &config.cell_types)?;
        let from_torch = has_torch_names(&table);
        let network = network_of(table, from_torch, &config.network, weights)?;
        if let Some(record) = &record {
            let found = sha256_bytes(&weights_to_bytes(&network, weights)?);
            if found != record.weights_sha256 {
                let recorded = &record.weights_sha256;
                return Err(invalid(format!(
                    "the sha256 of the weights is {found}, but the metadata lists {recorded}; the file is damaged"
                )));
            }
        }
        Ok(Self { config, transform, metrics, record, from_torch, source, network })
    }

    /// Writes the model folder. `record` is used if the file contains no run record; the imported file is recorded as
    /// the source.
    ///
    /// # Errors
    /// [`ModelError::RunExists`] if the model exists and `replace` is not set; [`ModelError::Io`].
    pub fn write(&self, run: &RunDirectory, record: RunRecord, replace: bool) -> Result<(), ModelError> {
        let mut record = self.record.clone().unwrap_or(record);
        record.imported = Some(self.source.clone());
        let _lock = RunLock::acquire(run.path())?;
        run.start(&self.config, replace)?;
        run.write_results(&self.network, &self.transform, self.metrics.as_ref(), &mut record)?;
        write_verification(run.partial_path())?;
        run.take_name()
    }
}

fn companion<T: DeserializeOwned>(weights: &Path, given: Option<&Path>, name: &'static str) -> Result<T, ModelError> {
    match given {
        Some(path) => read_json(path),
        None => Err(ModelError::MissingCompanion { path: weights.to_owned(), name }),
    }
}

/// Checks that a transform has a mean and a standard deviation for each cell type of the configuration, in its order.
pub(crate) fn check_transform(transform: &TargetTransform, cell_types: &[String]) -> Result<(), ModelError> {
    let TargetTransform { cell_types: scaled, mean, sd } = transform;
    if scaled != cell_types {
        let (scaled, cell_types) = (scaled.join(", "), cell_types.join(", "));
        return Err(ModelError::Mismatch(format!(
            "the transform has the cell types {scaled}; the configuration has {cell_types}, in this order"
        )));
    }
    let has_all = mean.len() == sd.len() && mean.len() == scaled.len();
    if has_all && mean.iter().all(|mean| mean.is_finite()) && sd.iter().all(|&sd| sd.is_finite() && sd > 0.0) {
        return Ok(());
    }
    let expected = "a finite mean and a standard deviation above 0 per cell type".to_owned();
    Err(ModelError::InvalidConfig { field: "transform", value: format!("mean {mean:?}, sd {sd:?}"), expected })
}

fn network_of(
    table: WeightTable,
    from_torch_names: bool,
    config: &NetworkConfig,
    path: &Path,
) -> Result<Network, ModelError> {
    if !from_torch_names {
        return table.into_network(config, path);
    }
    if !config.architecture.reads_bases() {
        let reason = format!(
            "a PyTorch state dict cannot be imported for the architecture {}; only for architectures that read bases",
            config.architecture
        );
        return Err(ModelError::InvalidFile { path: path.to_owned(), reason });
    }
    let shapes = WeightTable::of(&config.build(0, &crate::device::cpu()))?.shapes();
    from_torch(&table, &shapes, path)?.into_network(config, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transform(names: &[&str], sd: &[f64]) -> TargetTransform {
        let cell_types = names.iter().map(|&name| name.to_owned()).collect();
        TargetTransform { cell_types, mean: vec![1.0; names.len()], sd: sd.to_vec() }
    }

    #[test]
    fn check_transform_other_cell_type_order_is_rejected() {
        let cell_types = ["K562".to_owned(), "HepG2".to_owned()];
        assert!(check_transform(&transform(&["K562", "HepG2"], &[1.0, 2.0]), &cell_types).is_ok());
        let turned = check_transform(&transform(&["HepG2", "K562"], &[1.0, 2.0]), &cell_types);
        assert!(turned.expect_err("order").to_string().contains("HepG2, K562"));
        for sd in [&[1.0, 0.0][..], &[1.0], &[1.0, f64::NAN]] {
            let message = check_transform(&transform(&["K562", "HepG2"], sd), &cell_types).expect_err("sd").to_string();
            assert!(message.contains("standard deviation above 0"), "{message}");
        }
    }
}
