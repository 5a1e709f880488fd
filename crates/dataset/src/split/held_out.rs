//! Validation and test chromosomes chosen by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_sequence::{Contig, ContigNames, chromosome_of};

use super::{Split, natural_order};
use crate::error::{DatasetError, Result};

/// Validation and test chromosomes chosen by name, as published comparisons fix them.
///
/// A split without a name is filled with chromosomes at random.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::HeldOutChromosomes;
///
/// let held_out = HeldOutChromosomes { test: vec!["chr8".into(), "chr9".into()], validation: vec!["chr10".into()] };
/// assert!(!held_out.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeldOutChromosomes {
    /// Chromosomes of the validation split; empty for a random choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation: Vec<String>,
    /// Chromosomes of the test split; empty for a random choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
}

impl HeldOutChromosomes {
    /// Whether no chromosome is chosen by name.
    pub fn is_empty(&self) -> bool {
        self.validation.is_empty() && self.test.is_empty()
    }

    /// Split of each chosen chromosome of the data. A name is matched in any spelling of the contig: `8`, `chr8` and
    /// `NC_000008.11` are the same chromosome.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`] for a chromosome without genes, and for one that is named twice.
    pub(super) fn resolve<'a>(&self, chromosomes: &BTreeMap<&'a str, Vec<usize>>) -> Result<BTreeMap<&'a str, Split>> {
        let contigs: Vec<Contig> =
            chromosomes.keys().map(|&name| Contig { name: name.to_owned(), length: 0 }).collect();
        let names = ContigNames::new(&contigs);
        let mut splits = BTreeMap::new();
        for (field, split, chosen) in [
            ("validation_chromosomes", Split::Validation, &self.validation),
            ("test_chromosomes", Split::Test, &self.test),
        ] {
            for name in chosen {
                let refuse = |expected| Err(DatasetError::InvalidSetting { field, value: name.clone(), expected });
                let found = names.resolve(name).or_else(|| names.resolve(&chromosome_of(name)));
                let Some((&chromosome, _)) = found.and_then(|found| chromosomes.get_key_value(found)) else {
                    return refuse(format!("no gene of the data set is on it; the genes are on {}", list(chromosomes)));
                };
                if let Some(other) = splits.insert(chromosome, split) {
                    return refuse(format!("chromosome {chromosome} is already in the {other} split; name it once"));
                }
            }
        }
        Ok(splits)
    }
}

/// Names of the chromosomes in natural order.
fn list(chromosomes: &BTreeMap<&str, Vec<usize>>) -> String {
    let mut names: Vec<&str> = chromosomes.keys().copied().collect();
    if names.is_empty() {
        return "no known chromosome".to_owned();
    }
    names.sort_by(|a, b| natural_order(a, b));
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(validation: &[&str], test: &[&str]) -> HeldOutChromosomes {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        HeldOutChromosomes { validation: owned(validation), test: owned(test) }
    }

    #[test]
    fn held_out_chromosomes_resolve_matches_spellings_and_refuses_the_rest() {
        let chromosomes: BTreeMap<&str, Vec<usize>> =
            ["chr2", "chr8", "chr10"].into_iter().map(|name| (name, vec![0])).collect();
        let splits = chosen(&["NC_000010.11"], &["8"]).resolve(&chromosomes).expect("known");
        assert_eq!(splits, BTreeMap::from([("chr8", Split::Test), ("chr10", Split::Validation)]));
        let refused = |held_out: HeldOutChromosomes| held_out.resolve(&chromosomes).expect_err("refused").to_string();
        let message = refused(chosen(&[], &["chr9"]));
        assert_eq!(
            message,
            "test_chromosomes = chr9: no gene of the data set is on it; the genes are on chr2, chr8, chr10"
        );
        let message = refused(chosen(&["chr8"], &["8"]));
        assert!(message.contains("chr8 is already in the validation split"), "{message}");
    }
}
