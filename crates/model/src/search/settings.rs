//! The settings of a training run by name, apart from the data and the cell types.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tunable::{TUNABLES, Tunable, as_json, plain};
use crate::bundle::{TrainingConfig, read_json, write_json};
use crate::error::ModelError;
use crate::nn::Architecture;

/// Values of settings, such as `{"gru_hidden": 48, "learning_rate": 0.002}`; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrainingSettings(BTreeMap<String, Value>);

impl TrainingSettings {
    /// The names that there are.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TUNABLES.iter().map(|tunable| tunable.name)
    }

    /// Whether the setting `name` is a part of the network, rather than of the training.
    pub fn shapes_network(name: &str) -> bool {
        Tunable::named(name).is_some_and(Tunable::shapes_network)
    }

    /// Every setting of a configuration.
    pub fn of(config: &TrainingConfig) -> Self {
        let json = as_json(config);
        let values = TUNABLES.iter().map(|tunable| (tunable.name.to_owned(), tunable.get(&json)));
        Self(values.filter(|(_, value)| !value.is_null()).collect())
    }

    /// Reads a JSON file.
    ///
    /// # Errors
    /// File errors; [`ModelError::InvalidFile`] names a setting that is not known.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let settings: Self = read_json(path)?;
        for name in settings.0.keys() {
            check_name(name).map_err(|reason| ModelError::InvalidFile { path: path.to_owned(), reason })?;
        }
        Ok(settings)
    }

    /// Writes a JSON file that [`read`](Self::read) reads.
    ///
    /// # Errors
    /// File errors.
    pub fn write(&self, path: &Path) -> Result<(), ModelError> {
        write_json(path, self)
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a setting as it stands in a table; lists without brackets.
    pub fn shown(&self, name: &str) -> Option<String> {
        self.0.get(name).map(plain)
    }

    /// The architecture, where it is set to one that is known.
    pub fn architecture(&self) -> Option<Architecture> {
        serde_json::from_value(self.0.get("architecture")?.clone()).ok()
    }

    /// The same without these settings.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// The configuration with these settings. Parts that the architecture does not have stay away.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] names the setting, its value and the range.
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

/// Refuses a name that is no setting's.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    if Tunable::named(name).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = TrainingSettings::names().collect();
    Err(format!("there is no setting {name:?}; there are {}", known.join(", ")))
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
    fn settings_go_through_a_file_and_give_the_same_configuration() {
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
    fn what_is_not_named_stays() {
        let plain = config(300, Architecture::Hybrid);
        let changed = settings(json!({"filters": [16, 32, 48], "batch_size": 32})).apply(&plain).expect("valid");
        assert_eq!((changed.network.stages[2].filters, changed.network.stages[2].kernel), (48, 5));
        assert_eq!((changed.batch_size, changed.epochs), (32, plain.epochs));
        let nothing = settings(json!({"batch_size": 32})).without(&["batch_size"]);
        assert!(nothing.is_empty());
    }

    #[test]
    fn values_out_of_range_are_named() {
        let plain = config(300, Architecture::Hybrid);
        let refused = |json: Value| settings(json).apply(&plain).expect_err("refused").to_string();
        assert_eq!(refused(json!({"kernels": [15, 6, 5]})), "stages.kernel is 6; expected an odd number");
        assert_eq!(refused(json!({"mutation_rate": 1.5})), "mutation_rate is 1.5; expected at least 0 and below 1");
    }

    #[test]
    fn a_name_that_is_not_known_is_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("best.json");
        std::fs::write(&path, r#"{"gru": 32}"#).expect("written");
        let message = TrainingSettings::read(&path).expect_err("unknown").to_string();
        assert!(message.contains("best.json: there is no setting \"gru\"; there are architecture"), "{message}");
    }
}
