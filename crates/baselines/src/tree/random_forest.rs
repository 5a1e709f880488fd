//! Random forest on k-mer frequencies: the effect of interactions between k-mers, compared with ridge regression.

use nalgebra::DMatrix;
use rayon::prelude::*;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use tatabox_dataset::Split;

use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput};

/// Largest k: 340 features. Rarer k-mers do not improve the forest.
const MAX_K: usize = 4;
/// Trees per cell type.
const TREES: usize = 100;
/// Trees per parallel task; a divisor of [`TREES`].
const TREES_PER_TASK: usize = 5;
/// Fraction of the features considered at each split; this and [`MIN_LEAF_GENES`] follow Breiman 2001 for regression.
const MAX_FEATURES_FRACTION: f64 = 1.0 / 3.0;
/// Minimum number of genes per leaf.
const MIN_LEAF_GENES: usize = 5;

type Forest = RandomForestRegressor<f32, f64, DenseMatrix<f32>, Vec<f64>>;

/// Random forest regression of log2(TPM + 1), one forest per cell type, fitted on the train genes.
///
/// # Source
///
/// Breiman 2001, doi:10.1023/A:1010933404324.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let task = context.task;
    let kmers = KmerFeatures::new(task, 1, MAX_K, None);
    let train = context.measured_genes(Split::Train)?;
    let features = kmers.matrix(&train.genes);
    let requested = table(&kmers.matrix(&task.requested_genes()), None);
    let cell_types = task.cell_types.len();
    let mut predicted = DMatrix::zeros(task.requested_genes().len(), cell_types);
    for (cell_type, targets) in train.targets.column_iter().enumerate() {
        let measured: Vec<usize> = (0..targets.len()).filter(|&gene| !targets[gene].is_nan()).collect();
        let examples = table(&features, Some(&measured));
        let targets: Vec<f64> = measured.iter().map(|&gene| targets[gene]).collect();
        let grow = |part: usize| {
            // Each task of each cell type has its own seeds; smartcore increments the seed once per tree.
            let first_tree = cell_type * TREES + part * TREES_PER_TASK;
            let seed = task.seed.wrapping_mul(1 << 32).wrapping_add(first_tree as u64);
            let forest =
                Forest::fit(&examples, &targets, parameters(features.nrows(), seed)).expect("each gene has a target");
            forest.predict(&requested).expect("the features match those of the fit")
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
        BaselineNote::for_all_cell_types("minimum genes per leaf", MIN_LEAF_GENES),
    ];
    Ok(FitOutput { predicted, notes })
}

fn parameters(features: usize, seed: u64) -> RandomForestRegressorParameters {
    RandomForestRegressorParameters {
        max_depth: None,
        min_samples_leaf: MIN_LEAF_GENES,
        min_samples_split: 2 * MIN_LEAF_GENES,
        n_trees: TREES_PER_TASK,
        m: Some((features as f64 * MAX_FEATURES_FRACTION) as usize),
        keep_samples: false,
        seed,
    }
}

/// Feature table with genes in rows, as smartcore expects; all genes or a subset.
fn table(features: &DMatrix<f64>, genes: Option<&[usize]>) -> DenseMatrix<f32> {
    let chosen = genes.map_or_else(|| features.clone(), |genes| features.select_columns(genes));
    // Lossless: k-mer frequencies are computed in f32.
    let values = chosen.transpose().iter().map(|&value| value as f32).collect();
    DenseMatrix::new(chosen.ncols(), chosen.nrows(), values, true)
        .expect("the number of values is genes times features")
}
