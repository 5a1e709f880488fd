//! One start and what may be made of it.

use tatabox_sequence::UNKNOWN;

use super::edit::BaseEdit;
use super::limits::{Allowance, DesignLimits};
use super::objective::DesignObjective;
use crate::error::ModelError;

/// Codes of the bases that can be written.
const BASES: u8 = 4;

/// A window and the sequences that are allowed in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignProblem {
    /// Nucleotide codes of the start; unknown bases stay.
    pub start: Vec<u8>,
    /// Bases that stay, one flag a base.
    pub protected: Vec<bool>,
    /// Most bases that may differ from the start.
    pub most_edits: usize,
    /// Bounds that every sequence keeps to. A start outside is taken; what is tried may then break the limit as much as
    /// the start does, and no more.
    pub limits: DesignLimits,
    /// What is wanted.
    pub objective: DesignObjective,
}

impl DesignProblem {
    /// Indices that may be edited.
    pub fn open_positions(&self) -> Vec<usize> {
        let is_open = |&index: &usize| {
            self.start[index] < UNKNOWN && !self.protected.get(index).is_some_and(|&protected| protected)
        };
        (0..self.start.len()).filter(is_open).collect()
    }

    /// Checks the window and the flags.
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

    /// Checks that every goal has a prediction.
    pub(super) fn check_outputs(&self, log2_tpm: &[f64]) -> Result<(), ModelError> {
        let outputs = log2_tpm.len();
        match self.objective.goals.iter().find(|goal| goal.cell_type >= outputs) {
            None => Ok(()),
            Some(goal) => Err(ModelError::UnknownOutput { index: goal.cell_type, outputs }),
        }
    }

    /// The limits for a search from this start.
    pub(super) fn allowance(&self) -> Allowance<'_> {
        self.limits.allowance(&self.start)
    }

    /// Every single substitution of `window` that is allowed.
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
    fn protected_and_unknown_bases_stay_and_limits_hold() {
        let mut problem = problem("AANAC", 3);
        problem.protected[0] = true;
        let edits = |problem: &DesignProblem| problem.edits_of(&codes("AANAC"), &problem.allowance());
        assert_eq!(problem.open_positions(), [1, 3, 4]);
        assert_eq!(edits(&problem).len(), 9);
        // AA is a run of two already; AC -> AA, CC would be one, too, and three in a row cannot come up.
        problem.limits.longest_run = Some(1);
        assert_eq!(edits(&problem).len(), 9);
        problem.limits.gc = Some(0.0..=0.25);
        // One of four is C: no other G or C may come in, and the C may be any base.
        let kept: Vec<(usize, u8)> = edits(&problem).iter().map(|edit| (edit.index, edit.to)).collect();
        assert_eq!(kept, [(1, 3), (3, 3), (4, 0), (4, 2), (4, 3)]);
    }
}
