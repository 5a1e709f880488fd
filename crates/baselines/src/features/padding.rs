//! Matrix of padding features: the length of the known sequence and the number of unknown bases.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_sequence::UNKNOWN;

use crate::task::BaselineTask;

/// Quantile bins; their inner edges are the thresholds of the step features.
const QUANTILE_BINS: usize = 10;

/// Number of lengths that describe the padding of a window.
const PADDING_LENGTHS: usize = 5;

/// Features of the padding of windows, independent of their bases.
///
/// Each length enters unchanged, as its logarithm, and as step functions at the deciles of the train genes, so that a
/// linear model can approximate any function of it.
#[derive(Debug, Clone)]
pub(crate) struct PaddingFeatures<'a> {
    dataset: &'a PreparedDataset,
    extent: Range<usize>,
    steps: [Vec<f64>; PADDING_LENGTHS],
}

impl<'a> PaddingFeatures<'a> {
    /// Padding features of the windows of a task, with steps at the deciles of the genes `train`.
    pub(crate) fn fit(task: &BaselineTask<'a>, train: &[usize]) -> Self {
        let lengths = padding_lengths(task.dataset, &task.extent, train);
        let steps = std::array::from_fn(|index| deciles(lengths.iter().map(|of_gene| of_gene[index]).collect()));
        Self { dataset: task.dataset, extent: task.extent.clone(), steps }
    }

    /// Number of features.
    pub(crate) fn len(&self) -> usize {
        self.steps.iter().map(|steps| steps.len() + 2).sum()
    }

    /// Features `[features, genes]`.
    pub(crate) fn matrix(&self, genes: &[usize]) -> DMatrix<f64> {
        features(&padding_lengths(self.dataset, &self.extent, genes), &self.steps)
    }
}

/// Padding lengths of each gene, in bp and within `extent`: known sequence upstream of the TSS, downstream and in total, then
/// unknown bases upstream and downstream.
fn padding_lengths(dataset: &PreparedDataset, extent: &Range<usize>, genes: &[usize]) -> Vec<[f64; PADDING_LENGTHS]> {
    let tss = dataset.geometry().tss_index().clamp(extent.start, extent.end) - extent.start;
    let of_gene = |codes: &mut Vec<u8>, &gene: &usize| {
        dataset.window_codes(gene, extent.clone(), codes);
        let known = Extent::of_known_bases(codes, tss);
        let unknown = |codes: &[u8]| codes.iter().map(|&code| f64::from(code == UNKNOWN)).sum();
        let (upstream, downstream) = codes.split_at(tss);
        [
            f64::from(known.upstream_bp),
            f64::from(known.downstream_bp),
            f64::from(known.total_bp()),
            unknown(upstream),
            unknown(downstream),
        ]
    };
    genes.par_iter().map_init(Vec::new, of_gene).collect()
}

/// Values at the nine deciles, without repetitions.
fn deciles(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let at = |bin: usize| values[bin * (values.len() - 1) / QUANTILE_BINS];
    let mut steps: Vec<f64> = (1..QUANTILE_BINS).map(at).collect();
    steps.dedup();
    steps
}

/// Features `[features, genes]` of padding lengths.
fn features(lengths: &[[f64; PADDING_LENGTHS]], steps: &[Vec<f64>; PADDING_LENGTHS]) -> DMatrix<f64> {
    let of_length = |(&bp, steps): (&f64, &Vec<f64>)| {
        let above: Vec<f64> = steps.iter().map(|&step| f64::from(bp > step)).collect();
        [vec![bp, bp.ln_1p()], above].concat()
    };
    let columns: Vec<f64> =
        lengths.iter().flat_map(|of_gene| of_gene.iter().zip(steps).flat_map(of_length).collect::<Vec<_>>()).collect();
    let height = steps.iter().map(|steps| steps.len() + 2).sum();
    DMatrix::from_vec(height, lengths.len(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_features_match_hand_calculation() {
        let steps = [vec![10.0, 20.0], vec![], vec![], vec![], vec![]];
        let features = features(&[[15.0, 0.0, 0.0, 0.0, 0.0], [20.0, 0.0, 0.0, 0.0, 0.0]], &steps);
        assert_eq!((features.nrows(), features.ncols()), (12, 2));
        // 15 and 20 are above 10 and not above 20.
        assert_eq!(features.column(0).as_slice()[..4], [15.0, 16.0_f64.ln(), 1.0, 0.0]);
        assert_eq!(features.column(1).as_slice()[..4], [20.0, 21.0_f64.ln(), 1.0, 0.0]);
    }

    #[test]
    fn deciles_repeated_values_are_merged() {
        let values: Vec<f64> = (0..101).rev().map(f64::from).collect();
        assert_eq!(deciles(values), [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]);
        assert_eq!(deciles(vec![7.0; 30]), [7.0]);
    }
}
