//! What attention weighs, beside what matters.

use tatabox_eval::spearman;
use tatabox_model::WindowPrediction;

/// A stretch under one attention weight, relative to the TSS base, half-open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AttentionBin {
    pub(super) start_bp: i64,
    pub(super) end_bp: i64,
    pub(super) weight: f64,
}

/// Attention along a promoter; empty of a model without.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AttendedBins(pub(super) Vec<AttentionBin>);

impl AttendedBins {
    pub(super) fn of(prediction: &WindowPrediction, bin_bp: usize) -> Self {
        let bin_bp = bin_bp as i64;
        let bin = |(index, &weight): (usize, &f64)| {
            let start_bp = prediction.attention_start_bp + index as i64 * bin_bp;
            AttentionBin { start_bp, end_bp: start_bp + bin_bp, weight }
        };
        Self(prediction.attention.iter().enumerate().map(bin).collect())
    }

    /// Rank correlation over the bins that lie wholly among the contributions: attention against the mean absolute
    /// contribution of a base. `start_bp` is where the contributions begin.
    pub(super) fn agreement(&self, contributions: &[f64], start_bp: i64) -> Option<f64> {
        let end_bp = start_bp + contributions.len() as i64;
        let inside = self.0.iter().filter(|bin| bin.start_bp >= start_bp && bin.end_bp <= end_bp);
        let (weights, strengths): (Vec<f64>, Vec<f64>) = inside
            .map(|bin| {
                let values = &contributions[(bin.start_bp - start_bp) as usize..(bin.end_bp - start_bp) as usize];
                let strength = values.iter().map(|value| value.abs()).sum::<f64>() / values.len() as f64;
                (bin.weight, strength)
            })
            .unzip();
        if weights.len() < 3 { None } else { spearman(&weights, &strengths) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_that_lie_inside_are_ranked() {
        let prediction = WindowPrediction {
            log2_tpm: vec![1.0],
            log2_tpm_sd: None,
            attention: vec![0.1, 0.2, 0.3, 0.4],
            attention_start_bp: -6,
        };
        let bins = AttendedBins::of(&prediction, 2);
        assert_eq!(bins.0[3], AttentionBin { start_bp: 0, end_bp: 2, weight: 0.4 });
        // From -5 on: bins -4..-2, -2..0, 0..2 with strengths 1, 2.5 and 1.5; ranks 1 3 2 against 1 2 3: 0.5.
        let contributions = [9.0, 1.0, -1.0, 3.0, -2.0, 1.5, 1.5];
        let agreement = bins.agreement(&contributions, -5).expect("three bins");
        assert!((agreement - 0.5).abs() < 1e-12, "{agreement}");
        assert_eq!(bins.agreement(&contributions[..4], -5), None);
    }
}
