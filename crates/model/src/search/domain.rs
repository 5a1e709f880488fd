//! Domain of a setting: the values over which it is searched.

use std::fmt;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::tunable::plain;

/// Maximum number of values of an integer range that are validated one by one.
const MAX_CHECKED_VALUES: usize = 1_000;

/// Values that a setting may take.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Domain {
    /// A list of values with equal probabilities.
    Choices(Vec<Value>),
    /// Integers `low`, `low + step` and so on up to `high`.
    Whole { low: u64, high: u64, step: u64 },
    /// Real numbers from `low` to `high`; uniform, or uniform on a logarithmic scale with `log`.
    Real { low: f64, high: f64, log: bool },
    /// One domain per stage of the network.
    Each(Vec<Self>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoicesJson {
    choices: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeJson {
    low: u64,
    high: u64,
    #[serde(default = "one")]
    step: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RealJson {
    low: f64,
    high: f64,
    #[serde(default)]
    log: bool,
}

fn one() -> u64 {
    1
}

impl Domain {
    /// Parses a range, choices, a list with one domain per stage, or a single value.
    ///
    /// `whole` states whether the setting is an integer or a list of integers. The error is a message.
    pub fn from_json(json: &Value, whole: bool) -> Result<Self, String> {
        let domain = match json {
            Value::Array(stages) => {
                Self::Each(stages.iter().map(|stage| Self::from_json(stage, whole)).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) if fields.contains_key("choices") => {
                let ChoicesJson { choices } = parse(json)?;
                Self::Choices(choices)
            }
            Value::Object(_) if whole => {
                let WholeJson { low, high, step } = parse(json)?;
                Self::Whole { low, high, step }
            }
            Value::Object(_) => {
                let RealJson { low, high, log } = parse(json)?;
                Self::Real { low, high, log }
            }
            value => Self::Choices(vec![value.clone()]),
        };
        domain.check()?;
        Ok(domain)
    }

    /// This domain for every stage, if the setting has one value per stage and the domain does not cover all of them.
    pub fn for_stages(self, stages: Option<usize>) -> Self {
        let covers_stages = |values: &[Value]| values.iter().any(Value::is_array);
        match (self, stages) {
            (per_stage @ Self::Each(_), _) => per_stage,
            (Self::Choices(values), Some(_)) if covers_stages(&values) => Self::Choices(values),
            (single, Some(stages)) => Self::Each(vec![single; stages]),
            (single, None) => single,
        }
    }

    /// JSON value in the format of [`from_json`](Self::from_json).
    pub fn to_json(&self) -> Value {
        match self {
            Self::Choices(values) if values.len() == 1 && !values[0].is_array() => values[0].clone(),
            Self::Choices(values) => json!({ "choices": values }),
            Self::Whole { low, high, step } => json!({ "low": low, "high": high, "step": step }),
            Self::Real { low, high, log: false } => json!({ "low": low, "high": high }),
            Self::Real { low, high, log: true } => json!({ "low": low, "high": high, "log": true }),
            Self::Each(stages) => stages.iter().map(Self::to_json).collect(),
        }
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Self::Choices(values) if values.is_empty() => {
                Err("choices is empty; expected at least one value".to_owned())
            }
            Self::Whole { step: 0, .. } => Err("step is 0; expected at least 1".to_owned()),
            Self::Whole { low, high, .. } if low > high => Err(format!("low is {low}; expected at most high, {high}")),
            Self::Real { low, high, .. } if low > high => Err(format!("low is {low}; expected at most high, {high}")),
            Self::Real { low, log: true, .. } if *low <= 0.0 => {
                Err(format!("low is {low}; expected above 0 on a logarithmic scale"))
            }
            _ => Ok(()),
        }
    }

    /// Random value of the domain. Real numbers are rounded to three significant digits, which tables show in full.
    pub fn sample(&self, rng: &mut ChaCha8Rng) -> Value {
        match self {
            Self::Choices(values) => values[rng.random_range(0..values.len())].clone(),
            Self::Whole { low, high, step } => Value::from(low + step * rng.random_range(0..=(high - low) / step)),
            Self::Real { low, high, log: false } => Value::from(rounded(rng.random_range(*low..=*high), *low, *high)),
            Self::Real { low, high, log: true } => {
                Value::from(rounded(rng.random_range(low.ln()..=high.ln()).exp(), *low, *high))
            }
            Self::Each(stages) => stages.iter().map(|stage| stage.sample(rng)).collect(),
        }
    }

    /// Whether the domain contains a value.
    pub fn contains(&self, value: &Value) -> bool {
        match self {
            Self::Choices(values) => values.contains(value),
            Self::Whole { low, high, step } => {
                value.as_u64().is_some_and(|value| (*low..=*high).contains(&value) && (value - low) % step == 0)
            }
            Self::Real { low, high, .. } => value.as_f64().is_some_and(|value| (*low..=*high).contains(&value)),
            Self::Each(stages) => value.as_array().is_some_and(|values| {
                values.len() == stages.len() && stages.iter().zip(values).all(|(stage, value)| stage.contains(value))
            }),
        }
    }

    /// Values that represent the domain in a validation: all choices and integers, and the bounds of real ranges.
    pub fn representative_values(&self) -> Vec<Value> {
        match self {
            Self::Choices(values) => values.clone(),
            Self::Whole { low, high, step } => {
                let last = high - (high - low) % step;
                let values = (*low..=*high).step_by(*step as usize).take(MAX_CHECKED_VALUES).chain([last]);
                values.map(Value::from).collect()
            }
            Self::Real { low, high, .. } => vec![Value::from(*low), Value::from(*high)],
            Self::Each(stages) => {
                let of_stage: Vec<Vec<Value>> = stages.iter().map(Self::representative_values).collect();
                let longest = of_stage.iter().map(Vec::len).max().unwrap_or(0);
                let row =
                    |row: usize| of_stage.iter().map(|values| values[row.min(values.len() - 1)].clone()).collect();
                (0..longest).map(row).collect()
            }
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |parts: Vec<String>, separator: &str| parts.join(separator);
        match self {
            Self::Choices(values) if values.iter().any(Value::is_array) => {
                formatter.write_str(&joined(values.iter().map(|value| format!("({})", plain(value))).collect(), " "))
            }
            Self::Choices(values) => formatter.write_str(&joined(values.iter().map(plain).collect(), ", ")),
            Self::Whole { low, high, step: 1 } => write!(formatter, "{low} to {high}"),
            Self::Whole { low, high, step } => write!(formatter, "{low} to {high} by {step}"),
            Self::Real { low, high, log: false } => write!(formatter, "{low} to {high}"),
            Self::Real { low, high, log: true } => write!(formatter, "{low} to {high}, logarithmic"),
            Self::Each(stages) => formatter.write_str(&joined(stages.iter().map(ToString::to_string).collect(), "; ")),
        }
    }
}

fn parse<T: DeserializeOwned>(json: &Value) -> Result<T, String> {
    T::deserialize(json)
        .map_err(|error| format!("{error}; use a range, such as {{\"low\": 1, \"high\": 9}}, or choices"))
}

/// `value` rounded to three significant digits and clamped to the bounds.
fn rounded(value: f64, low: f64, high: f64) -> f64 {
    format!("{value:.2e}").parse().map_or(value, |value: f64| value.clamp(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random_stream::{Purpose, random_stream};

    fn domains() -> Vec<Domain> {
        vec![
            Domain::Choices(vec![json!(1), json!(8)]),
            Domain::Choices(vec![json!([4, 2, 1])]),
            Domain::Whole { low: 16, high: 95, step: 16 },
            Domain::Real { low: 0.0, high: 0.4, log: false },
            Domain::Real { low: 3e-4, high: 5e-3, log: true },
            Domain::Each(vec![Domain::Whole { low: 9, high: 21, step: 2 }, Domain::Choices(vec![json!(5)])]),
        ]
    }

    #[test]
    fn domain_sampled_values_are_contained() {
        for domain in domains() {
            let mut rng = random_stream(7, Purpose::Setting, 1, 0);
            for _ in 0..200 {
                let value = domain.sample(&mut rng);
                assert!(domain.contains(&value), "{domain}: {value}");
            }
            assert!(domain.representative_values().iter().all(|value| domain.contains(value)), "{domain}");
            assert!(!domain.contains(&json!(1_000)) && !domain.contains(&json!("many")), "{domain}");
        }
    }

    #[test]
    fn domain_json_round_trips() {
        let wholes = [true, true, true, false, false, true];
        for (domain, whole) in domains().into_iter().zip(wholes) {
            assert_eq!(Domain::from_json(&domain.to_json(), whole), Ok(domain));
        }
        let fixed = Domain::from_json(&json!([15, 7]), true).expect("one value per stage");
        assert_eq!(fixed.sample(&mut random_stream(7, Purpose::Setting, 1, 0)), json!([15, 7]));
    }

    #[test]
    fn domain_integer_range_contains_only_its_steps() {
        let domain = Domain::Whole { low: 9, high: 14, step: 2 };
        assert_eq!(domain.representative_values(), [json!(9), json!(11), json!(13), json!(13)]);
        assert!(!domain.contains(&json!(10)) && !domain.contains(&json!(14)));
    }

    #[test]
    fn domain_logarithmic_range_samples_half_below_geometric_mean() {
        let domain = Domain::Real { low: 1e-4, high: 1e-2, log: true };
        let mut rng = random_stream(1, Purpose::Setting, 1, 0);
        let below = (0..1_000).filter(|_| domain.sample(&mut rng).as_f64().expect("a number") < 1e-3).count();
        // On a logarithmic scale, half of the range is below 1e-3: 500 expected, standard deviation 16.
        assert!((430..570).contains(&below), "{below}");
    }

    #[test]
    fn domain_invalid_json_is_rejected() {
        let error = |json: Value, whole| Domain::from_json(&json, whole).expect_err("invalid");
        assert_eq!(error(json!({"low": 9, "high": 3}), true), "low is 9; expected at most high, 3");
        assert_eq!(
            error(json!({"low": 0, "high": 1, "log": true}), false),
            "low is 0; expected above 0 on a logarithmic scale"
        );
        assert_eq!(error(json!({"choices": []}), true), "choices is empty; expected at least one value");
        assert!(error(json!({"low": 1, "hihg": 3}), true).contains("unknown field `hihg`"));
        assert!(error(json!({"low": 1.5, "high": 3}), true).contains("expected u64"));
    }
}
