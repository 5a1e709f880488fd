//! Which sequences are worth their edits.

use std::collections::BTreeMap;

use super::edit::BaseEdit;

/// A sequence that a search has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignPoint {
    /// Round or generation, 0 for the start.
    pub round: usize,
    /// What differs from the start, by index.
    pub difference: Vec<BaseEdit>,
    /// Its objective.
    pub objective: f64,
    /// Its log2(TPM + 1) in every cell type.
    pub log2_tpm: Vec<f64>,
}

impl DesignPoint {
    /// Bases that differ from the start.
    pub fn edits(&self) -> usize {
        self.difference.len()
    }
}

/// Indices of the points (edits, objective) that no other has as few edits and as high an objective as, with one of
/// both better; in ascending order of edits, of equal points the first.
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
    fn only_points_that_nothing_beats_are_left() {
        let points = [(0, 1.0), (2, 3.0), (1, 0.5), (2, 3.0), (3, 3.0), (4, 5.0), (0, 0.9)];
        assert_eq!(pareto_front(&points), [0, 1, 5]);
        assert!(pareto_front(&[]).is_empty());
    }
}
