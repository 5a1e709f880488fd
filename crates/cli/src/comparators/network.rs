//! Simpler networks, trained by the same loop with the same settings; as many of them as the model has members.

use anyhow::{Context, Result};
use tatabox_dataset::{PreparedDataset, sha256_bytes};
use tatabox_model::{
    Architecture, Ensemble, LoadedModel, Predictor, RunDirectory, Standing, TrainedModel, TrainingConfig,
};

use super::cache::Cache;
use super::{Compared, Comparison};
use crate::split_prediction::predict_split;
use crate::training_run::TrainingRun;
use crate::training_setup::training_data;

/// Trains the networks as far as they were not trained before, and predicts with their mean.
pub(super) fn predict(
    comparison: &Comparison<'_>,
    architecture: Architecture,
    label: &str,
    cache: &Cache,
) -> Result<Compared> {
    let directory =
        cache.directory().context("there is no home folder; set XDG_CACHE_HOME to a folder for networks")?;
    let runs = configs(comparison, architecture)?.into_iter().map(|(config, key)| {
        let run = RunDirectory::new(&directory, &format!("{architecture}-{key}"));
        let standing = run.standing(&config)?;
        Ok((config, run, standing))
    });
    let runs = runs.collect::<Result<Vec<_>>>()?;
    let is_cached = runs.iter().all(|(_, _, standing)| *standing == Standing::Finished);
    comparison.console.note(format!("{label}{}", if is_cached { " (from the cache)" } else { "" }));
    let training = TrainingRun {
        dataset: comparison.dataset,
        device: comparison.device,
        interrupt: comparison.interrupt,
        stop_after_epoch: None,
        console: comparison.console,
    };
    let mut trained = Vec::new();
    for (config, run, standing) in runs {
        training.complete(&config, &run, standing)?;
        trained.push((run.path().to_owned(), TrainedModel::load(run.path(), &comparison.device.device)?));
    }
    let model = match trained.len() {
        1 => LoadedModel::from(trained.remove(0).1),
        _ => Ensemble::of(trained)?.into(),
    };
    let predictor = Predictor::new(model, comparison.device);
    let name = architecture.to_string();
    let Comparison { dataset, split, console, .. } = comparison;
    let predictions = predict_split(&predictor, dataset, *split, &name, name.clone(), console)?;
    let notes = predictor.members().iter().filter_map(|member| note(&name, member)).collect();
    Ok(Compared { rows: predictions.rows, notes })
}

/// What is known of the training of a network.
fn note(name: &str, network: &TrainedModel) -> Option<String> {
    let metrics = network.metrics.as_ref()?;
    Some(format!(
        "{name}: {} weights, best epoch {}, validation Pearson {:.3}",
        metrics.parameters, metrics.best_epoch, metrics.validation_pearson
    ))
}

/// The model's own configurations on the data set at hand, with another network, each once and with a key that stands for
/// it: members that differ in nothing else would be the same network.
fn configs(comparison: &Comparison<'_>, architecture: Architecture) -> Result<Vec<(TrainingConfig, String)>> {
    let mut configs: Vec<(TrainingConfig, String)> = Vec::new();
    for member in comparison.predictor.members() {
        let config = config(&member.config, comparison.dataset, architecture);
        let json = serde_json::to_vec(&config).context("cannot write the configuration as JSON")?;
        let key = sha256_bytes(&json)[..24].to_owned();
        if configs.iter().all(|(_, other)| *other != key) {
            configs.push((config, key));
        }
    }
    Ok(configs)
}

/// The model's own configuration on the data set at hand, with another network. That begins from drawn weights, and so
/// with the learning rate of these, where the model was taken over from another.
fn config(model: &TrainingConfig, dataset: &PreparedDataset, architecture: Architecture) -> TrainingConfig {
    let mut config = model.clone().with_architecture(architecture);
    config.precision = config.precision.filter(|_| architecture.has_convolutions());
    config.data = training_data(dataset, config.data.extent);
    if config.transfer.take().is_some() {
        config.learning_rate =
            TrainingConfig::new(config.network.clone(), Vec::new(), config.data.clone()).learning_rate;
    }
    config
}
