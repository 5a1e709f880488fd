//! Table of the settings of a training run: name, location in config.json and default search domain.
//!
//! A new setting is one line of [`TUNABLES`].

use serde_json::Value;

use super::domain::Domain;
use crate::bundle::TrainingConfig;
use crate::error::ModelError;
use crate::nn::{NetworkConfig, Preset};

/// All settings, in display order. Append new settings at the end, because the index selects the random stream.
///
/// The domains are wide around the presets, but a trial costs at most a few times as much as a preset.
pub(crate) const TUNABLES: [Tunable; 22] = [
    fixed("architecture", "/network/architecture"),
    fixed("epochs", "/epochs"),
    fixed("patience", "/patience"),
    searched("filters", "/network/stages/*/filters", |_| {
        each([whole(16, 96, 16), whole(32, 128, 16), whole(32, 160, 16)])
    }),
    searched("kernels", "/network/stages/*/kernel", |_| each([whole(9, 21, 2), whole(3, 11, 2), whole(3, 9, 2)])),
    searched("pools", "/network/stages/*/pool", pools),
    searched("gru_hidden", "/network/gru_hidden", |_| whole(16, 96, 16)),
    searched("attention_heads", "/network/attention_heads", |_| choices([1, 2, 4, 8])),
    searched("head_hidden", "/network/head_hidden", |_| whole(32, 192, 32)),
    searched("trunk_dropout", "/network/trunk_dropout", |_| real(0.0, 0.4)),
    searched("head_dropout", "/network/head_dropout", |_| real(0.2, 0.7)),
    searched("max_shift_bp", "/max_shift_bp", |_| whole(0, 30, 2)),
    searched("mutation_rate", "/mutation_rate", |_| real(0.0, 0.15)),
    searched("batch_size", "/batch_size", |_| choices([32, 64, 128])),
    searched("learning_rate", "/learning_rate", |_| logarithmic(3e-4, 5e-3)),
    searched("weight_decay", "/weight_decay", |_| logarithmic(1e-3, 0.5)),
    searched("averaging_decay", "/averaging_decay", |_| choices([0.99, 0.995, 0.998, 0.999, 0.9995])),
    searched("crop_probability", "/crop_probability", |_| real(0.0, 0.3)),
    fixed("detectors", "/network/stages/*/detectors"),
    fixed("enriched_kmers", "/enriched_kmers"),
    fixed("norm_epsilons", "/network/stages/*/norm_epsilon"),
    fixed("loss", "/loss"),
];

/// Path component that matches every element of a list; the setting has one value per element.
const EVERY: &str = "/*/";
/// Minimum number of positions after pooling; attention over fewer positions is not meaningful.
const MIN_POSITIONS: usize = 12;

/// A setting of a training run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tunable {
    /// Name.
    pub name: &'static str,
    /// Location in config.json, a JSON pointer.
    path: &'static str,
    /// Default domain for a window length in bp; `None` if the setting is searched only on request.
    pub domain: Option<fn(usize) -> Domain>,
}

impl Tunable {
    /// Setting of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TUNABLES.iter().find(|tunable| tunable.name == name)
    }

    /// Whether the setting belongs to the network rather than to the training.
    pub fn shapes_network(&self) -> bool {
        self.path.starts_with("/network/")
    }

    /// Value in a configuration; null if the configuration uses the default.
    pub fn get(&self, config: &Value) -> Value {
        let value = match self.path.split_once(EVERY) {
            None => config.pointer(self.path).cloned(),
            Some((list, field)) => {
                let elements = config.pointer(list).and_then(Value::as_array);
                elements.map(|elements| elements.iter().map(|element| element[field].clone()).collect())
            }
        };
        value.unwrap_or_default()
    }

    /// Whether the setting affects a configuration. Settings of absent network components are empty or 0.
    pub fn acts_on(&self, config: &Value) -> bool {
        let value = self.get(config);
        value.as_array().is_none_or(|list| !list.is_empty()) && !(self.shapes_network() && value.as_u64() == Some(0))
    }

    /// Configuration with this value.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] if the value has the wrong type.
    pub fn set(&self, config: &TrainingConfig, value: &Value) -> Result<TrainingConfig, ModelError> {
        let mut json = as_json(config);
        let current = self.get(&json);
        let invalid = |expected: String| ModelError::InvalidConfig { field: self.name, value: plain(value), expected };
        self.put(&mut json, value).map_err(invalid)?;
        serde_json::from_value(json).map_err(|error| invalid(expected_type(&current, &error.to_string())))
    }

    fn put(&self, config: &mut Value, value: &Value) -> Result<(), String> {
        let Some((list, field)) = self.path.split_once(EVERY) else {
            let (parent, field) = self.path.rsplit_once('/').unwrap_or(("", self.path));
            if let Some(parent) = config.pointer_mut(parent) {
                parent[field] = value.clone();
            }
            return Ok(());
        };
        let elements = config.pointer_mut(list).and_then(Value::as_array_mut);
        let (elements, values) = (elements.map(Vec::as_mut_slice).unwrap_or_default(), value.as_array());
        let Some(values) = values.filter(|values| values.len() == elements.len()) else {
            return Err(format!("a list of {} values, one per stage", elements.len()));
        };
        for (element, value) in elements.iter_mut().zip(values) {
            element[field] = value.clone();
        }
        Ok(())
    }
}

/// Configuration as the JSON value of config.json.
pub(crate) fn as_json(config: &TrainingConfig) -> Value {
    serde_json::to_value(config).expect("all fields of a configuration are representable in JSON")
}

/// Value as shown in a table, without quotes and brackets.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Expected type of a value: that of the current value, or the one named in the parser's error.
fn expected_type(current: &Value, error: &str) -> String {
    let element = current.get(0).unwrap_or(current);
    match element {
        Value::Number(number) if number.is_u64() => "an integer".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        _ => error.split_once("expected ").map_or(error, |(_, expected)| expected).to_owned(),
    }
}

/// Pool sizes that give half to twice as many positions as the presets, non-increasing over the stages.
fn pools(window_bp: usize) -> Domain {
    let preset = NetworkConfig::preset(Preset::Small, window_bp, 1).total_pool();
    let sizes = [1, 2, 4, 8, 16];
    let mut found = Vec::new();
    for first in sizes {
        for second in sizes.into_iter().filter(|second| *second <= first) {
            for third in sizes.into_iter().filter(|third| *third <= second && *third <= 4) {
                let total = first * second * third;
                let near = total * 2 >= preset && total <= preset * 2;
                if near && window_bp / total >= MIN_POSITIONS {
                    found.push(Value::from(vec![first, second, third]));
                }
            }
        }
    }
    Domain::Choices(found)
}

const fn fixed(name: &'static str, path: &'static str) -> Tunable {
    Tunable { name, path, domain: None }
}

const fn searched(name: &'static str, path: &'static str, domain: fn(usize) -> Domain) -> Tunable {
    Tunable { name, path, domain: Some(domain) }
}

fn choices<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Domain {
    Domain::Choices(values.into_iter().map(Into::into).collect())
}

fn each(stages: impl Into<Vec<Domain>>) -> Domain {
    Domain::Each(stages.into())
}

fn whole(low: u64, high: u64, step: u64) -> Domain {
    Domain::Whole { low, high, step }
}

fn real(low: f64, high: f64) -> Domain {
    Domain::Real { low, high, log: false }
}

fn logarithmic(low: f64, high: f64) -> Domain {
    Domain::Real { low, high, log: true }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;
    use tatabox_dataset::Extent;
    use tatabox_sequence::WindowGeometry;

    use super::*;
    use crate::bundle::TrainingData;
    use crate::nn::{Architecture, Loss};

    /// Configuration for windows of `window_bp` bases.
    pub(crate) fn config(window_bp: u32, architecture: Architecture) -> TrainingConfig {
        let extent = Extent { upstream_bp: window_bp - 50, downstream_bp: 50 };
        let data = TrainingData {
            name: "toy".to_owned(),
            checksum: String::new(),
            geometry: WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).expect("valid"),
            extent,
            simulated: true,
        };
        let network = NetworkConfig::preset(Preset::Small, window_bp as usize, 1).with_architecture(architecture);
        TrainingConfig::new(network, vec!["K562".to_owned()], data)
    }

    #[test]
    fn tunables_every_path_exists_in_config() {
        let config =
            TrainingConfig { enriched_kmers: Some(4), loss: Some(Loss::Huber), ..config(300, Architecture::Hybrid) };
        let json = as_json(&config);
        for tunable in TUNABLES {
            let value = tunable.get(&json);
            assert!(!value.is_null() && tunable.acts_on(&json), "{}", tunable.name);
            let same = tunable.set(&config, &value).expect("the current value");
            assert_eq!(as_json(&same), json, "{}", tunable.name);
        }
        let filters = Tunable::named("filters").expect("known");
        assert_eq!(filters.get(&json), json!([32, 48, 64]));
        let other = filters.set(&config, &json!([16, 16, 32])).expect("three stages");
        assert_eq!(other.network.stages.iter().map(|stage| stage.filters).collect::<Vec<_>>(), [16, 16, 32]);
    }

    #[test]
    fn tunable_value_of_wrong_type_is_rejected() {
        let config = config(300, Architecture::Hybrid);
        let error = |name: &str, value: Value| {
            Tunable::named(name).expect("known").set(&config, &value).expect_err("wrong type").to_string()
        };
        assert_eq!(error("gru_hidden", json!(32.5)), "gru_hidden is 32.5; expected an integer");
        assert_eq!(error("learning_rate", json!("high")), "learning_rate is high; expected a number");
        assert_eq!(error("pools", json!([4, 2])), "pools is 4,2; expected a list of 3 values, one per stage");
        let message = error("architecture", json!("transformer"));
        assert!(message.starts_with("architecture is transformer; expected one of `hybrid`"), "{message}");
    }

    #[test]
    fn tunables_of_absent_components_have_no_effect() {
        let without_effect = |architecture| {
            let json = as_json(&config(300, architecture));
            TUNABLES.iter().filter(|tunable| !tunable.acts_on(&json)).map(|tunable| tunable.name).collect::<Vec<_>>()
        };
        assert_eq!(without_effect(Architecture::Cnn), ["gru_hidden", "attention_heads"]);
        let network_settings =
            ["filters", "kernels", "pools", "gru_hidden", "attention_heads", "detectors", "norm_epsilons"];
        assert_eq!(without_effect(Architecture::KmerMlp), network_settings);
    }

    #[test]
    fn pools_contain_presets_for_every_window_length() {
        for window_bp in [60, 128, 300, 1_024, 2_500, 6_000, 11_000, 20_000] {
            let Domain::Choices(choices) = pools(window_bp) else { panic!("choices") };
            let preset = NetworkConfig::preset(Preset::Small, window_bp, 1);
            let preset: Vec<usize> = preset.stages.iter().map(|stage| stage.pool).collect();
            assert!(choices.contains(&Value::from(preset)), "{window_bp}: {choices:?}");
            assert!(choices.len() < 30, "{window_bp}: {}", choices.len());
        }
        assert_eq!(pools(60), Domain::Choices(vec![json!([2, 1, 1]), json!([2, 2, 1]), json!([4, 1, 1])]));
    }
}
