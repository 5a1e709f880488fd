//! Settings of a training run by name.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tunable::{TUNABLES, Tunable, as_json, plain};
use crate::bundle::{TrainingConfig, read_json, write_json};
use crate::error::ModelError;
use crate::nn::Architecture;

/// Hyperparameters by name, such as `{"gru_hidden": 48, "learning_rate": 0.002}`; others keep their values.
///
/// # Examples
/// ```
/// use tatabox_model::TrainingSettings;
///
/// let settings: TrainingSettings = serde_json::from_str(r#"{"filters": [16, 32, 48], "learning_rate": 0.002}"#)?;
/// assert_eq!(settings.shown("filters").as_deref(), Some("16,32,48"));
/// assert!(TrainingSettings::shapes_network("filters") && !TrainingSettings::shapes_network("learning_rate"));
/// assert!(TrainingSettings::names().any(|name| name == "weight_decay"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrainingSettings(BTreeMap<String, Value>);

impl TrainingSettings {
    /// Names of all settings.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TUNABLES.iter().map(|tunable| tunable.name)
    }

    /// Whether the setting `name` belongs to the network rather than to the training.
    pub fn shapes_network(name: &str) -> bool {
        Tunable::named(name).is_some_and(Tunable::shapes_network)
    }

    /// All settings of a configuration.
    pub fn of(config: &TrainingConfig) -> Self {
        let json = as_json(config);
        let values = TUNABLES.iter().map(|tunable| (tunable.name.to_owned(), tunable.get(&json)));
        Self(values.filter(|(_, value)| !value.is_null()).collect())
    }

    /// Reads a JSON file.
    ///
    /// # Errors
    /// [`ModelError::Io`]; [`ModelError::InvalidFile`] for malformed JSON or an unknown setting.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let settings: Self = read_json(path)?;
        for name in settings.0.keys() {
            check_name(name).map_err(|reason| ModelError::InvalidFile { path: path.to_owned(), reason })?;
        }
        Ok(settings)
    }

    /// Writes a JSON file in the format of [`read`](Self::read).
    ///
    /// # Errors
    /// [`ModelError::Io`]
    pub fn write(&self, path: &Path) -> Result<(), ModelError> {
        write_json(path, self)
    }

    /// Whether no setting has a value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Value of a setting as shown in a table, lists without brackets; `None` if it is not set.
    pub fn shown(&self, name: &str) -> Option<String> {
        self.0.get(name).map(plain)
    }

    /// Architecture; `None` if it is not set or unknown.
    pub fn architecture(&self) -> Option<Architecture> {
        serde_json::from_value(self.0.get("architecture")?.clone()).ok()
    }

    /// These settings without those named.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// Configuration with these settings. Settings of components that the architecture lacks have no effect.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] with the setting, its value and the expected range.
    pub fn apply(&self, config: &TrainingConfig) -> Result<TrainingConfig, ModelError> {
        let mut config = config.clone();
        for (name, value) in &self.0 {
            if let Some(tunable) = Tunable::named(name) {
                config = tunable.set(&config, value)?;
            }
        }
        config.network = config.network.clone().with_architecture(config.network.architecture);
        config.validate()?;
        Ok(config)
    }

    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }
}

/// Checks that a setting of this name exists.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    if Tunable::named(name).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = TrainingSettings::names().collect();
    Err(format!("unknown setting {name:?}; expected one of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::search::tunable::tests::config;

    fn settings(json: Value) -> TrainingSettings {
        serde_json::from_value(json).expect("settings")
    }

    #[test]
    fn settings_round_trip_reproduces_config() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("best.json");
        for architecture in Architecture::ALL {
            let mut other = config(300, architecture);
            other.learning_rate = 0.1 + 0.2;
            other.network.head_hidden = 7;
            TrainingSettings::of(&other).write(&path).expect("written");
            let read = TrainingSettings::read(&path).expect("read");
            assert_eq!(read.architecture(), Some(architecture));
            let applied = read.apply(&config(300, architecture)).expect("valid");
            assert_eq!(as_json(&applied), as_json(&other), "{architecture}");
        }
    }

    #[test]
    fn settings_unnamed_values_are_unchanged() {
        let plain = config(300, Architecture::Hybrid);
        let changed = settings(json!({"filters": [16, 32, 48], "batch_size": 32})).apply(&plain).expect("valid");
        assert_eq!((changed.network.stages[2].filters, changed.network.stages[2].kernel), (48, 5));
        assert_eq!((changed.batch_size, changed.epochs), (32, plain.epochs));
        let nothing = settings(json!({"batch_size": 32})).without(&["batch_size"]);
        assert!(nothing.is_empty());
    }

    #[test]
    fn settings_value_out_of_range_is_rejected() {
        let plain = config(300, Architecture::Hybrid);
        let error = |json: Value| settings(json).apply(&plain).expect_err("out of range").to_string();
        assert_eq!(error(json!({"kernels": [15, 6, 5]})), "stages.kernel is 6; expected an odd number");
        assert_eq!(error(json!({"mutation_rate": 1.5})), "mutation_rate is 1.5; expected at least 0 and below 1");
    }

    #[test]
    fn settings_unknown_name_is_rejected() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("best.json");
        std::fs::write(&path, r#"{"gru": 32}"#).expect("written");
        let message = TrainingSettings::read(&path).expect_err("unknown").to_string();
        assert!(message.contains("best.json: unknown setting \"gru\"; expected one of architecture"), "{message}");
    }
}
