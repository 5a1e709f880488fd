//! Canonical k-mers of a sequence as hashes: all of them, or the fixed fraction that a sketch keeps.

use crate::dna::{T, UNKNOWN};

/// Windows up to this long are compared by short words.
const MAX_SHORT_WINDOW_BP: usize = 1_000;

/// Bases of a word in short windows: two unrelated windows of 300 bp share such a word once in a hundred pairs
/// (289 x 289 pairs of words, 4^12 / 2 words), while a copy of 80% identity still shares twenty.
const SHORT_K: usize = 12;

/// Bases of a word in long windows: two unrelated windows of 11 kb share one once in eighteen pairs. It is also the
/// longest word that a hash of 32 bits tells from every other.
const LONG_K: usize = 16;

/// Words that a sketch keeps of a window, about.
const SKETCH_SIZE: usize = 1_000;

/// Turns sequences into sets of hashed k-mers; a k-mer and its reverse complement are one.
///
/// A sketch holds the hashes below `2^32 / scale`, whatever the sequence, so that a sequence within another has a sketch
/// within the other's, and shares of sketches estimate shares of the sequences (FracMinHash). With a scale of 1 it holds
/// every k-mer.
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
/// // ACCC, CCCG, CCGT and TTTT; no word reaches over the N.
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
    /// Words of `k` bases, of which a sketch keeps one in `scale`.
    ///
    /// # Panics
    ///
    /// Unless 1 <= `k` <= 16 and `scale` is at least 1.
    pub fn new(k: usize, scale: u32) -> Self {
        assert!((1..=LONG_K).contains(&k), "words of {k} bases; expected 1 to {LONG_K}");
        assert!(scale > 0, "a sketch keeps one word in `scale`, which is at least 1");
        Self { k, scale }
    }

    /// What suits windows of `window_bp` bases: words of 12 bases and whole sets up to 1,000 bp, words of 16 bases and
    /// sketches of about a thousand beyond.
    pub fn for_windows(window_bp: usize) -> Self {
        if window_bp <= MAX_SHORT_WINDOW_BP {
            Self::new(SHORT_K, 1)
        } else {
            Self::new(LONG_K, (window_bp / SKETCH_SIZE) as u32)
        }
    }

    /// Bases of a word.
    pub fn k(self) -> usize {
        self.k
    }

    /// One word in so many is kept in a sketch.
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// Position and hash of every k-mer, first to last. K-mers over an unknown base are skipped.
    pub fn kmers(self, codes: &[u8]) -> impl Iterator<Item = (usize, u32)> {
        let k = self.k;
        let mask = (1_u64 << (2 * k)) - 1;
        let (mut forward, mut reverse, mut known_run) = (0_u64, 0_u64, 0_usize);
        codes.iter().enumerate().filter_map(move |(index, &code)| {
            if code >= UNKNOWN {
                known_run = 0;
                return None;
            }
            forward = ((forward << 2) | u64::from(code)) & mask;
            reverse = (reverse >> 2) | (u64::from(T - code) << (2 * (k - 1)));
            known_run += 1;
            // At most 32 bits, as k is at most 16.
            (known_run >= k).then(|| (index + 1 - k, murmur_mix(forward.min(reverse) as u32)))
        })
    }

    /// Hashes of all k-mers, ascending and each once.
    pub fn kmer_set(self, codes: &[u8]) -> Vec<u32> {
        distinct(self.kmers(codes).map(|(_, hash)| hash).collect())
    }

    /// The sketch: hashes of [`Self::kmer_set`] below the limit of the scale.
    pub fn sketch(self, codes: &[u8]) -> Vec<u32> {
        let last = u32::MAX / self.scale;
        distinct(self.kmers(codes).map(|(_, hash)| hash).filter(|&hash| hash <= last).collect())
    }
}

/// The finaliser of MurmurHash3 (Appleby 2011, public domain): one to one, so that different words never collide.
fn murmur_mix(mut word: u32) -> u32 {
    word ^= word >> 16;
    word = word.wrapping_mul(0x85eb_ca6b);
    word ^= word >> 13;
    word = word.wrapping_mul(0xc2b2_ae35);
    word ^ (word >> 16)
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

    /// Bases that look random but are always the same.
    pub(crate) fn bases(length: usize, seed: u32) -> Vec<u8> {
        let base = |index: usize| (murmur_mix(index as u32 ^ murmur_mix(seed.wrapping_add(1))) >> 30) as u8;
        (0..length).map(base).collect()
    }

    #[test]
    fn a_word_and_its_reverse_complement_are_one() {
        // AACG read from the other strand is CGTT.
        let of = |letters: &[u8]| KmerSketcher::new(4, 1).kmer_set(Sequence::from_ascii(letters).unwrap().codes());
        assert_eq!(of(b"AACG"), of(b"CGTT"));
        assert_ne!(of(b"AACG"), of(b"GCAA"));
        assert_eq!(of(b"AACGNCGTT").len(), 1);
        assert!(of(b"AAC").is_empty());
    }

    #[test]
    fn words_stand_at_their_first_base() {
        let codes = Sequence::from_ascii(b"NACGTNNACG").unwrap().into_codes();
        let positions: Vec<usize> = KmerSketcher::new(3, 1).kmers(&codes).map(|(position, _)| position).collect();
        assert_eq!(positions, [1, 2, 7]);
    }

    #[test]
    fn a_sketch_keeps_about_its_fraction() {
        let codes = bases(20_000, 3);
        let kept = KmerSketcher::new(16, 20).sketch(&codes).len();
        // Of some 19,985 words 999 are expected, with a standard deviation of 31.
        assert!((875..1_125).contains(&kept), "{kept}");
        assert_eq!(KmerSketcher::new(16, 1).sketch(&codes), KmerSketcher::new(16, 1).kmer_set(&codes));
    }

    #[test]
    fn settings_follow_the_window() {
        let settings = |window_bp| {
            let sketcher = KmerSketcher::for_windows(window_bp);
            (sketcher.k(), sketcher.scale())
        };
        assert_eq!([60, 300, 1_000].map(settings), [(12, 1); 3]);
        assert_eq!([1_001, 11_000].map(settings), [(16, 1), (16, 11)]);
    }

    proptest! {
        #[test]
        fn both_strands_have_one_sketch(codes in prop::collection::vec(0u8..=4, 0..300), k in 1usize..=16) {
            let sequence = Sequence::from_codes(codes);
            let sketcher = KmerSketcher::new(k, 2);
            prop_assert_eq!(sketcher.sketch(sequence.codes()), sketcher.sketch(sequence.reverse_complement().codes()));
        }

        #[test]
        fn a_part_has_a_sketch_within_the_whole(codes in prop::collection::vec(0u8..4, 40..300), cut in 0usize..20) {
            let sketcher = KmerSketcher::new(8, 3);
            let whole = sketcher.sketch(&codes);
            prop_assert!(sketcher.sketch(&codes[cut..codes.len() - cut]).iter().all(|hash| whole.contains(hash)));
        }
    }
}
