//! Inverted index from k-mer hashes to sequences.

use std::cmp::Reverse;

/// Inverted index over sketches. A sequence is identified by the index of its sketch.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{KmerIndex, KmerSketcher, Sequence};
///
/// let sketcher = KmerSketcher::new(4, 1);
/// let sketches = ["ACGTACGGA", "TTTTGTTTT", "ACGTACGGT"]
///     .map(|letters| sketcher.sketch(Sequence::from_ascii(letters.as_bytes()).expect("nucleotides").codes()));
/// let index = KmerIndex::new(&sketches);
/// // The most similar sequences to the first one, except itself.
/// assert_eq!(index.most_similar(&sketches[0], 5, |sequence| sequence != 0), [2]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmerIndex {
    /// Distinct hashes, ascending.
    hashes: Vec<u32>,
    /// Start of the sequences of each hash in `sequences`; the last entry is the end.
    starts: Vec<usize>,
    /// Sequences with each hash, ascending.
    sequences: Vec<u32>,
    /// Number of hashes of each sequence.
    sizes: Vec<u32>,
}

impl KmerIndex {
    /// Index over sketches, each ascending and without repeats.
    pub fn new(sketches: &[Vec<u32>]) -> Self {
        let total = sketches.iter().map(Vec::len).sum();
        let mut pairs: Vec<u64> = Vec::with_capacity(total);
        for (sequence, sketch) in sketches.iter().enumerate() {
            pairs.extend(sketch.iter().map(|&hash| (u64::from(hash) << 32) | sequence as u64));
        }
        pairs.sort_unstable();
        let (mut hashes, mut starts) = (Vec::new(), Vec::new());
        let mut sequences = Vec::with_capacity(total);
        for pair in pairs {
            let hash = (pair >> 32) as u32;
            if hashes.last() != Some(&hash) {
                hashes.push(hash);
                starts.push(sequences.len());
            }
            sequences.push(pair as u32);
        }
        starts.push(sequences.len());
        Self { hashes, starts, sequences, sizes: sketches.iter().map(|sketch| sketch.len() as u32).collect() }
    }

    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether the index has no sequences.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Sequences with the given hash, ascending.
    pub fn sequences_with(&self, hash: u32) -> &[u32] {
        self.hashes
            .binary_search(&hash)
            .map_or(&[], |index| &self.sequences[self.starts[index]..self.starts[index + 1]])
    }

    /// Sequences with the rarest hash of `sketch`. They include every sequence that has all hashes of `sketch`.
    pub fn sequences_with_rarest(&self, sketch: &[u32]) -> &[u32] {
        sketch.iter().map(|&hash| self.sequences_with(hash)).min_by_key(|sequences| sequences.len()).unwrap_or(&[])
    }

    /// Up to `most` sequences in descending order of containment: shared hashes divided by the size of the smaller
    /// sketch. Ties are resolved by more shared hashes, then by index. Sequences that share no hash or for which
    /// `is_allowed` returns false are omitted.
    pub fn most_similar(&self, sketch: &[u32], most: usize, is_allowed: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut shared = vec![0_u32; self.len()];
        let mut candidates = Vec::new();
        for &hash in sketch {
            for &sequence in self.sequences_with(hash) {
                if shared[sequence as usize] == 0 {
                    candidates.push(sequence as usize);
                }
                shared[sequence as usize] += 1;
            }
        }
        candidates.retain(|&sequence| is_allowed(sequence));
        let containment =
            |sequence: usize| f64::from(shared[sequence]) / f64::from(self.sizes[sequence]).min(sketch.len() as f64);
        let rank = |&a: &usize, &b: &usize| {
            let by_containment = containment(b).total_cmp(&containment(a));
            by_containment.then_with(|| (Reverse(shared[a]), a).cmp(&(Reverse(shared[b]), b)))
        };
        if candidates.len() > most && most > 0 {
            candidates.select_nth_unstable_by(most - 1, rank);
        }
        candidates.truncate(most);
        candidates.sort_unstable_by(rank);
        candidates
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index() -> KmerIndex {
        KmerIndex::new(&[vec![1, 5, 9], vec![5, 9], vec![], vec![2, 9, 11, 12]])
    }

    #[test]
    fn sequences_with_finds_sequences_by_hash() {
        let index = index();
        assert_eq!(index.sequences_with(9), [0, 1, 3]);
        assert_eq!(index.sequences_with(2), [3]);
        assert!(index.sequences_with(3).is_empty() && index.sequences_with(u32::MAX).is_empty());
        assert_eq!((index.len(), index.is_empty()), (4, false));
    }

    #[test]
    fn sequences_with_rarest_uses_rarest_hash() {
        // Two sequences have hash 5, three have hash 9.
        assert_eq!(index().sequences_with_rarest(&[5, 9]), [0, 1]);
        assert!(index().sequences_with_rarest(&[5, 77]).is_empty());
        assert!(index().sequences_with_rarest(&[]).is_empty());
    }

    #[test]
    fn most_similar_is_sorted_by_containment() {
        // Shared with {5, 9, 12}: two of three of sequence 0, both of sequence 1, two of three of sequence 3.
        let found = |most, is_allowed: fn(usize) -> bool| index().most_similar(&[5, 9, 12], most, is_allowed);
        assert_eq!(found(9, |_| true), [1, 0, 3]);
        assert_eq!(found(2, |_| true), [1, 0]);
        assert_eq!(found(9, |sequence| sequence != 1), [0, 3]);
        assert!(found(0, |_| true).is_empty());
        assert!(index().most_similar(&[7], 9, |_| true).is_empty());
    }

    proptest! {
        #[test]
        fn most_similar_includes_query(
            sets in prop::collection::vec(prop::collection::btree_set(0u32..50, 1..9), 1..20),
        ) {
            let sketches: Vec<Vec<u32>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let index = KmerIndex::new(&sketches);
            for (sequence, sketch) in sketches.iter().enumerate() {
                prop_assert!(index.most_similar(sketch, sketches.len(), |_| true).contains(&sequence));
                prop_assert!(index.sequences_with_rarest(sketch).contains(&(sequence as u32)));
            }
        }
    }
}
