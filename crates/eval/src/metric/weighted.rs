//! Scores of a bootstrap resample, computed from how often each gene occurs in it.
//!
//! A resample equals the original genes with whole-number weights. Sorting and centring are therefore done once, and each resample
//! takes time linear in the number of genes. The results equal those of [`crate::metric`] on the expanded resample.

use crate::stats::{constant_value, mean, tie_groups};

/// Number of scores that [`WeightedPairs::scores`] returns.
pub(crate) const SCORE_COUNT: usize = 6;

/// Weighted sum of squares below this fraction of the raw one counts as rounding error.
const ROUNDING_TOLERANCE: f64 = 1e-12;

/// Measured and predicted values of one cell type, prepared for many resamples.
///
/// # Examples
///
/// ```
/// use tatabox_eval::{WeightedPairs, pearson};
///
/// let pairs = WeightedPairs::new(&[0, 1, 2, 3], &[1.0, 2.0, 3.0, 5.0], &[1.0, 3.0, 2.0, 6.0]);
/// // A resample with the first gene twice and without the third.
/// let r = pairs.pearson(&[2.0, 1.0, 0.0, 1.0]).expect("both vary");
/// let expanded = pearson(&[1.0, 1.0, 2.0, 5.0], &[1.0, 1.0, 3.0, 6.0]).expect("both vary");
/// assert!((r - expanded).abs() < 1e-12);
/// ```
pub struct WeightedPairs {
    /// Index of the gene of each pair in the list of resampled genes.
    genes: Vec<usize>,
    /// Measured and predicted values minus the mean of the whole set, which keeps sums of squares small.
    measured: Vec<f64>,
    predicted: Vec<f64>,
    errors: Vec<f64>,
    measured_order: TieOrder,
    predicted_order: TieOrder,
}

impl WeightedPairs {
    /// Prepares the pairs; `genes` holds the index of the gene of each pair in the list of resampled genes.
    pub fn new(genes: &[usize], measured: &[f64], predicted: &[f64]) -> Self {
        Self {
            genes: genes.to_vec(),
            measured: centred(measured),
            predicted: centred(predicted),
            errors: measured.iter().zip(predicted).map(|(m, p)| m - p).collect(),
            measured_order: TieOrder::new(measured),
            predicted_order: TieOrder::new(predicted),
        }
    }

    /// Pearson, Spearman, squared Pearson, R2, MSE and MAE of the resample.
    pub fn scores(&self, gene_weights: &[f64]) -> [Option<f64>; SCORE_COUNT] {
        let weights = self.pair_weights(gene_weights);
        let moments = Moments::new(&weights, &self.measured, &self.predicted);
        let pearson = moments.correlation();
        let (mut squared, mut absolute) = (0.0, 0.0);
        for (weight, error) in weights.iter().zip(&self.errors) {
            squared += weight * error * error;
            absolute += weight * error.abs();
        }
        let has_weight = moments.total > 0.0;
        let r2 = moments.spread_x().map(|spread| 1.0 - squared / spread);
        let [mse, mae] = [squared, absolute].map(|sum| has_weight.then(|| sum / moments.total));
        [pearson, self.spearman(&weights), pearson.map(|r| r * r), r2, mse, mae]
    }

    /// Pearson and Spearman correlation of the resample.
    pub fn correlations(&self, gene_weights: &[f64]) -> [Option<f64>; 2] {
        let weights = self.pair_weights(gene_weights);
        [Moments::new(&weights, &self.measured, &self.predicted).correlation(), self.spearman(&weights)]
    }

    /// Pearson correlation of the resample.
    pub fn pearson(&self, gene_weights: &[f64]) -> Option<f64> {
        Moments::new(&self.pair_weights(gene_weights), &self.measured, &self.predicted).correlation()
    }

    /// Spearman correlation from average ranks minus the middle rank.
    ///
    /// These ranks have a weighted mean of zero, so their sums of products are covariances. All are multiples of a quarter and
    /// therefore exact.
    fn spearman(&self, weights: &[f64]) -> Option<f64> {
        let mut measured_ranks = vec![0.0; weights.len()];
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        self.measured_order.for_each_tie(weights, |ties, weight, rank| {
            for &pair in ties {
                measured_ranks[pair as usize] = rank;
            }
            xx += weight * rank * rank;
        });
        self.predicted_order.for_each_tie(weights, |ties, weight, rank| {
            let of_ties: f64 = ties.iter().map(|&pair| weights[pair as usize] * measured_ranks[pair as usize]).sum();
            xy += rank * of_ties;
            yy += weight * rank * rank;
        });
        (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
    }

    fn pair_weights(&self, gene_weights: &[f64]) -> Vec<f64> {
        self.genes.iter().map(|&gene| gene_weights[gene]).collect()
    }
}

fn centred(values: &[f64]) -> Vec<f64> {
    // The mean of equal values may differ from them by rounding, which would leave a spurious spread.
    let Some(centre) = constant_value(values).or_else(|| mean(values)) else { return Vec::new() };
    values.iter().map(|v| v - centre).collect()
}

/// Order of the pairs by one of their values, with the ends of the groups of equal values.
struct TieOrder {
    // u32, because every resample traverses these lists, and half the size keeps them in the cache.
    order: Vec<u32>,
    ends: Vec<u32>,
}

impl TieOrder {
    fn new(values: &[f64]) -> Self {
        let groups = tie_groups(values);
        let ends = groups.iter().scan(0, |end, group| {
            *end += group.len() as u32;
            Some(*end)
        });
        Self { ends: ends.collect(), order: groups.iter().flatten().map(|&pair| pair as u32).collect() }
    }

    /// Visits the groups of equal values with their pairs, their weight in the resample and their average rank minus the middle
    /// rank. Pairs that are not in the resample are visited with weight zero.
    fn for_each_tie(&self, weights: &[f64], mut visit: impl FnMut(&[u32], f64, f64)) {
        let middle = weights.iter().sum::<f64>() / 2.0;
        let (mut before, mut start) = (0.0, 0);
        for &end in &self.ends {
            let ties = &self.order[start..end as usize];
            let weight: f64 = ties.iter().map(|&pair| weights[pair as usize]).sum();
            visit(ties, weight, before + weight / 2.0 - middle);
            before += weight;
            start = end as usize;
        }
    }
}

#[derive(Default)]
struct Moments {
    total: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Moments {
    fn new(weights: &[f64], x: &[f64], y: &[f64]) -> Self {
        let mut sums = Self::default();
        for ((&w, &x), &y) in weights.iter().zip(x).zip(y) {
            sums.total += w;
            sums.x += w * x;
            sums.y += w * y;
            sums.xx += w * x * x;
            sums.yy += w * y * y;
            sums.xy += w * x * y;
        }
        sums
    }

    fn spread_x(&self) -> Option<f64> {
        spread(self.total, self.x, self.xx)
    }

    fn correlation(&self) -> Option<f64> {
        let (x, y) = (self.spread_x()?, spread(self.total, self.y, self.yy)?);
        Some(((self.xy - self.x * self.y / self.total) / (x * y).sqrt()).clamp(-1.0, 1.0))
    }
}

/// Weighted sum of squares about the weighted mean; `None` if it is only rounding error.
fn spread(total: f64, sum: f64, squares: f64) -> Option<f64> {
    let about_mean = squares - sum * sum / total;
    (total > 0.0 && about_mean > ROUNDING_TOLERANCE * squares).then_some(about_mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::scores::Scores;

    #[test]
    fn weighted_scores_match_the_expanded_resample() {
        let measured: Vec<f64> = (1..=40).map(|i| f64::from((i * 29) % 17)).collect();
        let predicted: Vec<f64> = (1..=40).map(|i| f64::from((i * 13) % 23) / 2.0).collect();
        let weights: Vec<f64> = (1..=40).map(|i| f64::from((i * 7) % 4)).collect();
        let expand = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(&weights).flat_map(|(v, w)| std::iter::repeat_n(*v, *w as usize)).collect()
        };
        let expected = Scores::new(&expand(&measured), &expand(&predicted));
        let all: Vec<usize> = (0..40).collect();
        let got = WeightedPairs::new(&all, &measured, &predicted).scores(&weights);
        let expected =
            [expected.pearson, expected.spearman, expected.r2_pearson, expected.r2, expected.mse, expected.mae];
        for (got, expected) in got.iter().zip(expected) {
            assert!((got.expect("defined") - expected.expect("defined")).abs() < 1e-12, "{got:?} {expected:?}");
        }
    }

    #[test]
    fn weighted_resample_of_one_gene_has_no_correlation() {
        let pairs = WeightedPairs::new(&[0, 1, 2], &[0.3, 1.7, 2.9], &[1.0, 0.1, 0.7]);
        let scores = pairs.scores(&[0.0, 3.0, 0.0]);
        assert_eq!((scores[0], scores[1], scores[3]), (None, None, None));
        assert!((scores[5].expect("an error exists") - 1.6).abs() < 1e-12);
        assert_eq!(pairs.scores(&[0.0; 3]), [None; SCORE_COUNT]);
    }

    #[test]
    fn weighted_constant_predictions_have_no_correlation_in_any_resample() {
        let pairs = WeightedPairs::new(&[0, 1, 2], &[0.3, 1.7, 2.9], &[0.1; 3]);
        assert_eq!(pairs.pearson(&[1.0, 1.0, 1.0]), None);
        assert_eq!(pairs.pearson(&[2.0, 1.0, 0.0]), None);
    }
}
