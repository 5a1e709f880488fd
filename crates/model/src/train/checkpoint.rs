//! Checkpoint: the state of a run after an epoch, sufficient to resume it.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use crate::bundle::{EpochRecord, FolderChecksums, read_json, write_json};
use crate::error::ModelError;
use crate::nn::Network;

const PREFIX: &str = "checkpoint-";
const NETWORK: &str = "network.bpk";
const AVERAGE: &str = "average_network.bpk";
const BEST: &str = "best_network.bpk";
const OPTIMIZER: &str = "optimizer.bpk";
const STATE: &str = "state.json";
/// Files of a checkpoint, each of which has a checksum.
const FILES: [&str; 5] = [NETWORK, AVERAGE, BEST, OPTIMIZER, STATE];

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
    /// Saves the checkpoint and the checksums of its files under `run`, then removes the previous one. A complete
    /// checkpoint remains if the process is killed at any time.
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
        FolderChecksums::of_folder(&partial)?.write(&partial)?;
        fs::rename(&partial, &folder).map_err(ModelError::io("rename", &folder))?;
        for folder in earlier {
            fs::remove_dir_all(&folder).map_err(ModelError::io("remove", &folder))?;
        }
        Ok(())
    }

    /// Loads the latest checkpoint under `run` into a network and an optimiser of the same configuration; `None` where
    /// the run was interrupted in its first epoch.
    ///
    /// # Errors
    /// [`ModelError::DamagedCheckpoint`] names the file whose bytes are not those that were saved.
    pub fn load(run: &Path, network: &Network, optimizer: ModuleOptimizer) -> Result<Option<Self>, ModelError> {
        let Some(folder) = folders(run)?.pop() else {
            return Ok(None);
        };
        check(&folder)?;
        Self::read(&folder, network, optimizer).map(Some).map_err(|error| match error {
            ModelError::InvalidFile { path, reason } => ModelError::DamagedCheckpoint { path, reason },
            error => error,
        })
    }

    fn read(folder: &Path, network: &Network, optimizer: ModuleOptimizer) -> Result<Self, ModelError> {
        let optimizer_file = folder.join(OPTIMIZER);
        Ok(Self {
            network: load_network(network.clone(), &folder.join(NETWORK))?,
            average: load_network(network.valid(), &folder.join(AVERAGE))?,
            best: load_network(network.valid(), &folder.join(BEST))?,
            optimizer: optimizer.load(&optimizer_file).map_err(|error| invalid(&optimizer_file, &error))?,
            state: read_json(&folder.join(STATE))?,
        })
    }

    /// Removes all checkpoints of a finished run.
    pub fn remove_all(run: &Path) -> Result<(), ModelError> {
        for folder in folders(run)? {
            fs::remove_dir_all(&folder).map_err(ModelError::io("remove", &folder))?;
        }
        Ok(())
    }
}

/// Compares the files of a checkpoint with their checksums.
fn check(folder: &Path) -> Result<(), ModelError> {
    let sums = folder.join(FolderChecksums::FILE);
    let damaged = |path: PathBuf, reason: String| Err(ModelError::DamagedCheckpoint { path, reason });
    let saved = match FolderChecksums::read(folder) {
        Ok(Some(saved)) => saved,
        Ok(None) => return damaged(sums, "the file is missing".to_owned()),
        Err(ModelError::InvalidFile { path, reason }) => return damaged(path, reason),
        Err(error) => return Err(error),
    };
    if let Some(name) = FILES.into_iter().find(|name| !saved.contains(name)) {
        return damaged(sums, format!("{name} has no checksum"));
    }
    let differences = saved.differences(&FolderChecksums::of_folder(folder)?);
    if let Some(name) = differences.missing.first() {
        return damaged(folder.join(name), "the file is missing".to_owned());
    }
    if let Some(name) = differences.changed.first() {
        return damaged(folder.join(name), format!("its checksum is not the one in {}", FolderChecksums::FILE));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes a file of a checkpoint, and checks that the error names it.
    #[track_caller]
    fn assert_damage_is_named(change: impl FnOnce(&Path), name: &str, reason: &str) {
        let folder = tempfile::tempdir().expect("temporary folder");
        for file in FILES {
            fs::write(folder.path().join(file), file.repeat(100)).expect("written");
        }
        FolderChecksums::of_folder(folder.path()).expect("readable").write(folder.path()).expect("written");
        check(folder.path()).expect("undamaged");
        change(folder.path());
        let error = check(folder.path()).expect_err("damaged");
        let message = error.to_string();
        assert!(matches!(error, ModelError::DamagedCheckpoint { .. }), "{message}");
        assert!(message.contains(name) && message.contains(reason), "{message}");
    }

    #[test]
    fn checkpoint_with_a_changed_byte_is_damaged() {
        let flip = |folder: &Path| {
            let path = folder.join(AVERAGE);
            let mut bytes = fs::read(&path).expect("readable");
            bytes[50] ^= 16;
            fs::write(path, bytes).expect("written");
        };
        assert_damage_is_named(flip, AVERAGE, "checksum");
    }

    #[test]
    fn checkpoint_with_a_short_or_missing_file_is_damaged() {
        let cut = |folder: &Path| fs::write(folder.join(OPTIMIZER), "short").expect("written");
        assert_damage_is_named(cut, OPTIMIZER, "checksum");
        let remove = |name: &'static str| move |folder: &Path| fs::remove_file(folder.join(name)).expect("removed");
        assert_damage_is_named(remove(STATE), STATE, "missing");
        assert_damage_is_named(remove(FolderChecksums::FILE), FolderChecksums::FILE, "missing");
        let empty = |folder: &Path| fs::write(folder.join(FolderChecksums::FILE), "").expect("written");
        assert_damage_is_named(empty, FolderChecksums::FILE, "network.bpk has no checksum");
    }
}
