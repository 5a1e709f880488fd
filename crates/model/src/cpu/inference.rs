//! Predictions of many windows, or of one on many threads.

use rayon::prelude::*;

use super::network::{Activations, CpuNetwork, WindowStrip};
use super::scratch::Scratch;
use crate::input::EncodedWindows;

/// Positions after the first stage that a strip of windows fills: enough for matrix products to run at their full
/// speed, few enough for the caches of a core.
const STRIP_POSITIONS: usize = 1536;

/// Fewest positions after the first stage for which another thread is worth waking.
const POSITIONS_PER_THREAD: usize = 256;

/// What the network says of one window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WindowOutput {
    /// One a cell type, z-scores of log2(TPM + 1).
    pub predictions: Vec<f32>,
    /// `[heads, positions]`; empty of a network without attention.
    pub attention: Vec<f32>,
}

impl CpuNetwork {
    /// Windows of `length` bases that best go through the network together.
    pub fn strip_windows(&self, length: usize) -> usize {
        (STRIP_POSITIONS * self.weights.stages[0].pool / length).max(1)
    }

    /// Predicts windows in their order: many side by side, few long ones each on several threads.
    pub fn predict(&self, windows: &EncodedWindows, scratch: &Scratch) -> Vec<WindowOutput> {
        let threads = rayon::current_num_threads();
        let together = self.strip_windows(windows.length()).min(windows.windows.div_ceil(threads));
        let positions = windows.length() / self.weights.stages[0].pool;
        let threads_per_window = threads.div_ceil(windows.windows).min(positions / POSITIONS_PER_THREAD).max(1);
        (0..windows.windows.div_ceil(together))
            .into_par_iter()
            .flat_map_iter(|strip| {
                let first = strip * together;
                let strip = WindowStrip { windows, first, count: together.min(windows.windows - first) };
                scratch.lend(|activations| {
                    self.forward(strip, None, threads_per_window, activations);
                    self.outputs_of(strip.count, activations)
                })
            })
            .collect()
    }

    /// Predicts windows in their order, each to the same last bit whatever the others are: all strips are of one size, at
    /// most `at_most`, which there are windows enough for, and no window is divided.
    pub fn predict_batch_invariant(
        &self,
        windows: &EncodedWindows,
        at_most: usize,
        scratch: &Scratch,
    ) -> Vec<WindowOutput> {
        let together = self.strip_windows(windows.length()).min(at_most).min(windows.windows);
        (0..windows.windows.div_ceil(together))
            .into_par_iter()
            .flat_map_iter(|strip| {
                // The last strip begins in the one before, so that it is as long.
                let first = (strip * together).min(windows.windows - together);
                let known = strip * together - first;
                let strip = WindowStrip { windows, first, count: together };
                scratch.lend(|activations| {
                    self.forward(strip, None, 1, activations);
                    self.outputs_of(together, activations).split_off(known)
                })
            })
            .collect()
    }

    fn outputs_of(&self, windows: usize, activations: &Activations) -> Vec<WindowOutput> {
        let attention = activations.attention();
        let values = attention.len() / windows;
        let predictions = activations.predictions().chunks_exact(self.outputs()).enumerate();
        predictions
            .map(|(window, predictions)| WindowOutput {
                predictions: predictions.to_vec(),
                attention: attention[window * values..(window + 1) * values].to_vec(),
            })
            .collect()
    }
}
