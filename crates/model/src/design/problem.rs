//! Design problem: start sequence, constraints and objective.

use tatabox_sequence::UNKNOWN;

use super::edit::BaseEdit;
use super::limits::{Allowance, DesignLimits};
use super::objective::DesignObjective;
use crate::error::ModelError;

/// Number of nucleotide codes of known bases.
const BASES: u8 = 4;

/// Design problem: a start window, the edits that are allowed, and the objective.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignProblem {
    /// Nucleotide codes of the start; unknown bases are never edited.
    pub start: Vec<u8>,
    /// Protected bases that are never edited, one flag per base.
    pub protected: Vec<bool>,
    /// Maximum number of bases that differ from the start.
    pub max_edits: usize,
    /// Limits on all sequences of the search. If the start exceeds a limit, other sequences may exceed it by as much.
    pub limits: DesignLimits,
    /// Objective.
    pub objective: DesignObjective,
}

impl DesignProblem {
    /// Indices of the bases that may be edited.
    pub fn open_positions(&self) -> Vec<usize> {
        let is_open = |&index: &usize| {
            self.start[index] < UNKNOWN && !self.protected.get(index).is_some_and(|&protected| protected)
        };
        (0..self.start.len()).filter(is_open).collect()
    }

    /// Checks the start and the protection flags.
    pub(super) fn validate(&self) -> Result<(), ModelError> {
        if let Some(index) = self.start.iter().position(|&code| code > UNKNOWN) {
            return Err(ModelError::InvalidBase { window: 0, index, code: self.start[index] });
        }
        if self.protected.len() != self.start.len() {
            return Err(ModelError::InvalidConfig {
                field: "protected",
                value: format!("{} flags", self.protected.len()),
                expected: format!("{}, one per base", self.start.len()),
            });
        }
        Ok(())
    }

    /// Checks that the scorer predicts the cell type of every goal.
    pub(super) fn check_outputs(&self, log2_tpm: &[f64]) -> Result<(), ModelError> {
        let outputs = log2_tpm.len();
        match self.objective.goals.iter().find(|goal| goal.cell_type >= outputs) {
            None => Ok(()),
            Some(goal) => Err(ModelError::UnknownOutput { index: goal.cell_type, outputs }),
        }
    }

    /// Limits of a search from this start.
    pub(super) fn allowance(&self) -> Allowance<'_> {
        self.limits.allowance(&self.start)
    }

    /// Allowed single substitutions of `window`.
    pub(super) fn edits_of(&self, window: &[u8], allowance: &Allowance<'_>) -> Vec<BaseEdit> {
        let mut edited = window.to_vec();
        let mut edits = Vec::new();
        for index in self.open_positions() {
            let from = window[index];
            for to in (0..BASES).filter(|&to| to != from) {
                edited[index] = to;
                if allowance.admits(&edited) {
                    edits.push(BaseEdit { index, from, to });
                }
            }
            edited[index] = from;
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, problem};
    use super::*;

    #[test]
    fn edits_exclude_protected_unknown_and_limited_bases() {
        let mut problem = problem("AANAC", 3);
        problem.protected[0] = true;
        let edits = |problem: &DesignProblem| problem.edits_of(&codes("AANAC"), &problem.allowance());
        assert_eq!(problem.open_positions(), [1, 3, 4]);
        assert_eq!(edits(&problem).len(), 9);
        // The start has a run of two (AA), so runs of two are allowed, and longer ones cannot arise.
        problem.limits.longest_run = Some(1);
        assert_eq!(edits(&problem).len(), 9);
        problem.limits.gc = Some(0.0..=0.25);
        // One of four known bases is C: no other base may become G or C, and the C may become any base.
        let allowed: Vec<(usize, u8)> = edits(&problem).iter().map(|edit| (edit.index, edit.to)).collect();
        assert_eq!(allowed, [(1, 3), (3, 3), (4, 0), (4, 2), (4, 3)]);
    }
}
