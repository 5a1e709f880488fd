//! Canonical k-mers of a sequence as hashes: complete sets, or sketches of a fixed fraction.

use crate::dna::{T, UNKNOWN};

/// Longest window that is compared by short k-mers, in bp.
const MAX_SHORT_WINDOW_BP: usize = 1_000;

/// k for short windows. One of a hundred pairs of unrelated 300 bp windows shares such a k-mer (289 x 289 pairs of
/// k-mers, 4^12 / 2 canonical k-mers), while a copy with 80% identity still shares twenty.
const SHORT_K: usize = 12;

/// k for long windows. One of eighteen pairs of unrelated 11 kb windows shares such a k-mer. It is also the largest k
/// with a collision-free 32-bit hash.
const LONG_K: usize = 16;

/// Approximate number of k-mers in the sketch of a window.
const SKETCH_SIZE: usize = 1_000;

/// Hashing of sequences into sets of canonical k-mers: a k-mer and its reverse complement have one hash.
///
/// A sketch consists of the hashes below `2^32 / scale`, for every sequence. Therefore the sketch of a part is a subset
/// of the sketch of the whole, and fractions of sketches estimate fractions of sequences (FracMinHash). With a scale of
/// 1, a sketch has every k-mer.
///
/// # Source
///
/// Irber et al. 2022, <https://doi.org/10.1101/2022.01.11.475838>; canonical k-mers as in Ondov et al. 2016,
/// <https://doi.org/10.1186/s13059-016-0997-x>.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{KmerSketcher, Sequence};
///
/// let sketcher = KmerSketcher::new(4, 1);
/// let sequence = Sequence::from_ascii(b"ACCCGTNTTTT")?;
/// // ACCC, CCCG, CCGT and TTTT; no k-mer spans the N.
/// assert_eq!(sketcher.kmer_set(sequence.codes()).len(), 4);
/// let reverse = sequence.reverse_complement();
/// assert_eq!(sketcher.kmer_set(reverse.codes()), sketcher.kmer_set(sequence.codes()));
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KmerSketcher {
    k: usize,
    scale: u32,
}

impl KmerSketcher {
    /// Sketcher of k-mers, of which a sketch keeps one in `scale`.
    ///
    /// # Panics
    ///
    /// Unless 1 <= `k` <= 16 and `scale` is at least 1.
    pub fn new(k: usize, scale: u32) -> Self {
        assert!((1..=LONG_K).contains(&k), "k is {k}; expected 1 to {LONG_K}");
        assert!(scale > 0, "scale must be at least 1");
        Self { k, scale }
    }

    /// Sketcher for windows of `window_bp` bases: complete sets of 12-mers up to 1,000 bp, sketches of about a thousand
    /// 16-mers beyond.
    pub fn for_windows(window_bp: usize) -> Self {
        if window_bp <= MAX_SHORT_WINDOW_BP {
            Self::new(SHORT_K, 1)
        } else {
            Self::new(LONG_K, (window_bp / SKETCH_SIZE) as u32)
        }
    }

    /// Length of a k-mer.
    pub fn k(self) -> usize {
        self.k
    }

    /// Sampling factor: a sketch keeps one of `scale` k-mers.
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// Position and hash of each k-mer, in order of position. K-mers with an ambiguous base are skipped.
    pub fn kmers(self, codes: &[u8]) -> impl Iterator<Item = (usize, u32)> {
        let k = self.k;
        let mask = (1_u64 << (2 * k)) - 1;
        let (mut forward, mut reverse, mut run_length) = (0_u64, 0_u64, 0_usize);
        codes.iter().enumerate().filter_map(move |(index, &code)| {
            if code >= UNKNOWN {
                run_length = 0;
                return None;
            }
            forward = ((forward << 2) | u64::from(code)) & mask;
            reverse = (reverse >> 2) | (u64::from(T - code) << (2 * (k - 1)));
            run_length += 1;
            // 2 k is at most 32 bits.
            (run_length >= k).then(|| (index + 1 - k, murmur_mix(forward.min(reverse) as u32)))
        })
    }

    /// Distinct hashes of all k-mers, ascending.
    pub fn kmer_set(self, codes: &[u8]) -> Vec<u32> {
        distinct(self.kmers(codes).map(|(_, hash)| hash).collect())
    }

    /// Sketch: the hashes of [`Self::kmer_set`] below the limit of the scale.
    pub fn sketch(self, codes: &[u8]) -> Vec<u32> {
        let last = u32::MAX / self.scale;
        distinct(self.kmers(codes).map(|(_, hash)| hash).filter(|&hash| hash <= last).collect())
    }
}

/// Finaliser of MurmurHash3 (Appleby 2011, public domain). It is a bijection, so different k-mers never collide.
fn murmur_mix(mut kmer: u32) -> u32 {
    kmer ^= kmer >> 16;
    kmer = kmer.wrapping_mul(0x85eb_ca6b);
    kmer ^= kmer >> 13;
    kmer = kmer.wrapping_mul(0xc2b2_ae35);
    kmer ^ (kmer >> 16)
}

fn distinct(mut hashes: Vec<u32>) -> Vec<u32> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dna::Sequence;

    /// Reproducible pseudorandom bases.
    pub(crate) fn bases(length: usize, seed: u32) -> Vec<u8> {
        let base = |index: usize| (murmur_mix(index as u32 ^ murmur_mix(seed.wrapping_add(1))) >> 30) as u8;
        (0..length).map(base).collect()
    }

    #[test]
    fn kmer_set_kmer_and_reverse_complement_have_one_hash() {
        // The reverse complement of AACG is CGTT.
        let of = |letters: &[u8]| KmerSketcher::new(4, 1).kmer_set(Sequence::from_ascii(letters).unwrap().codes());
        assert_eq!(of(b"AACG"), of(b"CGTT"));
        assert_ne!(of(b"AACG"), of(b"GCAA"));
        assert_eq!(of(b"AACGNCGTT").len(), 1);
        assert!(of(b"AAC").is_empty());
    }

    #[test]
    fn kmers_positions_are_first_bases() {
        let codes = Sequence::from_ascii(b"NACGTNNACG").unwrap().into_codes();
        let positions: Vec<usize> = KmerSketcher::new(3, 1).kmers(&codes).map(|(position, _)| position).collect();
        assert_eq!(positions, [1, 2, 7]);
    }

    #[test]
    fn sketch_keeps_expected_fraction() {
        let codes = bases(20_000, 3);
        let kept = KmerSketcher::new(16, 20).sketch(&codes).len();
        // Of 19,985 k-mers 999 are expected, with a standard deviation of 31.
        assert!((875..1_125).contains(&kept), "{kept}");
        assert_eq!(KmerSketcher::new(16, 1).sketch(&codes), KmerSketcher::new(16, 1).kmer_set(&codes));
    }

    #[test]
    fn for_windows_settings_depend_on_length() {
        let settings = |window_bp| {
            let sketcher = KmerSketcher::for_windows(window_bp);
            (sketcher.k(), sketcher.scale())
        };
        assert_eq!([60, 300, 1_000].map(settings), [(12, 1); 3]);
        assert_eq!([1_001, 11_000].map(settings), [(16, 1), (16, 11)]);
    }

    proptest! {
        #[test]
        fn sketch_is_equal_on_both_strands(codes in prop::collection::vec(0u8..=4, 0..300), k in 1usize..=16) {
            let sequence = Sequence::from_codes(codes);
            let sketcher = KmerSketcher::new(k, 2);
            prop_assert_eq!(sketcher.sketch(sequence.codes()), sketcher.sketch(sequence.reverse_complement().codes()));
        }

        #[test]
        fn sketch_of_part_is_subset(codes in prop::collection::vec(0u8..4, 40..300), cut in 0usize..20) {
            let sketcher = KmerSketcher::new(8, 3);
            let whole = sketcher.sketch(&codes);
            prop_assert!(sketcher.sketch(&codes[cut..codes.len() - cut]).iter().all(|hash| whole.contains(hash)));
        }
    }
}
