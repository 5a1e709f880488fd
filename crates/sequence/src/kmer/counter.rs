//! Frequencies of short words, the input of the k-mer baselines.

use crate::dna::UNKNOWN;

/// Letters of the known codes.
const LETTERS: [char; 4] = ['A', 'C', 'G', 'T'];

/// Longest word: 4^12 frequencies are already 64 MiB.
const MAX_K: usize = 12;

/// Counts every word of `min_k` to `max_k` bases on the strand given (a word and its reverse complement stay apart).
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{KmerCounter, Sequence};
///
/// let counter = KmerCounter::new(1, 1);
/// let sequence = Sequence::from_ascii(b"AACN")?;
/// // Three known bases: two A, one C.
/// assert_eq!(counter.frequencies(sequence.codes()), [2.0 / 3.0, 1.0 / 3.0, 0.0, 0.0]);
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KmerCounter {
    /// Shortest word.
    pub min_k: usize,
    /// Longest word.
    pub max_k: usize,
}

impl KmerCounter {
    /// A counter of words of `min_k` to `max_k` bases.
    ///
    /// # Panics
    ///
    /// Unless 1 <= `min_k` <= `max_k` <= 12.
    pub fn new(min_k: usize, max_k: usize) -> Self {
        let counter = Self { min_k, max_k };
        counter.check();
        counter
    }

    /// Number of words: the length of [`Self::frequencies`] and [`Self::names`].
    pub fn len(&self) -> usize {
        self.check();
        (self.min_k..=self.max_k).map(kmer_count).sum()
    }

    /// Whether there is no word; never so.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Frequency of every word: its count, divided by the number of places where a word of that length is wholly known.
    /// Words over an unknown base are skipped; where no place is known, all frequencies of that length are 0.
    pub fn frequencies(&self, codes: &[u8]) -> Vec<f32> {
        let mut counts = vec![0u32; self.len()];
        let mut places = vec![0u32; self.max_k + 1];
        let mut word = 0usize;
        let mut known_run = 0;
        for &code in codes {
            if code >= UNKNOWN {
                known_run = 0;
                continue;
            }
            word = ((word << 2) | usize::from(code)) & (kmer_count(self.max_k) - 1);
            known_run += 1;
            let mut offset = 0;
            for k in self.min_k..=self.max_k.min(known_run) {
                counts[offset + (word & (kmer_count(k) - 1))] += 1;
                places[k] += 1;
                offset += kmer_count(k);
            }
        }
        self.divide(&counts, &places)
    }

    /// Every word, in the order of [`Self::frequencies`]: short before long, then by letter.
    pub fn names(&self) -> Vec<String> {
        self.check();
        (self.min_k..=self.max_k).flat_map(|k| (0..kmer_count(k)).map(move |word| spell(word, k))).collect()
    }

    fn divide(&self, counts: &[u32], places: &[u32]) -> Vec<f32> {
        let mut frequencies = Vec::with_capacity(counts.len());
        let mut rest = counts;
        for (k, &total) in places.iter().enumerate().skip(self.min_k) {
            let (of_k, longer) = rest.split_at(kmer_count(k));
            let total = f64::from(total.max(1));
            frequencies.extend(of_k.iter().map(|&count| (f64::from(count) / total) as f32));
            rest = longer;
        }
        frequencies
    }

    fn check(&self) {
        assert!(
            1 <= self.min_k && self.min_k <= self.max_k && self.max_k <= MAX_K,
            "word lengths {}..={} must satisfy 1 <= min_k <= max_k <= {MAX_K}",
            self.min_k,
            self.max_k
        );
    }
}

/// Number of words of `k` bases.
const fn kmer_count(k: usize) -> usize {
    1 << (2 * k)
}

fn spell(word: usize, k: usize) -> String {
    (0..k).rev().map(|place| LETTERS[(word >> (2 * place)) & 3]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dna::Sequence;

    fn frequency(counter: KmerCounter, letters: &str, word: &str) -> f32 {
        let sequence = Sequence::from_ascii(letters.as_bytes()).unwrap();
        let place = counter.names().iter().position(|name| name == word).unwrap();
        counter.frequencies(sequence.codes())[place]
    }

    #[test]
    fn names_run_from_short_to_long() {
        let counter = KmerCounter::new(1, 2);
        let names = counter.names();
        assert_eq!(names.len(), 20);
        assert_eq!(names.len(), counter.len());
        assert_eq!(&names[..6], ["A", "C", "G", "T", "AA", "AC"]);
        assert_eq!(names[19], "TT");
    }

    #[test]
    fn words_over_an_unknown_base_are_skipped() {
        // ACGNACG: 3-mers wholly known: ACG at 0 and at 4; 2-mers: AC CG AC CG.
        let counter = KmerCounter::new(2, 3);
        assert!((frequency(counter, "ACGNACG", "ACG") - 1.0).abs() < 1e-7);
        assert!((frequency(counter, "ACGNACG", "CG") - 0.5).abs() < 1e-7);
        assert!(frequency(counter, "ACGNACG", "GA").abs() < 1e-7);
    }

    #[test]
    fn overlapping_words_all_count() {
        // AAAA holds AA three times out of three places.
        assert!((frequency(KmerCounter::new(2, 2), "AAAA", "AA") - 1.0).abs() < 1e-7);
    }

    #[test]
    fn nothing_known_gives_zeros() {
        assert!(KmerCounter::new(1, 3).frequencies(&[UNKNOWN; 9]).iter().all(|&f| f.abs() < 1e-7));
    }

    #[test]
    #[should_panic(expected = "min_k <= max_k")]
    fn word_lengths_are_checked() {
        let _ = KmerCounter::new(3, 2);
    }

    proptest! {
        #[test]
        fn frequencies_of_a_length_sum_to_one(codes in prop::collection::vec(0u8..4, 5..200)) {
            let counter = KmerCounter::new(1, 5);
            let counts = counter.frequencies(&codes);
            prop_assert!((counts.iter().sum::<f32>() - 5.0).abs() < 1e-3);
        }
    }
}
