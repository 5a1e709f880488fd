//! Training batches: the plan of an epoch, and the windows and targets of its genes.

mod batch_loader;
mod epoch_plan;
mod row_batch;
mod row_targets;
mod train_rows;

pub(crate) use batch_loader::BatchLoader;
pub(crate) use epoch_plan::{PlannedBatch, plan_epoch};
pub(crate) use row_batch::{EncodedBatch, RowReader};
pub(crate) use row_targets::RowTargets;
pub(crate) use train_rows::TrainRows;
