//! Measurements from an expression table in place of those of a data set.

use std::path::Path;

use tatabox_dataset::{PreparedDataset, Split};

use crate::error::Result;
use crate::observer::Observer;

/// Number of names in a message.
const NAMES_SHOWN: usize = 3;

/// The data set with the measurements of an expression table; the observer receives the numbers of matching rows and genes.
///
/// # Errors
/// The table cannot be read, or shares no gene with the data set.
pub fn with_expression(dataset: &PreparedDataset, table: &Path, observer: &dyn Observer) -> Result<PreparedDataset> {
    let (view, matching) = dataset.expression_view(table)?;
    let measured = |split| {
        let genes = view.genes_in(split).into_iter();
        genes.filter(|&gene| view.log2_tpm_row(gene).iter().any(|value| !value.is_nan())).count()
    };
    observer.note(&format!(
        "expression: {} of {} genes are in {} ({} by identifier, {} by name); measured: {} train, {} validation, {} test",
        matching.matched(),
        view.len(),
        table.display(),
        matching.by_id,
        matching.by_name,
        measured(Split::Train),
        measured(Split::Validation),
        measured(Split::Test)
    ));
    for (reason, names) in &matching.unmatched {
        observer.note(&format!("not used, {reason}: {} ({})", names.len(), first_names(names)));
    }
    Ok(view)
}

fn first_names(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown}, ...") } else { shown }
}
