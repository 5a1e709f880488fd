//! Loss and gradient of a training batch.

use std::ops::Range;

use rayon::prelude::*;

use super::backward::{CpuGradient, GradientSum};
use super::network::{Activations, CpuNetwork, WindowStrip};
use super::scratch::Scratch;
use super::step_dropout::StepDropout;
use super::weights::NetworkWeights;
use crate::input::EncodedWindows;
use crate::nn::{BatchLoss, TrainableLayers};

/// Positions after the first stage per separate sum of gradients.
const LANE_POSITIONS: usize = 1024;

/// Bounds on the number of separate sums. Each sum is as large as the network, so too many take longer to add than they
/// save. The number does not depend on the number of threads, so neither does the gradient.
const MIN_LANES: usize = 4;
const MAX_LANES: usize = 32;

/// Training batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LabelledWindows<'a> {
    pub windows: &'a EncodedWindows,
    /// `[windows, cell types]`, z-scores; 0 where missing.
    pub targets: &'a [f32],
    /// `[windows, cell types]`, weight in the loss: 1 where measured (other values for assays), 0 where missing.
    pub measured: &'a [f32],
}

impl CpuNetwork {
    /// Mean [loss](BatchLoss::masked) of a batch, and its gradient, which is zero for frozen layers. Independent of the
    /// number of threads.
    pub fn loss_and_gradient(
        &self,
        batch: LabelledWindows,
        dropout: &StepDropout,
        trained: TrainableLayers,
        loss: BatchLoss,
        scratch: &Scratch,
    ) -> (f64, NetworkWeights) {
        let back = CpuGradient::of(self, trained);
        let windows = batch.windows.windows;
        let first_positions = batch.windows.codes.len() / self.weights.stages[0].pool;
        let lanes = (first_positions / LANE_POSITIONS).clamp(MIN_LANES, MAX_LANES);
        let windows_per_lane = windows.div_ceil(lanes);
        let measured = batch.measured.iter().sum::<f32>().max(1.0);
        let lane = Lane { network: self, back: &back, batch, dropout, loss, measured };
        let lanes: Vec<(f64, GradientSum)> = (0..windows.div_ceil(windows_per_lane))
            .into_par_iter()
            .map(|index| {
                let first = index * windows_per_lane;
                let own = first..windows.min(first + windows_per_lane);
                scratch.lend(|activations| lane.run(own, activations))
            })
            .collect();
        let costs: f64 = lanes.iter().map(|(costs, _)| costs).sum();
        let gradient = add_up(lanes.into_iter().map(|(_, sum)| sum).collect()).into_weights();
        (costs / f64::from(measured), gradient)
    }
}

/// Part of a batch that one thread processes.
struct Lane<'a> {
    network: &'a CpuNetwork,
    back: &'a CpuGradient<'a>,
    batch: LabelledWindows<'a>,
    dropout: &'a StepDropout,
    loss: BatchLoss,
    /// Number of measurements in the whole batch.
    measured: f32,
}

impl Lane<'_> {
    /// Summed loss of these windows, and the gradient of the batch's mean loss for them.
    fn run(&self, own: Range<usize>, activations: &mut Activations) -> (f64, GradientSum) {
        let mut sum = self.back.zero();
        let mut costs = 0.0;
        let windows = self.batch.windows;
        let together = self.network.strip_windows(windows.length());
        for first in own.clone().step_by(together) {
            let strip = WindowStrip { windows, first, count: together.min(own.end - first) };
            let outputs = self.network.outputs();
            let measured = &self.batch.measured[first * outputs..(first + strip.count) * outputs];
            activations.heads.compute(self.network.measured_heads(measured));
            self.network.forward(strip, Some(self.dropout), 1, activations);
            let (cost, gradient) = self.errors(first, activations.predictions());
            costs += cost;
            self.back.add(strip.count, activations, &gradient, &mut sum);
        }
        (costs, sum)
    }

    /// Summed loss of these predictions, and the gradient of the batch's mean loss for them.
    fn errors(&self, first: usize, predictions: &[f32]) -> (f64, Vec<f32>) {
        let outputs = self.network.outputs();
        let mut gradient = Vec::with_capacity(predictions.len());
        let mut costs = 0.0;
        for (window, predictions) in predictions.chunks_exact(outputs).enumerate() {
            let values = (first + window) * outputs..(first + window + 1) * outputs;
            let (targets, measured) = (&self.batch.targets[values.clone()], &self.batch.measured[values]);
            costs += self.loss.of_window(predictions, targets, measured, &mut gradient);
        }
        for slope in &mut gradient {
            *slope /= self.measured;
        }
        (costs, gradient)
    }
}

/// Adds sums pairwise, in an order that does not depend on the number of threads.
fn add_up(mut sums: Vec<GradientSum>) -> GradientSum {
    while sums.len() > 1 {
        sums.par_chunks_mut(2).for_each(|pair| {
            if let [one, other] = pair {
                one.add(other);
            }
        });
        sums = sums.into_iter().step_by(2).collect();
    }
    sums.swap_remove(0)
}
