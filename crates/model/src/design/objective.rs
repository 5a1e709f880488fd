//! What is wanted of a sequence, as one number.

/// What is wanted in one cell type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// As much expression as possible.
    High,
    /// As little as possible.
    Low,
    /// This much: log2(TPM + 1).
    Level(f64),
}

/// A wish for one cell type.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignGoal {
    /// Index among the outputs of the model.
    pub cell_type: usize,
    /// What is wanted there.
    pub wish: Wish,
    /// How much it counts beside the others; above 0.
    pub weight: f64,
}

/// All wishes together.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignObjective {
    /// At least one.
    pub goals: Vec<DesignGoal>,
}

impl DesignGoal {
    /// weight * log2(TPM + 1) (high), -weight * log2(TPM + 1) (low) or -weight * (log2(TPM + 1) - level)^2; more is
    /// better.
    pub fn of(&self, log2_tpm: &[f64]) -> f64 {
        let value = log2_tpm[self.cell_type];
        self.weight
            * match self.wish {
                Wish::High => value,
                Wish::Low => -value,
                Wish::Level(level) => -(value - level).powi(2),
            }
    }
}

impl DesignObjective {
    /// The sum over the goals.
    pub fn of(&self, log2_tpm: &[f64]) -> f64 {
        self.goals.iter().map(|goal| goal.of(log2_tpm)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_add_up_by_their_weights() {
        let goal = |cell_type, wish, weight| DesignGoal { cell_type, wish, weight };
        let goals = vec![goal(0, Wish::High, 2.0), goal(1, Wish::Low, 1.0), goal(2, Wish::Level(6.5), 0.5)];
        // 2 * 3 - 4 - 0.5 * (5 - 6.5)^2 = 6 - 4 - 1.125.
        assert!((DesignObjective { goals }.of(&[3.0, 4.0, 5.0]) - 0.875).abs() < 1e-12);
    }
}
