//! Checkpoint: the state of a run after an epoch, sufficient to resume it.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use crate::bundle::{EpochRecord, read_json, write_json};
use crate::error::ModelError;
use crate::nn::Network;

const PREFIX: &str = "checkpoint-";
const NETWORK: &str = "network.bpk";
const AVERAGE: &str = "average_network.bpk";
const BEST: &str = "best_network.bpk";
const OPTIMIZER: &str = "optimizer.bpk";
const STATE: &str = "state.json";

/// Part of a checkpoint without tensors.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TrainingState {
    pub history: Vec<EpochRecord>,
    pub elapsed_s: f64,
    pub resumed: usize,
}

/// Network, optimiser and history after a complete epoch.
pub(crate) struct Checkpoint {
    /// The network in training.
    pub network: Network,
    /// Moving average of its weights, without automatic differentiation.
    pub average: Network,
    /// Moving average after the best epoch.
    pub best: Network,
    pub optimizer: ModuleOptimizer,
    pub state: TrainingState,
}

impl Checkpoint {
    /// Saves the checkpoint under `run`, then removes the previous one. A complete checkpoint remains if the process is
    /// killed at any time.
    pub fn save(&self, run: &Path) -> Result<(), ModelError> {
        let earlier = folders(run)?;
        let folder = run.join(format!("{PREFIX}{:05}", self.state.history.len()));
        let partial = folder.with_extension("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(ModelError::io("remove", &partial))?;
        }
        fs::create_dir_all(&partial).map_err(ModelError::io("create", &partial))?;
        save_network(&self.network, &partial.join(NETWORK))?;
        save_network(&self.average, &partial.join(AVERAGE))?;
        save_network(&self.best, &partial.join(BEST))?;
        let optimizer = partial.join(OPTIMIZER);
        self.optimizer.save(&optimizer).map_err(|error| invalid(&optimizer, &error))?;
        write_json(&partial.join(STATE), &self.state)?;
        fs::rename(&partial, &folder).map_err(ModelError::io("rename", &folder))?;
        for folder in earlier {
            fs::remove_dir_all(&folder).map_err(ModelError::io("remove", &folder))?;
        }
        Ok(())
    }

    /// Loads the latest checkpoint under `run` into a network and an optimiser of the same configuration; `None` where
    /// the run was interrupted in its first epoch.
    pub fn load(run: &Path, network: &Network, optimizer: ModuleOptimizer) -> Result<Option<Self>, ModelError> {
        let Some(folder) = folders(run)?.pop() else {
            return Ok(None);
        };
        let optimizer_file = folder.join(OPTIMIZER);
        Ok(Some(Self {
            network: load_network(network.clone(), &folder.join(NETWORK))?,
            average: load_network(network.valid(), &folder.join(AVERAGE))?,
            best: load_network(network.valid(), &folder.join(BEST))?,
            optimizer: optimizer.load(&optimizer_file).map_err(|error| invalid(&optimizer_file, &error))?,
            state: read_json(&folder.join(STATE))?,
        }))
    }

    /// Removes all checkpoints of a finished run.
    pub fn remove_all(run: &Path) -> Result<(), ModelError> {
        for folder in folders(run)? {
            fs::remove_dir_all(&folder).map_err(ModelError::io("remove", &folder))?;
        }
        Ok(())
    }
}

/// Complete checkpoints under `run`, oldest first.
fn folders(run: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(run).map_err(ModelError::io("read", run))? {
        let path = entry.map_err(ModelError::io("read", run))?.path();
        let is_checkpoint = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(PREFIX))
            .is_some_and(|epoch| epoch.parse::<usize>().is_ok());
        if is_checkpoint {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn save_network(network: &Network, path: &Path) -> Result<(), ModelError> {
    network.clone().into_record().save(path).map_err(|error| invalid(path, &error))
}

fn load_network(network: Network, path: &Path) -> Result<Network, ModelError> {
    network.try_load_file(path).map_err(|error| invalid(path, &error))
}

fn invalid(path: &Path, error: &impl ToString) -> ModelError {
    ModelError::InvalidFile { path: path.to_owned(), reason: error.to_string() }
}
