//! Training batches: the plan of an epoch, and the windows and targets of its genes.

mod batch_loader;
mod epoch_plan;
mod gene_batch;
mod gene_targets;

pub(crate) use batch_loader::BatchLoader;
pub(crate) use epoch_plan::{PlannedBatch, plan_epoch};
pub(crate) use gene_batch::{EncodedBatch, GeneReader};
pub(crate) use gene_targets::GeneTargets;
