//! Which of many sequences hold a k-mer: an inverted index over sketches.

use std::cmp::Reverse;

/// Sequences by the hashes in their sketches; an index into the sketches it was made of is what names a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmerIndex {
    /// Each hash once, ascending.
    hashes: Vec<u32>,
    /// Where the holders of each hash begin in `holders`; one more entry marks the end.
    starts: Vec<usize>,
    /// Sequences that hold the hash, ascending.
    holders: Vec<u32>,
    /// Hashes of each sequence.
    sizes: Vec<u32>,
}

impl KmerIndex {
    /// An index over sketches, each ascending and without repeats.
    pub fn new(sketches: &[Vec<u32>]) -> Self {
        let total = sketches.iter().map(Vec::len).sum();
        let mut pairs: Vec<u64> = Vec::with_capacity(total);
        for (sequence, sketch) in sketches.iter().enumerate() {
            pairs.extend(sketch.iter().map(|&hash| (u64::from(hash) << 32) | sequence as u64));
        }
        pairs.sort_unstable();
        let (mut hashes, mut starts) = (Vec::new(), Vec::new());
        let mut holders = Vec::with_capacity(total);
        for pair in pairs {
            let hash = (pair >> 32) as u32;
            if hashes.last() != Some(&hash) {
                hashes.push(hash);
                starts.push(holders.len());
            }
            holders.push(pair as u32);
        }
        starts.push(holders.len());
        Self { hashes, starts, holders, sizes: sketches.iter().map(|sketch| sketch.len() as u32).collect() }
    }

    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there is no sequence.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Sequences that hold a hash, ascending.
    pub fn sequences_with(&self, hash: u32) -> &[u32] {
        self.hashes.binary_search(&hash).map_or(&[], |place| &self.holders[self.starts[place]..self.starts[place + 1]])
    }

    /// Sequences that hold the rarest hash of `sketch`: every sequence that holds all of them is among these.
    pub fn sequences_with_rarest(&self, sketch: &[u32]) -> &[u32] {
        sketch.iter().map(|&hash| self.sequences_with(hash)).min_by_key(|holders| holders.len()).unwrap_or(&[])
    }

    /// The `most` sequences that share the largest part of the smaller sketch with `sketch`, best first; of equals the one
    /// with more shared hashes, then the earlier. Only sequences that are `wanted` and share something are among them.
    pub fn most_similar(&self, sketch: &[u32], most: usize, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut shared = vec![0_u32; self.len()];
        let mut met = Vec::new();
        for &hash in sketch {
            for &sequence in self.sequences_with(hash) {
                if shared[sequence as usize] == 0 {
                    met.push(sequence as usize);
                }
                shared[sequence as usize] += 1;
            }
        }
        met.retain(|&sequence| wanted(sequence));
        let containment =
            |sequence: usize| f64::from(shared[sequence]) / f64::from(self.sizes[sequence]).min(sketch.len() as f64);
        let rank = |&a: &usize, &b: &usize| {
            let by_share = containment(b).total_cmp(&containment(a));
            by_share.then_with(|| (Reverse(shared[a]), a).cmp(&(Reverse(shared[b]), b)))
        };
        if met.len() > most && most > 0 {
            met.select_nth_unstable_by(most - 1, rank);
        }
        met.truncate(most);
        met.sort_unstable_by(rank);
        met
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
    fn holders_are_found_by_hash() {
        let index = index();
        assert_eq!(index.sequences_with(9), [0, 1, 3]);
        assert_eq!(index.sequences_with(2), [3]);
        assert!(index.sequences_with(3).is_empty() && index.sequences_with(u32::MAX).is_empty());
        assert_eq!((index.len(), index.is_empty()), (4, false));
    }

    #[test]
    fn whoever_holds_all_holds_the_rarest() {
        // 5 is held by two, 9 by three.
        assert_eq!(index().sequences_with_rarest(&[5, 9]), [0, 1]);
        assert!(index().sequences_with_rarest(&[5, 77]).is_empty());
        assert!(index().sequences_with_rarest(&[]).is_empty());
    }

    #[test]
    fn the_most_similar_come_first() {
        // Shared with {5, 9, 12}: sequence 0 two of three, 1 both of its two, 3 two of three.
        let found = |most, wanted: fn(usize) -> bool| index().most_similar(&[5, 9, 12], most, wanted);
        assert_eq!(found(9, |_| true), [1, 0, 3]);
        assert_eq!(found(2, |_| true), [1, 0]);
        assert_eq!(found(9, |sequence| sequence != 1), [0, 3]);
        assert!(found(0, |_| true).is_empty());
        assert!(index().most_similar(&[7], 9, |_| true).is_empty());
    }

    proptest! {
        #[test]
        fn a_sketch_finds_itself(sets in prop::collection::vec(prop::collection::btree_set(0u32..50, 1..9), 1..20)) {
            let sketches: Vec<Vec<u32>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let index = KmerIndex::new(&sketches);
            for (sequence, sketch) in sketches.iter().enumerate() {
                prop_assert!(index.most_similar(sketch, sketches.len(), |_| true).contains(&sequence));
                prop_assert!(index.sequences_with_rarest(sketch).contains(&(sequence as u32)));
            }
        }
    }
}
