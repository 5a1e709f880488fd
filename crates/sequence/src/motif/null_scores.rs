//! Column scores of a query, and the null distribution of their sums.

use std::ops::Range;

use crate::coord::Strand;

/// Number of steps into which the range of scores is divided.
const STEPS: f64 = 100.0;

/// Scores of each query column with each column of the database, in steps.
pub(super) struct QueryScores {
    /// Scores by query column, then by database column: forward strand, then reverse strand.
    steps: Vec<Vec<i32>>,
    /// Number of database columns on one strand.
    columns: usize,
}

impl QueryScores {
    pub(super) fn new(query: &[[f64; 4]], forward: &[[f64; 4]], reverse: &[[f64; 4]]) -> Self {
        let scores: Vec<Vec<f64>> = query.iter().map(|column| scores_of(column, forward, reverse)).collect();
        let all = || scores.iter().flatten().copied();
        let range = all().fold(f64::MIN, f64::max) - all().fold(f64::MAX, f64::min);
        // If all distances are equal, there is a single score.
        let step = if range > 0.0 { range / STEPS } else { 1.0 };
        let in_steps = |scores: &Vec<f64>| scores.iter().map(|score| (score / step).round() as i32).collect();
        Self { steps: scores.iter().map(in_steps).collect(), columns: forward.len() }
    }

    /// Score of a query column with a database column.
    pub(super) fn steps(&self, query_column: usize, column: usize, strand: Strand) -> i32 {
        let first = if strand == Strand::Forward { 0 } else { self.columns };
        self.steps[query_column][first + column]
    }
}

/// Median distance minus the distance to each column, on the forward and then on the reverse strand.
fn scores_of(query: &[f64; 4], forward: &[[f64; 4]], reverse: &[[f64; 4]]) -> Vec<f64> {
    let distance = |column: &[f64; 4]| {
        let squares = query.iter().zip(column).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f64>().sqrt()
    };
    let distances: Vec<f64> = forward.iter().chain(reverse).map(distance).collect();
    let mut sorted = distances.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    // Two strands give an even number of columns.
    let median = f64::midpoint(sorted[middle - 1], sorted[middle]);
    distances.into_iter().map(|distance| median - distance).collect()
}

/// Null distributions of the summed scores of consecutive query columns.
pub(super) struct NullScores {
    query: usize,
    /// Distributions by first column, then by number of columns minus one.
    sums: Vec<Vec<TailProbabilities>>,
}

/// Tail probabilities: `tail[i]` is the probability of a score of at least `lowest + i`.
struct TailProbabilities {
    lowest: i32,
    tail: Vec<f64>,
}

impl NullScores {
    pub(super) fn of(scores: &QueryScores) -> Self {
        let columns: Vec<Distribution> = scores.steps.iter().map(|steps| Distribution::of(steps)).collect();
        let from = |first: usize| {
            let mut sum = Distribution { lowest: 0, probabilities: vec![1.0] };
            let longer = columns[first..].iter().map(|column| {
                sum = sum.plus(column);
                sum.tail()
            });
            longer.collect()
        };
        Self { query: columns.len(), sums: (0..columns.len()).map(from).collect() }
    }

    /// Probability that random columns aligned to `query_columns` score at least `score`.
    pub(super) fn at_least(&self, query_columns: Range<usize>, score: i32) -> f64 {
        assert!(
            query_columns.start < query_columns.end && query_columns.end <= self.query,
            "the range must be non-empty and within the query"
        );
        let sum = &self.sums[query_columns.start][query_columns.len() - 1];
        match usize::try_from(score - sum.lowest) {
            Ok(index) => sum.tail.get(index).copied().unwrap_or(0.0).min(1.0),
            Err(_) => 1.0,
        }
    }
}

/// Score distribution: `probabilities[i]` is the probability of `lowest + i`.
struct Distribution {
    lowest: i32,
    probabilities: Vec<f64>,
}

impl Distribution {
    /// Distribution with equal weight for each of the given scores.
    fn of(steps: &[i32]) -> Self {
        let lowest = steps.iter().copied().min().unwrap_or(0);
        let highest = steps.iter().copied().max().unwrap_or(0);
        let mut probabilities = vec![0.0; (highest - lowest + 1) as usize];
        for &score in steps {
            probabilities[(score - lowest) as usize] += 1.0 / steps.len() as f64;
        }
        Self { lowest, probabilities }
    }

    fn plus(&self, other: &Self) -> Self {
        let mut probabilities = vec![0.0; self.probabilities.len() + other.probabilities.len() - 1];
        for (above, &probability) in
            other.probabilities.iter().enumerate().filter(|(_, probability)| **probability > 0.0)
        {
            let shifted = probabilities[above..].iter_mut().zip(&self.probabilities);
            shifted.for_each(|(sum, own)| *sum += own * probability);
        }
        Self { lowest: self.lowest + other.lowest, probabilities }
    }

    fn tail(&self) -> TailProbabilities {
        let mut tail = self.probabilities.clone();
        let mut sum = 0.0;
        for probability in tail.iter_mut().rev() {
            sum += *probability;
            *probability = sum;
        }
        TailProbabilities { lowest: self.lowest, tail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_scores_two_columns_match_hand_computation() {
        // 0 or 2 plus -1 or 1 gives -1, 1, 1 and 3 with equal probability.
        let scores = QueryScores { steps: vec![vec![0, 2], vec![-1, 1]], columns: 1 };
        let null = NullScores::of(&scores);
        let tail: Vec<f64> = (-2..5).map(|score| null.at_least(0..2, score)).collect();
        assert_eq!(tail, [1.0, 1.0, 0.75, 0.75, 0.25, 0.25, 0.0]);
        assert_eq!((null.at_least(1..2, 0), null.at_least(0..1, 1)), (0.5, 0.5));
        assert_eq!(scores.steps(1, 0, Strand::Reverse), 1);
    }

    #[test]
    fn query_scores_are_median_minus_distance() {
        let [a, t] = [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
        // The distances are 0 and sqrt(2); their median is the midpoint.
        let scores = scores_of(&a, &[a], &[t]);
        assert!((scores[0] - 0.5f64.sqrt()).abs() < 1e-12 && (scores[1] + 0.5f64.sqrt()).abs() < 1e-12);
        let steps = QueryScores::new(&[a], &[a], &[t]);
        assert_eq!((steps.steps(0, 0, Strand::Forward), steps.steps(0, 0, Strand::Reverse)), (50, -50));
        assert_eq!(QueryScores::new(&[[0.25; 4]], &[a], &[t]).steps(0, 0, Strand::Forward), 0);
    }
}
