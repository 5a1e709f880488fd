//! The measurement of the most similar train window: the score of knowing the train genes by heart.

use rayon::prelude::*;
use tatabox_dataset::{Neighbour, Split, WindowIndex};

use crate::error::BaselineError;
use crate::linear::train_mean;
use crate::task::{BaselineTask, FitContext, FitOutput};

/// Share of the k-mers of the shorter window that a neighbour must hold. Below it, windows have words in common because
/// both are rich in CpG, or hold the same repeat, and not because one was copied from the other.
const MIN_CONTAINMENT: f64 = 0.1;

/// Predicts a gene by the train gene whose window shares the largest part of its k-mers.
///
/// What this scores on held-out genes is what a network can score without having learned a rule: promoters of paralogues are
/// near-copies, and paralogues are expressed alike. A gene without a similar train gene gets the train mean.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let mut fitted = train_mean::fit(context)?;
    let task = context.task;
    for (row, neighbour) in nearest_train_genes(task).into_iter().enumerate() {
        let Some(neighbour) = neighbour else { continue };
        for (column, &cell_type) in task.cell_types.iter().enumerate() {
            let measured = f64::from(task.dataset.log2_tpm(neighbour.gene, cell_type));
            if !measured.is_nan() {
                fitted.predicted[(row, column)] = measured;
            }
        }
    }
    Ok(fitted)
}

/// The most similar train gene of each gene of the task that is in its splits, where one is similar at all. The neighbour of a
/// train gene is itself. Further TSSs of genes are passed over.
pub fn nearest_train_genes(task: &BaselineTask<'_>) -> Vec<Option<Neighbour>> {
    let train = task.genes_in(&[Split::Train]);
    let index = WindowIndex::build(task.dataset, task.extent.clone(), &train, &mut |_| {});
    let similar = |neighbour: &Neighbour| neighbour.similarity.containment() >= MIN_CONTAINMENT;
    let requested_genes = task.requested_genes();
    requested_genes.par_iter().map(|&gene| index.nearest(task.dataset, gene, |_| true).filter(similar)).collect()
}
