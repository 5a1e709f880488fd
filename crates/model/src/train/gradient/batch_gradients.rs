//! Interface between the training loop and the computation of gradients.

use burn::optim::GradientsParams;
use rand_chacha::ChaCha8Rng;

use super::epoch_loss::StepLoss;
use crate::error::ModelError;
use crate::nn::{Network, TrainableLayers};
use crate::train::batch::PlannedBatch;

/// Source of gradients for training steps and of predictions for validation.
pub(crate) trait BatchGradients {
    /// Announces the batches of an epoch in the order in which they will be requested, so that they can be read in
    /// advance.
    fn announce(&mut self, plan: &[PlannedBatch]);

    /// Loss of the next announced batch, with dropout masks sampled from `dropout`, and its gradient for every
    /// trainable weight of `network`. Gradients of other weights are undefined.
    fn loss_and_gradients(
        &mut self,
        network: &Network,
        planned: &PlannedBatch,
        dropout: ChaCha8Rng,
        trained: TrainableLayers,
    ) -> Result<(StepLoss, GradientsParams), ModelError>;

    /// z-scores of these genes of the data set without shift, mutation or dropout, genes x cell types.
    fn predict(&mut self, network: &Network, genes: &[usize]) -> Result<Vec<f64>, ModelError>;
}
