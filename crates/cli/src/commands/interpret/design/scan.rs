//! Predictions for a search, with a bar.

use std::sync::Arc;

use tatabox_model::{BaseEdit, Predictor, PromoterWindow, WindowScorer};

use crate::terminal::interrupt::Interrupt;
use tatabox::Progress;

/// A model that predicts windows and counts them.
pub(super) struct ModelScan<'a> {
    predictor: &'a Predictor,
    progress: Progress<'a>,
    interrupt: &'a Interrupt,
    /// The features of the gene whose promoter is edited.
    gene_features: Option<Arc<[f32]>>,
    windows: u64,
}

impl<'a> ModelScan<'a> {
    pub(super) fn new(predictor: &'a Predictor, progress: Progress<'a>, interrupt: &'a Interrupt) -> Self {
        Self { predictor, progress, interrupt, gene_features: None, windows: 0 }
    }

    /// What follows are edits of the promoter of a gene with these features.
    pub(super) fn set_gene(&mut self, gene_features: Option<Arc<[f32]>>) {
        self.gene_features = gene_features;
    }

    fn window(&self, bases: &[u8]) -> PromoterWindow {
        PromoterWindow { gene_features: self.gene_features.clone(), ..bases.to_vec().into() }
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
        let windows: Vec<PromoterWindow> = windows.iter().map(|bases| self.window(bases)).collect();
        let predictions = self.predictor.predict(&windows);
        self.count(windows.len());
        predictions.into_iter().map(|prediction| prediction.log2_tpm).collect()
    }

    fn count(&mut self, windows: usize) {
        self.windows += windows as u64;
        self.progress.set(self.windows);
    }
}

impl WindowScorer for ModelScan<'_> {
    fn predict(&mut self, windows: &[Vec<u8>]) -> Vec<Vec<f64>> {
        windows.chunks(self.predictor.preferred_batch_size()).flat_map(|some| self.predict_some(some)).collect()
    }

    /// Scores every substitution between the first and the last edit at once, which costs a fraction of predicting each
    /// edited window.
    fn predict_edits(&mut self, window: &[u8], edits: &[BaseEdit]) -> Vec<Vec<f64>> {
        let places = || edits.iter().map(|edit| edit.index);
        let (Some(first), Some(last)) = (places().min(), places().max()) else { return Vec::new() };
        let cell_types = self.predictor.cell_types().len();
        if self.interrupt.is_wanted() {
            return vec![vec![f64::NAN; cell_types]; edits.len()];
        }
        let effects = self.predictor.substitution_effects(&self.window(window), first..last + 1, &|_| {});
        self.count(edits.len());
        let edited = |edit: &BaseEdit| {
            let change = |cell_type: usize| effects.at(edit.index - first, cell_type)[usize::from(edit.to)];
            (0..cell_types).map(|cell_type| effects.reference.log2_tpm[cell_type] + change(cell_type)).collect()
        };
        edits.iter().map(edited).collect()
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.is_wanted()
    }
}
