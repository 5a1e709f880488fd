//! Wilcoxon's signed-rank test for paired values.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::stats::{average_ranks, tie_groups};

/// Largest number of differences with an exact p-value, without ties or zeros (as in scipy).
const MAX_EXACT: usize = 50;
/// Largest number of differences with an exact p-value, with ties or zeros (as in scipy).
const MAX_EXACT_WITH_TIES: usize = 13;

/// Result of Wilcoxon's signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// Number of nonzero differences; zeros are excluded.
    pub n: usize,
    /// The smaller of the rank sums of positive and negative differences.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Matched-pairs rank-biserial correlation, (positive sum - negative sum) / total: 1 if every difference is positive.
    pub rank_biserial: f64,
}

/// Tests whether `differences` are symmetric about zero; `None` if all are zero.
///
/// Zeros are excluded before ranking; ties have their average rank. The p-value is exact for up to 50 differences without zeros
/// and ties, and for up to 13 with them. Otherwise it uses the normal approximation, with the variance corrected for ties and
/// without continuity correction. This matches scipy's `wilcoxon` with `zero_method="wilcox"` and `method="auto"`.
///
/// # Source
///
/// Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1:80-83 (1945), doi:10.2307/3001968.
/// Matched-pairs rank-biserial correlation: Kerby, Comprehensive Psychology 3:11.IT.3.1 (2014),
/// doi:10.2466/11.IT.3.1.
///
/// # Examples
///
/// ```
/// // Ranks 1 2 3 4, the first negative: rank sums 9 and 1.
/// let test = tatabox_eval::signed_rank(&[-1.0, 2.0, 3.5, 9.0]).expect("not all zero");
/// assert_eq!((test.n, test.statistic, test.p, test.rank_biserial), (4, 1.0, 0.25, 0.8));
/// ```
pub fn signed_rank(differences: &[f64]) -> Option<SignedRank> {
    let nonzero: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    if nonzero.is_empty() {
        return None;
    }
    let sizes: Vec<f64> = nonzero.iter().map(|difference| difference.abs()).collect();
    let ranks = average_ranks(&sizes);
    let of_sign = |positive: bool| -> f64 {
        nonzero.iter().zip(&ranks).filter(|(value, _)| (**value > 0.0) == positive).map(|(_, rank)| rank).sum()
    };
    let (positive, negative) = (of_sign(true), of_sign(false));
    let ties: Vec<usize> = tie_groups(&sizes).iter().map(Vec::len).collect();
    let plain = nonzero.len() == differences.len() && ties.len() == nonzero.len();
    let most_exact = if plain { MAX_EXACT } else { MAX_EXACT_WITH_TIES };
    let p = if differences.len() <= most_exact { exact_p(&ranks, positive) } else { normal_p(&ties, positive) };
    Some(SignedRank {
        n: nonzero.len(),
        statistic: positive.min(negative),
        p,
        rank_biserial: (positive - negative) / (positive + negative),
    })
}

/// Exact two-sided p-value: twice the fraction of sign assignments with a positive rank sum at least as extreme.
fn exact_p(ranks: &[f64], positive: f64) -> f64 {
    // Average ranks are multiples of 1/2, so twice a rank is a whole number.
    let doubled: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank).round() as usize).collect();
    let observed = (2.0 * positive).round() as usize;
    let mut probability_of_sum = vec![0.0; doubled.iter().sum::<usize>() + 1];
    probability_of_sum[0] = 1.0;
    for &rank in &doubled {
        for sum in (0..probability_of_sum.len()).rev() {
            let with_this = if sum >= rank { probability_of_sum[sum - rank] } else { 0.0 };
            probability_of_sum[sum] = f64::midpoint(probability_of_sum[sum], with_this);
        }
    }
    let (below, above): (f64, f64) =
        (probability_of_sum[..=observed].iter().sum(), probability_of_sum[observed..].iter().sum());
    (2.0 * below.min(above)).min(1.0)
}

/// Two-sided p-value by normal approximation; `ties` holds the size of each group of equal absolute differences.
fn normal_p(ties: &[usize], positive: f64) -> f64 {
    let n = ties.iter().sum::<usize>() as f64;
    let tied: f64 = ties.iter().map(|&size| (size as f64).powi(3) - size as f64).sum();
    let variance = (n * (n + 1.0) * (2.0 * n + 1.0) - tied / 2.0) / 24.0;
    let z = (positive - n * (n + 1.0) / 4.0) / variance.sqrt();
    2.0 * Normal::standard().sf(z.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_rank_four_differences_match_hand_calculation() {
        // Ranks 1 2 3 4, the first negative: sums 9 and 1. Of 16 assignments two (none, the first) have a negative sum of 1 or
        // less: p = 2 * 2/16.
        let test = signed_rank(&[-1.0, 2.0, 3.5, 9.0]).expect("not all zero");
        assert_eq!((test.n, test.statistic, test.p, test.rank_biserial), (4, 1.0, 0.25, 0.8));
    }

    #[test]
    fn signed_rank_excludes_zeros_and_averages_tied_ranks() {
        // 1 and 1 have rank 1.5, -2 has rank 3: both rank sums are 3.
        let test = signed_rank(&[0.0, 1.0, -2.0, 1.0]).expect("three are not zero");
        assert_eq!((test.n, test.statistic, test.p, test.rank_biserial), (3, 3.0, 1.0, 0.0));
        assert_eq!(signed_rank(&[0.0; 20]), None);
        assert_eq!(signed_rank(&[]), None);
    }

    #[test]
    fn signed_rank_normal_approximation_is_close_to_exact_p() {
        let differences: Vec<f64> = (1..=50).map(|i| f64::from(i * if i % 3 == 0 { -1 } else { 1 })).collect();
        let exact = signed_rank(&differences).expect("not zero");
        let positive: f64 = differences.iter().filter(|d| **d > 0.0).sum();
        assert!((normal_p(&[1; 50], positive) - exact.p).abs() < 0.002, "{exact:?}");
    }
}
