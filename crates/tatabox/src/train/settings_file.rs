//! Training settings from a file.

use std::path::{Path, PathBuf};

use tatabox_model::{TrainingConfig, TrainingSettings};

use super::options::MAX_SHIFT_BP;
use crate::error::{Context, Result, bail};

/// Settings of a network and its training, as a search writes them, with the file for messages.
///
/// # Examples
///
/// ```
/// use tatabox::train::SettingsFile;
///
/// let path = std::env::temp_dir().join(format!("tatabox-settings-{}.json", std::process::id()));
/// std::fs::write(&path, r#"{"batch_size": 128, "epochs": 7}"#)?;
/// let settings = SettingsFile::read(&path)?.without(&["epochs"]);
/// assert_eq!(settings.settings.shown("batch_size").as_deref(), Some("128"));
/// assert_eq!(settings.settings.shown("epochs"), None);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsFile {
    /// The file.
    pub path: PathBuf,
    /// Its settings.
    pub settings: TrainingSettings,
}

impl SettingsFile {
    /// Reads a JSON file.
    ///
    /// # Errors
    /// The file cannot be read, or has an unknown setting.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Ok(Self { settings: TrainingSettings::read(path)?, path: path.to_owned() })
    }

    /// The same without these settings, which other options set.
    #[must_use]
    pub fn without(self, names: &[&str]) -> Self {
        Self { settings: self.settings.without(names), path: self.path }
    }

    /// The configuration with these settings.
    pub(super) fn apply(&self, config: &TrainingConfig) -> Result<TrainingConfig> {
        let path = self.path.display();
        let config =
            self.settings.apply(config).with_context(|| format!("cannot train with the settings of {path}"))?;
        if config.max_shift_bp > MAX_SHIFT_BP {
            bail!("{path}: max_shift_bp is {}; expected at most {MAX_SHIFT_BP}", config.max_shift_bp);
        }
        Ok(config)
    }
}
