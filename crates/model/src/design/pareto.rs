//! Pareto front of the number of edits and the objective.

use std::collections::BTreeMap;

use super::edit::BaseEdit;

/// Sequence visited by a search.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignPoint {
    /// Round or generation; 0 for the start.
    pub round: usize,
    /// Differences from the start, by index.
    pub difference: Vec<BaseEdit>,
    /// Objective.
    pub objective: f64,
    /// log2(TPM + 1) per cell type.
    pub log2_tpm: Vec<f64>,
}

impl DesignPoint {
    /// Number of bases that differ from the start.
    pub fn edits(&self) -> usize {
        self.difference.len()
    }
}

/// Indices of the Pareto-optimal points (edits, objective), sorted by edits; the first one among equal points.
///
/// A point is Pareto-optimal if no other point has at most as many edits and at least as high an objective, with one of
/// the two strictly better.
///
/// # Examples
/// ```
/// use tatabox_model::pareto_front;
///
/// assert_eq!(pareto_front(&[(0, 1.0), (1, 3.0), (2, 2.0), (3, 4.0)]), [0, 1, 3]);
/// ```
pub fn pareto_front(points: &[(usize, f64)]) -> Vec<usize> {
    let mut best_with: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, &(edits, objective)) in points.iter().enumerate() {
        let best = best_with.entry(edits).or_insert(index);
        if objective > points[*best].1 {
            *best = index;
        }
    }
    let mut highest = f64::NEG_INFINITY;
    let rises = |&index: &usize| {
        let is_higher = points[index].1 > highest;
        highest = highest.max(points[index].1);
        is_higher
    };
    best_with.into_values().filter(rises).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pareto_front_excludes_dominated_points() {
        let points = [(0, 1.0), (2, 3.0), (1, 0.5), (2, 3.0), (3, 3.0), (4, 5.0), (0, 0.9)];
        assert_eq!(pareto_front(&points), [0, 1, 5]);
        assert!(pareto_front(&[]).is_empty());
    }
}
