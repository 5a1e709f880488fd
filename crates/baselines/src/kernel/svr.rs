//! Support vector regression on k-mer frequencies.

use nalgebra::{DMatrix, DVector};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use tatabox_dataset::Split;

use super::rbf::rbf_kernel;
use super::smo::{SmoSolver, SvrModel};
use crate::error::BaselineError;
use crate::features::{KmerFeatures, StandardScaler};
use crate::prediction::BaselineNote;
use crate::task::{FitContext, FitOutput, MeasuredGenes};
use crate::validation::mean_squared_error;

/// Largest k: 340 features, as for the random forest.
const MAX_K: usize = 4;
/// Grid of C, the bound on the weight of a gene, in increasing order and for standardised targets.
const C_VALUES: [f64; 5] = [0.03, 0.1, 0.3, 1.0, 3.0];
/// Half-width of the epsilon-insensitive tube, in standard deviations of the target; the default of scikit-learn.
const EPSILON: f64 = 0.1;
/// Maximum number of train genes; their kernel matrix takes 4 bytes per pair, 576 MB in total.
const MAX_TRAIN_GENES: usize = 12_000;
/// Genes per prediction batch, which limits the size of the kernel matrix.
const GENES_PER_BATCH: usize = 1_024;

/// Support vector regression of log2(TPM + 1) on standardised frequencies of 1-mers to 4-mers, per cell type.
///
/// C is selected on the validation genes. The kernel width is `gamma="scale"` of scikit-learn: 1 / number of features.
/// Of more than 12,000 train genes, a random sample of 12,000 is used and noted.
///
/// # Source
///
/// Smola and Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    let task = context.task;
    let mut train = context.measured_genes(Split::Train)?;
    let validation = context.measured_genes(Split::Validation)?;
    let mut notes = Vec::new();
    if train.genes.len() > MAX_TRAIN_GENES {
        let note = format!("{MAX_TRAIN_GENES} of {}, sampled at random", train.genes.len());
        notes.push(BaselineNote::for_all_cell_types("train genes used", note));
        train = subset(&train, task.seed);
        context.require_measured(&train.targets, Split::Train)?;
    }
    let kmers = KmerFeatures::new(task, 1, MAX_K, None);
    let raw = kmers.matrix(&train.genes);
    let scaler = StandardScaler::fit(&raw);
    let standardised = |mut features: DMatrix<f64>| {
        scaler.transform(&mut features);
        features.map(|value| value as f32)
    };
    let features = standardised(raw);
    let models = solve(context, &features, &train.targets);
    let of_validation = predict(&features, &models, &standardised(kmers.matrix(&validation.genes)));
    let mut chosen = Vec::new();
    for (cell_type, targets) in validation.targets.column_iter().enumerate() {
        let error = |model: usize| mean_squared_error(targets.iter(), of_validation.column(model).iter());
        let candidates = cell_type * C_VALUES.len()..(cell_type + 1) * C_VALUES.len();
        let best = candidates.min_by(|&a, &b| error(a).total_cmp(&error(b))).expect("the grid of C is not empty");
        let name = task.cell_type_name(cell_type);
        notes.push(BaselineNote::for_cell_type(name, "C", C_VALUES[best % C_VALUES.len()]));
        if !models[best].has_converged {
            notes.push(BaselineNote::for_cell_type(name, "converged", "no: maximum number of steps reached"));
        }
        chosen.push(models[best].clone());
    }
    Ok(FitOutput {
        predicted: predict(&features, &chosen, &standardised(kmers.matrix(&task.requested_genes()))),
        notes,
    })
}

/// Random sample of [`MAX_TRAIN_GENES`] train genes.
fn subset(train: &MeasuredGenes, seed: u64) -> MeasuredGenes {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sampled = rand::seq::index::sample(&mut rng, train.genes.len(), MAX_TRAIN_GENES).into_vec();
    sampled.sort_unstable();
    let genes = sampled.iter().map(|&gene| train.genes[gene]).collect();
    MeasuredGenes { genes, targets: train.targets.select_rows(&sampled) }
}

/// Models of all cell types and all C, C varying fastest, in units of the targets.
fn solve(context: &mut FitContext<'_>, features: &DMatrix<f32>, targets: &DMatrix<f64>) -> Vec<SvrModel> {
    let kernel = rbf_kernel(features, &features.as_view(), gamma(features));
    let of_cell_type = |cell_type: usize| {
        let targets = targets.column(cell_type);
        let (mean, sd) = mean_and_sd(targets.iter());
        let standardised: Vec<f64> = targets.iter().map(|target| (target - mean) / sd).collect();
        let mut solver = SmoSolver::new(&kernel, &standardised, EPSILON);
        C_VALUES.map(|bound| {
            let SvrModel { weights, bias, has_converged } = solver.solve(bound);
            SvrModel { weights: weights * sd as f32, bias: bias * sd + mean, has_converged }
        })
    };
    let (total, threads) = (targets.ncols(), rayon::current_num_threads());
    let mut models = Vec::new();
    for first in (0..total).step_by(threads) {
        context.report("support vector regressions", first, total);
        let solved: Vec<_> = (first..total.min(first + threads)).into_par_iter().map(of_cell_type).collect();
        models.extend(solved.into_iter().flatten());
    }
    context.report("support vector regressions", total, total);
    models
}

/// Predictions `[genes, models]`.
fn predict(train: &DMatrix<f32>, models: &[SvrModel], features: &DMatrix<f32>) -> DMatrix<f64> {
    let columns: Vec<DVector<f32>> = models.iter().map(|model| model.weights.clone()).collect();
    let weights = DMatrix::from_columns(&columns).transpose();
    let mut predicted = DMatrix::zeros(features.ncols(), models.len());
    for first in (0..features.ncols()).step_by(GENES_PER_BATCH) {
        let count = GENES_PER_BATCH.min(features.ncols() - first);
        let kernel = rbf_kernel(train, &features.columns(first, count), gamma(train));
        let part = &weights * kernel;
        for (model, SvrModel { bias, .. }) in models.iter().enumerate() {
            for gene in 0..count {
                predicted[(first + gene, model)] = f64::from(part[(model, gene)]) + bias;
            }
        }
    }
    predicted
}

/// Inverse of the number of features, as `gamma="scale"` of scikit-learn for standardised features.
fn gamma(features: &DMatrix<f32>) -> f32 {
    1.0 / features.nrows() as f32
}

/// Mean and standard deviation of the values that are not NaN; the standard deviation of constant values is set to 1.
fn mean_and_sd<'a>(values: impl Iterator<Item = &'a f64>) -> (f64, f64) {
    let known: Vec<f64> = values.copied().filter(|value| !value.is_nan()).collect();
    let n = known.len().max(1) as f64;
    let mean = known.iter().sum::<f64>() / n;
    let sd = (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if sd > 0.0 { sd } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_sd_ignore_missing_values() {
        // 1, 5: mean 3, sd 2.
        assert_eq!(mean_and_sd([1.0, f64::NAN, 5.0].iter()), (3.0, 2.0));
        assert_eq!(mean_and_sd([4.0, 4.0].iter()), (4.0, 1.0));
    }

    #[test]
    fn subset_genes_and_targets_stay_aligned() {
        let genes: Vec<usize> = (0..MAX_TRAIN_GENES + 50).map(|gene| 2 * gene).collect();
        let targets = DMatrix::from_fn(genes.len(), 1, |row, _| (2 * row) as f64);
        let all = MeasuredGenes { genes, targets };
        let some = subset(&all, 3);
        assert_eq!(some.genes.len(), MAX_TRAIN_GENES);
        assert!(
            some.genes.is_sorted()
                && some.genes.iter().zip(some.targets.iter()).all(|(&g, &t)| (g as f64 - t).abs() < 0.5)
        );
        assert_eq!(some.genes, subset(&all, 3).genes);
        assert_ne!(some.genes, subset(&all, 4).genes);
    }
}
