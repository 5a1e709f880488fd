//! Backward pass through a network.

use super::network::{Activations, CpuNetwork};
use super::weights::NetworkWeights;
use crate::cpu::array::Strip;
use crate::cpu::layer::heads;
use crate::cpu::layer::{GruGradient, GruInput, HeadInput, MotifTables, StageGradient};
use crate::nn::TrainableLayers;

/// Backward pass through a network.
#[derive(Clone, Debug)]
pub(crate) struct CpuGradient<'a> {
    network: &'a CpuNetwork,
    trained: TrainableLayers,
    pub(super) stages: Vec<StageGradient>,
    gru: Option<GruGradient>,
}

/// Sum of gradients.
#[derive(Clone, Debug)]
pub(crate) struct GradientSum {
    pub(super) weights: NetworkWeights,
    tables: Option<MotifTables>,
}

impl<'a> CpuGradient<'a> {
    /// Backward pass of `network`, down to the first trainable layer.
    pub fn of(network: &'a CpuNetwork, trained: TrainableLayers) -> Self {
        Self {
            network,
            trained,
            stages: network.weights.stages.iter().map(StageGradient::of).collect(),
            gru: network.weights.gru.as_ref().map(GruGradient::of),
        }
    }

    /// Sum of no gradients.
    pub fn zero(&self) -> GradientSum {
        GradientSum {
            weights: self.network.weights.zeros_like(),
            tables: self.network.tables.as_ref().map(|_| MotifTables::zeros(&self.network.weights.stages[0])),
        }
    }

    /// Adds the gradient of a strip to `sum`, from the gradient of its predictions, `[windows, cell types]`.
    /// `activations` are those of the strip and are overwritten.
    pub fn add(&self, windows: usize, activations: &mut Activations, predictions: &[f32], sum: &mut GradientSum) {
        if let Some((own, pooled)) = self.back_to_first_stage(windows, activations, predictions, sum) {
            let stage = &self.network.weights.stages[0];
            if let (Some(tables), Some(into)) = (&self.network.tables, &mut sum.tables) {
                stage.backward_to_tables(own, tables, &activations.trimers, &pooled, into);
            } else {
                stage.backward_to_motifs(own, &activations.stages[0], &pooled, &mut sum.weights.stages[0]);
            }
        }
    }

    /// Propagates the gradient of the predictions to the first stage's pooled positions before normalisation. Returns
    /// the layout of the windows and this gradient, or `None` where the first stage is frozen. Adds to `sum`.
    pub(super) fn back_to_first_stage(
        &self,
        windows: usize,
        activations: &mut Activations,
        predictions: &[f32],
        sum: &mut GradientSum,
    ) -> Option<(Strip, Vec<f32>)> {
        let weights = &self.network.weights;
        let Activations { stages, features, known, position_encoding, log_distances, gru, heads, .. } = activations;
        let positions = log_distances.len();
        let dense = Strip::dense(windows, positions);
        let known = known.as_deref();

        let encoded = if weights.gru.is_some() { &gru.encoded } else { &*features };
        // Gene features need no gradient, and their values are in the activations.
        let input = HeadInput { strip: dense, encoded, log_distances, known, gene_features: None };
        let mut gradient = heads::backward(&weights.heads, input, heads, predictions, &mut sum.weights.heads);
        if !self.trained.has_trunk() {
            return None;
        }
        if let (Some(gru_weights), Some(back), Some(into)) = (&weights.gru, &self.gru, &mut sum.weights.gru) {
            let input = GruInput { strip: dense, features, position_encoding, known };
            gradient = back.backward(gru_weights, input, gru, &gradient, into);
        }

        let mut out_strip = dense;
        for (index, stage) in weights.stages.iter().enumerate().rev() {
            let into = &mut sum.weights.stages[index];
            let pooled = stage.through_normalisation(&stages[index], &gradient, out_strip, into);
            let own = stage.strip(windows, out_strip.positions * stage.pool);
            if index == 0 {
                return Some((own, pooled));
            }
            gradient = self.stages[index].backward(stage, own, &stages[index], &pooled, into);
            out_strip = own;
        }
        None
    }
}

impl GradientSum {
    /// Gradient of the weights, from the complete sum.
    pub fn into_weights(mut self) -> NetworkWeights {
        if let Some(tables) = &self.tables {
            tables.add_to(&mut self.weights.stages[0]);
        }
        self.weights
    }

    /// Adds another sum.
    pub fn add(&mut self, other: &mut Self) {
        self.weights.add(&mut other.weights);
        if let (Some(tables), Some(other)) = (&mut self.tables, &other.tables) {
            tables.add(other);
        }
    }
}
