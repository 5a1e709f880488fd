//! Harmonisation of expression tables in log2(TPM + 1).

use super::record::HarmoniseRecord;
use super::{Harmonise, log2_to_tpm, tpm_to_log2};

/// Harmonises linear TPM, genes x cell types, in place. Missing values remain missing.
///
/// Quantiles are fitted on the `train` genes measured in every cell type, so no other gene influences them. An offset
/// is specific to a gene. `None` if no gene could be used for fitting.
pub(crate) fn harmonise(
    method: Harmonise,
    tpm: &mut [f32],
    source_of: &[usize],
    train: &[usize],
) -> Option<HarmoniseRecord> {
    let mut log2: Vec<f64> = tpm.iter().map(|&tpm| tpm_to_log2(f64::from(tpm))).collect();
    let record = match method {
        Harmonise::None => return None,
        Harmonise::Quantile => quantile(&mut log2, source_of.len(), train),
        Harmonise::Offset => offset(&mut log2, source_of),
    };
    if record.genes_fitted == 0 {
        return None;
    }
    for (tpm, log2) in tpm.iter_mut().zip(log2).filter(|(_, log2)| !log2.is_nan()) {
        *tpm = log2_to_tpm(log2) as f32;
    }
    Some(record)
}

/// Quantile normalisation: every cell type gets the mean distribution. A value between those of two fitted genes is
/// interpolated.
///
/// # Source
///
/// Bolstad et al. 2003, doi:10.1093/bioinformatics/19.2.185, where the fit uses all genes.
fn quantile(log2: &mut [f64], width: usize, train: &[usize]) -> HarmoniseRecord {
    let row = |gene: usize| &log2[gene * width..(gene + 1) * width];
    let fitted: Vec<usize> =
        train.iter().copied().filter(|&gene| row(gene).iter().all(|value| value.is_finite())).collect();
    let sorted: Vec<Vec<f64>> = (0..width)
        .map(|column| {
            let mut values: Vec<f64> = fitted.iter().map(|&gene| row(gene)[column]).collect();
            values.sort_by(f64::total_cmp);
            values
        })
        .collect();
    let reference: Vec<f64> =
        (0..fitted.len()).map(|rank| sorted.iter().map(|column| column[rank]).sum::<f64>() / width as f64).collect();
    if !fitted.is_empty() {
        let maps: Vec<PiecewiseLinearMap> =
            sorted.iter().map(|values| PiecewiseLinearMap::of(values, &reference)).collect();
        for (index, value) in log2.iter_mut().enumerate() {
            *value = maps[index % width].apply(*value);
        }
    }
    HarmoniseRecord { genes_fitted: fitted.len(), genes_unchanged: 0 }
}

/// Piecewise linear map from the values of one cell type to the mean distribution.
struct PiecewiseLinearMap {
    /// Pairs of original and mapped value, ascending, without duplicates.
    points: Vec<(f64, f64)>,
}

impl PiecewiseLinearMap {
    /// Map in which equal values get the mean of their ranks.
    fn of(sorted: &[f64], reference: &[f64]) -> Self {
        let mut points = Vec::new();
        let mut start = 0;
        for run in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let end = start + run.len();
            let mean = reference[start..end].iter().sum::<f64>() / run.len() as f64;
            points.push((run[0], mean));
            start = end;
        }
        Self { points }
    }

    /// Values outside the knots keep their distance from the outermost knot; none becomes negative.
    fn apply(&self, value: f64) -> f64 {
        let next = self.points.partition_point(|&(knot, _)| knot < value);
        let mapped = match (next.checked_sub(1).map(|index| self.points[index]), self.points.get(next)) {
            (_, Some(&(knot, mapped))) if knot <= value => mapped,
            (Some((low, from)), Some(&(high, to))) => from + (to - from) * (value - low) / (high - low),
            (None, Some(&(knot, mapped))) | (Some((knot, mapped)), None) => mapped + (value - knot),
            (None, None) => value,
        };
        if mapped.is_nan() { mapped } else { mapped.max(0.0) }
    }
}

/// Shifts the values of each gene so that its mean is the same in every table: the mean of the table means.
fn offset(log2: &mut [f64], source_of: &[usize]) -> HarmoniseRecord {
    let sources = source_of.iter().max().map_or(0, |&last| last + 1);
    let (mut genes_fitted, mut genes_unchanged) = (0, 0);
    for row in log2.chunks_exact_mut(source_of.len()) {
        let mut sums = vec![(0.0, 0_u32); sources];
        for (&value, &source) in row.iter().zip(source_of).filter(|(value, _)| value.is_finite()) {
            sums[source].0 += value;
            sums[source].1 += 1;
        }
        let means: Vec<Option<f64>> = sums.iter().map(|&(sum, n)| (n > 0).then(|| sum / f64::from(n))).collect();
        let measured = means.iter().flatten().count();
        if measured < 2 {
            genes_unchanged += usize::from(measured == 1);
            continue;
        }
        genes_fitted += 1;
        let overall = means.iter().flatten().sum::<f64>() / measured as f64;
        for (value, &source) in row.iter_mut().zip(source_of) {
            if let Some(mean) = means[source].filter(|_| value.is_finite()) {
                *value = (*value - mean + overall).max(0.0);
            }
        }
    }
    HarmoniseRecord { genes_fitted, genes_unchanged }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// TPM for values of log2(TPM + 1).
    fn tpm(log2: &[f64]) -> Vec<f32> {
        log2.iter().map(|&value| if value.is_nan() { f32::NAN } else { log2_to_tpm(value) as f32 }).collect()
    }

    fn log2(tpm: &[f32]) -> Vec<f64> {
        tpm.iter().map(|&value| (tpm_to_log2(f64::from(value)) * 1e4).round() / 1e4).collect()
    }

    #[test]
    fn harmonise_quantile_matches_hand_calculation() {
        // Columns 1, 5, 3 and 2, 4, 8: sorted 1 3 5 and 2 4 8; mean of each rank 1.5, 3.5, 6.5.
        let mut values = tpm(&[1.0, 2.0, 5.0, 4.0, 3.0, 8.0]);
        let record = harmonise(Harmonise::Quantile, &mut values, &[0, 1], &[0, 1, 2]).expect("fitted");
        assert_eq!(log2(&values), [1.5, 1.5, 6.5, 3.5, 3.5, 6.5]);
        assert_eq!(record, HarmoniseRecord { genes_fitted: 3, genes_unchanged: 0 });
    }

    #[test]
    fn harmonise_quantile_is_fitted_on_train_genes() {
        // The last two genes are not train genes; the very last is measured in one cell type.
        let mut values = tpm(&[1.0, 2.0, 5.0, 4.0, 3.0, 8.0, 2.0, 9.0, 0.0, f64::NAN]);
        harmonise(Harmonise::Quantile, &mut values, &[0, 1], &[0, 1, 2]).expect("fitted");
        // 2 is halfway between 1 and 3: halfway between 1.5 and 3.5. 9 is one above 8, 0 one below 1.
        assert_eq!(log2(&values)[6..9], [2.5, 7.5, 0.5]);
        assert!(values[9].is_nan());
        assert_eq!(log2(&values)[..6], [1.5, 1.5, 6.5, 3.5, 3.5, 6.5]);
    }

    #[test]
    fn harmonise_quantile_keeps_ties() {
        let mut values = tpm(&[0.0, 1.0, 0.0, 2.0, 4.0, 3.0]);
        harmonise(Harmonise::Quantile, &mut values, &[0, 1], &[0, 1, 2]).expect("fitted");
        // Reference 0.5, 1, 3.5; the two zeros share ranks one and two: 0.75.
        assert_eq!(log2(&values), [0.75, 0.5, 0.75, 1.0, 3.5, 3.5]);
    }

    #[test]
    fn harmonise_offset_matches_hand_calculation() {
        // Means 2 and 6 over the cell types of each table, 4 over both; the second gene is measured in one table.
        let mut values = tpm(&[1.0, 3.0, 6.0, 2.0, 2.0, f64::NAN]);
        let record = harmonise(Harmonise::Offset, &mut values, &[0, 0, 1], &[]).expect("fitted");
        assert_eq!(log2(&values)[..5], [3.0, 5.0, 4.0, 2.0, 2.0]);
        assert!(values[5].is_nan());
        assert_eq!(record, HarmoniseRecord { genes_fitted: 1, genes_unchanged: 1 });
    }

    #[test]
    fn harmonise_without_common_gene_returns_none() {
        let mut values = tpm(&[1.0, f64::NAN]);
        assert_eq!(harmonise(Harmonise::Quantile, &mut values, &[0, 1], &[0]), None);
        assert_eq!(harmonise(Harmonise::Offset, &mut values, &[0, 1], &[0]), None);
        assert_eq!(log2(&values)[..1], [1.0]);
    }

    proptest! {
        #[test]
        fn harmonise_quantile_keeps_order_within_cell_type(values in prop::collection::vec(0.0_f64..12.0, 8..60), trained in 2_usize..30) {
            let genes = values.len() / 2;
            let mut after = tpm(&values[..2 * genes]);
            let before = after.clone();
            let train: Vec<usize> = (0..genes.min(trained)).collect();
            harmonise(Harmonise::Quantile, &mut after, &[0, 1], &train).expect("fitted");
            for column in 0..2 {
                let mut order: Vec<usize> = (0..genes).collect();
                order.sort_by(|&a, &b| before[2 * a + column].total_cmp(&before[2 * b + column]));
                for pair in order.windows(2) {
                    let (low, high) = (after[2 * pair[0] + column], after[2 * pair[1] + column]);
                    prop_assert!(low <= high * (1.0 + 1e-5) + 1e-5, "{low} {high}");
                }
            }
        }
    }
}
