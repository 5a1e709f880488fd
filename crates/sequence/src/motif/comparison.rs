//! Comparison of motifs with a database: the best alignment of each pair and its p-value.

use super::PositionWeightMatrix;
use super::null_scores::{NullScores, QueryScores};
use crate::coord::Strand;

/// Smallest overlap of two motifs, in columns, if both are as long.
const MIN_OVERLAP: usize = 5;

/// Best alignment of a database motif to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct MotifMatch {
    /// Index of the motif in the database.
    pub target: usize,
    /// Strand of the database motif in the alignment.
    pub strand: Strand,
    /// Query column aligned to the first column of the target; negative if the target starts first.
    pub offset: i64,
    /// Number of aligned columns.
    pub overlap: usize,
    /// Probability that a motif of the target's length with random columns of the database aligns as well at any offset
    /// on either strand. Not corrected for the number of targets.
    pub p_value: f64,
}

/// Motif database for comparison in the manner of TOMTOM.
///
/// * The distance of two columns is Euclidean.
/// * A query is aligned to a target and to its reverse complement at every offset with at least 5 aligned columns, or
///   all columns of the shorter motif. Each query column scores the median of its distances to all columns of the
///   database on both strands minus its distance to the aligned column. A column without a partner scores 0, so that
///   short and long overlaps are comparable. The best offset has the highest sum.
/// * The null model is a target with columns sampled from the database, on either strand. Scores are discretised to a
///   hundredth of their range; for each range of query columns, the distribution of the sum is the convolution of the
///   column distributions. With P(k) the probability that offset k reaches the best score, the p-value is 1 - product
///   over all offsets and both strands of (1 - P(k)). Offsets are treated as independent although they share columns,
///   so p-values tend to be too large rather than too small.
///
/// # Source
///
/// Gupta et al. 2007, <https://doi.org/10.1186/gb-2007-8-2-r24>; the score of columns without a partner is that of
/// Tanaka et al. 2011, <https://doi.org/10.1093/bioinformatics/btr257>. `tests/golden/tomtom.py` compares with memelite
/// 0.5, which has no minimum overlap and takes the smaller p-value of the two strands.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{MotifComparison, PositionWeightMatrix, Strand};
///
/// let database = [("GATA", "AGATAAGG"), ("TATA", "TATAAAAG")]
///     .map(|(name, letters)| PositionWeightMatrix::from_consensus(name, letters).expect("IUPAC letters"));
/// let query = PositionWeightMatrix::from_consensus("query", "CCTTATCT")?;
/// let matches = MotifComparison::new(&database).compare(&query);
/// // The query is the reverse complement of the GATA motif.
/// assert_eq!((matches[0].strand, matches[0].offset, matches[0].overlap), (Strand::Reverse, 0, 8));
/// assert!(matches[0].p_value < matches[1].p_value);
/// # Ok::<(), tatabox_sequence::InvalidMotif>(())
/// ```
#[derive(Clone, Debug)]
pub struct MotifComparison<'a> {
    targets: &'a [PositionWeightMatrix],
    /// Forward columns of all targets, concatenated.
    forward: Vec<[f64; 4]>,
    /// Columns of their reverse complements, concatenated.
    reverse: Vec<[f64; 4]>,
}

impl<'a> MotifComparison<'a> {
    /// Database of the given motifs.
    pub fn new(targets: &'a [PositionWeightMatrix]) -> Self {
        let forward = targets.iter().flat_map(|target| target.columns().to_vec()).collect();
        let reverse = targets.iter().flat_map(|target| target.reverse_complement().columns().to_vec()).collect();
        Self { targets, forward, reverse }
    }

    /// Best alignment of each target to `query`, in the order of the database.
    pub fn compare(&self, query: &PositionWeightMatrix) -> Vec<MotifMatch> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let scores = QueryScores::new(query.columns(), &self.forward, &self.reverse);
        let null = NullScores::of(&scores);
        let mut first_column = 0;
        let mut matches = Vec::with_capacity(self.targets.len());
        for (index, target) in self.targets.iter().enumerate() {
            let aligned = AlignedTarget { query: query.len(), target: target.len(), first_column };
            matches.push(aligned.best_match(index, &scores, &null));
            first_column += target.len();
        }
        matches
    }
}

/// Alignment of a query and a target, with the position of the target's columns in the database.
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
        let alignments = [Strand::Forward, Strand::Reverse].into_iter().flat_map(|strand| {
            self.offsets().map(move |offset| (sum(offset, strand), self.query_columns(offset).len(), offset, strand))
        });
        // The first of ties, forward before reverse.
        let best = alignments.reduce(|best, next| if (next.0, next.1) > (best.0, best.1) { next } else { best });
        let (score, overlap, offset, strand) = best.expect("two motifs have at least one offset");
        let log_none_as_high: f64 =
            self.offsets().map(|offset| (-null.at_least(self.query_columns(offset), score)).ln_1p()).sum();
        let p_value = -(2.0 * log_none_as_high).exp_m1();
        MotifMatch { target: index, strand, offset, overlap, p_value: p_value.clamp(0.0, 1.0) }
    }

    /// Query columns that can be aligned to the first target column.
    fn offsets(self) -> impl Iterator<Item = i64> {
        let fewest = MIN_OVERLAP.min(self.query).min(self.target) as i64;
        fewest - self.target as i64..=self.query as i64 - fewest
    }

    /// Query columns aligned to a target column.
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

    /// Motifs of 6 to 14 columns with different information content.
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
    fn compare_motif_finds_itself_on_both_strands_and_with_flanks() {
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
            // The p-value does not depend on the strand of the query.
            assert!((itself[index].p_value / reverse[index].p_value - 1.0).abs() < 1e-6);

            let flank = [[0.25; 4]; 4];
            let padded = [&flank[..3], motif.columns(), &flank[..]].concat();
            let padded = comparison.compare(&PositionWeightMatrix::from_probabilities("padded", padded).unwrap());
            assert_eq!((best(&padded).target, best(&padded).offset), (index, 3));
        }
    }

    #[test]
    fn compare_shuffled_motifs_have_uniform_p_values() {
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
    fn compare_single_column_p_value_matches_hand_computation() {
        // Four targets of one column each. Together with their reverse complements, A and T occur three times of eight
        // each, C and G once each. The query A aligns best to A: a sampled column scores as high with probability 3/8,
        // on two strands 1 - (5/8)^2.
        let letters = ["A", "A", "T", "C"];
        let database: Vec<_> =
            letters.iter().map(|letter| PositionWeightMatrix::from_consensus(*letter, letter).unwrap()).collect();
        let matches = MotifComparison::new(&database).compare(&database[0]);
        for (index, strand) in [(0, Strand::Forward), (2, Strand::Reverse)] {
            assert!((matches[index].p_value - (1.0 - 0.625f64.powi(2))).abs() < 1e-12, "{:?}", matches[index]);
            assert_eq!(matches[index].strand, strand);
        }
        // Every column is at least as close as C.
        assert!((matches[3].p_value - 1.0).abs() < 1e-12);
        assert_eq!(MotifComparison::new(&[]).compare(&database[0]), []);
    }
}
