//! Search space: the settings of a search and the domain of each.

use std::fmt;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

use super::domain::Domain;
use super::settings::{TrainingSettings, check_name};
use super::tunable::{TUNABLES, Tunable, as_json};
use crate::bundle::{TrainingConfig, read_json};
use crate::error::ModelError;
use crate::random_stream::{Purpose, random_stream};

/// Attempts to sample a new configuration before the space counts as exhausted.
const MAX_ATTEMPTS: usize = 1_000;
/// Setting that the search itself controls.
const EPOCHS: &str = "epochs";

/// Search space of a hyperparameter search: settings and the domain of each.
///
/// # Examples
/// ```
/// use tatabox_dataset::Extent;
/// use tatabox_model::{NetworkConfig, Preset, SearchSpace, TrainingConfig, TrainingData};
/// use tatabox_sequence::WindowGeometry;
///
/// let data = TrainingData {
///     name: "example".to_owned(),
///     checksum: String::new(),
///     geometry: WindowGeometry::new(250, 50)?,
///     extent: Extent { upstream_bp: 250, downstream_bp: 50 },
///     simulated: true,
/// };
/// let network = NetworkConfig::preset(Preset::Small, 300, 1);
/// let base = TrainingConfig::new(network, vec!["K562".to_owned()], data);
/// let space = SearchSpace::around(&base).without(&["filters", "kernels", "pools"]);
/// let trials = space.sample(&base, 42, 8)?;
/// assert_eq!(trials.len(), 8);
/// assert_eq!(trials[0].learning_rate, base.learning_rate, "the first trial is the base configuration");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpace {
    dimensions: Vec<Dimension>,
}

#[derive(Clone, Debug, PartialEq)]
struct Dimension {
    /// Index in the table of settings. It selects the random stream, so that samples do not depend on other dimensions.
    place: usize,
    name: &'static str,
    domain: Domain,
}

impl SearchSpace {
    /// Default search space: every setting that has a default domain and affects the network of `base`.
    pub fn around(base: &TrainingConfig) -> Self {
        let json = as_json(base);
        let window_bp = base.data.extent.total_bp() as usize;
        let dimension = |(place, tunable): (usize, &Tunable)| {
            let domain = tunable.domain.filter(|_| tunable.acts_on(&json))?;
            Some(Dimension { place, name: tunable.name, domain: domain(window_bp) })
        };
        Self { dimensions: TUNABLES.iter().enumerate().filter_map(dimension).collect() }
    }

    /// This space with the domains of a JSON file, which maps settings to domains, such as
    /// `{"gru_hidden": {"low": 32, "high": 64, "step": 16}, "batch_size": {"choices": [32, 64]}, "head_hidden": 64}`.
    ///
    /// # Errors
    /// [`ModelError::Io`]; [`ModelError::InvalidFile`] with the setting, the value and the expected range.
    pub fn with_file(mut self, path: &Path, base: &TrainingConfig) -> Result<Self, ModelError> {
        let file: Map<String, Value> = read_json(path)?;
        for (name, json) in &file {
            self.replace(name, json, base)
                .map_err(|reason| ModelError::InvalidFile { path: path.to_owned(), reason })?;
        }
        Ok(self)
    }

    fn replace(&mut self, name: &str, json: &Value, base: &TrainingConfig) -> Result<(), String> {
        check_name(name)?;
        if name == EPOCHS {
            return Err("epochs cannot be searched; the last rung sets them".to_owned());
        }
        let found = TUNABLES.iter().enumerate().find(|(_, tunable)| tunable.name == name);
        let (place, tunable) = found.expect("check_name accepts only names in the table");
        let current = as_json(base);
        if !tunable.acts_on(&current) {
            return Err(format!("{name}: not a setting of the architecture {}", base.network.architecture));
        }
        let current = tunable.get(&current);
        let whole = current.get(0).unwrap_or(&current).is_u64();
        let domain = Domain::from_json(json, whole).map_err(|reason| format!("{name}: {reason}"))?;
        let domain = domain.for_stages(current.as_array().map(Vec::len));
        for value in domain.representative_values() {
            let mut settings = TrainingSettings::default();
            settings.insert(name, value);
            settings.apply(base).map_err(|error| format!("{name}: {error}"))?;
        }
        self.dimensions.retain(|dimension| dimension.place != place);
        self.dimensions.push(Dimension { place, name: tunable.name, domain });
        self.dimensions.sort_by_key(|dimension| dimension.place);
        Ok(())
    }

    /// This space without these settings, which then keep the values of the base configuration.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.dimensions.retain(|dimension| !names.contains(&dimension.name));
        self
    }

    /// Names of the settings of the search, in table order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.dimensions.iter().map(|dimension| dimension.name)
    }

    /// JSON value in the format of [`with_file`](Self::with_file).
    pub fn to_json(&self) -> Value {
        let domains = self.dimensions.iter().map(|dimension| (dimension.name.to_owned(), dimension.domain.to_json()));
        Value::Object(domains.collect())
    }

    /// First `trials` configurations of the random search with this seed, all different.
    ///
    /// The first trial is `base`, as far as the space contains it, so that the gain of the search is visible. A trial
    /// depends only on the seed and its index, so a longer search begins with the trials of a shorter one.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] if the space contains fewer configurations.
    pub fn sample(&self, base: &TrainingConfig, seed: u64, trials: usize) -> Result<Vec<TrainingConfig>, ModelError> {
        let mut sampled: Vec<TrainingSettings> = Vec::with_capacity(trials);
        let mut configs = Vec::with_capacity(trials);
        for trial in 0..trials {
            let mut streams: Vec<ChaCha8Rng> = self
                .dimensions
                .iter()
                .map(|dimension| random_stream(seed, Purpose::Setting, trial, dimension.place))
                .collect();
            let mut next = || {
                let settings =
                    if trial == 0 { self.nearest(base, &mut streams) } else { self.random_settings(&mut streams) };
                settings.apply(base)
            };
            let mut config = next()?;
            for _ in 0..MAX_ATTEMPTS {
                if !sampled.contains(&TrainingSettings::of(&config)) {
                    break;
                }
                config = next()?;
            }
            if sampled.contains(&TrainingSettings::of(&config)) {
                return Err(ModelError::InvalidConfig {
                    field: "trials",
                    value: trials.to_string(),
                    expected: format!("at most {trial}, the number of configurations in the search space"),
                });
            }
            sampled.push(TrainingSettings::of(&config));
            configs.push(config);
        }
        Ok(configs)
    }

    fn random_settings(&self, streams: &mut [ChaCha8Rng]) -> TrainingSettings {
        let mut settings = TrainingSettings::default();
        for (dimension, stream) in self.dimensions.iter().zip(streams) {
            settings.insert(dimension.name, dimension.domain.sample(stream));
        }
        settings
    }

    /// Settings of `base`; random values for those that the space does not contain.
    fn nearest(&self, base: &TrainingConfig, streams: &mut [ChaCha8Rng]) -> TrainingSettings {
        let mut settings = self.random_settings(streams);
        let json = as_json(base);
        for dimension in &self.dimensions {
            let value = TUNABLES[dimension.place].get(&json);
            if dimension.domain.contains(&value) {
                settings.insert(dimension.name, value);
            }
        }
        settings
    }
}

impl fmt::Display for SearchSpace {
    /// Writes one line per setting.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for dimension in &self.dimensions {
            writeln!(formatter, "{:16}  {}", dimension.name, dimension.domain)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::nn::Architecture;
    use crate::search::tunable::tests::config;

    fn with(json: &Value) -> Result<SearchSpace, String> {
        let base = config(300, Architecture::Hybrid);
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("space.json");
        std::fs::write(&path, json.to_string()).expect("written");
        SearchSpace::around(&base).with_file(&path, &base).map_err(|error| {
            let message = error.to_string();
            message.split_once("space.json: ").map(|(_, reason)| reason.to_owned()).expect("the message has the file")
        })
    }

    #[test]
    fn search_space_trials_are_seeded_distinct_and_in_domain() {
        for (window_bp, architecture) in Architecture::ALL.into_iter().map(|architecture| (300, architecture)) {
            let base = config(window_bp, architecture);
            let space = SearchSpace::around(&base);
            let trials = space.sample(&base, 42, 40).expect("enough");
            assert_eq!(as_json(&trials[0]), as_json(&base), "{architecture}: the first trial differs from the base");
            for trial in &trials[1..] {
                let json = as_json(trial);
                for dimension in &space.dimensions {
                    let value = TUNABLES[dimension.place].get(&json);
                    assert!(dimension.domain.contains(&value), "{}: {value}", dimension.name);
                }
            }
            let jsons = |trials: &[TrainingConfig]| trials.iter().map(as_json).collect::<Vec<_>>();
            assert_eq!(jsons(&trials[..12]), jsons(&space.sample(&base, 42, 12).expect("enough")));
            assert_ne!(jsons(&trials)[1..], jsons(&space.sample(&base, 43, 40).expect("enough"))[1..]);
        }
    }

    #[test]
    fn search_space_samples_do_not_depend_on_other_dimensions() {
        let base = config(11_000, Architecture::Hybrid);
        let whole = SearchSpace::around(&base);
        let narrow = whole.clone().without(&["filters", "kernels", "weight_decay"]);
        let rates = |space: &SearchSpace| {
            let trials = space.sample(&base, 1, 9).expect("enough");
            trials.iter().map(|trial| trial.learning_rate).collect::<Vec<_>>()
        };
        assert_eq!(rates(&whole), rates(&narrow));
        let trials = narrow.sample(&base, 1, 9).expect("enough");
        let has_defaults =
            |trial: &TrainingConfig| trial.network.stages[0].filters == 32 && trial.network.stages[2].kernel == 5;
        assert!(trials.iter().all(has_defaults));
    }

    #[test]
    fn search_space_file_replaces_and_adds_domains() {
        let space = with(&json!({
            "gru_hidden": 64,
            "kernels": [15, {"choices": [5, 7]}, 5],
            "filters": {"low": 8, "high": 16, "step": 8},
            "architecture": {"choices": ["hybrid", "cnn"]},
        }))
        .expect("valid");
        assert_eq!(space.names().next(), Some("architecture"));
        let base = config(300, Architecture::Hybrid);
        let trials = space.sample(&base, 5, 30).expect("enough");
        assert_eq!(trials[0].network.gru_hidden, 64, "the space contains only 64");
        for trial in &trials {
            let kernels: Vec<usize> = trial.network.stages.iter().map(|stage| stage.kernel).collect();
            assert!(kernels == [15, 5, 5] || kernels == [15, 7, 5], "{kernels:?}");
            assert!(trial.network.stages.iter().all(|stage| [8, 16].contains(&stage.filters)));
            let hidden = if trial.network.architecture == Architecture::Cnn { 0 } else { 64 };
            assert_eq!(trial.network.gru_hidden, hidden);
        }
        assert_eq!(with(&space.to_json()).expect("valid"), space);
    }

    #[test]
    fn search_space_invalid_domain_is_rejected() {
        let error = |json: Value| with(&json).expect_err("invalid");
        assert_eq!(
            error(json!({"mutation_rate": {"low": 0.5, "high": 1}})),
            "mutation_rate: mutation_rate is 1; expected at least 0 and below 1"
        );
        assert_eq!(
            error(json!({"kernels": [{"low": 3, "high": 9}, 5, 5]})),
            "kernels: stages.kernel is 4; expected an odd number"
        );
        assert_eq!(error(json!({"gru_hidden": "big"})), "gru_hidden: gru_hidden is big; expected an integer");
        assert!(error(json!({"epochs": 3})).contains("epochs cannot be searched"));
        assert!(error(json!({"dropout": 0.5})).starts_with("unknown setting \"dropout\""));
    }

    #[test]
    fn search_space_exhausted_returns_error() {
        let base = config(300, Architecture::KmerMlp);
        let names: Vec<&str> = SearchSpace::around(&base).names().filter(|name| *name != "batch_size").collect();
        let space = SearchSpace::around(&base).without(&names);
        assert_eq!(space.sample(&base, 1, 3).expect("32, 64 and 128").len(), 3);
        let message = space.sample(&base, 1, 4).expect_err("no fourth").to_string();
        assert_eq!(message, "trials is 4; expected at most 3, the number of configurations in the search space");
    }
}
