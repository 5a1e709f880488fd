//! Training targets of rows of a data set.

use std::ops::Range;

use tatabox_dataset::{PreparedDataset, RowSource, TargetTransform};

use crate::bundle::{AssayTraining, TrainingConfig};

/// Targets of a batch, rows x outputs.
pub(crate) struct RowTargets {
    /// z-scores; 0 where missing.
    pub z_scores: Vec<f32>,
    /// Weight in the loss: 1 (or another weight for outputs of assays) where measured, 0 where missing.
    pub weights: Vec<f32>,
}

impl RowTargets {
    /// Targets of `rows` in the columns `targets` of the data set, all with weight 1.
    pub fn of(dataset: &PreparedDataset, rows: &[usize], targets: &[usize]) -> Self {
        Self::weighted(dataset, &dataset.target_transform(), rows, targets, &vec![1.0; targets.len()])
    }

    /// Targets of `rows` in the columns `targets` of the data set, standardised by `transform`, that of all targets.
    /// `weights` holds the weight of each column.
    pub fn weighted(
        dataset: &PreparedDataset,
        transform: &TargetTransform,
        rows: &[usize],
        targets: &[usize],
        weights: &[f32],
    ) -> Self {
        let values = rows.len() * targets.len();
        let (mut z_scores, mut own_weights) = (Vec::with_capacity(values), Vec::with_capacity(values));
        for &row in rows {
            for (&target, &weight) in targets.iter().zip(weights) {
                let log2 = f64::from(dataset.target(row, target));
                let known = log2.is_finite();
                z_scores.push(if known { transform.to_z(target, log2) as f32 } else { 0.0 });
                own_weights.push(if known { weight } else { 0.0 });
            }
        }
        Self { z_scores, weights: own_weights }
    }
}

/// Weight of each output in the loss. Without assays every measured value counts 1. With assays every row of a group of
/// outputs counts as much as a gene, times the weight of the group, whatever the number of outputs.
pub(crate) fn output_weights(config: &TrainingConfig) -> Vec<f32> {
    if config.assays.is_empty() {
        return vec![1.0; config.cell_types.len()];
    }
    let of_group = |(assay, group): (Option<&AssayTraining>, Range<usize>)| {
        let weight = assay.map_or(1.0, |assay| assay.weight);
        std::iter::repeat_n((weight / group.len() as f64) as f32, group.len())
    };
    config.outputs_by_assay().into_iter().flat_map(of_group).collect()
}

/// Part of the window that is the insert of a row; `None` for a gene.
pub(crate) fn insert_of(dataset: &PreparedDataset, row: usize) -> Option<Range<usize>> {
    match dataset.row_source(row) {
        RowSource::Gene(_) => None,
        RowSource::Assay { assay, row } => {
            let insert = &dataset.assays()[assay].rows[row].insert;
            Some(insert.start as usize..insert.end as usize)
        }
    }
}
