//! All scores of one model in one split, for the original genes and for bootstrap resamples.

use super::gene_matrix::{CellTypePairs, GeneMatrix};
use super::gene_profiles::GeneProfiles;
use super::metric_table::Metric;
use super::scope::Scope;
use super::scores::{self, Scores};
use super::weighted::WeightedPairs;
use crate::stats::mean;

pub(crate) const METRIC_COUNT: usize = Metric::ALL.len();
/// Values of [`Metric::ALL`], in that order.
pub(crate) type Values = [Option<f64>; METRIC_COUNT];

/// Values to score, by scope: every cell type, then their mean, then all of them pooled.
pub(crate) struct ScoredMatrix {
    genes: usize,
    cell_types: Vec<ScopePairs>,
    pooled: ScopePairs,
    profiles: GeneProfiles,
}

/// Scope of a row and the number of values that it covers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScopeCounts {
    pub(crate) scope: Scope,
    pub(crate) n: usize,
    pub(crate) n_excluded: usize,
    pub(crate) n_cross_cell_type: usize,
    pub(crate) n_gene_pearson: usize,
}

impl ScoredMatrix {
    pub(crate) fn new(matrix: &GeneMatrix) -> Self {
        let residuals = matrix.centred_across_cell_types();
        Self {
            genes: matrix.genes.len(),
            pooled: ScopePairs {
                pairs: CellTypePairs::pooled(&matrix.cell_types),
                residuals: CellTypePairs::pooled(&residuals),
            },
            profiles: GeneProfiles::new(matrix),
            cell_types: matrix
                .cell_types
                .iter()
                .cloned()
                .zip(residuals)
                .map(|(pairs, residuals)| ScopePairs { pairs, residuals })
                .collect(),
        }
    }

    pub(crate) fn counts(&self) -> Vec<ScopeCounts> {
        let counts = |scope: Scope, n: usize, of: usize, n_cross_cell_type: usize| ScopeCounts {
            scope,
            n,
            n_excluded: of - n,
            n_cross_cell_type,
            n_gene_pearson: 0,
        };
        let specific = |scope: &ScopePairs| scope.residuals.genes.len();
        let of_cell_type = |cell: &ScopePairs| {
            let scope = Scope::CellType(cell.pairs.cell_type.clone());
            counts(scope, cell.pairs.genes.len(), self.genes, specific(cell))
        };
        let mut all: Vec<ScopeCounts> = self.cell_types.iter().map(of_cell_type).collect();
        let widest = self.cell_types.iter().map(specific).max().unwrap_or(0);
        let mean = counts(Scope::Mean, self.genes, self.genes, widest);
        all.push(ScopeCounts { n_gene_pearson: self.profiles.len(), ..mean });
        let pairs = self.genes * self.cell_types.len();
        all.push(counts(Scope::Pooled, self.pooled.pairs.genes.len(), pairs, specific(&self.pooled)));
        all
    }

    pub(crate) fn values(&self) -> Vec<Values> {
        let every_gene_once = vec![1.0; self.genes];
        let cell_types = self.cell_types.iter().map(ScopePairs::values).collect();
        of_scopes(cell_types, self.pooled.values(), self.profiles.median(&every_gene_once))
    }

    /// The values prepared for resampling.
    pub(crate) fn weighted(&self) -> WeightedMatrix<'_> {
        WeightedMatrix {
            cell_types: self.cell_types.iter().map(WeightedScope::new).collect(),
            pooled: WeightedScope::new(&self.pooled),
            profiles: &self.profiles,
        }
    }
}

/// Scores of bootstrap resamples.
pub(crate) struct WeightedMatrix<'a> {
    cell_types: Vec<WeightedScope>,
    pooled: WeightedScope,
    profiles: &'a GeneProfiles,
}

impl WeightedMatrix<'_> {
    /// Scores of a resample in which each gene occurs `weights` times.
    pub(crate) fn values(&self, weights: &[f64]) -> Vec<Values> {
        let cell_types = self.cell_types.iter().map(|cell| cell.values(weights)).collect();
        of_scopes(cell_types, self.pooled.values(weights), self.profiles.median(weights))
    }
}

/// Values in row order: cell types, their mean, pooled.
fn of_scopes(mut cell_types: Vec<Values>, pooled: Values, gene_pearson_median: Option<f64>) -> Vec<Values> {
    let mut mean = mean_values(&cell_types);
    mean[Metric::GenePearsonMedian as usize] = gene_pearson_median;
    cell_types.extend([mean, pooled]);
    cell_types
}

/// The mean over cell types of each score that is defined in all of them.
fn mean_values(cell_types: &[Values]) -> Values {
    std::array::from_fn(|score| {
        let defined: Option<Vec<f64>> = cell_types.iter().map(|values| values[score]).collect();
        mean(&defined?)
    })
}

/// Pairs of a scope, and the residuals with each gene centred across cell types.
struct ScopePairs {
    pairs: CellTypePairs,
    residuals: CellTypePairs,
}

impl ScopePairs {
    fn values(&self) -> Values {
        let Scores { pearson, spearman, r2_pearson, r2, mse, mae, .. } =
            Scores::new(&self.pairs.measured, &self.pairs.predicted);
        let (measured, predicted) = (&self.residuals.measured, &self.residuals.predicted);
        let specific = [scores::pearson(measured, predicted), scores::spearman(measured, predicted)];
        in_order([pearson, spearman, r2_pearson, r2, mse, mae], specific)
    }
}

/// [`ScopePairs`] prepared for resampling.
struct WeightedScope {
    pairs: WeightedPairs,
    residuals: WeightedPairs,
}

impl WeightedScope {
    fn new(scope: &ScopePairs) -> Self {
        let ready = |pairs: &CellTypePairs| WeightedPairs::new(&pairs.genes, &pairs.measured, &pairs.predicted);
        Self { pairs: ready(&scope.pairs), residuals: ready(&scope.residuals) }
    }

    fn values(&self, weights: &[f64]) -> Values {
        in_order(self.pairs.scores(weights), self.residuals.correlations(weights))
    }
}

/// Scores in the order of [`Metric::ALL`].
fn in_order(scores: [Option<f64>; 6], specific: [Option<f64>; 2]) -> Values {
    let [pearson, spearman, r2_pearson, r2, mse, mae] = scores;
    let [specific_pearson, specific_spearman] = specific;
    [pearson, spearman, r2_pearson, r2, mse, mae, specific_pearson, specific_spearman, None]
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::{PredictionTable, Split};

    use super::*;
    use crate::metric::row;

    fn scored() -> ScoredMatrix {
        let mut rows = Vec::new();
        for gene in 0..30 {
            for (index, cell_type) in ["K562", "HepG2", "A549"].into_iter().enumerate() {
                let measured = f64::from((gene * 7 + index as i32 * 5) % 13);
                if (gene, index) != (4, 2) {
                    rows.push(row(
                        &format!("G{gene:02}"),
                        cell_type,
                        "cnn",
                        measured,
                        f64::from((gene * 11) % 17) - measured,
                    ));
                }
            }
        }
        ScoredMatrix::new(&GeneMatrix::new(&PredictionTable { rows }, "cnn", Split::Test))
    }

    #[test]
    fn scored_matrix_counts_genes_by_cell_type_and_pairs_if_pooled() {
        let counts: Vec<_> = scored()
            .counts()
            .into_iter()
            .map(|c| (c.scope.to_string(), c.n, c.n_excluded, c.n_cross_cell_type, c.n_gene_pearson))
            .collect();
        let expected = [("K562", 30, 0, 30, 0), ("HepG2", 30, 0, 30, 0), ("A549", 29, 1, 29, 0)];
        let expected = expected.into_iter().chain([("mean", 30, 0, 30, 29), ("pooled", 89, 1, 89, 0)]);
        assert_eq!(counts, expected.map(|(name, a, b, c, d)| (name.to_owned(), a, b, c, d)).collect::<Vec<_>>());
    }

    #[test]
    fn scored_matrix_unit_weights_match_the_original_genes() {
        let scored = scored();
        let resampled = scored.weighted().values(&[1.0; 30]);
        for (resampled, plain) in resampled.iter().flatten().zip(scored.values().iter().flatten()) {
            assert_eq!(resampled.is_some(), plain.is_some());
            assert!((resampled.unwrap_or(0.0) - plain.unwrap_or(0.0)).abs() < 1e-12, "{resampled:?} {plain:?}");
        }
        let mean = &scored.values()[3];
        assert!(mean.iter().all(Option::is_some), "{mean:?}");
    }
}
