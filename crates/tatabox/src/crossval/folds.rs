//! Folds of a request: assigned at random, or listed in a file.

use tatabox_dataset::{FoldFile, Folds, PreparedDataset};
use tatabox_sequence::counted;

use super::FoldSource;
use crate::error::Result;
use crate::observer::Observer;

/// Number of unused names in a warning.
const NAMES_SHOWN: usize = 5;

/// Assigns the genes to folds, and reports how a file of folds is read.
pub(super) fn assign(
    dataset: &PreparedDataset,
    source: &FoldSource,
    seed: u64,
    observer: &dyn Observer,
) -> Result<Folds> {
    let path = match source {
        FoldSource::Random(count) => return Ok(dataset.folds(*count, seed)?),
        FoldSource::Listed(path) => path,
    };
    let file = FoldFile::read(path)?;
    let (folds, unused) = dataset.listed_folds(&file)?;
    let unit = if file.lists_genes() { "gene" } else { "chromosome" };
    observer.note(&format!("{}: {} folds listed by {unit}", path.display(), folds.count()));
    if file.first() == 0 {
        let last = file.count() - 1;
        observer.note(&format!("folds 0 to {last} of the file are folds 1 to {} here", file.count()));
    }
    if !unused.is_empty() {
        let shown = unused.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = unused.len().saturating_sub(NAMES_SHOWN);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        observer.warn(&format!(
            "{}: the data set lacks {}: {shown}{rest}",
            path.display(),
            counted(unused.len(), &format!("listed {unit}"))
        ));
    }
    Ok(folds)
}

/// Remark on how the folds hold out genes.
pub(super) fn remark(source: &FoldSource, count: usize) -> String {
    match source {
        FoldSource::Random(_) => format!(
            "{count} folds of whole chromosomes; each gene is predicted by a network that was not trained on its chromosome"
        ),
        FoldSource::Listed(path) => format!(
            "{count} folds listed in {}; each gene is predicted by a network that was not trained on its fold",
            path.display()
        ),
    }
}
