//! Sequential minimal optimisation (SMO) for support vector regression.

use nalgebra::{DMatrix, DVector};

/// Maximum number of steps, after which the solver stops without reaching [`TOLERANCE`]; 9,000 human promoters take 24,000.
const MAX_STEPS: usize = 1_000_000;
/// Tolerance of the optimality conditions, in units of the target; the default of LIBSVM and scikit-learn.
const TOLERANCE: f64 = 1e-3;
/// Minimum curvature, for two genes with the same features, as in LIBSVM.
const MIN_CURVATURE: f64 = 1e-12;

/// Solver of epsilon-insensitive regression that optimises the weights of two genes per step.
///
/// Minimises over the weights w, subject to |w_i| <= C and sum of w = 0, where K is the kernel between the genes:
///
/// ```text
/// w' K w / 2 - y' w + epsilon * sum of |w_i|
/// ```
///
/// The prediction for a gene is bias + sum of w_i * K(gene, i).
///
/// # Source
///
/// Problem: Smola and Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88; one weight here is the difference of their two
/// dual variables. Working set selection: Fan, Chen and Lin 2005 (JMLR 6:1889), as in LIBSVM.
#[derive(Debug)]
pub(crate) struct SmoSolver<'a> {
    /// Kernel matrix with diagonal 1.
    kernel: &'a DMatrix<f32>,
    /// Whether each gene has a target; genes without keep the weight 0.
    is_measured: Vec<bool>,
    epsilon: f64,
    weights: Vec<f64>,
    /// Prediction without bias, minus target.
    errors: Vec<f64>,
}

/// Fitted support vector regression for one C.
#[derive(Debug, Clone)]
pub(crate) struct SvrModel {
    /// Weight per train gene.
    pub(crate) weights: DVector<f32>,
    pub(crate) bias: f64,
    /// False if the solver reached the maximum number of steps.
    pub(crate) has_converged: bool,
}

/// Working set of a step: one weight to raise and one to lower.
struct WorkingSet {
    up: usize,
    down: usize,
    /// Decrease of the objective per unit of weight moved.
    slope: f64,
}

impl<'a> SmoSolver<'a> {
    /// Solver with all weights 0; NaN marks a missing target.
    pub(crate) fn new(kernel: &'a DMatrix<f32>, targets: &[f64], epsilon: f64) -> Self {
        Self {
            kernel,
            is_measured: targets.iter().map(|target| !target.is_nan()).collect(),
            epsilon,
            weights: vec![0.0; targets.len()],
            errors: targets.iter().map(|target| if target.is_nan() { 0.0 } else { -target }).collect(),
        }
    }

    /// Regression for the bound C on each weight, starting from the solution of the previous, lower bound.
    pub(crate) fn solve(&mut self, bound: f64) -> SvrModel {
        let mut steps = 0;
        let (lowest, highest) = loop {
            let (up, lowest) = self.steepest_up(bound);
            let highest = self.steepest_down(bound);
            if highest - lowest < TOLERANCE || steps == MAX_STEPS {
                break (lowest, highest);
            }
            self.step(&self.working_set(up, lowest, bound), bound);
            steps += 1;
        };
        tracing::trace!(bound, steps, gap = highest - lowest, "support vector regression solved");
        let weights = DVector::from_iterator(self.weights.len(), self.weights.iter().map(|&weight| weight as f32));
        SvrModel { weights, bias: -f64::midpoint(lowest, highest), has_converged: steps < MAX_STEPS }
    }

    /// Gene with the smallest slope among weights that can be raised, and this slope; infinite if all weights are at the bound.
    fn steepest_up(&self, bound: f64) -> (usize, f64) {
        let mut best = (0, f64::INFINITY);
        for (gene, (&weight, &error)) in self.weights.iter().zip(&self.errors).enumerate() {
            let slope = error + if weight >= 0.0 { self.epsilon } else { -self.epsilon };
            if slope < best.1 && weight < bound && self.is_measured[gene] {
                best = (gene, slope);
            }
        }
        best
    }

    /// Largest slope among weights that can be lowered.
    fn steepest_down(&self, bound: f64) -> f64 {
        let slopes = self.weights.iter().zip(&self.errors).zip(&self.is_measured);
        let free = slopes.filter(|((weight, _), is_measured)| **weight > -bound && **is_measured);
        free.map(|((&weight, &error), _)| self.slope_down(weight, error)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Slope of the objective when the weight is lowered.
    fn slope_down(&self, weight: f64, error: f64) -> f64 {
        error + if weight > 0.0 { self.epsilon } else { -self.epsilon }
    }

    /// Working set of `up` and the gene whose weight, when lowered, decreases the objective most in a full step.
    fn working_set(&self, up: usize, lowest: f64, bound: f64) -> WorkingSet {
        let kernel = self.kernel.column(up);
        let mut best = (WorkingSet { up, down: up, slope: 0.0 }, 0.0);
        for (down, (&weight, &error)) in self.weights.iter().zip(&self.errors).enumerate() {
            let slope = self.slope_down(weight, error) - lowest;
            if slope > 0.0 && weight > -bound && self.is_measured[down] {
                let gain = slope * slope / curvature(kernel[down]);
                if gain > best.1 {
                    best = (WorkingSet { up, down, slope }, gain);
                }
            }
        }
        best.0
    }

    /// Moves the optimal amount of weight, limited by the bounds and by 0, where the slope changes.
    fn step(&mut self, pair: &WorkingSet, bound: f64) {
        let (raised, lowered) = (self.weights[pair.up], self.weights[pair.down]);
        let room_up = if raised < 0.0 { -raised } else { bound - raised };
        let room_down = if lowered > 0.0 { lowered } else { lowered + bound };
        let (of_up, of_down) = (self.kernel.column(pair.up), self.kernel.column(pair.down));
        let moved = (pair.slope / curvature(of_up[pair.down])).min(room_up).min(room_down);
        // Assigned exactly, so that rounding leaves no weight close to 0 or to its bound.
        self.weights[pair.up] = if moved < room_up {
            raised + moved
        } else if raised < 0.0 {
            0.0
        } else {
            bound
        };
        self.weights[pair.down] = if moved < room_down {
            lowered - moved
        } else if lowered > 0.0 {
            0.0
        } else {
            -bound
        };
        for ((error, &up), &down) in self.errors.iter_mut().zip(of_up.iter()).zip(of_down.iter()) {
            *error += moved * f64::from(up - down);
        }
    }
}

/// Second derivative of the objective along a step of two genes with this kernel value.
fn curvature(kernel: f32) -> f64 {
    (2.0 - 2.0 * f64::from(kernel)).max(MIN_CURVATURE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rbf::rbf_kernel;

    #[test]
    fn solve_two_genes_match_hand_calculation() {
        // Weights t and -t, targets 1 and -1: t^2 * (1 - 0.5) - 2 t + 0.2 t has its minimum at t = 1.8, where each error is epsilon.
        let kernel = DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 1.0]);
        let mut solver = SmoSolver::new(&kernel, &[1.0, -1.0], 0.1);
        let SvrModel { weights, bias, has_converged } = solver.solve(1.0);
        assert_eq!(weights.as_slice(), [1.0, -1.0], "weights are at the bound");
        assert!(bias.abs() < 1e-9 && has_converged);
        let SvrModel { weights, bias, .. } = solver.solve(10.0);
        assert!((weights[0] - 1.8).abs() < 1e-6 && (weights[1] + 1.8).abs() < 1e-6 && bias.abs() < 1e-9);
    }

    #[test]
    fn solve_errors_below_epsilon_give_zero_weights() {
        let kernel = DMatrix::identity(3, 3);
        let SvrModel { weights, bias, .. } = SmoSolver::new(&kernel, &[2.05, 2.0, 1.95], 0.1).solve(1.0);
        assert_eq!(weights.as_slice(), [0.0; 3]);
        assert!((bias - 2.0).abs() < 0.051);
    }

    #[test]
    fn solve_predictions_match_scikit_learn() {
        // from sklearn.svm import SVR; x, y as below without gene 4
        // SVR(kernel="rbf", gamma=0.5, C=c, epsilon=0.1, tol=1e-6).fit(x, y).predict(x[:6])
        let golden = [
            (0.3, [0.182_84, 0.15, -0.0512, 0.093_07, 0.140_74, 0.227_99]),
            (3.0, [-0.096_31, 0.238_78, -0.1, -0.195_28, 0.078_81, 0.474_25]),
        ];
        let value = |feature, gene: usize| {
            if feature == 0 { (gene * 5 % 7) as f32 / 3.0 - 1.0 } else { (gene * 4 % 9) as f32 / 4.0 - 1.0 }
        };
        let x = DMatrix::from_fn(2, 12, value);
        let mut y: Vec<f64> = (0..12).map(|gene: usize| ((gene * gene * 3 + 2) % 10) as f64 / 4.0 - 1.0).collect();
        y[4] = f64::NAN;
        let kernel = rbf_kernel(&x, &x.as_view(), 0.5);
        let mut solver = SmoSolver::new(&kernel, &y, 0.1);
        for (bound, expected) in golden {
            let SvrModel { weights, bias, .. } = solver.solve(bound);
            assert!(weights[4].abs() < 1e-12 && weights.sum().abs() < 1e-5);
            for (gene, expected) in expected.into_iter().enumerate() {
                let predicted = f64::from(kernel.column(gene).dot(&weights)) + bias;
                assert!((predicted - expected).abs() < 2.0 * TOLERANCE, "{gene}: {predicted} {expected}");
            }
        }
    }
}
