//! Weights that were made elsewhere, as a model folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use tatabox_dataset::{InputFile, TargetTransform, sha256_bytes};

use super::pytorch_weights::{from_torch, has_torch_names};
use super::safetensors_file::ModelDescription;
use super::weight_table::WeightTable;
use crate::bundle::{RunDirectory, RunRecord, TrainingConfig, ValidationMetrics, read_json, weights_to_bytes};
use crate::error::ModelError;
use crate::nn::{Network, NetworkConfig};
use crate::predict::write_verification;

/// A file of weights with all that makes it a model.
#[derive(Debug)]
pub struct ImportedModel {
    /// The configuration.
    pub config: TrainingConfig,
    /// From z-scores to log2(TPM + 1).
    pub transform: TargetTransform,
    /// Scores on the validation split, where the file tells them.
    pub metrics: Option<ValidationMetrics>,
    /// The run record, where the file tells it.
    pub record: Option<RunRecord>,
    /// Whether the tensors were named as PyTorch does.
    pub from_torch: bool,
    source: InputFile,
    network: Network,
}

/// Files beside the weights, where these do not describe themselves.
#[derive(Clone, Debug, Default)]
pub struct ImportFiles {
    /// A config.json.
    pub config: Option<PathBuf>,
    /// A transform.json.
    pub transform: Option<PathBuf>,
}

impl ImportedModel {
    /// Reads weights from a safetensors file: one that [`TrainedModel::to_safetensors`](crate::TrainedModel::to_safetensors)
    /// made and that needs no other file, the weights of a model folder, or a PyTorch state dict.
    ///
    /// # Errors
    /// [`ModelError::InvalidFile`] for a file that is damaged, lacks a companion or needs none, or whose tensors are not
    /// those of the configuration; each of them is named.
    pub fn read(weights: &Path, files: &ImportFiles) -> Result<Self, ModelError> {
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
                let reason = "the file tells its own configuration and transform; give no others";
                return Err(invalid(reason.to_owned()));
            }
            let described: ModelDescription =
                serde_json::from_str(&json).map_err(|error| invalid(format!("its description: {error}")))?;
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
                let told = &record.weights_sha256;
                return Err(invalid(format!("its weights have sha256 {found}, its record says {told}; it is damaged")));
            }
        }
        Ok(Self { config, transform, metrics, record, from_torch, source, network })
    }

    /// Writes the model folder. `record` stands in where the file tells none; the file is added to it as the origin.
    ///
    /// # Errors
    /// [`ModelError::RunExists`] where a model lies there and `replace` is not set.
    pub fn write(&self, run: &RunDirectory, record: RunRecord, replace: bool) -> Result<(), ModelError> {
        let mut record = self.record.clone().unwrap_or(record);
        record.imported = Some(self.source.clone());
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

fn check_transform(transform: &TargetTransform, cell_types: &[String]) -> Result<(), ModelError> {
    let TargetTransform { cell_types: scaled, mean, sd } = transform;
    if scaled != cell_types {
        let (scaled, cell_types) = (scaled.join(", "), cell_types.join(", "));
        return Err(ModelError::Mismatch(format!(
            "the transform is for {scaled}, the configuration for {cell_types}, in this order"
        )));
    }
    let is_whole = mean.len() == sd.len() && mean.len() == scaled.len();
    if is_whole && mean.iter().all(|mean| mean.is_finite()) && sd.iter().all(|&sd| sd.is_finite() && sd > 0.0) {
        return Ok(());
    }
    let expected = "a mean and a standard deviation above 0 for each cell type".to_owned();
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
        let reason = format!("PyTorch's names are known for networks that read bases, not for {}", config.architecture);
        return Err(ModelError::InvalidFile { path: path.to_owned(), reason });
    }
    let ours = WeightTable::of(&config.build(0, &crate::device::cpu()))?.shapes();
    from_torch(&table, &ours, path)?.into_network(config, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transform(names: &[&str], sd: &[f64]) -> TargetTransform {
        let cell_types = names.iter().map(|&name| name.to_owned()).collect();
        TargetTransform { cell_types, mean: vec![1.0; names.len()], sd: sd.to_vec() }
    }

    #[test]
    fn a_transform_is_for_the_cell_types_of_the_network_in_their_order() {
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
