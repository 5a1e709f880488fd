//! Records of training runs and of imported weights.

use std::time::{SystemTime, UNIX_EPOCH};

use tatabox_dataset::PreparedDataset;
use tatabox_model::{RunRecord, SelectedDevice, TrainingConfig};

/// Version of the tensor library that the model crate is pinned to; a test compares it with the manifest.
const BURN_VERSION: &str = "0.22.1";

/// Record of a run that starts now; training adds times and checksum at its end.
pub(crate) fn of_training(
    dataset: &PreparedDataset,
    device: &SelectedDevice,
    seed: u64,
    command: &[String],
) -> RunRecord {
    RunRecord {
        device: device.to_string(),
        dataset_checksum: dataset.checksum().to_owned(),
        split_checksum: Some(dataset.split_checksum().to_owned()).filter(|split| split != dataset.checksum()),
        dataset_inputs: dataset.manifest().inputs.clone(),
        split: Some(dataset.manifest().split.clone()),
        ..of_this_program(seed, command)
    }
}

/// Record of imported weights, with the data set and seed of their configuration.
pub(crate) fn of_import(config: &TrainingConfig, command: &[String]) -> RunRecord {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    RunRecord {
        device: "not known: the weights were imported".to_owned(),
        dataset_checksum: config.data.checksum.clone(),
        ended_unix_s: now,
        ..of_this_program(config.seed, command)
    }
}

fn of_this_program(seed: u64, command: &[String]) -> RunRecord {
    RunRecord {
        tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
        burn_version: BURN_VERSION.to_owned(),
        command: command.to_vec(),
        seed,
        threads: rayon::current_num_threads(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        ..RunRecord::default()
    }
}
