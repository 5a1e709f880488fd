//! Active data set: the default of commands that name none.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};
use crate::io::atomic_write::atomic_write;

const ACTIVE_FILE: &str = "active_dataset.json";

/// Data set that was prepared or selected last.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::ActiveDataset;
///
/// let state = tempfile::tempdir()?;
/// assert_eq!(ActiveDataset::read(state.path())?, None);
/// let active = ActiveDataset { name: "human".to_owned(), directory: "/data/human".into() };
/// active.write(state.path())?;
/// assert_eq!(ActiveDataset::read(state.path())?, Some(active));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveDataset {
    /// Name of the data set.
    pub name: String,
    /// Absolute path of its folder.
    pub directory: PathBuf,
}

impl ActiveDataset {
    /// Reads the record from the program's state folder; `None` if there is none.
    pub fn read(state_dir: &Path) -> Result<Option<Self>> {
        let path = state_dir.join(ACTIVE_FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(DatasetError::json(&path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DatasetError::io(&path, "read")(error)),
        }
    }

    /// Writes the record, and creates the folder if necessary.
    pub fn write(&self, state_dir: &Path) -> Result<()> {
        fs::create_dir_all(state_dir).map_err(DatasetError::io(state_dir, "create"))?;
        let path = state_dir.join(ACTIVE_FILE);
        let json = serde_json::to_vec_pretty(self).map_err(DatasetError::json(&path))?;
        atomic_write(&path, |file| file.write_all(&json)).map_err(DatasetError::io(&path, "write"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_dataset_round_trip_preserves_record() {
        let folder = tempfile::tempdir().expect("folder");
        let state_dir = folder.path().join("state");
        assert_eq!(ActiveDataset::read(&state_dir).expect("none yet"), None);
        let active = ActiveDataset { name: "human".into(), directory: "/data/human".into() };
        active.write(&state_dir).expect("written");
        assert_eq!(ActiveDataset::read(&state_dir).expect("readable"), Some(active));
    }

    #[test]
    fn active_dataset_damaged_file_error_names_it() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join(ACTIVE_FILE), "{").expect("written");
        let error = ActiveDataset::read(folder.path()).expect_err("damaged");
        assert!(error.to_string().contains(ACTIVE_FILE), "{error}");
    }
}
