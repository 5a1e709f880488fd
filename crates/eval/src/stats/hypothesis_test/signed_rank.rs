//! Wilcoxon's signed-rank test: do paired values differ, whatever their distribution?

use statrs::distribution::{ContinuousCDF, Normal};

use crate::stats::{average_ranks, tie_groups};

/// Up to this many differences without ties or zeros the p-value is exact, as in scipy.
const MAX_EXACT: usize = 50;
/// Up to this many it is exact with ties and zeros too, as in scipy.
const MAX_EXACT_WITH_TIES: usize = 13;

/// Outcome of Wilcoxon's signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// Differences that are not zero; the others say nothing and are left out.
    pub n: usize,
    /// The smaller of the sums of ranks of positive and of negative differences.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// (positive sum - negative sum) / their total: 1 where every difference is positive.
    pub rank_biserial: f64,
}

/// Tests whether `differences` lie symmetrically about zero. `None` where all are zero.
///
/// Zeros are left out before ranking, ties get their average rank. The p-value is exact for up to 50 differences without zeros
/// and ties, and for up to 13 with them; otherwise it comes from the normal approximation with the variance corrected for ties and
/// without continuity correction: scipy's `wilcoxon` with `zero_method="wilcox"` and `method="auto"`.
///
/// # Source
///
/// Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1:80-83 (1945), doi:10.2307/3001968.
/// The matched-pairs rank-biserial correlation is that of Kerby, Comprehensive Psychology 3:11.IT.3.1 (2014),
/// doi:10.2466/11.IT.3.1.
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

/// Share of all assignments of signs whose positive sum is at least as far out, doubled.
fn exact_p(ranks: &[f64], positive: f64) -> f64 {
    // Average ranks are halves, twice a rank is a whole number.
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

/// Normal approximation; `ties` has the size of each group of equal differences.
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
    fn four_differences_worked_by_hand() {
        // Ranks 1 2 3 4, the first negative: sums 9 and 1. Of 16 assignments two (none, the first) have a negative sum of 1 or
        // less: p = 2 * 2/16.
        let test = signed_rank(&[-1.0, 2.0, 3.5, 9.0]).expect("not all zero");
        assert_eq!((test.n, test.statistic, test.p, test.rank_biserial), (4, 1.0, 0.25, 0.8));
    }

    #[test]
    fn zeros_are_left_out_and_ties_share_ranks() {
        // 1 and 1 share rank 1.5, -2 has rank 3: sums 3 and 3, as even as can be.
        let test = signed_rank(&[0.0, 1.0, -2.0, 1.0]).expect("three are not zero");
        assert_eq!((test.n, test.statistic, test.p, test.rank_biserial), (3, 3.0, 1.0, 0.0));
        assert_eq!(signed_rank(&[0.0; 20]), None);
        assert_eq!(signed_rank(&[]), None);
    }

    #[test]
    fn the_normal_approximation_is_near_the_exact_p() {
        let differences: Vec<f64> = (1..=50).map(|i| f64::from(i * if i % 3 == 0 { -1 } else { 1 })).collect();
        let exact = signed_rank(&differences).expect("not zero");
        let positive: f64 = differences.iter().filter(|d| **d > 0.0).sum();
        assert!((normal_p(&[1; 50], positive) - exact.p).abs() < 0.002, "{exact:?}");
    }
}
