//! Ridge regression on how far the known sequence reaches: what padding tells without a base being read.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_sequence::UNKNOWN;

use crate::error::BaselineError;
use crate::ridge::{Examples, Ridge, RidgeGrid};
use crate::task::{Fitted, Fitting};

/// Steps are placed at the tenths of the train genes.
const TENTHS: usize = 10;

/// Numbers of a window that padding determines.
const PADDING_NUMBERS: usize = 5;

/// Penalties tried, as a multiple of the number of train genes.
const PENALTIES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Ridge on functions of the padding of each window.
///
/// Of the bases it may read it knows only which are unknown: how far known sequence reaches to either side and in all, and
/// the unknown bases on either side. Each number enters as it is, as its logarithm, and as steps at the tenths of the train
/// genes, so that the regression can follow any shape.
pub(crate) fn fit(fitting: &mut Fitting<'_>) -> Result<Fitted, BaselineError> {
    let (train, validation) = (fitting.measured(Split::Train)?, fitting.measured(Split::Validation)?);
    let of = |genes: &[usize]| padding(fitting.task.dataset, &fitting.task.extent, genes);
    let of_train = of(&train.genes);
    let steps = std::array::from_fn(|number| tenths(of_train.iter().map(|of_gene| of_gene[number]).collect()));
    let train_features = features(&of_train, &steps);
    let size = train_features.nrows();
    let ridge = Ridge::fit(
        Examples { features: train_features, targets: &train.targets },
        Examples { features: features(&of(&validation.genes), &steps), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, sizes: &[size], spared: 0 },
        &mut |_, _| {},
    )?;
    Ok(Fitted { predicted: ridge.predict(features(&of(&fitting.task.wanted()), &steps)), notes: Vec::new() })
}

/// Reach of the known sequence upstream, downstream and in all, unknown bases upstream and downstream; all in bp, within
/// `extent`.
fn padding(dataset: &PreparedDataset, extent: &Range<usize>, genes: &[usize]) -> Vec<[f64; PADDING_NUMBERS]> {
    let tss = dataset.geometry().tss_index().clamp(extent.start, extent.end) - extent.start;
    let of_gene = |codes: &mut Vec<u8>, &gene: &usize| {
        dataset.window_codes(gene, extent.clone(), codes);
        let reach = Extent::of_known_bases(codes, tss);
        let unknown = |codes: &[u8]| codes.iter().map(|&code| f64::from(code == UNKNOWN)).sum();
        let (upstream, downstream) = codes.split_at(tss);
        [
            f64::from(reach.upstream_bp),
            f64::from(reach.downstream_bp),
            f64::from(reach.total_bp()),
            unknown(upstream),
            unknown(downstream),
        ]
    };
    genes.par_iter().map_init(Vec::new, of_gene).collect()
}

/// Values at the nine inner tenths, each once.
fn tenths(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let mut steps: Vec<f64> = (1..TENTHS).map(|tenth| values[tenth * (values.len() - 1) / TENTHS]).collect();
    steps.dedup();
    steps
}

/// Features `[features, genes]`.
fn features(padding: &[[f64; PADDING_NUMBERS]], steps: &[Vec<f64>; PADDING_NUMBERS]) -> DMatrix<f64> {
    let of_number = |(&bp, steps): (&f64, &Vec<f64>)| {
        let above: Vec<f64> = steps.iter().map(|&step| f64::from(bp > step)).collect();
        [vec![bp, bp.ln_1p()], above].concat()
    };
    let columns: Vec<f64> =
        padding.iter().flat_map(|numbers| numbers.iter().zip(steps).flat_map(of_number).collect::<Vec<_>>()).collect();
    let height = steps.iter().map(|steps| steps.len() + 2).sum();
    DMatrix::from_vec(height, padding.len(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_by_hand() {
        let steps = [vec![10.0, 20.0], vec![], vec![], vec![], vec![]];
        let features = features(&[[15.0, 0.0, 0.0, 0.0, 0.0], [20.0, 0.0, 0.0, 0.0, 0.0]], &steps);
        assert_eq!((features.nrows(), features.ncols()), (12, 2));
        // 15 and 20 are above 10 and not above 20.
        assert_eq!(features.column(0).as_slice()[..4], [15.0, 16.0_f64.ln(), 1.0, 0.0]);
        assert_eq!(features.column(1).as_slice()[..4], [20.0, 21.0_f64.ln(), 1.0, 0.0]);
    }

    #[test]
    fn steps_stand_at_the_tenths() {
        let values: Vec<f64> = (0..101).rev().map(f64::from).collect();
        assert_eq!(tenths(values), [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]);
        assert_eq!(tenths(vec![7.0; 30]), [7.0]);
    }
}
