//! What the training loop asks of whoever computes.

use burn::optim::GradientsParams;
use rand_chacha::ChaCha8Rng;

use super::epoch_loss::StepLoss;
use crate::error::ModelError;
use crate::nn::{Network, TrainableLayers};
use crate::train::batch::PlannedBatch;

/// Makes the gradients that the training loop steps with, and the predictions that it validates with.
pub(crate) trait BatchGradients {
    /// Tells the batches of an epoch in the order in which they will be asked for, so that they can be made ahead.
    fn announce(&mut self, plan: &[PlannedBatch]);

    /// The loss of the next announced batch, with dropout masks drawn from `dropout`, and its gradient for every
    /// weight of the trained part of `network`. What it holds for other weights means nothing.
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
