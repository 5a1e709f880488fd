//! Attention weights along a promoter.

use tatabox_eval::spearman;
use tatabox_model::WindowPrediction;

/// Fewest bins for a rank correlation.
const MIN_BINS: usize = 3;

/// Interval under one attention weight, relative to the TSS base and half-open.
///
/// # Examples
///
/// ```
/// use tatabox::explain::AttentionBin;
///
/// let bin = AttentionBin { start_bp: -10, end_bp: 0, weight: 0.25 };
/// assert_eq!(bin.end_bp - bin.start_bp, 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionBin {
    /// First position.
    pub start_bp: i64,
    /// One past the last position.
    pub end_bp: i64,
    /// Weight, the mean over heads and members.
    pub weight: f64,
}

/// Attention bins of a prediction; empty for a model without attention.
pub(super) fn attention_bins(prediction: &WindowPrediction, bin_bp: usize) -> Vec<AttentionBin> {
    let bin_bp = bin_bp as i64;
    let bin = |(index, &weight): (usize, &f64)| {
        let start_bp = prediction.attention_start_bp + index as i64 * bin_bp;
        AttentionBin { start_bp, end_bp: start_bp + bin_bp, weight }
    };
    prediction.attention.iter().enumerate().map(bin).collect()
}

/// Spearman correlation between attention and the mean absolute contribution of a base, over the bins that the contributions
/// cover completely. `start_bp` is the position of the first contribution.
pub(super) fn attention_agreement(bins: &[AttentionBin], contributions: &[f64], start_bp: i64) -> Option<f64> {
    let end_bp = start_bp + contributions.len() as i64;
    let covered = bins.iter().filter(|bin| bin.start_bp >= start_bp && bin.end_bp <= end_bp);
    let (weights, magnitudes): (Vec<f64>, Vec<f64>) = covered
        .map(|bin| {
            let values = &contributions[(bin.start_bp - start_bp) as usize..(bin.end_bp - start_bp) as usize];
            let magnitude = values.iter().map(|value| value.abs()).sum::<f64>() / values.len() as f64;
            (bin.weight, magnitude)
        })
        .unzip();
    if weights.len() < MIN_BINS { None } else { spearman(&weights, &magnitudes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attention_agreement_ranks_covered_bins_only() {
        let prediction = WindowPrediction {
            log2_tpm: vec![1.0],
            log2_tpm_sd: None,
            attention: vec![0.1, 0.2, 0.3, 0.4],
            attention_start_bp: -6,
        };
        let bins = attention_bins(&prediction, 2);
        assert_eq!(bins[3], AttentionBin { start_bp: 0, end_bp: 2, weight: 0.4 });
        // From -5 on: bins -4..-2, -2..0, 0..2 with magnitudes 1, 2.5 and 1.5; ranks 1 3 2 against 1 2 3: 0.5.
        let contributions = [9.0, 1.0, -1.0, 3.0, -2.0, 1.5, 1.5];
        let agreement = attention_agreement(&bins, &contributions, -5).expect("three bins");
        assert!((agreement - 0.5).abs() < 1e-12, "{agreement}");
        assert_eq!(attention_agreement(&bins, &contributions[..4], -5), None);
    }
}
