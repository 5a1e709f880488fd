//! Prediction of many windows, or of few windows on many threads each.

use rayon::prelude::*;

use super::network::{Activations, CpuNetwork, WindowStrip};
use super::scratch::Scratch;
use crate::input::EncodedWindows;

/// Positions after the first stage per strip of windows: enough for matrix products at full speed, few enough for the
/// caches of a core.
const STRIP_POSITIONS: usize = 1536;

/// Smallest number of positions after the first stage that is worth another thread.
const POSITIONS_PER_THREAD: usize = 256;

/// Output of the network for one window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WindowOutput {
    /// One value per cell type, z-scores of log2(TPM + 1).
    pub predictions: Vec<f32>,
    /// `[heads, positions]`; empty for a network without attention.
    pub attention: Vec<f32>,
}

impl CpuNetwork {
    /// Best number of windows of `length` bases per strip.
    pub fn strip_windows(&self, length: usize) -> usize {
        (STRIP_POSITIONS * self.weights.stages[0].pool / length).max(1)
    }

    /// Predicts windows in order: many windows in parallel, or few long windows on several threads each.
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
                    activations.heads.compute_all();
                    self.forward(strip, None, threads_per_window, activations);
                    self.outputs_of(strip.count, activations)
                })
            })
            .collect()
    }

    /// Predicts windows in order, each bit-identical whatever the other windows are. All strips have the same size, at
    /// most `at_most`, and no window is divided; `windows` holds at least one strip.
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
                // The last strip overlaps the one before, so that it has the same size.
                let first = (strip * together).min(windows.windows - together);
                let known = strip * together - first;
                let strip = WindowStrip { windows, first, count: together };
                scratch.lend(|activations| {
                    activations.heads.compute_all();
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
