//! Choice of comparators, by name or as a set.

use tatabox_dataset::PreparedDataset;

use super::Comparator;

/// One comparator, or a set of them.
///
/// # Examples
///
/// ```
/// use tatabox::comparators::{AvailableInputs, ComparatorChoice};
///
/// let choices: Vec<_> = ["fast", "random-forest"].iter().filter_map(|name| ComparatorChoice::from_name(name)).collect();
/// let available = AvailableInputs { gene_features: false, auxiliary_inputs: false, assays: false, several_cell_types: true };
/// let comparators = ComparatorChoice::resolve(&choices, available);
/// assert!(comparators.iter().any(|comparator| comparator.name() == "random-forest"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparatorChoice {
    /// This one.
    One(Comparator),
    /// Those that take seconds.
    Fast,
    /// All that take less than an hour.
    All,
    /// None.
    None,
}

/// Inputs of data set and model that some comparators require.
///
/// ```
/// use tatabox::comparators::AvailableInputs;
///
/// let available = AvailableInputs { gene_features: false, auxiliary_inputs: false, assays: false, several_cell_types: true };
/// assert!(available.several_cell_types);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties, each read by name")]
pub struct AvailableInputs {
    /// Whether every gene that is predicted has gene features.
    pub gene_features: bool,
    /// Whether the model reads auxiliary inputs.
    pub auxiliary_inputs: bool,
    /// Whether the model is trained on more than expression: on assays, or from a source model.
    pub assays: bool,
    /// Whether the data set has more than one cell type.
    pub several_cell_types: bool,
}

impl AvailableInputs {
    /// Inputs of this data set, for a model that excludes genes without features if it reads features, and that is trained
    /// on expression alone.
    pub fn new(dataset: &PreparedDataset, reads_gene_features: bool, reads_auxiliary_inputs: bool) -> Self {
        let has_features = |gene: usize| dataset.gene_features(gene).is_some();
        Self {
            gene_features: reads_gene_features || (0..dataset.len()).all(has_features),
            auxiliary_inputs: reads_auxiliary_inputs,
            assays: false,
            several_cell_types: dataset.cell_types().len() > 1,
        }
    }
}

impl ComparatorChoice {
    /// Names of sets, with descriptions.
    pub const SETS: [(&str, &str); 3] = [
        ("fast", "those that take seconds"),
        ("all", "all but gru-attention; random forest and networks take minutes the first time"),
        ("none", "the model alone"),
    ];

    /// The choice with this name: that of a comparator, `fast`, `all` or `none`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "fast" => Some(Self::Fast),
            "all" => Some(Self::All),
            "none" => Some(Self::None),
            name => Comparator::all().into_iter().find(|comparator| comparator.name() == name).map(Self::One),
        }
    }

    /// Chosen comparators without repetitions, in the order of tables. Sets exclude comparators whose inputs are unavailable.
    pub fn resolve(choices: &[Self], available: AvailableInputs) -> Vec<Comparator> {
        let is_chosen = |comparator: &Comparator| {
            choices.iter().any(|choice| match choice {
                Self::One(one) => one == comparator,
                Self::Fast => comparator.is_fast() && comparator.is_applicable(available),
                Self::All => !comparator.is_slow() && comparator.is_applicable(available),
                Self::None => false,
            })
        };
        Comparator::all().into_iter().filter(is_chosen).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYTHING: AvailableInputs =
        AvailableInputs { gene_features: true, auxiliary_inputs: true, assays: true, several_cell_types: true };

    fn resolve(names: &[&str], available: AvailableInputs) -> Vec<Comparator> {
        let choices: Vec<_> = names.iter().map(|name| ComparatorChoice::from_name(name).expect("known")).collect();
        ComparatorChoice::resolve(&choices, available)
    }

    #[test]
    fn comparator_choice_is_found_by_name() {
        for comparator in Comparator::all() {
            assert_eq!(ComparatorChoice::from_name(comparator.name()), Some(ComparatorChoice::One(comparator)));
        }
        for (name, _) in ComparatorChoice::SETS {
            assert!(ComparatorChoice::from_name(name).is_some(), "{name}");
        }
        assert_eq!(ComparatorChoice::from_name("transformer"), None);
    }

    #[test]
    fn comparator_choice_union_has_no_repetitions() {
        let count = |names: &[&str]| resolve(names, EVERYTHING).len();
        assert_eq!(count(&["all", "kmer-ridge"]) + 1, count(&["all", "gru-attention"]));
        assert_eq!(count(&["all", "gru-attention"]), Comparator::all().len());
        assert_eq!(count(&["none"]), 0);
        assert_eq!(count(&["fast", "random-forest"]), count(&["fast"]) + 1);
    }

    #[test]
    fn comparator_choice_without_inputs_is_kept_only_by_name() {
        let names = |names: &[&str]| -> Vec<&str> {
            let nothing = AvailableInputs {
                gene_features: false,
                auxiliary_inputs: false,
                assays: false,
                several_cell_types: false,
            };
            resolve(names, nothing).into_iter().map(Comparator::name).collect()
        };
        let all = names(&["all"]);
        assert!(!all.contains(&"other-cell-types-mean"));
        assert!(!all.contains(&"expression-only"));
        assert!(!all.contains(&"bases-only") && !all.contains(&"gene-features") && all.contains(&"kmer-ridge"));
        assert_eq!(names(&["bases-only", "gene-features"]), ["bases-only", "gene-features"]);
    }
}
