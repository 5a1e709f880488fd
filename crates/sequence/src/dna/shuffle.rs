//! Shuffling of sequences with preserved composition, as a control without motifs.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::UNKNOWN;

/// Number of unambiguous bases: A, C, G, T.
const BASES: usize = 4;

/// Composition that a shuffle preserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shuffle {
    /// Count of each base.
    Mononucleotide,
    /// Count of each dinucleotide, CpG included, and therefore of each base.
    Dinucleotide,
}

impl Shuffle {
    /// Shuffles the promoter of a gene. The result depends on the seed and the gene alone, not on earlier shuffles.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_sequence::{Sequence, Shuffle};
    ///
    /// let promoter = Sequence::from_ascii(b"ACGGTCATTAGCAGGATCCANNN")?;
    /// let mut shuffled = promoter.codes().to_vec();
    /// Shuffle::Mononucleotide.apply(&mut shuffled, 42, "ENSG00000141510");
    /// assert_ne!(shuffled, promoter.codes());
    /// assert_eq!(shuffled[20..], promoter.codes()[20..]);
    /// # Ok::<(), tatabox_sequence::InvalidByte>(())
    /// ```
    pub fn apply(self, codes: &mut [u8], seed: u64, gene_id: &str) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(fnv1a(gene_id.as_bytes()));
        match self {
            Self::Mononucleotide => shuffle_mononucleotides(codes, &mut rng),
            Self::Dinucleotide => shuffle_dinucleotides(codes, &mut rng),
        }
    }
}

/// Shuffles each run of unambiguous bases. Ambiguous bases stay in place and separate the runs.
pub fn shuffle_mononucleotides(codes: &mut [u8], rng: &mut impl Rng) {
    for run in acgt_runs(codes) {
        run.shuffle(rng);
    }
}

/// Shuffles each run of unambiguous bases with preserved dinucleotide counts, and therefore with the same first and
/// last base.
///
/// Every order with these counts is equally likely. Ambiguous bases stay in place and separate the runs.
///
/// # Examples
///
/// ```
/// use rand::SeedableRng;
/// use rand_chacha::ChaCha8Rng;
/// use tatabox_sequence::{Sequence, shuffle_dinucleotides};
///
/// let mut codes = Sequence::from_ascii(b"ACATNNGG")?.into_codes();
/// shuffle_dinucleotides(&mut codes, &mut ChaCha8Rng::seed_from_u64(1));
/// // AC, CA and AT occur once each, so that only one order exists.
/// assert_eq!(Sequence::from_codes(codes).to_ascii(), "ACATNNGG");
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
///
/// # Source
///
/// Altschul and Erickson 1985, <https://doi.org/10.1093/oxfordjournals.molbev.a040370>: a sequence is a walk along its
/// dinucleotides. The last edge out of each base is sampled as in uShuffle (Jiang et al. 2008,
/// <https://doi.org/10.1186/1471-2105-9-192>) with Wilson's algorithm, which never has to reject a sample.
pub fn shuffle_dinucleotides(codes: &mut [u8], rng: &mut impl Rng) {
    for run in acgt_runs(codes) {
        let mut successors = Successors::of(run);
        successors.shuffle(*run.last().expect("a run is not empty"), rng);
        successors.walk(run);
    }
}

/// Maximal runs without an ambiguous base.
fn acgt_runs(codes: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
    codes.split_mut(|&code| code >= UNKNOWN).filter(|run| !run.is_empty())
}

/// Successors of each base, in the order in which a walk takes them.
struct Successors([Vec<u8>; BASES]);

impl Successors {
    fn of(run: &[u8]) -> Self {
        let mut successors = [const { Vec::new() }; BASES];
        for pair in run.windows(2) {
            successors[usize::from(pair[0])].push(pair[1]);
        }
        Self(successors)
    }

    /// Shuffles the successors of each base such that a walk that ends in `end` uses them all.
    ///
    /// This holds exactly if the last edges out of all other bases form a tree towards `end`, whatever the order
    /// before.
    fn shuffle(&mut self, end: u8, rng: &mut impl Rng) {
        let exits = self.random_exits(usize::from(end), rng);
        for (successors, exit) in self.0.iter_mut().zip(exits) {
            if let Some(exit) = exit {
                let exit = successors.swap_remove(exit);
                successors.shuffle(rng);
                successors.push(exit);
            } else {
                successors.shuffle(rng);
            }
        }
    }

    /// Index of the last edge out of each base except `end`: a spanning tree towards `end`, each as likely as any
    /// other.
    ///
    /// From every base, a random walk leads to the tree found so far. Overwriting the edge on each visit erases its
    /// loops.
    fn random_exits(&self, end: usize, rng: &mut impl Rng) -> [Option<usize>; BASES] {
        let mut exits = [None; BASES];
        let mut in_tree = self.0.each_ref().map(Vec::is_empty);
        in_tree[end] = true;
        for start in 0..BASES {
            let mut base = start;
            while !in_tree[base] {
                let exit = rng.random_range(0..self.0[base].len());
                exits[base] = Some(exit);
                base = usize::from(self.0[base][exit]);
            }
            base = start;
            while !in_tree[base] {
                in_tree[base] = true;
                base = usize::from(self.0[base][exits[base].expect("the walk left this base")]);
            }
        }
        exits
    }

    /// Writes the walk from the first base of `run` along all successors.
    fn walk(&self, run: &mut [u8]) {
        let mut taken = [0; BASES];
        let mut base = usize::from(run[0]);
        for code in &mut run[1..] {
            *code = self.0[base][taken[base]];
            taken[base] += 1;
            base = usize::from(*code);
        }
    }
}

/// Hash of a name that is the same in all releases and on all machines: FNV-1a (Fowler, Noll and Vo).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::dna::Sequence;

    fn counts(codes: &[u8], k: usize) -> BTreeMap<Vec<u8>, usize> {
        let mut counts = BTreeMap::new();
        for kmer in codes.windows(k) {
            *counts.entry(kmer.to_vec()).or_default() += 1;
        }
        counts
    }

    fn ambiguous_positions(codes: &[u8]) -> Vec<usize> {
        (0..codes.len()).filter(|&position| codes[position] == UNKNOWN).collect()
    }

    /// All orders of the bases of `sequence` with the same first base and dinucleotide counts.
    fn orders(sequence: &[u8]) -> Vec<Vec<u8>> {
        let allowed = counts(sequence, 2);
        let fits = |order: &Vec<u8>| counts(order, 2).iter().all(|(pair, count)| allowed.get(pair) >= Some(count));
        let longer = |order: &Vec<u8>| (0..4).map(|code| [order.as_slice(), &[code]].concat()).collect::<Vec<_>>();
        (1..sequence.len())
            .fold(vec![sequence[..1].to_vec()], |orders, _| orders.iter().flat_map(longer).filter(fits).collect())
    }

    /// Chi-squared statistic of the frequencies of all orders of `letters` in 1,000 shuffles per order, and the number
    /// of orders.
    fn chi_squared(letters: &str, seed: u64) -> (f64, usize) {
        let sequence = Sequence::from_ascii(letters.as_bytes()).unwrap().into_codes();
        let mut seen: BTreeMap<Vec<u8>, f64> = orders(&sequence).into_iter().map(|order| (order, 0.0)).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..1_000 * seen.len() {
            let mut codes = sequence.clone();
            shuffle_dinucleotides(&mut codes, &mut rng);
            *seen.get_mut(&codes).expect("an order with the same counts") += 1.0;
        }
        (seen.values().map(|count| (count - 1_000.0).powi(2) / 1_000.0).sum(), seen.len())
    }

    #[test]
    fn shuffle_dinucleotides_every_order_is_equally_likely() {
        // The loops AGA, ACA, AA and AGTA all start at A, in 4! orders. With 23 degrees of freedom, chance exceeds 49.7
        // once in a thousand.
        let (from_loops, orders) = chi_squared("AGACAAGTA", 7);
        assert_eq!(orders, 24);
        assert!(from_loops < 49.7, "{from_loops}");
        // The walk ends in T, so the last edges out of A and C must lead there: C -> A -> T, C -> T with A -> T, or A
        // -> C -> T.
        let (from_trees, orders) = chi_squared("CAGACTTCAT", 8);
        let degrees = orders as f64 - 1.0;
        // Chi-squared has mean k and standard deviation sqrt(2 k).
        assert!(orders > 5 && from_trees < degrees + 3.5 * (2.0 * degrees).sqrt(), "{from_trees} of {degrees}");
    }

    #[test]
    fn shuffle_apply_depends_on_seed_and_gene_only() {
        let sequence = Sequence::from_ascii(&b"ACGGTCATTAGCAGGATCCA".repeat(5)).unwrap().into_codes();
        for shuffle in [Shuffle::Mononucleotide, Shuffle::Dinucleotide] {
            let shuffled = |seed, gene| {
                let mut codes = sequence.clone();
                shuffle.apply(&mut codes, seed, gene);
                codes
            };
            let first = shuffled(1, "ENSG00000141510");
            assert_eq!(first, shuffled(1, "ENSG00000141510"));
            assert_ne!(first, shuffled(2, "ENSG00000141510"));
            assert_ne!(first, shuffled(1, "ENSG00000141511"));
            assert_ne!(first, sequence);
        }
    }

    #[test]
    fn fnv1a_matches_published_test_vectors() {
        // Test vectors of the FNV reference implementation.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    proptest! {
        #[test]
        fn shuffle_preserves_counts_and_ambiguous_positions(
            codes in prop::collection::vec(0u8..=4, 0..200),
            seed: u64,
        ) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let (mut mono, mut di) = (codes.clone(), codes.clone());
            shuffle_mononucleotides(&mut mono, &mut rng);
            shuffle_dinucleotides(&mut di, &mut rng);
            prop_assert_eq!(ambiguous_positions(&mono), ambiguous_positions(&codes));
            prop_assert_eq!(ambiguous_positions(&di), ambiguous_positions(&codes));
            let runs = |codes: &[u8]| codes.split(|&code| code == UNKNOWN).map(<[u8]>::to_vec).collect::<Vec<_>>();
            for ((run, mono), di) in runs(&codes).iter().zip(runs(&mono)).zip(runs(&di)) {
                prop_assert_eq!(counts(&mono, 1), counts(run, 1));
                prop_assert_eq!(counts(&di, 1), counts(run, 1));
                prop_assert_eq!(counts(&di, 2), counts(run, 2));
                prop_assert_eq!(di.first(), run.first());
                prop_assert_eq!(di.last(), run.last());
            }
        }
    }
}
