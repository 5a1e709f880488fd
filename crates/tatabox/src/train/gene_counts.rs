//! Warnings of runs that rest on few genes.

use tatabox_dataset::{PreparedDataset, Split};
use tatabox_model::{GeneSelection, TrainingConfig};
use tatabox_sequence::counted;

use crate::few_genes::FEW_GENES;
use crate::observer::Observer;

/// Number of train genes below which a network can hardly learn a cell type.
const FEW_TRAIN_GENES: usize = 50;
/// Cell types named in a warning.
const SHOWN: usize = 5;

/// Warns of cell types with few measured genes in the train or validation split.
pub(crate) fn warn_of_few_genes(dataset: &PreparedDataset, config: &TrainingConfig, observer: &dyn Observer) {
    for warning in warnings(dataset, config) {
        observer.warn(&warning);
    }
}

fn warnings(dataset: &PreparedDataset, config: &TrainingConfig) -> Vec<String> {
    let columns: Vec<(&str, usize)> = config
        .cell_types
        .iter()
        .filter_map(|name| Some((name.as_str(), dataset.cell_type_index(name).ok()?)))
        .collect();
    let few = |split, limit| {
        let selection = GeneSelection::of_split(dataset, split, config.data.extent, config.auxiliary_inputs());
        let counts = columns.iter().map(|&(name, column)| (name, selection.measured_in(dataset, column)));
        listed(&counts.filter(|&(_, genes)| genes < limit).collect::<Vec<_>>(), split)
    };
    let train =
        few(Split::Train, FEW_TRAIN_GENES).map(|few| format!("a network learns little from few measured genes: {few}"));
    let validation = few(Split::Validation, FEW_GENES).map(|few| {
        format!("a validation score on few measured genes means little, and so does the epoch that it selects: {few}")
    });
    train.into_iter().chain(validation).collect()
}

/// `K562 (12 train genes), ...`; `None` where there is no cell type.
fn listed(counts: &[(&str, usize)], split: Split) -> Option<String> {
    let shown: Vec<String> = counts
        .iter()
        .take(SHOWN)
        .map(|(name, genes)| format!("{name} ({})", counted(*genes, &format!("{split} gene"))))
        .collect();
    let more = counts.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more cell types") } else { String::new() };
    (!shown.is_empty()).then(|| shown.join(", ") + &more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_genes_are_listed_with_their_cell_types() {
        assert_eq!(listed(&[], Split::Train), None);
        let counts: Vec<(&str, usize)> = ["A", "B", "C", "D", "E", "F"].map(|name| (name, 3)).to_vec();
        let text = listed(&counts, Split::Validation).expect("few");
        assert!(text.starts_with("A (3 validation genes), B (3"), "{text}");
        assert!(text.ends_with("E (3 validation genes) and 1 more cell types"), "{text}");
    }
}
