//! Every score of one model in one split, for the genes as they are and for resamples of them.

use super::gene_matrix::{CellTypePairs, GeneMatrix};
use super::gene_profiles::GeneProfiles;
use super::metric_table::Metric;
use super::scope::Scope;
use super::scores::{self, Scores};
use super::weighted::WeightedPairs;
use crate::stats::mean;

pub(crate) const METRIC_COUNT: usize = Metric::ALL.len();
/// One value for each of [`Metric::ALL`].
pub(crate) type Values = [Option<f64>; METRIC_COUNT];

/// The values of each scope: every cell type, then their mean, then all of them pooled.
pub(crate) struct ScoredMatrix {
    genes: usize,
    cells: Vec<ScopePairs>,
    pooled: ScopePairs,
    profiles: GeneProfiles,
}

/// Who a row is over, and how many values it has.
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
                pairs: CellTypePairs::pooled(&matrix.cells),
                residuals: CellTypePairs::pooled(&residuals),
            },
            profiles: GeneProfiles::new(matrix),
            cells: matrix
                .cells
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
        let of_cell = |cell: &ScopePairs| {
            let scope = Scope::CellType(cell.pairs.cell_type.clone());
            counts(scope, cell.pairs.genes.len(), self.genes, specific(cell))
        };
        let mut all: Vec<ScopeCounts> = self.cells.iter().map(of_cell).collect();
        let widest = self.cells.iter().map(specific).max().unwrap_or(0);
        let mean = counts(Scope::Mean, self.genes, self.genes, widest);
        all.push(ScopeCounts { n_gene_pearson: self.profiles.len(), ..mean });
        let pairs = self.genes * self.cells.len();
        all.push(counts(Scope::Pooled, self.pooled.pairs.genes.len(), pairs, specific(&self.pooled)));
        all
    }

    pub(crate) fn values(&self) -> Vec<Values> {
        let every_gene_once = vec![1.0; self.genes];
        let cells = self.cells.iter().map(ScopePairs::values).collect();
        of_scopes(cells, self.pooled.values(), self.profiles.median(&every_gene_once))
    }

    /// The same made ready for resampling.
    pub(crate) fn weighted(&self) -> WeightedMatrix<'_> {
        WeightedMatrix {
            cells: self.cells.iter().map(WeightedScope::new).collect(),
            pooled: WeightedScope::new(&self.pooled),
            profiles: &self.profiles,
        }
    }
}

/// Computes the values of resamples.
pub(crate) struct WeightedMatrix<'a> {
    cells: Vec<WeightedScope>,
    pooled: WeightedScope,
    profiles: &'a GeneProfiles,
}

impl WeightedMatrix<'_> {
    /// The values where each gene occurs as often as `weights` says.
    pub(crate) fn values(&self, weights: &[f64]) -> Vec<Values> {
        let cells = self.cells.iter().map(|cell| cell.values(weights)).collect();
        of_scopes(cells, self.pooled.values(weights), self.profiles.median(weights))
    }
}

/// Cell types, their mean, pooled.
fn of_scopes(mut cells: Vec<Values>, pooled: Values, gene_pearson_median: Option<f64>) -> Vec<Values> {
    let mut mean = mean_values(&cells);
    mean[Metric::GenePearsonMedian as usize] = gene_pearson_median;
    cells.extend([mean, pooled]);
    cells
}

/// The mean over cell types of each score, where every cell type has it.
fn mean_values(cells: &[Values]) -> Values {
    std::array::from_fn(|score| {
        let defined: Option<Vec<f64>> = cells.iter().map(|values| values[score]).collect();
        mean(&defined?)
    })
}

/// The pairs of a scope, and what is left of them when each gene is centred across cell types.
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

/// The same made ready for resampling.
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

/// Values in the order of [`Metric::ALL`].
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
    fn counts_are_genes_in_cell_types_and_pairs_when_pooled() {
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
    fn a_resample_with_every_gene_once_has_the_values_of_the_genes() {
        let scored = scored();
        let drawn = scored.weighted().values(&[1.0; 30]);
        for (drawn, plain) in drawn.iter().flatten().zip(scored.values().iter().flatten()) {
            assert_eq!(drawn.is_some(), plain.is_some());
            assert!((drawn.unwrap_or(0.0) - plain.unwrap_or(0.0)).abs() < 1e-12, "{drawn:?} {plain:?}");
        }
        let mean = &scored.values()[3];
        assert!(mean.iter().all(Option::is_some), "{mean:?}");
    }
}
