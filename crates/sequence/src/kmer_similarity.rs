//! How alike two sequences are by the k-mers they share, without an alignment.

use crate::KmerSketcher;
use crate::nucleotide::UNKNOWN;

/// Runs of shared k-mers no further apart than this count as one aligned stretch: at 90% identity the next shared word of
/// 16 bases begins 28 bases after a mismatch on average.
const GAP_BP: usize = 64;

/// Two sequences compared by their sets of canonical k-mers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KmerSimilarity {
    /// Bases of a k-mer.
    pub k: usize,
    /// K-mers that both hold.
    pub shared: usize,
    /// K-mers of the sequence that has fewer.
    pub fewer: usize,
    /// K-mers of the other.
    pub more: usize,
    /// Share of the known bases of the sequence with fewer k-mers that lies in stretches of shared k-mers.
    pub aligned_fraction: f64,
}

impl KmerSimilarity {
    /// Compares two sequences of nucleotide codes.
    pub fn of(sketcher: KmerSketcher, a: &[u8], b: &[u8]) -> Self {
        let (set_a, set_b) = (sketcher.kmer_set(a), sketcher.kmer_set(b));
        let (codes, own, other) = if set_a.len() <= set_b.len() { (a, set_a, set_b) } else { (b, set_b, set_a) };
        Self {
            k: sketcher.k(),
            shared: shared(&own, &other),
            fewer: own.len(),
            more: other.len(),
            aligned_fraction: aligned_fraction(sketcher, codes, &other),
        }
    }

    /// Share of the k-mers of the sequence with fewer that the other holds too; 0 without k-mers.
    pub fn containment(&self) -> f64 {
        ratio(self.shared, self.fewer)
    }

    /// Shared k-mers over all k-mers of both.
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.fewer + self.more - self.shared)
    }

    /// Estimated identity of what both hold, 1 less the Mash distance; none where nothing is shared.
    ///
    /// `1 + ln(c) / k`, at least 0, where Mash has `2 j / (1 + j)` for c. For sets of equal size that is the containment;
    /// of unequal ones the containment is taken, as the longer sequence goes on where the shorter ends.
    ///
    /// # Source
    ///
    /// Ondov et al. 2016, <https://doi.org/10.1186/s13059-016-0997-x>, equation 4; with containment as in Mash Screen,
    /// Ondov et al. 2019, <https://doi.org/10.1186/s13059-019-1841-x>.
    pub fn identity(&self) -> Option<f64> {
        (self.shared > 0).then(|| (1.0 + self.containment().ln() / self.k as f64).max(0.0))
    }
}

/// Elements of two ascending sets that are in both.
pub(crate) fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        count += usize::from(a[i] == b[j]);
        let (step_a, step_b) = (a[i] <= b[j], b[j] <= a[i]);
        i += usize::from(step_a);
        j += usize::from(step_b);
    }
    count
}

fn aligned_fraction(sketcher: KmerSketcher, codes: &[u8], other: &[u32]) -> f64 {
    let known = codes.iter().filter(|&&code| code != UNKNOWN).count();
    let mut aligned = 0;
    let mut aligned_to = None;
    for (position, hash) in sketcher.kmers(codes) {
        if other.binary_search(&hash).is_err() {
            continue;
        }
        let end = position + sketcher.k();
        let start = aligned_to.filter(|&to| position <= to + GAP_BP).unwrap_or(position);
        aligned += end - start;
        aligned_to = Some(end);
    }
    // Unknown bases may lie in a gap.
    ratio(aligned.min(known), known)
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kmer_sketch::tests::bases;

    fn compare(a: &[u8], b: &[u8]) -> KmerSimilarity {
        KmerSimilarity::of(KmerSketcher::new(12, 1), a, b)
    }

    /// Every tenth base changed.
    fn mutated(codes: &[u8]) -> Vec<u8> {
        codes.iter().enumerate().map(|(at, &code)| if at % 10 == 9 { (code + 1) % 4 } else { code }).collect()
    }

    #[test]
    fn the_same_sequence_is_wholly_alike() {
        let codes = bases(300, 1);
        let same = compare(&codes, &codes);
        assert_eq!((same.shared, same.fewer, same.more), (289, 289, 289));
        for value in [same.containment(), same.jaccard(), same.identity().unwrap(), same.aligned_fraction] {
            assert!((value - 1.0).abs() < 1e-12, "{same:?}");
        }
    }

    #[test]
    fn half_a_window_shared_by_hand() {
        // Bases 150..300 of one are 0..150 of the other: 139 words of 289 shared, 439 in all.
        let genome = bases(450, 2);
        let half = compare(&genome[..300], &genome[150..]);
        assert_eq!(half.shared, 139);
        assert!((half.containment() - 139.0 / 289.0).abs() < 1e-12);
        assert!((half.jaccard() - 139.0 / 439.0).abs() < 1e-12);
        // Mash: D = -ln(2 j / (1 + j)) / k, and 2 j / (1 + j) = 278 / 578 is the containment.
        let distance = -(278.0_f64 / 578.0).ln() / 12.0;
        assert!((half.identity().unwrap() - (1.0 - distance)).abs() < 1e-12);
        assert!((half.aligned_fraction - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_part_is_wholly_within_the_whole() {
        let codes = bases(2_000, 3);
        let part = compare(&codes, &codes[700..1_000]);
        assert!((part.containment() - 1.0).abs() < 1e-12 && (part.aligned_fraction - 1.0).abs() < 1e-12);
        assert!(part.jaccard() < 0.2);
    }

    #[test]
    fn strangers_share_next_to_nothing() {
        let strangers = compare(&bases(300, 4), &bases(300, 5));
        assert!(strangers.containment() < 0.02 && strangers.aligned_fraction < 0.1, "{strangers:?}");
        assert_eq!(compare(&[UNKNOWN; 50], &bases(300, 4)).identity(), None);
    }

    #[test]
    fn scattered_changes_leave_one_stretch() {
        // Runs of nine bases hold no word of 12, so nothing is shared; words of 8 are.
        let codes = bases(300, 6);
        assert_eq!(compare(&codes, &mutated(&codes)).shared, 0);
        let similarity = KmerSimilarity::of(KmerSketcher::new(8, 1), &codes, &mutated(&codes));
        assert!(similarity.aligned_fraction > 0.9, "{similarity:?}");
    }

    proptest! {
        #[test]
        fn shares_are_shares_and_order_does_not_matter(
            a in prop::collection::vec(0u8..=4, 0..200),
            b in prop::collection::vec(0u8..=4, 0..200),
        ) {
            let similarity = KmerSimilarity::of(KmerSketcher::new(3, 1), &a, &b);
            for share in [similarity.containment(), similarity.jaccard(), similarity.aligned_fraction] {
                prop_assert!((0.0..=1.0).contains(&share));
            }
            let other = KmerSimilarity::of(KmerSketcher::new(3, 1), &b, &a);
            prop_assert_eq!((similarity.shared, similarity.fewer, similarity.more), (other.shared, other.fewer, other.more));
        }
    }
}
