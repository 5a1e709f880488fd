//! Simpler networks, trained by the same loop with the same settings.

use anyhow::{Context, Result, bail};
use tatabox_dataset::sha256_bytes;
use tatabox_model::{
    Architecture, ModelError, Predictor, RunDirectory, Standing, Start, TrainedModel, TrainingConfig, TrainingData,
    train,
};

use super::cache::Cache;
use super::{Compared, Comparison};
use crate::epoch_display::EpochDisplay;
use crate::progress::{Progress, Unit};
use crate::{data_choice, run_record};

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
    if standing != Standing::Finished {
        let start = if standing == Standing::Unfinished { Start::Resume } else { Start::New };
        fit(comparison, &config, &run, start)?;
    }
    let predictor = Predictor::new(TrainedModel::load(run.path(), &comparison.device.device)?, comparison.device);
    let total = comparison.dataset.genes_in(comparison.split).len() as u64;
    let name = architecture.to_string();
    let mut progress = Progress::start(comparison.console, name.clone(), Some(total), Unit::Windows);
    let predictions = predictor.predict_split(comparison.dataset, comparison.split, &name, &mut |done, _| {
        progress.set(done as u64);
    })?;
    progress.finish();
    let metrics = &predictor.model().metrics;
    let note = format!(
        "{name}: {} weights, best epoch {}, validation Pearson {:.3}",
        metrics.parameters, metrics.best_epoch, metrics.validation_pearson
    );
    Ok(Compared { rows: predictions.rows, notes: vec![note] })
}

/// The model's own configuration on the data set at hand, with another network.
fn config(comparison: &Comparison<'_>, architecture: Architecture) -> TrainingConfig {
    let mut config = comparison.predictor.model().config.clone();
    let dataset = comparison.dataset;
    config.network = config.network.with_architecture(architecture);
    config.data = TrainingData {
        name: dataset.name().to_owned(),
        checksum: dataset.checksum().to_owned(),
        geometry: dataset.geometry(),
        extent: config.data.extent,
        simulated: data_choice::is_simulated(dataset),
    };
    config
}

fn fit(comparison: &Comparison<'_>, config: &TrainingConfig, run: &RunDirectory, start: Start) -> Result<()> {
    let mut display = EpochDisplay::new(comparison.console, comparison.interrupt.clone(), config.epochs, None);
    let record = run_record::start(comparison.dataset, comparison.device, config.seed);
    let trained =
        train(comparison.dataset, config, run, start, comparison.device, record, &mut |event| display.show(event));
    display.close();
    match trained {
        Ok(_) => Ok(()),
        Err(ModelError::Interrupted { .. }) => {
            bail!("interrupted; go on with: {}", run_record::repeated_command(&run_record::command()))
        }
        Err(error) => Err(error.into()),
    }
}
