//! Information content of a column of aligned sites.

/// Largest information content of a column of four bases, in bits.
pub(crate) const MAX_BITS: f64 = 2.0;

/// Height of A, C, G and T in a sequence logo, in bits: frequency times information content of the column.
///
/// The information content is max(0, 2 - (H + e(n))), with the entropy H of the frequencies and the small-sample correction
/// e(n) = 3 / (2 n ln 2) for n sites. All heights are 0 without sites.
///
/// # Source
///
/// Schneider and Stephens, Nucleic Acids Research 18 (1990) 6097, <https://doi.org/10.1093/nar/18.20.6097>; the approximate
/// correction of Schneider et al., J. Mol. Biol. 188 (1986) 415.
pub(crate) fn letter_heights(counts: [u32; 4]) -> [f64; 4] {
    let n: f64 = counts.into_iter().map(f64::from).sum();
    if n == 0.0 {
        return [0.0; 4];
    }
    let frequencies = counts.map(|count| f64::from(count) / n);
    let entropy: f64 = frequencies.into_iter().filter(|&f| f > 0.0).map(|f| -f * f.log2()).sum();
    let correction = 3.0 / (2.0 * n * std::f64::consts::LN_2);
    let information = (MAX_BITS - entropy - correction).max(0.0);
    frequencies.map(|f| f * information)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_heights_single_base_has_two_bits_minus_the_correction() {
        // e(100) = 3 / (200 ln 2) = 0.021640.
        let [a, c, g, t] = letter_heights([0, 0, 100, 0]);
        assert!((g - 1.978_360).abs() < 1e-6, "{g}");
        assert!(a + c + t == 0.0);
    }

    #[test]
    fn letter_heights_two_equal_bases_share_one_bit() {
        // Entropy 1, e(1000) = 0.002164: each half of 0.997836.
        let heights = letter_heights([500, 0, 0, 500]);
        assert!((heights[0] - 0.498_918).abs() < 1e-6 && (heights[3] - heights[0]).abs() < 1e-15);
    }

    #[test]
    fn letter_heights_few_sites_or_uniform_columns_are_zero() {
        for counts in [[1, 0, 0, 0], [9, 9, 9, 9], [0; 4]] {
            assert!(letter_heights(counts).iter().all(|height| height.abs() < f64::EPSILON), "{counts:?}");
        }
    }
}
