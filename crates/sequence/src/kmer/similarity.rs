//! Alignment-free similarity of two sequences by shared k-mers.

use super::KmerSketcher;
use crate::dna::UNKNOWN;

/// Largest gap between shared k-mers in one aligned stretch, in bp. At 90% identity, the next shared 16-mer starts 28
/// bases after a mismatch on average.
const GAP_BP: usize = 64;

/// Similarity of two sequences by their sets of canonical k-mers.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{KmerSimilarity, KmerSketcher, Sequence};
///
/// let whole = Sequence::from_ascii(b"ACGTTGCATAGGCATTACGA")?;
/// let part = whole.slice(4..16);
/// let similarity = KmerSimilarity::new(KmerSketcher::new(5, 1), whole.codes(), part.codes());
/// assert_eq!(similarity.containment(), 1.0);
/// assert!(similarity.jaccard() < 1.0);
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KmerSimilarity {
    /// Length of a k-mer.
    pub k: usize,
    /// Number of shared k-mers.
    pub shared: usize,
    /// Number of k-mers of the sequence with fewer k-mers.
    pub fewer: usize,
    /// Number of k-mers of the other sequence.
    pub more: usize,
    /// Fraction of the unambiguous bases of the sequence with fewer k-mers that is in stretches of shared k-mers, 0 to
    /// 1.
    pub aligned_fraction: f64,
}

impl KmerSimilarity {
    /// Similarity of two sequences of nucleotide codes.
    pub fn new(sketcher: KmerSketcher, a: &[u8], b: &[u8]) -> Self {
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

    /// Containment: fraction of the k-mers of the sequence with fewer k-mers that the other shares; 0 without k-mers.
    pub fn containment(&self) -> f64 {
        ratio(self.shared, self.fewer)
    }

    /// Jaccard index: shared k-mers divided by all distinct k-mers of both.
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.fewer + self.more - self.shared)
    }

    /// Estimated sequence identity of the shared part, 1 minus the Mash distance; `None` if no k-mer is shared.
    ///
    /// The estimate is `1 + ln(c) / k`, at least 0, with c the containment. Mash has `2 j / (1 + j)` for c, which
    /// equals the containment for sets of equal size. For unequal sizes the containment is preferred because the longer
    /// sequence extends past the shorter.
    ///
    /// # Source
    ///
    /// Ondov et al. 2016, <https://doi.org/10.1186/s13059-016-0997-x>, equation 4; with containment as in Mash Screen,
    /// Ondov et al. 2019, <https://doi.org/10.1186/s13059-019-1841-x>.
    pub fn identity(&self) -> Option<f64> {
        (self.shared > 0).then(|| (1.0 + self.containment().ln() / self.k as f64).max(0.0))
    }
}

/// Number of common elements of two ascending sets.
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

/// Fraction of unambiguous bases in stretches of k-mers that `other` shares.
fn aligned_fraction(sketcher: KmerSketcher, codes: &[u8], other: &[u32]) -> f64 {
    let unambiguous = codes.iter().filter(|&&code| code != UNKNOWN).count();
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
    // A gap may contain ambiguous bases.
    ratio(aligned.min(unambiguous), unambiguous)
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kmer::sketcher::tests::bases;

    fn compare(a: &[u8], b: &[u8]) -> KmerSimilarity {
        KmerSimilarity::new(KmerSketcher::new(12, 1), a, b)
    }

    /// Copy with every tenth base changed.
    fn mutated(codes: &[u8]) -> Vec<u8> {
        codes.iter().enumerate().map(|(at, &code)| if at % 10 == 9 { (code + 1) % 4 } else { code }).collect()
    }

    #[test]
    fn similarity_of_identical_sequences_is_one() {
        let codes = bases(300, 1);
        let same = compare(&codes, &codes);
        assert_eq!((same.shared, same.fewer, same.more), (289, 289, 289));
        for value in [same.containment(), same.jaccard(), same.identity().unwrap(), same.aligned_fraction] {
            assert!((value - 1.0).abs() < 1e-12, "{same:?}");
        }
    }

    #[test]
    fn kmer_similarity_half_overlap_matches_hand_computation() {
        // Bases 150 to 299 of one are bases 0 to 149 of the other: 139 of 289 k-mers are shared, 439 in total.
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
    fn kmer_similarity_part_is_contained() {
        let codes = bases(2_000, 3);
        let part = compare(&codes, &codes[700..1_000]);
        assert!((part.containment() - 1.0).abs() < 1e-12 && (part.aligned_fraction - 1.0).abs() < 1e-12);
        assert!(part.jaccard() < 0.2);
    }

    #[test]
    fn kmer_similarity_unrelated_sequences_is_near_zero() {
        let unrelated = compare(&bases(300, 4), &bases(300, 5));
        assert!(unrelated.containment() < 0.02 && unrelated.aligned_fraction < 0.1, "{unrelated:?}");
        assert_eq!(compare(&[UNKNOWN; 50], &bases(300, 4)).identity(), None);
    }

    #[test]
    fn aligned_fraction_scattered_mismatches_stay_one_stretch() {
        // Runs of nine bases have no 12-mer, so none is shared; 8-mers are.
        let codes = bases(300, 6);
        assert_eq!(compare(&codes, &mutated(&codes)).shared, 0);
        let similarity = KmerSimilarity::new(KmerSketcher::new(8, 1), &codes, &mutated(&codes));
        assert!(similarity.aligned_fraction > 0.9, "{similarity:?}");
    }

    proptest! {
        #[test]
        fn kmer_similarity_is_symmetric_and_between_zero_and_one(
            a in prop::collection::vec(0u8..=4, 0..200),
            b in prop::collection::vec(0u8..=4, 0..200),
        ) {
            let similarity = KmerSimilarity::new(KmerSketcher::new(3, 1), &a, &b);
            for fraction in [similarity.containment(), similarity.jaccard(), similarity.aligned_fraction] {
                prop_assert!((0.0..=1.0).contains(&fraction));
            }
            let other = KmerSimilarity::new(KmerSketcher::new(3, 1), &b, &a);
            let sizes = |similarity: KmerSimilarity| (similarity.shared, similarity.fewer, similarity.more);
            prop_assert_eq!(sizes(similarity), sizes(other));
        }
    }
}
