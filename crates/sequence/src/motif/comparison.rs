//! Motifs against a database of motifs: which one is it like, and how likely is that by chance.

use super::PositionWeightMatrix;
use super::null_scores::{NullScores, QueryScores};
use crate::coord::Strand;

/// Columns that two motifs share at least, where both are as long.
const MIN_OVERLAP: usize = 5;

/// How well a motif of the database fits a query where it fits best.
#[derive(Clone, Debug, PartialEq)]
pub struct MotifMatch {
    /// Index of the motif in the database.
    pub target: usize,
    /// The strand of the database's motif that fits.
    pub strand: Strand,
    /// Column of the query under the first column of the target, as it lies; negative where the target begins first.
    pub offset: i64,
    /// Columns that lie on each other.
    pub overlap: usize,
    /// Probability that a motif of the target's length, made of columns of the database in random order, fits as well at
    /// any offset on either strand. For one target; where many are looked through it has to be corrected for that.
    pub p_value: f64,
}

/// A database to compare motifs with, as TOMTOM does.
///
/// * Two columns are alike as far as their Euclidean distance is small.
/// * A query is laid on a target at every offset at which 5 columns, or all of the shorter motif, lie on each other, and
///   on its reverse complement. Each column of the query scores the median of its distances to all columns of the database,
///   on both strands, less its distance to the column under it; a column with nothing under it scores 0, so that short and
///   long overlaps can be compared. The best offset is the one with the highest sum.
/// * Chance is a target whose columns are drawn from the database, on either strand. Scores are counted in steps of a hundredth
///   of their range; for each stretch of query columns the distribution of their sum is the convolution of theirs.
///   With P(k) the probability that offset k scores as high as the best one found, the p-value is 1 - product over all
///   offsets and both strands of (1 - P(k)). Offsets are taken as independent; they share columns, so that p-values are
///   rather too large than too small.
///
/// # Source
///
/// Gupta et al. 2007, <https://doi.org/10.1186/gb-2007-8-2-r24>; that columns without a partner score the median is from
/// Tanaka et al. 2011, <https://doi.org/10.1093/bioinformatics/btr257>. Against the TOMTOM of memelite 0.5, which asks for no
/// least overlap and merges the two strands by their smaller p-value, `tests/golden/tomtom.py` has the agreement.
#[derive(Clone, Debug)]
pub struct MotifComparison<'a> {
    targets: &'a [PositionWeightMatrix],
    /// Columns of all targets as they are, one target after the other.
    forward: Vec<[f64; 4]>,
    /// The same of their reverse complements.
    reverse: Vec<[f64; 4]>,
}

impl<'a> MotifComparison<'a> {
    /// Makes a database ready.
    pub fn new(targets: &'a [PositionWeightMatrix]) -> Self {
        let forward = targets.iter().flat_map(|target| target.columns().to_vec()).collect();
        let reverse = targets.iter().flat_map(|target| target.reverse_complement().columns().to_vec()).collect();
        Self { targets, forward, reverse }
    }

    /// The best fit of each target, in the order of the database.
    pub fn compare(&self, query: &PositionWeightMatrix) -> Vec<MotifMatch> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let scores = QueryScores::new(query.columns(), &self.forward, &self.reverse);
        let null = NullScores::of(&scores);
        let mut first_column = 0;
        let mut matches = Vec::with_capacity(self.targets.len());
        for (index, target) in self.targets.iter().enumerate() {
            let laid = AlignedTarget { query: query.len(), target: target.len(), first_column };
            matches.push(laid.best_match(index, &scores, &null));
            first_column += target.len();
        }
        matches
    }
}

/// A target and where its columns stand in the database.
#[derive(Clone, Copy)]
struct AlignedTarget {
    query: usize,
    target: usize,
    first_column: usize,
}

impl AlignedTarget {
    fn best_match(self, index: usize, scores: &QueryScores, null: &NullScores) -> MotifMatch {
        let sum = |offset: i64, strand: Strand| -> i32 {
            let shared = self.query_columns(offset);
            shared.map(|i| scores.steps(i, self.first_column + (i as i64 - offset) as usize, strand)).sum()
        };
        let placed = [Strand::Forward, Strand::Reverse].into_iter().flat_map(|strand| {
            self.offsets().map(move |offset| (sum(offset, strand), self.query_columns(offset).len(), offset, strand))
        });
        // The first of equals, forward before reverse.
        let best = placed.reduce(|best, next| if (next.0, next.1) > (best.0, best.1) { next } else { best });
        let (score, overlap, offset, strand) = best.expect("two motifs have at least one offset");
        let log_none_as_high: f64 =
            self.offsets().map(|offset| (-null.at_least(self.query_columns(offset), score)).ln_1p()).sum();
        let p_value = -(2.0 * log_none_as_high).exp_m1();
        MotifMatch { target: index, strand, offset, overlap, p_value: p_value.clamp(0.0, 1.0) }
    }

    /// Query columns under the first target column.
    fn offsets(self) -> impl Iterator<Item = i64> {
        let fewest = MIN_OVERLAP.min(self.query).min(self.target) as i64;
        fewest - self.target as i64..=self.query as i64 - fewest
    }

    /// Columns of the query that have a column of the target on them.
    fn query_columns(self, offset: i64) -> std::ops::Range<usize> {
        let end = (offset + self.target as i64).min(self.query as i64);
        offset.max(0) as usize..end as usize
    }
}

#[cfg(test)]
mod tests {
    use rand::seq::SliceRandom;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Motifs of 6 to 14 columns, some sharp and some not.
    fn database(count: usize, seed: u64) -> Vec<PositionWeightMatrix> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut column = move || {
            let column = [0; 4].map(|_| rng.random_range(0.01..1.0f64).powi(6) + 0.002);
            let sum: f64 = column.iter().sum();
            column.map(|value| value / sum)
        };
        (0..count)
            .map(|index| {
                let columns = (0..6 + index % 9).map(|_| column()).collect();
                PositionWeightMatrix::from_probabilities(format!("m{index}"), columns).unwrap()
            })
            .collect()
    }

    fn best(matches: &[MotifMatch]) -> &MotifMatch {
        matches.iter().min_by(|a, b| a.p_value.total_cmp(&b.p_value)).unwrap()
    }

    #[test]
    fn every_motif_finds_itself_on_either_strand_and_within_flanks() {
        let database = database(80, 1);
        let comparison = MotifComparison::new(&database);
        for (index, motif) in database.iter().enumerate() {
            let itself = comparison.compare(motif);
            let found = best(&itself);
            assert_eq!(
                (found.target, found.strand, found.offset, found.overlap),
                (index, Strand::Forward, 0, motif.len())
            );
            assert!(found.p_value < 1e-4, "{}: {}", motif.name(), found.p_value);

            let reverse = comparison.compare(&motif.reverse_complement());
            assert_eq!((best(&reverse).target, best(&reverse).strand), (index, Strand::Reverse));
            // As likely by chance, whichever strand the query is on.
            assert!((itself[index].p_value / reverse[index].p_value - 1.0).abs() < 1e-6);

            let flank = [[0.25; 4]; 4];
            let padded = [&flank[..3], motif.columns(), &flank[..]].concat();
            let padded = comparison.compare(&PositionWeightMatrix::from_probabilities("padded", padded).unwrap());
            assert_eq!((best(&padded).target, best(&padded).offset), (index, 3));
        }
    }

    #[test]
    fn motifs_of_columns_in_random_order_have_even_p_values() {
        let database = database(60, 2);
        let comparison = MotifComparison::new(&database);
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut p_values = Vec::new();
        for motif in &database {
            let mut columns = motif.columns().to_vec();
            columns.shuffle(&mut rng);
            let shuffled = PositionWeightMatrix::from_probabilities("shuffled", columns).unwrap();
            let matches = comparison.compare(&shuffled);
            p_values.extend(matches.iter().map(|found| found.p_value));
        }
        p_values.sort_by(f64::total_cmp);
        let n = p_values.len() as f64;
        let distance = |(index, p): (usize, &f64)| ((index + 1) as f64 / n - p).abs().max((p - index as f64 / n).abs());
        let kolmogorov_smirnov = p_values.iter().enumerate().map(distance).fold(0.0, f64::max);
        let below = p_values.iter().filter(|&&p| p < 0.05).count() as f64 / n;
        assert!(kolmogorov_smirnov < 0.12, "{kolmogorov_smirnov}");
        assert!((0.02..0.08).contains(&below), "{below}");
    }

    #[test]
    fn the_p_value_of_one_column_is_worked_by_hand() {
        // Four targets of one column each; with their reverse complements, A and T stand there three times of eight each,
        // C and G once each. The query A fits A best: a column drawn scores as high with 3 of 8, two strands: 1 - (5/8)^2.
        let letters = ["A", "A", "T", "C"];
        let database: Vec<_> =
            letters.iter().map(|letter| PositionWeightMatrix::from_consensus(*letter, letter).unwrap()).collect();
        let matches = MotifComparison::new(&database).compare(&database[0]);
        for (index, strand) in [(0, Strand::Forward), (2, Strand::Reverse)] {
            assert!((matches[index].p_value - (1.0 - 0.625f64.powi(2))).abs() < 1e-12, "{:?}", matches[index]);
            assert_eq!(matches[index].strand, strand);
        }
        // Every column is at least as near as C.
        assert!((matches[3].p_value - 1.0).abs() < 1e-12);
        assert_eq!(MotifComparison::new(&[]).compare(&database[0]), []);
    }
}
