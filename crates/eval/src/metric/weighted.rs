//! The scores of a bootstrap resample, computed from how often each gene was drawn.
//!
//! A resample is the original genes with whole-number weights, so sorting and centring are done once and each draw is linear in
//! the number of genes. The results equal those of [`crate::metric`] on the resample written out.

use crate::stats::{constant_value, mean, tie_groups};

/// Number of scores that [`WeightedPairs::scores`] answers.
pub(crate) const SCORE_COUNT: usize = 6;

/// Weighted spread below this fraction of the raw sum of squares is rounding.
const ROUNDING_TOLERANCE: f64 = 1e-12;

/// Measured and predicted values of one cell type, made ready for many draws.
pub struct WeightedPairs {
    /// Row of each pair in the list of genes that is resampled.
    genes: Vec<usize>,
    /// Both shifted by the mean of the whole set, which keeps sums of squares small.
    measured: Vec<f64>,
    predicted: Vec<f64>,
    errors: Vec<f64>,
    measured_order: TieOrder,
    predicted_order: TieOrder,
}

impl WeightedPairs {
    /// Prepares the pairs; `genes` holds the row of each pair in the list of genes that is resampled.
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
        let drawn = moments.total > 0.0;
        let r2 = moments.spread_x().map(|spread| 1.0 - squared / spread);
        let [mse, mae] = [squared, absolute].map(|sum| drawn.then(|| sum / moments.total));
        [pearson, self.spearman(&weights), pearson.map(|r| r * r), r2, mse, mae]
    }

    /// Pearson and Spearman.
    pub fn correlations(&self, gene_weights: &[f64]) -> [Option<f64>; 2] {
        let weights = self.pair_weights(gene_weights);
        [Moments::new(&weights, &self.measured, &self.predicted).correlation(), self.spearman(&weights)]
    }

    /// Pearson correlation alone.
    pub fn pearson(&self, gene_weights: &[f64]) -> Option<f64> {
        Moments::new(&self.pair_weights(gene_weights), &self.measured, &self.predicted).correlation()
    }

    /// Average ranks less the middle rank have weighted mean zero, so that their sums of products are their covariances; all are
    /// multiples of a quarter, and exact.
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
    // The mean of equal values may round away from them and leave a spread that is not there.
    let Some(centre) = constant_value(values).or_else(|| mean(values)) else { return Vec::new() };
    values.iter().map(|v| v - centre).collect()
}

/// Pairs in ascending order of one of their values, with the ends of the groups of equal values.
struct TieOrder {
    // u32, since these lists are what every draw walks through, and half as long they stay in the cache.
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

    /// Visits the groups of equal values: their pairs, their weight in the resample and their average rank less the middle rank.
    /// Pairs that were not drawn are visited too, at no weight.
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

/// Weighted sum of squares about the weighted mean, where it is more than rounding.
fn spread(total: f64, sum: f64, squares: f64) -> Option<f64> {
    let about_mean = squares - sum * sum / total;
    (total > 0.0 && about_mean > ROUNDING_TOLERANCE * squares).then_some(about_mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::scores::Scores;

    #[test]
    fn weights_equal_the_resample_written_out() {
        let measured: Vec<f64> = (1..=40).map(|i| f64::from((i * 29) % 17)).collect();
        let predicted: Vec<f64> = (1..=40).map(|i| f64::from((i * 13) % 23) / 2.0).collect();
        let weights: Vec<f64> = (1..=40).map(|i| f64::from((i * 7) % 4)).collect();
        let write_out = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(&weights).flat_map(|(v, w)| std::iter::repeat_n(*v, *w as usize)).collect()
        };
        let expected = Scores::new(&write_out(&measured), &write_out(&predicted));
        let all: Vec<usize> = (0..40).collect();
        let got = WeightedPairs::new(&all, &measured, &predicted).scores(&weights);
        let expected =
            [expected.pearson, expected.spearman, expected.r2_pearson, expected.r2, expected.mse, expected.mae];
        for (got, expected) in got.iter().zip(expected) {
            assert!((got.expect("defined") - expected.expect("defined")).abs() < 1e-12, "{got:?} {expected:?}");
        }
    }

    #[test]
    fn a_resample_of_one_gene_alone_has_no_correlation() {
        let pairs = WeightedPairs::new(&[0, 1, 2], &[0.3, 1.7, 2.9], &[1.0, 0.1, 0.7]);
        let scores = pairs.scores(&[0.0, 3.0, 0.0]);
        assert_eq!((scores[0], scores[1], scores[3]), (None, None, None));
        assert!((scores[5].expect("an error exists") - 1.6).abs() < 1e-12);
        assert_eq!(pairs.scores(&[0.0; 3]), [None; SCORE_COUNT]);
    }

    #[test]
    fn constant_predictions_have_no_correlation_in_any_draw() {
        let pairs = WeightedPairs::new(&[0, 1, 2], &[0.3, 1.7, 2.9], &[0.1; 3]);
        assert_eq!(pairs.pearson(&[1.0, 1.0, 1.0]), None);
        assert_eq!(pairs.pearson(&[2.0, 1.0, 0.0]), None);
    }
}
