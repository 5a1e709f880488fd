//! Warning of a model that was trained on held-out genes.

use tatabox_model::TrainingOverlap;

/// Warning that scores of model `name`, trained on data set `trained_on`, are or may be too high on the held-out genes of `data`;
/// `None` where it was trained on none of them.
pub(crate) fn held_out_warning(
    name: &str,
    overlap: Option<TrainingOverlap>,
    trained_on: &str,
    data: &str,
) -> Option<String> {
    match overlap {
        Some(TrainingOverlap { validation: 0, test: 0 }) => None,
        Some(TrainingOverlap { validation, test }) => Some(format!(
            "model {name} was TRAINED ON {validation} validation and {test} test genes of {data}, whose split differs: scores \
             on them are too high; prepare the data with the split of {trained_on}, or train a model on {data}"
        )),
        None => Some(format!(
            "model {name} was trained on another data set ({trained_on}), and its record does not list the chromosomes of the \
             splits: it may have been TRAINED ON held-out genes of {data}, and scores on them may be too high"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_warning_counts_the_genes_or_says_that_they_are_unknown() {
        let warning = |overlap| held_out_warning("k562", overlap, "human", "mine");
        assert_eq!(warning(Some(TrainingOverlap::default())), None);
        let counted = warning(Some(TrainingOverlap { validation: 3, test: 0 })).expect("a warning");
        assert!(counted.contains("TRAINED ON 3 validation and 0 test genes of mine"), "{counted}");
        assert!(warning(None).expect("a warning").contains("may have been TRAINED ON held-out genes of mine"));
    }
}
