//! Tests of the reference against one other model, on the genes that both predict.

use tatabox_dataset::Split;

use super::CompareOptions;
use super::comparison::{ComparisonRow, ComparisonTable, MeanDifference, SignedRankTest};
use super::fold_scores::{FoldScores, test_over_folds};
use super::shared_pairs::{SharedCellType, SharedPairs};
use crate::metric::{WeightedPairs, chromosome_resampling};
use crate::stats::signed_rank;
use crate::stats::{BootstrapDistribution, Resampling, bootstrap_p, mean};

/// Indices of the two models in [`SharedPairs`].
const REFERENCE: usize = 0;
const OTHER: usize = 1;

/// Adds one row per cell type and one over all cell types.
///
/// A single cell type has only the row over all, since two rows would test it twice.
pub(super) fn compare_pair(
    shared: &SharedPairs,
    other: &str,
    split: Split,
    options: &CompareOptions,
    compared: &mut ComparisonTable,
) {
    let pairs: usize = shared.cell_types.iter().map(|cell| cell.genes.len()).sum();
    let names = [options.reference.as_str(), other];
    if shared.excluded != [0, 0] {
        let [a, b] = names;
        let (of_a, of_b) = (shared.excluded[REFERENCE], shared.excluded[OTHER]);
        compared.note(format!(
            "{split}: `{a}` and `{b}` are compared on {pairs} pairs of gene and cell type; \
excluded because the other model lacks them: {of_a} of `{a}`, {of_b} of `{b}`"
        ));
    }
    if pairs == 0 {
        return;
    }
    let pearson = pearson_differences(shared, options);
    note_undefined(shared, names, split, compared);
    let errors = error_tests(shared);
    let folds = options.folds.as_ref().map(|folds| FoldScores::new(shared, folds));
    if let Some(folds) = &folds {
        folds.note(&format!("{split}: `{}` and `{other}`", options.reference), &shared.cell_types, compared);
    }
    let several = shared.cell_types.len() > 1;
    let scopes = shared.cell_types.iter().map(|cell| (Some(cell.cell_type.clone()), cell.genes.len()));
    for (scope, (cell_type, n)) in scopes.chain([(None, shared.genes.len())]).enumerate() {
        if cell_type.is_none() || several {
            compared.rows.push(ComparisonRow {
                model: other.to_owned(),
                split,
                cell_type,
                n,
                pearson: pearson[scope],
                absolute_error: errors[scope],
                folds: folds.as_ref().and_then(|folds| test_over_folds(&folds.differences(scope, REFERENCE, OTHER)?)),
            });
        }
    }
}

/// Differences in Pearson correlation per cell type and in their mean, all on the same resamples of genes.
fn pearson_differences(shared: &SharedPairs, options: &CompareOptions) -> Vec<Option<MeanDifference>> {
    let ready = |model: usize| -> Vec<WeightedPairs> {
        let of_cell_type =
            |cell: &SharedCellType| WeightedPairs::new(&cell.genes, &cell.measured, &cell.predicted[model]);
        shared.cell_types.iter().map(of_cell_type).collect()
    };
    let (reference, other) = (ready(REFERENCE), ready(OTHER));
    let drawn = |resampling: &Resampling| {
        resampling.distributions(options.resamples, options.seed, |weights| {
            let of_cell_type =
                |(a, b): (&WeightedPairs, &WeightedPairs)| Some(a.pearson(weights)? - b.pearson(weights)?);
            with_mean(reference.iter().zip(&other).map(of_cell_type).collect())
        })
    };
    let over_genes = drawn(&Resampling::genes(shared.genes.len()));
    let over_chromosomes =
        chromosome_resampling(&shared.genes, options.chromosomes.as_ref()).map(|blocks| drawn(&blocks));

    let of_cell_types = shared.cell_types.iter().map(|cell| Some(cell.pearson(REFERENCE)? - cell.pearson(OTHER)?));
    let differences = with_mean(of_cell_types.collect());
    let of_scope = |(scope, value): (usize, Option<f64>)| {
        let statistic = over_genes.get(scope);
        Some(MeanDifference {
            value: value?,
            interval: statistic.and_then(BootstrapDistribution::interval),
            chromosome_interval: over_chromosomes.as_ref().and_then(|all| all.get(scope)?.interval()),
            p: statistic.and_then(BootstrapDistribution::values).and_then(bootstrap_p),
            p_holm: None,
            p_bh: None,
        })
    };
    differences.into_iter().enumerate().map(of_scope).collect()
}

/// Values of the cell types followed by their mean, which is defined if all of them are.
pub(super) fn with_mean(mut cell_types: Vec<Option<f64>>) -> Vec<Option<f64>> {
    let defined: Option<Vec<f64>> = cell_types.iter().copied().collect();
    cell_types.push(defined.and_then(|values| mean(&values)));
    cell_types
}

/// Notes the models and cell types without a defined correlation.
fn note_undefined(shared: &SharedPairs, names: [&str; 2], split: Split, compared: &mut ComparisonTable) {
    for (model, name) in [REFERENCE, OTHER].into_iter().zip(names) {
        let undefined: Vec<&str> = shared
            .cell_types
            .iter()
            .filter(|cell| cell.pearson(model).is_none())
            .map(|cell| cell.cell_type.as_str())
            .collect();
        let scopes = match undefined.len() {
            0 => continue,
            count if count == shared.cell_types.len() => "any cell type".to_owned(),
            _ => format!("{} and so not in the mean", undefined.join(", ")),
        };
        compared.note(format!(
            "{split}: `{name}`: Pearson is not defined in {scopes} (values that do not vary); no test on correlations there"
        ));
    }
}

/// Signed-rank tests on the absolute errors: per cell type, then on the mean error of each gene over its cell types.
fn error_tests(shared: &SharedPairs) -> Vec<Option<SignedRankTest>> {
    let of_errors = |[reference, other]: [Vec<f64>; 2]| {
        let differences: Vec<f64> = other.iter().zip(&reference).map(|(other, reference)| other - reference).collect();
        let test = signed_rank(&differences)?;
        Some(SignedRankTest {
            statistic: test.statistic,
            p: test.p,
            p_holm: None,
            p_bh: None,
            rank_biserial: test.rank_biserial,
        })
    };
    let of_cell_types =
        shared.cell_types.iter().map(|cell| of_errors([REFERENCE, OTHER].map(|model| cell.absolute_errors(model))));
    let over_all = of_errors([REFERENCE, OTHER].map(|model| shared.absolute_errors(model)));
    of_cell_types.chain([over_all]).collect()
}
