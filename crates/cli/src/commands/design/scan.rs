//! Predictions for a search, with a bar.

use tatabox_model::{BaseEdit, Predictor, WindowScorer};

use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// A model that predicts windows and counts them.
pub(super) struct ModelScan<'a> {
    predictor: &'a Predictor,
    progress: Progress,
    interrupt: &'a Interrupt,
    windows: u64,
}

impl<'a> ModelScan<'a> {
    pub(super) fn new(predictor: &'a Predictor, progress: Progress, interrupt: &'a Interrupt) -> Self {
        Self { predictor, progress, interrupt, windows: 0 }
    }

    /// Takes the bar away and answers how many windows were predicted.
    pub(super) fn finish(self) -> u64 {
        self.progress.finish();
        self.windows
    }

    /// After Ctrl-C nothing more is predicted: what the search then has is thrown away.
    fn predict_some(&mut self, windows: &[Vec<u8>]) -> Vec<Vec<f64>> {
        if self.interrupt.is_wanted() {
            return vec![vec![f64::NAN; self.predictor.cell_types().len()]; windows.len()];
        }
        let predictions = self.predictor.predict(windows);
        self.windows += windows.len() as u64;
        self.progress.set(self.windows);
        predictions.into_iter().map(|prediction| prediction.log2_tpm).collect()
    }
}

impl WindowScorer for ModelScan<'_> {
    fn predict(&mut self, windows: &[Vec<u8>]) -> Vec<Vec<f64>> {
        windows.chunks(self.predictor.best_batch()).flat_map(|some| self.predict_some(some)).collect()
    }

    fn predict_edits(&mut self, window: &[u8], edits: &[BaseEdit]) -> Vec<Vec<f64>> {
        // Batch by batch, since all mutated windows of a long promoter would fill the memory.
        let edited = |some: &[BaseEdit]| some.iter().map(|edit| edit.applied_to(window)).collect::<Vec<_>>();
        edits.chunks(self.predictor.best_batch()).flat_map(|some| self.predict_some(&edited(some))).collect()
    }

    fn wants_to_stop(&self) -> bool {
        self.interrupt.is_wanted()
    }
}
