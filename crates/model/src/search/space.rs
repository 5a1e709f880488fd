//! The settings that a search draws, and from which values.

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

/// Draws of one trial before the space is taken to hold no more.
const MOST_DRAWS: usize = 1_000;
/// Set by the search itself.
const EPOCHS: &str = "epochs";

/// Settings and the values that each may take.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpace {
    dimensions: Vec<Dimension>,
}

#[derive(Clone, Debug, PartialEq)]
struct Dimension {
    /// Place in the table of settings, which keys what is drawn: other dimensions leave it as it is.
    place: usize,
    name: &'static str,
    domain: Domain,
}

impl SearchSpace {
    /// Every setting that is searched by default and has a part to act on in the network of `base`.
    pub fn around(base: &TrainingConfig) -> Self {
        let json = as_json(base);
        let window_bp = base.data.extent.total_bp() as usize;
        let dimension = |(place, tunable): (usize, &Tunable)| {
            let domain = tunable.domain.filter(|_| tunable.acts_on(&json))?;
            Some(Dimension { place, name: tunable.name, domain: domain(window_bp) })
        };
        Self { dimensions: TUNABLES.iter().enumerate().filter_map(dimension).collect() }
    }

    /// The same with the domains of a JSON file: an object of setting and range, such as
    /// `{"gru_hidden": {"low": 32, "high": 64, "step": 16}, "batch_size": {"choices": [32, 64]}, "head_hidden": 64}`.
    ///
    /// # Errors
    /// File errors; [`ModelError::InvalidFile`] names the setting, the value and the range.
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
            return Err("epochs are not searched; they are those of the last rung".to_owned());
        }
        let found = TUNABLES.iter().enumerate().find(|(_, tunable)| tunable.name == name);
        let (place, tunable) = found.expect("the name was checked");
        let current = as_json(base);
        if !tunable.acts_on(&current) {
            return Err(format!("{name}: the architecture {} has none", base.network.architecture));
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

    /// The same without these settings, which then stay as they are.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.dimensions.retain(|dimension| !names.contains(&dimension.name));
        self
    }

    /// Settings that are drawn, in the order in which they are shown.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.dimensions.iter().map(|dimension| dimension.name)
    }

    /// The space as a file that [`with_file`](Self::with_file) reads.
    pub fn to_json(&self) -> Value {
        let domains = self.dimensions.iter().map(|dimension| (dimension.name.to_owned(), dimension.domain.to_json()));
        Value::Object(domains.collect())
    }

    /// The first `trials` configurations of the search with this seed, all different.
    ///
    /// The first is `base`, as far as the space holds it, so that a search shows what it gains. A trial depends on the
    /// seed and its place alone: a longer search begins with the trials of a shorter one.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] where the space holds fewer.
    pub fn sample(&self, base: &TrainingConfig, seed: u64, trials: usize) -> Result<Vec<TrainingConfig>, ModelError> {
        let mut drawn: Vec<TrainingSettings> = Vec::with_capacity(trials);
        let mut configs = Vec::with_capacity(trials);
        for trial in 0..trials {
            let mut streams: Vec<ChaCha8Rng> = self
                .dimensions
                .iter()
                .map(|dimension| random_stream(seed, Purpose::Setting, trial, dimension.place))
                .collect();
            let mut next = || {
                let settings = if trial == 0 { self.nearest(base, &mut streams) } else { self.one(&mut streams) };
                settings.apply(base)
            };
            let mut config = next()?;
            for _ in 0..MOST_DRAWS {
                if !drawn.contains(&TrainingSettings::of(&config)) {
                    break;
                }
                config = next()?;
            }
            if drawn.contains(&TrainingSettings::of(&config)) {
                return Err(ModelError::InvalidConfig {
                    field: "trials",
                    value: trials.to_string(),
                    expected: format!("at most {trial}, as many as the search space holds"),
                });
            }
            drawn.push(TrainingSettings::of(&config));
            configs.push(config);
        }
        Ok(configs)
    }

    fn one(&self, streams: &mut [ChaCha8Rng]) -> TrainingSettings {
        let mut settings = TrainingSettings::default();
        for (dimension, stream) in self.dimensions.iter().zip(streams) {
            settings.insert(dimension.name, dimension.domain.draw(stream));
        }
        settings
    }

    /// The settings of `base`; what the space does not hold is drawn.
    fn nearest(&self, base: &TrainingConfig, streams: &mut [ChaCha8Rng]) -> TrainingSettings {
        let mut settings = self.one(streams);
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
    /// A line for each setting.
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
            message.split_once("space.json: ").map(|(_, reason)| reason.to_owned()).expect("the file is named")
        })
    }

    #[test]
    fn trials_are_seeded_different_and_within_bounds() {
        for (window_bp, architecture) in Architecture::ALL.into_iter().map(|architecture| (300, architecture)) {
            let base = config(window_bp, architecture);
            let space = SearchSpace::around(&base);
            let trials = space.sample(&base, 42, 40).expect("enough");
            assert_eq!(as_json(&trials[0]), as_json(&base), "{architecture}: the defaults come first");
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
    fn a_setting_is_drawn_alike_whatever_else_is() {
        let base = config(11_000, Architecture::Hybrid);
        let whole = SearchSpace::around(&base);
        let narrow = whole.clone().without(&["filters", "kernels", "weight_decay"]);
        let rates = |space: &SearchSpace| {
            let trials = space.sample(&base, 1, 9).expect("enough");
            trials.iter().map(|trial| trial.learning_rate).collect::<Vec<_>>()
        };
        assert_eq!(rates(&whole), rates(&narrow));
        let kept = narrow.sample(&base, 1, 9).expect("enough");
        assert!(kept.iter().all(|trial| trial.network.stages[0].filters == 32 && trial.network.stages[2].kernel == 5));
    }

    #[test]
    fn a_file_narrows_fixes_and_adds() {
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
        assert_eq!(trials[0].network.gru_hidden, 64, "the defaults are not in the space");
        for trial in &trials {
            let kernels: Vec<usize> = trial.network.stages.iter().map(|stage| stage.kernel).collect();
            assert!(kernels == [15, 5, 5] || kernels == [15, 7, 5], "{kernels:?}");
            assert!(trial.network.stages.iter().all(|stage| [8, 16].contains(&stage.filters)));
            let hidden = if trial.network.architecture == Architecture::Cnn { 0 } else { 64 };
            assert_eq!(trial.network.gru_hidden, hidden);
        }
        let again = with(&space.to_json()).expect("its own file");
        assert_eq!(again, space);
    }

    #[test]
    fn mistakes_name_setting_value_and_range() {
        let refused = |json: Value| with(&json).expect_err("refused");
        assert_eq!(
            refused(json!({"mutation_rate": {"low": 0.5, "high": 1}})),
            "mutation_rate: mutation_rate is 1; expected at least 0 and below 1"
        );
        assert_eq!(
            refused(json!({"kernels": [{"low": 3, "high": 9}, 5, 5]})),
            "kernels: stages.kernel is 4; expected an odd number"
        );
        assert_eq!(refused(json!({"gru_hidden": "big"})), "gru_hidden: gru_hidden is big; expected a whole number");
        assert!(refused(json!({"epochs": 3})).contains("epochs are not searched"));
        assert!(refused(json!({"dropout": 0.5})).starts_with("there is no setting \"dropout\""));
    }

    #[test]
    fn a_space_may_be_too_small() {
        let base = config(300, Architecture::KmerMlp);
        let names: Vec<&str> = SearchSpace::around(&base).names().filter(|name| *name != "batch_size").collect();
        let space = SearchSpace::around(&base).without(&names);
        assert_eq!(space.sample(&base, 1, 3).expect("32, 64 and 128").len(), 3);
        let message = space.sample(&base, 1, 4).expect_err("no fourth").to_string();
        assert_eq!(message, "trials is 4; expected at most 3, as many as the search space holds");
    }
}
