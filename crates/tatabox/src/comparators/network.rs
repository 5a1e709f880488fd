//! Networks to compare with, trained with the settings of the model; as many of them as the model has members.

use std::collections::HashSet;
use std::fs;

use tatabox_dataset::{PreparedDataset, sha256_bytes};
use tatabox_model::{
    Architecture, Ensemble, LoadedModel, ModelError, Predictor, RunDirectory, RunStatus, TrainedModel, TrainingConfig,
};

use super::{Comparator, ComparatorPredictions, Comparison};
use crate::error::{Context, Error, Result};
use crate::evaluate::predict_split;
use crate::remedy::Remedy;
use crate::train::{TrainingRun, training_data};

/// Difference between a network and the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variation {
    /// Another architecture.
    Architecture(Architecture),
    /// No auxiliary inputs.
    BasesOnly,
    /// No assays.
    ExpressionOnly,
}

impl Variation {
    fn name(self) -> &'static str {
        match self {
            Self::Architecture(architecture) => architecture.name(),
            Self::BasesOnly => Comparator::BasesOnly.name(),
            Self::ExpressionOnly => Comparator::ExpressionOnly.name(),
        }
    }
}

/// Trains the networks that the cache lacks, and predicts with their mean.
pub(super) fn predict(comparison: &Comparison<'_>, variation: Variation, label: &str) -> Result<ComparatorPredictions> {
    let Comparison { dataset, split, device, observer, .. } = *comparison;
    let name = variation.name();
    let cache = comparison.cache.ok_or_else(|| {
        let message = format!("comparator {name} is a network, which requires a cache folder, and there is none");
        Error::input_with(Remedy::SetCacheFolder, message)
    })?;
    if variation == Variation::BasesOnly && comparison.predictor.auxiliary_inputs().is_empty() {
        let message = format!("comparator {name}: the model has no auxiliary inputs and reads bases only itself");
        return Err(Error::input_with(Remedy::ExcludeComparator, message));
    }
    if variation == Variation::ExpressionOnly && !comparison.predictor.trains_on_more_than_expression() {
        let message = format!("comparator {name}: the model is trained on expression alone itself");
        return Err(Error::input_with(Remedy::ExcludeComparator, message));
    }
    let runs = configs(comparison, variation)?.into_iter().map(|(config, key)| {
        let run = RunDirectory::new(cache, &format!("{name}-{key}"));
        let status = run.status(&config)?;
        Ok((config, run, status))
    });
    let runs = runs.collect::<Result<Vec<_>>>()?;
    let is_cached = runs.iter().all(|(_, _, status)| *status == RunStatus::Finished);
    observer.note(&format!("{label}{}", if is_cached { " (from the cache)" } else { "" }));
    let training = TrainingRun { dataset, device, command: comparison.command, stop_after_epoch: None, observer };
    let mut trained = Vec::new();
    for (config, run, status) in runs {
        if let Err(error) = training.complete(&config, &run, status, None) {
            let Error::Model(ModelError::DamagedCheckpoint { .. }) = &error else { return Err(error) };
            // The cache holds nothing that cannot be computed again.
            observer.warn(&format!("{error}; it is trained anew"));
            let partial = run.partial_path();
            fs::remove_dir_all(partial).with_context(|| format!("cannot remove {}", partial.display()))?;
            training.complete(&config, &run, RunStatus::Absent, None)?;
        }
        trained.push((run.path().to_owned(), TrainedModel::load(run.path(), &device.device)?));
    }
    let model = match trained.len() {
        1 => LoadedModel::from(trained.remove(0).1),
        _ => Ensemble::of(trained)?.into(),
    };
    let predictor = Predictor::new(model, device).of_expression()?;
    let predictions = predict_split(&predictor, dataset, split, name, name.to_owned(), observer)?;
    // A network may be able to predict more genes than the model; both are scored on the same genes.
    let genes = dataset.genes();
    let usable: HashSet<&str> =
        comparison.usable_genes().into_iter().map(|gene| genes[gene].gene_id.as_str()).collect();
    let rows = predictions.rows.into_iter().filter(|row| usable.contains(row.gene_id.as_str())).collect();
    let notes = predictor.members().iter().filter_map(|member| note(name, member)).collect();
    Ok(ComparatorPredictions { rows, notes })
}

/// Remark on the training of a network.
fn note(name: &str, network: &TrainedModel) -> Option<String> {
    let metrics = network.metrics.as_ref()?;
    Some(format!(
        "{name}: {} weights, best epoch {}, validation Pearson {:.3}",
        metrics.parameters, metrics.best_epoch, metrics.validation_pearson
    ))
}

/// Configurations of the model's members with another network, each with its checksum as a key. Members that differ in
/// nothing else give the same network, which is listed once.
fn configs(comparison: &Comparison<'_>, variation: Variation) -> Result<Vec<(TrainingConfig, String)>> {
    let mut configs: Vec<(TrainingConfig, String)> = Vec::new();
    for member in comparison.predictor.members() {
        let config = config(&member.config, comparison.dataset, variation);
        let json = serde_json::to_vec(&config).context("cannot encode the configuration as JSON")?;
        let key = sha256_bytes(&json)[..24].to_owned();
        if configs.iter().all(|(_, other)| *other != key) {
            configs.push((config, key));
        }
    }
    Ok(configs)
}

/// Configuration of the model on this data set with another network. A network has random initial weights, so that it has
/// the default learning rate where the model is a transfer.
fn config(model: &TrainingConfig, dataset: &PreparedDataset, variation: Variation) -> TrainingConfig {
    let mut config = match variation {
        Variation::Architecture(architecture) => model.clone().without_assays().with_architecture(architecture),
        Variation::ExpressionOnly => model.clone().without_assays(),
        Variation::BasesOnly => model.clone().with_auxiliary_inputs(None),
    };
    let has_convolutions = config.network.architecture.has_convolutions();
    config.precision = config.precision.filter(|_| has_convolutions);
    config.data = training_data(dataset, config.data.extent);
    if config.transfer.take().is_some() {
        config.learning_rate =
            TrainingConfig::new(config.network.clone(), Vec::new(), config.data.clone()).learning_rate;
    }
    config
}
