//! K-mer frequencies, the input of the k-mer baselines.

use crate::dna::UNKNOWN;

/// Letters by nucleotide code.
const LETTERS: [char; 4] = ['A', 'C', 'G', 'T'];

/// Largest k: 4^12 frequencies already take 64 MiB.
const MAX_K: usize = 12;

/// Counter of k-mers with `min_k` to `max_k` bases on the given strand. A k-mer and its reverse complement are counted
/// separately.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{KmerCounter, Sequence};
///
/// let counter = KmerCounter::new(1, 1);
/// let sequence = Sequence::from_ascii(b"AACN")?;
/// // Three unambiguous bases: two A, one C.
/// assert_eq!(counter.frequencies(sequence.codes()), [2.0 / 3.0, 1.0 / 3.0, 0.0, 0.0]);
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KmerCounter {
    /// Smallest k.
    pub min_k: usize,
    /// Largest k.
    pub max_k: usize,
}

impl KmerCounter {
    /// Counter of k-mers with `min_k` to `max_k` bases.
    ///
    /// # Panics
    ///
    /// Unless 1 <= `min_k` <= `max_k` <= 12.
    pub fn new(min_k: usize, max_k: usize) -> Self {
        let counter = Self { min_k, max_k };
        counter.check();
        counter
    }

    /// Number of k-mers: the length of [`Self::frequencies`] and [`Self::names`].
    pub fn len(&self) -> usize {
        self.check();
        (self.min_k..=self.max_k).map(kmer_count).sum()
    }

    /// Whether there is no k-mer; always false.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Frequency of each k-mer: its count divided by the number of positions with an unambiguous k-mer of that length.
    /// K-mers with an ambiguous base are skipped; without any unambiguous position, all frequencies of that length are
    /// 0.
    pub fn frequencies(&self, codes: &[u8]) -> Vec<f32> {
        let (counts, positions) = self.count(codes);
        self.divide(&counts, &positions)
    }

    /// Number of occurrences of each k-mer, in the order of [`Self::frequencies`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_sequence::{KmerCounter, Sequence};
    ///
    /// let sequence = Sequence::from_ascii(b"AACN")?;
    /// assert_eq!(KmerCounter::new(1, 1).counts(sequence.codes()), [2, 1, 0, 0]);
    /// # Ok::<(), tatabox_sequence::InvalidByte>(())
    /// ```
    pub fn counts(&self, codes: &[u8]) -> Vec<u32> {
        self.count(codes).0
    }

    /// Occurrences of each k-mer, and number of positions with an unambiguous k-mer by length.
    fn count(&self, codes: &[u8]) -> (Vec<u32>, Vec<u32>) {
        let mut counts = vec![0u32; self.len()];
        let mut positions = vec![0u32; self.max_k + 1];
        let mut kmer = 0usize;
        let mut run_length = 0;
        for &code in codes {
            if code >= UNKNOWN {
                run_length = 0;
                continue;
            }
            kmer = ((kmer << 2) | usize::from(code)) & (kmer_count(self.max_k) - 1);
            run_length += 1;
            let mut offset = 0;
            for k in self.min_k..=self.max_k.min(run_length) {
                counts[offset + (kmer & (kmer_count(k) - 1))] += 1;
                positions[k] += 1;
                offset += kmer_count(k);
            }
        }
        (counts, positions)
    }

    /// K-mers in the order of [`Self::frequencies`]: by length, then alphabetically.
    pub fn names(&self) -> Vec<String> {
        self.check();
        (self.min_k..=self.max_k).flat_map(|k| (0..kmer_count(k)).map(move |kmer| spell(kmer, k))).collect()
    }

    /// Frequencies from counts and the number of positions per k.
    fn divide(&self, counts: &[u32], positions: &[u32]) -> Vec<f32> {
        let mut frequencies = Vec::with_capacity(counts.len());
        let mut rest = counts;
        for (k, &total) in positions.iter().enumerate().skip(self.min_k) {
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
            "k-mer lengths {}..={} must satisfy 1 <= min_k <= max_k <= {MAX_K}",
            self.min_k,
            self.max_k
        );
    }
}

/// Number of k-mers.
const fn kmer_count(k: usize) -> usize {
    1 << (2 * k)
}

/// Letters of a k-mer.
fn spell(kmer: usize, k: usize) -> String {
    (0..k).rev().map(|position| LETTERS[(kmer >> (2 * position)) & 3]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dna::Sequence;

    fn frequency(counter: KmerCounter, letters: &str, kmer: &str) -> f32 {
        let sequence = Sequence::from_ascii(letters.as_bytes()).unwrap();
        let index = counter.names().iter().position(|name| name == kmer).unwrap();
        counter.frequencies(sequence.codes())[index]
    }

    #[test]
    fn names_are_sorted_by_length() {
        let counter = KmerCounter::new(1, 2);
        let names = counter.names();
        assert_eq!(names.len(), 20);
        assert_eq!(names.len(), counter.len());
        assert_eq!(&names[..6], ["A", "C", "G", "T", "AA", "AC"]);
        assert_eq!(names[19], "TT");
    }

    #[test]
    fn frequencies_skip_kmers_with_ambiguous_base() {
        // ACGNACG has the unambiguous 3-mers ACG at 0 and 4, and the 2-mers AC, CG, AC, CG.
        let counter = KmerCounter::new(2, 3);
        assert!((frequency(counter, "ACGNACG", "ACG") - 1.0).abs() < 1e-7);
        assert!((frequency(counter, "ACGNACG", "CG") - 0.5).abs() < 1e-7);
        assert!(frequency(counter, "ACGNACG", "GA").abs() < 1e-7);
    }

    #[test]
    fn frequencies_count_overlapping_kmers() {
        // AAAA has AA at all three positions.
        assert!((frequency(KmerCounter::new(2, 2), "AAAA", "AA") - 1.0).abs() < 1e-7);
    }

    #[test]
    fn frequencies_without_unambiguous_base_are_zero() {
        assert!(KmerCounter::new(1, 3).frequencies(&[UNKNOWN; 9]).iter().all(|&f| f.abs() < 1e-7));
    }

    #[test]
    #[should_panic(expected = "min_k <= max_k")]
    fn kmer_counter_new_invalid_lengths_panics() {
        let _ = KmerCounter::new(3, 2);
    }

    proptest! {
        #[test]
        fn frequencies_of_each_length_sum_to_one(codes in prop::collection::vec(0u8..4, 5..200)) {
            let counter = KmerCounter::new(1, 5);
            let counts = counter.frequencies(&codes);
            prop_assert!((counts.iter().sum::<f32>() - 5.0).abs() < 1e-3);
        }
    }
}
