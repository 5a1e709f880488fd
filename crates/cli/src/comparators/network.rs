//! Simpler networks, trained by the same loop with the same settings.

use anyhow::{Context, Result};
use tatabox_dataset::sha256_bytes;
use tatabox_model::{Architecture, Predictor, RunDirectory, Standing, TrainedModel, TrainingConfig};

use super::cache::Cache;
use super::{Compared, Comparison};
use crate::split_prediction::predict_split;
use crate::training_run::TrainingRun;
use crate::training_setup::training_data;

/// Trains the network unless it was trained before, and predicts with it.
pub(super) fn predict(
    comparison: &Comparison<'_>,
    architecture: Architecture,
    label: &str,
    cache: &Cache,
) -> Result<Compared> {
    let config = config(comparison, architecture);
    let json = serde_json::to_vec(&config).context("cannot write the configuration as JSON")?;
    let directory =
        cache.directory().context("there is no home folder; set XDG_CACHE_HOME to a folder for networks")?;
    let run = RunDirectory::new(&directory, &format!("{architecture}-{}", &sha256_bytes(&json)[..24]));
    let standing = run.standing(&config)?;
    let from_cache = if standing == Standing::Finished { " (from the cache)" } else { "" };
    comparison.console.note(format!("{label}{from_cache}"));
    let training = TrainingRun {
        dataset: comparison.dataset,
        device: comparison.device,
        interrupt: comparison.interrupt,
        stop_after_epoch: None,
        console: comparison.console,
    };
    training.complete(&config, &run, standing)?;
    let predictor = Predictor::new(TrainedModel::load(run.path(), &comparison.device.device)?, comparison.device);
    let name = architecture.to_string();
    let Comparison { dataset, split, console, .. } = comparison;
    let predictions = predict_split(&predictor, dataset, *split, &name, name.clone(), console)?;
    let note = predictor.model().metrics.as_ref().map(|metrics| {
        format!(
            "{name}: {} weights, best epoch {}, validation Pearson {:.3}",
            metrics.parameters, metrics.best_epoch, metrics.validation_pearson
        )
    });
    Ok(Compared { rows: predictions.rows, notes: note.into_iter().collect() })
}

/// The model's own configuration on the data set at hand, with another network.
fn config(comparison: &Comparison<'_>, architecture: Architecture) -> TrainingConfig {
    let mut config = comparison.predictor.model().config.clone();
    let dataset = comparison.dataset;
    config.network = config.network.with_architecture(architecture);
    config.precision = config.precision.filter(|_| architecture.has_convolutions());
    config.data = training_data(dataset, config.data.extent);
    config
}
