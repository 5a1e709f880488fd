//! Sequential minimal optimisation, the solver of support vector regression.

use nalgebra::{DMatrix, DVector};

/// Steps after which the solver stops short of [`TOLERANCE`]; nine thousand real promoters needed 24,000.
const MAX_STEPS: usize = 1_000_000;
/// How much two slopes may still differ, in units of the target; that of LIBSVM and scikit-learn.
const TOLERANCE: f64 = 1e-3;
/// Curvature of two genes with the same features, as in LIBSVM.
const MIN_CURVATURE: f64 = 1e-12;

/// Weights of genes in an epsilon-insensitive regression, improved two at a time.
///
/// Minimises over the weights w, with |w_i| <= C and sum of w = 0, where K is the kernel between the genes:
///
/// ```text
/// w' K w / 2 - y' w + epsilon * sum of |w_i|
/// ```
///
/// The prediction for any gene is bias + sum of w_i * K(gene, i).
///
/// # Source
///
/// Smola and Schölkopf 2004, doi:10.1023/B:STCO.0000035301.49549.88, for the problem, here with one weight where they have the
/// difference of two. Fan, Chen and Lin 2005 (JMLR 6:1889) for the pair that a step changes, which is that of LIBSVM.
#[derive(Debug)]
pub(crate) struct SmoSolver<'a> {
    /// Kernel of each gene with itself is 1.
    kernel: &'a DMatrix<f32>,
    /// Whether a gene has a target; the weight of others stays 0.
    is_measured: Vec<bool>,
    epsilon: f64,
    weights: Vec<f64>,
    /// Prediction without bias minus target.
    errors: Vec<f64>,
}

/// A regression for one bound on the weights.
#[derive(Debug, Clone)]
pub(crate) struct SvrModel {
    /// By gene.
    pub(crate) weights: DVector<f32>,
    pub(crate) bias: f64,
    /// False if the steps ran out first.
    pub(crate) has_converged: bool,
}

/// Where a step leads: up the weight of one gene, down that of another.
struct Pair {
    up: usize,
    down: usize,
    /// What the step wins for a small change of the weights.
    slope: f64,
}

impl<'a> SmoSolver<'a> {
    /// Starts with all weights 0. A target of NaN is missing.
    pub(crate) fn new(kernel: &'a DMatrix<f32>, targets: &[f64], epsilon: f64) -> Self {
        Self {
            kernel,
            is_measured: targets.iter().map(|target| !target.is_nan()).collect(),
            epsilon,
            weights: vec![0.0; targets.len()],
            errors: targets.iter().map(|target| if target.is_nan() { 0.0 } else { -target }).collect(),
        }
    }

    /// The regression for the bound C on each weight. That of a lower bound, found before, is where it starts.
    pub(crate) fn solve(&mut self, bound: f64) -> SvrModel {
        let mut steps = 0;
        let (lowest, highest) = loop {
            let (up, lowest) = self.steepest_up(bound);
            let highest = self.steepest_down(bound);
            if highest - lowest < TOLERANCE || steps == MAX_STEPS {
                break (lowest, highest);
            }
            self.step(&self.best_partner(up, lowest, bound), bound);
            steps += 1;
        };
        tracing::trace!(bound, steps, gap = highest - lowest, "support vectors solved");
        let weights = DVector::from_iterator(self.weights.len(), self.weights.iter().map(|&weight| weight as f32));
        SvrModel { weights, bias: -f64::midpoint(lowest, highest), has_converged: steps < MAX_STEPS }
    }

    /// The gene whose weight is best raised and the slope there; infinite if all stand at the bound.
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

    /// The steepest slope down which a weight can be lowered.
    fn steepest_down(&self, bound: f64) -> f64 {
        let slopes = self.weights.iter().zip(&self.errors).zip(&self.is_measured);
        let free = slopes.filter(|((weight, _), is_measured)| **weight > -bound && **is_measured);
        free.map(|((&weight, &error), _)| self.slope_down(weight, error)).fold(f64::NEG_INFINITY, f64::max)
    }

    fn slope_down(&self, weight: f64, error: f64) -> f64 {
        error + if weight > 0.0 { self.epsilon } else { -self.epsilon }
    }

    /// The gene whose weight is best lowered when that of `up` is raised: the one with which a full step wins most.
    fn best_partner(&self, up: usize, lowest: f64, bound: f64) -> Pair {
        let kernel = self.kernel.column(up);
        let mut best = (Pair { up, down: up, slope: 0.0 }, 0.0);
        for (down, (&weight, &error)) in self.weights.iter().zip(&self.errors).enumerate() {
            let slope = self.slope_down(weight, error) - lowest;
            if slope > 0.0 && weight > -bound && self.is_measured[down] {
                let gain = slope * slope / curvature(kernel[down]);
                if gain > best.1 {
                    best = (Pair { up, down, slope }, gain);
                }
            }
        }
        best.0
    }

    /// Moves as much weight as wins most, but none past a bound or past 0, where the slope changes.
    fn step(&mut self, pair: &Pair, bound: f64) {
        let (raised, lowered) = (self.weights[pair.up], self.weights[pair.down]);
        let room_up = if raised < 0.0 { -raised } else { bound - raised };
        let room_down = if lowered > 0.0 { lowered } else { lowered + bound };
        let (of_up, of_down) = (self.kernel.column(pair.up), self.kernel.column(pair.down));
        let moved = (pair.slope / curvature(of_up[pair.down])).min(room_up).min(room_down);
        // Written so that a weight that reaches 0 or its bound is there exactly.
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

/// Second derivative along a step of two genes with this kernel between them.
fn curvature(kernel: f32) -> f64 {
    (2.0 - 2.0 * f64::from(kernel)).max(MIN_CURVATURE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rbf::rbf_kernel;

    #[test]
    fn two_genes_are_weighed_as_worked_by_hand() {
        // Weights t and -t, targets 1 and -1: t^2 * (1 - 0.5) - 2 t + 0.2 t is least at t = 1.8, where each error is epsilon.
        let kernel = DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 1.0]);
        let mut solver = SmoSolver::new(&kernel, &[1.0, -1.0], 0.1);
        let SvrModel { weights, bias, has_converged } = solver.solve(1.0);
        assert_eq!(weights.as_slice(), [1.0, -1.0], "the bound holds");
        assert!(bias.abs() < 1e-9 && has_converged);
        let SvrModel { weights, bias, .. } = solver.solve(10.0);
        assert!((weights[0] - 1.8).abs() < 1e-6 && (weights[1] + 1.8).abs() < 1e-6 && bias.abs() < 1e-9);
    }

    #[test]
    fn errors_below_epsilon_cost_nothing() {
        let kernel = DMatrix::identity(3, 3);
        let SvrModel { weights, bias, .. } = SmoSolver::new(&kernel, &[2.05, 2.0, 1.95], 0.1).solve(1.0);
        assert_eq!(weights.as_slice(), [0.0; 3]);
        assert!((bias - 2.0).abs() < 0.051);
    }

    #[test]
    fn predictions_are_those_of_scikit_learn() {
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
