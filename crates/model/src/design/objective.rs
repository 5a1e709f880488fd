//! Objective of a design: the target expression of each cell type as one number.

/// Objective for the expression in one cell type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellTypeObjective {
    /// Expression as high as possible.
    Maximize,
    /// Expression as low as possible.
    Minimize,
    /// Expression at this level, in log2(TPM + 1).
    Target(f64),
}

/// Weighted objective for one cell type.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignGoal {
    /// Index among the outputs of the model.
    pub cell_type: usize,
    /// Objective for this cell type.
    pub objective: CellTypeObjective,
    /// Weight relative to the other goals; above 0.
    pub weight: f64,
}

/// Objective of a design: the sum of its goals.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignObjective {
    /// Goals, at least one.
    pub goals: Vec<DesignGoal>,
}

impl DesignGoal {
    /// Score of predictions in log2(TPM + 1), one per cell type; higher is better. NaN where the cell type does not
    /// exist.
    ///
    /// The score is weight * y (maximise), -weight * y (minimise) or -weight * (y - target)^2.
    pub fn of(&self, log2_tpm: &[f64]) -> f64 {
        let value = log2_tpm.get(self.cell_type).copied().unwrap_or(f64::NAN);
        self.weight
            * match self.objective {
                CellTypeObjective::Maximize => value,
                CellTypeObjective::Minimize => -value,
                CellTypeObjective::Target(level) => -(value - level).powi(2),
            }
    }
}

impl DesignObjective {
    /// Sum of the scores of the goals.
    pub fn of(&self, log2_tpm: &[f64]) -> f64 {
        self.goals.iter().map(|goal| goal.of(log2_tpm)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn design_objective_of_three_goals_is_their_weighted_sum() {
        let goal = |cell_type, objective, weight| DesignGoal { cell_type, objective, weight };
        let goals = vec![
            goal(0, CellTypeObjective::Maximize, 2.0),
            goal(1, CellTypeObjective::Minimize, 1.0),
            goal(2, CellTypeObjective::Target(6.5), 0.5),
        ];
        // 2 * 3 - 4 - 0.5 * (5 - 6.5)^2 = 6 - 4 - 1.125.
        assert!((DesignObjective { goals }.of(&[3.0, 4.0, 5.0]) - 0.875).abs() < 1e-12);
    }

    #[test]
    fn design_goal_of_missing_cell_type_is_nan() {
        let goal = DesignGoal { cell_type: 1, objective: CellTypeObjective::Maximize, weight: 1.0 };
        assert!(goal.of(&[3.0]).is_nan());
    }
}
