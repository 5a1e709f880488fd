//! Assays of a training run, as options.

use std::str::FromStr;

use tatabox_dataset::{PreparedDataset, find_assay};
use tatabox_model::AssayTraining;

use crate::error::{Error, Result};

/// Word that selects every assay of the data set.
const ALL: &str = "all";

/// Assay that a network is trained on, and how.
///
/// As text: `NAME`, followed by `:KEY=VALUE` for each option that is set: `weight`, `share`, `mutation-rate`.
///
/// # Examples
/// ```
/// use tatabox::train::AssayOptions;
///
/// let options: AssayOptions = "lentiMPRA:weight=0.5:share=0.3".parse()?;
/// assert_eq!((options.name.as_str(), options.weight, options.share), ("lentiMPRA", 0.5, Some(0.3)));
/// assert!("lentiMPRA:weight=heavy".parse::<AssayOptions>().is_err());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AssayOptions {
    /// Name of the assay, or `all`.
    pub name: String,
    /// Weight of its rows in the loss, relative to genes; above 0.
    pub weight: f64,
    /// Fraction of the rows of an epoch, above 0 and below 1; `None` for every train row once.
    pub share: Option<f64>,
    /// Fraction of the bases of its inserts that are replaced by a random base in each epoch, at least 0 and below 1.
    pub mutation_rate: f64,
}

impl AssayOptions {
    /// Default training on this assay.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), weight: 1.0, share: None, mutation_rate: 0.0 }
    }
}

impl FromStr for AssayOptions {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default().trim();
        if name.is_empty() {
            return Err(invalid(text, "an assay has a name; expected NAME or NAME:weight=0.5"));
        }
        let mut options = Self::new(name);
        for part in parts {
            let expected = "expected weight=NUMBER, share=NUMBER or mutation-rate=NUMBER after the name";
            let (key, value) = part.split_once('=').ok_or_else(|| invalid(text, expected))?;
            let number: f64 = value.trim().parse().map_err(|_| invalid(text, expected))?;
            match key.trim() {
                "weight" => options.weight = number,
                "share" => options.share = Some(number),
                "mutation-rate" => options.mutation_rate = number,
                _ => return Err(invalid(text, expected)),
            }
        }
        Ok(options)
    }
}

fn invalid(text: &str, problem: &str) -> Error {
    Error::request("assays", format!("`{text}`: {problem}"))
}

/// Assays of the data set with their outputs, in the order of the data set.
///
/// # Errors
/// An assay that the data set lacks, or that is listed twice.
pub(in crate::train) fn resolve_assays(
    options: &[AssayOptions],
    dataset: &PreparedDataset,
) -> Result<Vec<(AssayTraining, Vec<String>)>> {
    let mut chosen: Vec<Option<&AssayOptions>> = vec![None; dataset.assays().len()];
    for option in options {
        let indices = if option.name.eq_ignore_ascii_case(ALL) && !dataset.assays().is_empty() {
            (0..chosen.len()).collect()
        } else {
            vec![find_assay(dataset, &option.name)?]
        };
        for index in indices {
            if chosen[index].replace(option).is_some() {
                let name = &dataset.assays()[index].record.name;
                return Err(Error::request("assays", format!("assay {name} is listed twice; list it once")));
            }
        }
    }
    let resolved = chosen.into_iter().zip(dataset.assays()).filter_map(|(option, assay)| {
        let (option, record) = (option?, &assay.record);
        let training = AssayTraining {
            measures_genes: assay.measures_genes(),
            weight: option.weight,
            share: option.share,
            mutation_rate: option.mutation_rate,
            reverse_complement: record.reverse_complement,
            ..AssayTraining::new(&record.name, record.outputs.len(), record.scale)
        };
        Some((training, record.outputs.clone()))
    });
    Ok(resolved.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assay_options_unknown_key_error_lists_the_keys() {
        for text in ["A:rate=1", "A:weight", ":weight=1", "A:share=x"] {
            let message = text.parse::<AssayOptions>().expect_err(text).to_string();
            assert!(message.contains(&format!("`{text}`")) && message.contains("expected"), "{message}");
        }
        let options: AssayOptions = "SuRE".parse().expect("a name");
        assert_eq!(options, AssayOptions::new("SuRE"));
    }
}
