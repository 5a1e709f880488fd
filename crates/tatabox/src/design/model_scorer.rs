//! Predictions for a search.

use std::sync::Arc;

use tatabox_model::{BaseEdit, ModelError, Predictor, PromoterWindow, WindowScorer};

use crate::observer::Observer;
use crate::progress::Progress;

/// Scorer of windows that counts them and stops when the observer cancels.
pub(super) struct ModelScorer<'a> {
    predictor: &'a Predictor,
    progress: Progress<'a>,
    observer: &'a dyn Observer,
    /// Features of the gene whose promoter is edited.
    gene_features: Option<Arc<[f32]>>,
    windows: u64,
}

impl<'a> ModelScorer<'a> {
    pub(super) fn new(predictor: &'a Predictor, progress: Progress<'a>, observer: &'a dyn Observer) -> Self {
        Self { predictor, progress, observer, gene_features: None, windows: 0 }
    }

    /// Sets the gene features of all following windows.
    pub(super) fn set_gene_features(&mut self, gene_features: Option<Arc<[f32]>>) {
        self.gene_features = gene_features;
    }

    /// Ends the step and returns the number of predicted windows.
    pub(super) fn finish(self) -> u64 {
        self.progress.finish();
        self.windows
    }

    fn window(&self, bases: &[u8]) -> PromoterWindow {
        PromoterWindow { gene_features: self.gene_features.clone(), ..bases.to_vec().into() }
    }

    /// Predictions of a batch; NaN after cancellation, since the result of the search is then discarded.
    fn predict_batch(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError> {
        if self.observer.is_cancelled() {
            return Ok(vec![vec![f64::NAN; self.predictor.cell_types().len()]; windows.len()]);
        }
        let windows: Vec<PromoterWindow> = windows.iter().map(|bases| self.window(bases)).collect();
        let predictions = self.predictor.predict(&windows)?;
        self.count(windows.len());
        Ok(predictions.into_iter().map(|prediction| prediction.log2_tpm).collect())
    }

    fn count(&mut self, windows: usize) {
        self.windows += windows as u64;
        self.progress.set(self.windows);
    }
}

impl WindowScorer for ModelScorer<'_> {
    fn predict(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError> {
        let mut predictions = Vec::with_capacity(windows.len());
        for batch in windows.chunks(self.predictor.preferred_batch_size()) {
            predictions.extend(self.predict_batch(batch)?);
        }
        Ok(predictions)
    }

    /// Scores every substitution from the first to the last edit at once, which is faster than a prediction per edited window.
    fn predict_edits(&mut self, window: &[u8], edits: &[BaseEdit]) -> Result<Vec<Vec<f64>>, ModelError> {
        let indices = || edits.iter().map(|edit| edit.index);
        let (Some(first), Some(last)) = (indices().min(), indices().max()) else { return Ok(Vec::new()) };
        let cell_types = self.predictor.cell_types().len();
        if self.observer.is_cancelled() {
            return Ok(vec![vec![f64::NAN; cell_types]; edits.len()]);
        }
        let effects = self.predictor.substitution_effects(&self.window(window), first..last + 1, &|_| {})?;
        self.count(edits.len());
        let edited = |edit: &BaseEdit| {
            let change = |cell_type: usize| effects.at(edit.index - first, cell_type)[usize::from(edit.to)];
            (0..cell_types).map(|cell_type| effects.reference.log2_tpm[cell_type] + change(cell_type)).collect()
        };
        Ok(edits.iter().map(edited).collect())
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }
}
