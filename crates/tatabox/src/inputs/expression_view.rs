//! Measurements from an expression table in place of those of a data set.

use tatabox_dataset::{ExpressionConfig, PreparedDataset, Split};

use crate::error::Result;
use crate::observer::Observer;

/// Number of names in a message.
const NAMES_SHOWN: usize = 10;

/// The data set with the measurements of expression tables; the observer receives the cell types and the numbers of matching
/// rows and genes.
///
/// # Errors
/// The table cannot be read, or shares no gene with the data set.
pub fn with_expression(
    dataset: &PreparedDataset,
    expression: &ExpressionConfig,
    observer: &dyn Observer,
) -> Result<PreparedDataset> {
    let (view, matching) = dataset.expression_view(expression.clone())?;
    let measured = |split| {
        let genes = view.genes_in(split).into_iter();
        genes.filter(|&gene| view.log2_tpm_row(gene).iter().any(|value| !value.is_nan())).count()
    };
    let files: Vec<&str> = matching.sources.iter().flat_map(|source| &source.files).map(String::as_str).collect();
    for source in &matching.sources {
        observer.note(&format!("expression: {}, {}", source.format, source.unit));
        if !source.excluded_columns.is_empty() {
            observer.note(&format!("columns that are no cell types: {}", source.excluded_columns.join(", ")));
        }
    }
    observer.note(&format!("cell types: {}", view.cell_types().join(", ")));
    observer.note(&format!(
        "expression: {} of {} genes are in {} ({} by identifier, {} by name); measured: {} train, {} validation, {} test",
        matching.matched(),
        view.len(),
        files.join(", "),
        matching.by_id,
        matching.by_name,
        measured(Split::Train),
        measured(Split::Validation),
        measured(Split::Test)
    ));
    if let Some(path) = expression.annotation.as_deref().filter(|_| !matching.uses_annotation) {
        observer
            .warn(&format!("{}: not used; the expression tables state genes and lengths themselves", path.display()));
    }
    for (reason, names) in &matching.unmatched {
        observer.note(&format!("not used, {reason}: {} ({})", names.len(), first_names(names)));
    }
    Ok(view)
}

fn first_names(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown}, ...") } else { shown }
}
