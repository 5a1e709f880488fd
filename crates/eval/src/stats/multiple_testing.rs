//! p-values adjusted for the number of tests.

/// p-values after Holm's step-down adjustment, which controls the family-wise error rate under any dependence.
///
/// In ascending order of the m values, p(i) becomes the maximum of (m - j + 1) p(j) over j <= i, at most 1.
///
/// # Source
///
/// Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6:65-70 (1979).
///
/// # Examples
///
/// ```
/// let adjusted = tatabox_eval::holm(&[0.01, 0.04, 0.03]);
/// // 3 * 0.01, then 2 * 0.03, then max(0.06, 1 * 0.04).
/// for (p, expected) in adjusted.iter().zip([0.03, 0.06, 0.06]) {
///     assert!((p - expected).abs() < 1e-12);
/// }
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let mut largest = 0.0_f64;
    for (smaller, &index) in order.iter().enumerate() {
        largest = largest.max((p.len() - smaller) as f64 * p[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// p-values after Benjamini and Hochberg's step-up adjustment, which controls the false discovery rate.
///
/// In ascending order of the m values, p(i) becomes the minimum of m p(j) / j over j >= i, at most 1.
///
/// # Source
///
/// Benjamini and Hochberg, Controlling the false discovery rate, Journal of the Royal Statistical Society B 57:289-300 (1995),
/// doi:10.1111/j.2517-6161.1995.tb02031.x.
///
/// # Examples
///
/// ```
/// let adjusted = tatabox_eval::benjamini_hochberg(&[0.01, 0.04, 0.03]);
/// // 3 * 0.01 / 1; min(3 * 0.03 / 2, 3 * 0.04 / 3) for the other two.
/// for (p, expected) in adjusted.iter().zip([0.03, 0.04, 0.04]) {
///     assert!((p - expected).abs() < 1e-12);
/// }
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let mut smallest = 1.0_f64;
    for (smaller, &index) in order.iter().enumerate().rev() {
        smallest = smallest.min(p.len() as f64 * p[index] / (smaller + 1) as f64);
        adjusted[index] = smallest;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    order
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn adjusted_p_of_four_values_match_hand_calculation() {
        let p = [0.04, 0.01, 0.03, 0.5];
        // Holm, ascending 0.01 0.03 0.04 0.5: 4 * 0.01; 3 * 0.03; max(0.09, 2 * 0.04); 0.5.
        assert_relative_eq!(holm(&p)[..], [0.09, 0.04, 0.09, 0.5][..], epsilon = 1e-15);
        // Benjamini-Hochberg: 0.04; min(0.06, 0.16/3); 0.16/3; 0.5.
        assert_relative_eq!(benjamini_hochberg(&p)[..], [0.16 / 3.0, 0.04, 0.16 / 3.0, 0.5][..], epsilon = 1e-15);
        assert_eq!((holm(&[]), benjamini_hochberg(&[0.2])), (vec![], vec![0.2]));
    }

    proptest! {
            #[test]
    fn adjusted_p_preserves_order_and_never_decreases(p in proptest::collection::vec(0.0..=1.0_f64, 1..30)) {
                let (holm, bh) = (holm(&p), benjamini_hochberg(&p));
                for i in 0..p.len() {
                    prop_assert!(p[i] <= bh[i] + 1e-15 && bh[i] <= holm[i] + 1e-12 && holm[i] <= 1.0);
                    for j in 0..p.len() {
                        prop_assert!(p[i] > p[j] || (holm[i] <= holm[j] && bh[i] <= bh[j]));
                    }
                }
            }
        }
}
