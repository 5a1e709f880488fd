//! Background sequence of promoters: CpG islands and CpG-poor promoters.

use rand::{Rng, RngExt};
use tatabox_sequence::{A, C, G, T};

/// Fraction of promoters in CpG islands. It is about 0.7 in human (Saxonov 2006, doi:10.1073/pnas.0510310103); the
/// lower value gives small data sets enough promoters of both classes.
const ISLAND_FRACTION: f64 = 0.6;
/// Mean GC fraction of each class, and the maximum deviation of a gene from it.
const ISLAND_GC: f64 = 0.62;
const POOR_GC: f64 = 0.43;
const GC_SPREAD: f64 = 0.06;
/// Fraction of CpG dinucleotides retained in each class.
const ISLAND_CPG_RETAINED: f64 = 0.85;
const POOR_CPG_RETAINED: f64 = 0.2;

/// Promoter class of a gene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PromoterClass {
    pub(super) is_island: bool,
    gc: f64,
    cpg_retained: f64,
}

impl PromoterClass {
    pub(super) fn sample(rng: &mut impl Rng) -> Self {
        let is_island = rng.random_bool(ISLAND_FRACTION);
        let (gc, cpg_retained) =
            if is_island { (ISLAND_GC, ISLAND_CPG_RETAINED) } else { (POOR_GC, POOR_CPG_RETAINED) };
        Self { is_island, gc: gc + rng.random_range(-GC_SPREAD..GC_SPREAD), cpg_retained }
    }

    /// Base codes of a promoter of this class.
    pub(super) fn sequence(&self, length: usize, rng: &mut impl Rng) -> Vec<u8> {
        let mut codes = Vec::with_capacity(length);
        let mut previous = A;
        for _ in 0..length {
            let mut code = self.base(rng);
            if previous == C && code == G && !rng.random_bool(self.cpg_retained) {
                // Deamination: CG becomes TG, which is CA on the other strand.
                code = A;
            }
            codes.push(code);
            previous = code;
        }
        codes
    }

    fn base(&self, rng: &mut impl Rng) -> u8 {
        let [weak, strong] = [[A, T], [C, G]];
        let pair = if rng.random_bool(self.gc) { strong } else { weak };
        pair[usize::from(rng.random_bool(0.5))]
    }
}

/// Observed/expected CpG ratio: count(CG) * length / (count(C) * count(G)); 0 without C or G.
///
/// # Source
///
/// Gardiner-Garden and Frommer 1987, doi:10.1016/0022-2836(87)90689-9.
pub(super) fn cpg_ratio(codes: &[u8]) -> f64 {
    let mut counts = [0.0; 4];
    for &code in codes {
        counts[usize::from(code)] += 1.0;
    }
    let pairs = codes.windows(2).filter(|pair| pair == &[C, G]).count() as f64;
    let expected = counts[usize::from(C)] * counts[usize::from(G)] / codes.len() as f64;
    if expected > 0.0 { pairs / expected } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn cpg_ratio_matches_hand_calculation() {
        // CGCG: two CG, two C, two G, four bases: 2 * 4 / (2 * 2) = 2.
        assert!((cpg_ratio(&[C, G, C, G]) - 2.0).abs() < 1e-12);
        assert!(cpg_ratio(&[A, T, A]).abs() < 1e-12);
    }

    #[test]
    fn promoter_class_determines_cpg_ratio() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for (is_island, range) in [(true, 0.7..1.1), (false, 0.1..0.4)] {
            let (gc, cpg_retained) =
                if is_island { (ISLAND_GC, ISLAND_CPG_RETAINED) } else { (POOR_GC, POOR_CPG_RETAINED) };
            let codes = PromoterClass { is_island, gc, cpg_retained }.sequence(20_000, &mut rng);
            let ratio = cpg_ratio(&codes);
            assert!(range.contains(&ratio), "{is_island}: {ratio}");
        }
    }
}
