//! A random forest on the frequencies of short words: what interactions of words add to the ridge.

use nalgebra::DMatrix;
use rayon::prelude::*;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use tatabox_dataset::Split;

use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

/// 340 words. Trees gain nothing from the rare words that follow.
const MAX_K: usize = 4;
const TREES: usize = 100;
/// Trees that one task grows; a multiple of this makes [`TREES`].
const TREES_PER_TASK: usize = 5;
/// Share of the words that each split may choose from, and fewest genes of a leaf, as Breiman 2001 advises for regression.
const MAX_FEATURES_FRACTION: f64 = 1.0 / 3.0;
const MIN_LEAF_GENES: usize = 5;

type Forest = RandomForestRegressor<f32, f64, DenseMatrix<f32>, Vec<f64>>;

/// Grows a forest for log2(TPM + 1) of each cell type on the train genes.
///
/// # Source
///
/// Breiman 2001, doi:10.1023/A:1010933404324.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let task = context.task;
    let kmers = KmerFeatures::new(task, 1, MAX_K, None);
    let train = context.measured(Split::Train)?;
    let features = kmers.of(&train.genes);
    let requested_genes = table(&kmers.of(&task.requested_genes()), None);
    let cell_types = task.cell_types.len();
    let mut predicted = DMatrix::zeros(task.requested_genes().len(), cell_types);
    for (cell_type, targets) in train.targets.column_iter().enumerate() {
        let measured: Vec<usize> = (0..targets.len()).filter(|&gene| !targets[gene].is_nan()).collect();
        let examples = table(&features, Some(&measured));
        let targets: Vec<f64> = measured.iter().map(|&gene| targets[gene]).collect();
        let grow = |part: usize| {
            // Every part of every cell type draws from seeds of its own; smartcore counts up from here, a tree a step.
            let first_tree = cell_type * TREES + part * TREES_PER_TASK;
            let seed = task.seed.wrapping_mul(1 << 32).wrapping_add(first_tree as u64);
            let forest =
                Forest::fit(&examples, &targets, parameters(features.nrows(), seed)).expect("one target a gene");
            forest.predict(&requested_genes).expect("the words of the fit")
        };
        context.report("forests", cell_type, cell_types);
        let parts: Vec<Vec<f64>> = (0..TREES / TREES_PER_TASK).into_par_iter().map(grow).collect();
        let count = parts.len() as f64;
        for part in parts {
            predicted.column_mut(cell_type).iter_mut().zip(part).for_each(|(mean, value)| *mean += value / count);
        }
    }
    context.report("forests", cell_types, cell_types);
    let notes = vec![
        BaselineNote::for_all_cell_types("trees", TREES),
        BaselineNote::for_all_cell_types("fewest genes of a leaf", MIN_LEAF_GENES),
    ];
    Ok(FitOutput { predicted, notes })
}

fn parameters(kmers: usize, seed: u64) -> RandomForestRegressorParameters {
    RandomForestRegressorParameters {
        max_depth: None,
        min_samples_leaf: MIN_LEAF_GENES,
        min_samples_split: 2 * MIN_LEAF_GENES,
        n_trees: TREES_PER_TASK,
        m: Some((kmers as f64 * MAX_FEATURES_FRACTION) as usize),
        keep_samples: false,
        seed,
    }
}

/// Genes in rows, as smartcore wants them; all genes or some of them.
fn table(features: &DMatrix<f64>, genes: Option<&[usize]>) -> DenseMatrix<f32> {
    let chosen = genes.map_or_else(|| features.clone(), |genes| features.select_columns(genes));
    // Frequencies are counted in f32, nothing is lost.
    let values = chosen.transpose().iter().map(|&value| value as f32).collect();
    DenseMatrix::new(chosen.ncols(), chosen.nrows(), values, true).expect("as many values as genes times words")
}
