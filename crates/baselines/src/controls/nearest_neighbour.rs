//! Measurement of the most similar train window: the score of memorisation.

use rayon::prelude::*;
use tatabox_dataset::{Neighbour, Split, WindowIndex};

use crate::error::BaselineError;
use crate::linear::train_mean;
use crate::task::{BaselineTask, FitContext, FitOutput};

/// Minimum fraction of the k-mers of the shorter window that a neighbour must contain. Less similar windows share k-mers
/// because both are rich in CpG or contain the same repeat, and not through duplication.
const MIN_CONTAINMENT: f64 = 0.1;

/// Prediction of each gene by the train gene whose window shares the largest fraction of its k-mers.
///
/// The score on held-out genes is a score that a network can reach by memorisation: paralogues have similar promoters and
/// similar expression. A gene without a similar train gene is predicted by the train mean.
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

/// Most similar train gene of each requested gene; `None` if no train gene is similar.
///
/// The result follows the order of the usable genes in the requested splits. The neighbour of a train gene is the gene
/// itself. Alternative TSSs are skipped.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{BaselineTask, nearest_train_genes};
/// use tatabox_dataset::{PreparedDataset, Split};
/// # use tatabox_dataset::{PrepareConfig, SimulateConfig, prepare, simulate};
///
/// # let folder = tempfile::tempdir()?;
/// # let config = SimulateConfig { genes: 200, ..SimulateConfig::default() };
/// # simulate(&config, folder.path())?;
/// # let set = folder.path().join("set");
/// # let mut prepared = PrepareConfig::new(folder.path().join("expression.tsv"), set, config.geometry);
/// # prepared.promoters = Some(folder.path().join("promoters.fa"));
/// # prepare(&prepared, &mut |_| {})?;
/// let dataset = PreparedDataset::open(&prepared.out_dir)?;
/// let genes: Vec<usize> = (0..dataset.len()).collect();
/// let task = BaselineTask {
///     dataset: &dataset,
///     cell_types: &[0],
///     extent: 0..dataset.geometry().len(),
///     genes: &genes,
///     splits: &[Split::Train],
///     seed: 42,
/// };
/// let train = dataset.genes_in(Split::Train);
/// let neighbours = nearest_train_genes(&task);
/// assert!(neighbours.iter().zip(&train).all(|(neighbour, gene)| neighbour.is_some_and(|found| found.gene == *gene)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn nearest_train_genes(task: &BaselineTask<'_>) -> Vec<Option<Neighbour>> {
    let train = task.genes_in(&[Split::Train]);
    let index = WindowIndex::build(task.dataset, task.extent.clone(), &train, &mut |_| {});
    let similar = |neighbour: &Neighbour| neighbour.similarity.containment() >= MIN_CONTAINMENT;
    let requested_genes = task.requested_genes();
    requested_genes.par_iter().map(|&gene| index.nearest(task.dataset, gene, |_| true).filter(similar)).collect()
}
