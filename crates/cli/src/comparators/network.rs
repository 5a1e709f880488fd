//! Simpler networks, trained by the same loop with the same settings; as many of them as the model has members.

use std::collections::HashSet;

use anyhow::{Context, Result};
use tatabox_dataset::{PreparedDataset, sha256_bytes};
use tatabox_model::{
    Architecture, Ensemble, LoadedModel, Predictor, RunDirectory, Standing, TrainedModel, TrainingConfig,
};

use super::cache::Cache;
use super::{Compared, Comparison};
use crate::args::Comparator;
use crate::training_run::TrainingRun;
use crate::training_setup::training_data;
use tatabox::evaluate::predict_split;

/// In what a network differs from the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variation {
    /// It has other parts.
    Architecture(Architecture),
    /// It reads bases alone.
    BasesOnly,
}

impl Variation {
    fn name(self) -> &'static str {
        match self {
            Self::Architecture(architecture) => architecture.name(),
            Self::BasesOnly => Comparator::BasesOnly.name(),
        }
    }
}

/// Trains the networks as far as they were not trained before, and predicts with their mean.
pub(super) fn predict(
    comparison: &Comparison<'_>,
    variation: Variation,
    label: &str,
    cache: &Cache,
) -> Result<Compared> {
    let directory =
        cache.directory().context("there is no home folder; set XDG_CACHE_HOME to a folder for networks")?;
    anyhow::ensure!(
        variation != Variation::BasesOnly || !comparison.predictor.needs().is_empty(),
        "bases-only: the model reads bases alone as it is; leave it out of --baselines"
    );
    let runs = configs(comparison, variation)?.into_iter().map(|(config, key)| {
        let run = RunDirectory::new(&directory, &format!("{}-{key}", variation.name()));
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
    let name = variation.name().to_owned();
    let Comparison { dataset, split, console, .. } = comparison;
    let predictions = predict_split(&predictor, dataset, *split, &name, name.clone(), *console)?;
    // It may be able to read more genes than the model, and is scored on the same.
    let genes = dataset.genes();
    let usable: HashSet<&str> =
        comparison.usable_genes().into_iter().map(|gene| genes[gene].gene_id.as_str()).collect();
    let rows = predictions.rows.into_iter().filter(|row| usable.contains(row.gene_id.as_str())).collect();
    let notes = predictor.members().iter().filter_map(|member| note(&name, member)).collect();
    Ok(Compared { rows, notes })
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
fn configs(comparison: &Comparison<'_>, variation: Variation) -> Result<Vec<(TrainingConfig, String)>> {
    let mut configs: Vec<(TrainingConfig, String)> = Vec::new();
    for member in comparison.predictor.members() {
        let config = config(&member.config, comparison.dataset, variation);
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
fn config(model: &TrainingConfig, dataset: &PreparedDataset, variation: Variation) -> TrainingConfig {
    let mut config = match variation {
        Variation::Architecture(architecture) => model.clone().with_architecture(architecture),
        Variation::BasesOnly => model.clone().with_inputs(None),
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
