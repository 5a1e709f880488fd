//! Sequences in random order that keep their composition: what is left when every motif is broken.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::UNKNOWN;

/// Known bases: A, C, G, T.
const BASES: usize = 4;

/// What a shuffle keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shuffle {
    /// How often each base occurs.
    Mononucleotide,
    /// How often each pair of neighbours occurs, and with it each base, CpG included.
    Dinucleotide,
}

impl Shuffle {
    /// Shuffles the promoter of a gene, the same way for the same seed and gene whatever was shuffled before.
    pub fn apply(self, codes: &mut [u8], seed: u64, gene_id: &str) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(fnv1a(gene_id.as_bytes()));
        match self {
            Self::Mononucleotide => shuffle_mononucleotides(codes, &mut rng),
            Self::Dinucleotide => shuffle_dinucleotides(codes, &mut rng),
        }
    }
}

/// Puts the bases of every run of known bases in random order. Unknown bases stay where they are and end a run.
pub fn shuffle_mononucleotides(codes: &mut [u8], rng: &mut impl Rng) {
    for run in known_runs(codes) {
        run.shuffle(rng);
    }
}

/// Puts every run of known bases in random order, keeping the count of each dinucleotide and so also the first and the last base.
///
/// Every order with these counts is equally likely. Unknown bases stay where they are and end a run.
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
/// // AC, CA and AT once each leave one order only.
/// assert_eq!(Sequence::from_codes(codes).to_ascii(), "ACATNNGG");
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
///
/// # Source
///
/// Altschul and Erickson 1985, doi:10.1093/oxfordjournals.molbev.a040370: a sequence is a walk along its dinucleotides. The last
/// edge out of each base is drawn as in uShuffle (Jiang et al. 2008, doi:10.1186/1471-2105-9-192), by Wilson's algorithm, which
/// needs no second try.
pub fn shuffle_dinucleotides(codes: &mut [u8], rng: &mut impl Rng) {
    for run in known_runs(codes) {
        let mut followers = Followers::of(run);
        followers.shuffle(*run.last().expect("a run has a base"), rng);
        followers.walk(run);
    }
}

/// The longest stretches without an unknown base.
fn known_runs(codes: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
    codes.split_mut(|&code| code >= UNKNOWN).filter(|run| !run.is_empty())
}

/// What follows each base, in the order in which a walk takes it.
struct Followers([Vec<u8>; BASES]);

impl Followers {
    fn of(run: &[u8]) -> Self {
        let mut followers = [const { Vec::new() }; BASES];
        for pair in run.windows(2) {
            followers[usize::from(pair[0])].push(pair[1]);
        }
        Self(followers)
    }

    /// Brings the followers of each base in random order, such that a walk that ends in `end` can use them all.
    ///
    /// It can if the last ways out of all other bases lead to `end`, whatever the order before.
    fn shuffle(&mut self, end: u8, rng: &mut impl Rng) {
        let exits = self.random_exits(usize::from(end), rng);
        for (followers, exit) in self.0.iter_mut().zip(exits) {
            if let Some(exit) = exit {
                let exit = followers.swap_remove(exit);
                followers.shuffle(rng);
                followers.push(exit);
            } else {
                followers.shuffle(rng);
            }
        }
    }

    /// Index of the last way out of each base but `end`: a spanning tree towards `end`, each as likely as any other.
    ///
    /// From every base, a random walk goes to the tree found so far; overwriting the way out on each visit erases its loops.
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

    /// Writes the walk from the first base of `run` along all followers.
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

/// A number for a name that stays the same over releases and machines (FNV-1a, Fowler, Noll and Vo).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::dna::Sequence;

    fn counts(codes: &[u8], word: usize) -> BTreeMap<Vec<u8>, usize> {
        let mut counts = BTreeMap::new();
        for word in codes.windows(word) {
            *counts.entry(word.to_vec()).or_default() += 1;
        }
        counts
    }

    fn unknown_places(codes: &[u8]) -> Vec<usize> {
        (0..codes.len()).filter(|&place| codes[place] == UNKNOWN).collect()
    }

    /// Every order of the bases of `word` that keeps its first base and its dinucleotides.
    fn orders(word: &[u8]) -> Vec<Vec<u8>> {
        let allowed = counts(word, 2);
        let fits = |order: &Vec<u8>| counts(order, 2).iter().all(|(pair, count)| allowed.get(pair) >= Some(count));
        let longer = |order: &Vec<u8>| (0..4).map(|code| [order.as_slice(), &[code]].concat()).collect::<Vec<_>>();
        (1..word.len())
            .fold(vec![word[..1].to_vec()], |orders, _| orders.iter().flat_map(longer).filter(fits).collect())
    }

    /// Chi-squared of how often each order of `word` comes up in 1,000 shuffles for each, and their number.
    fn chi_squared(word: &str, seed: u64) -> (f64, usize) {
        let word = Sequence::from_ascii(word.as_bytes()).unwrap().into_codes();
        let mut seen: BTreeMap<Vec<u8>, f64> = orders(&word).into_iter().map(|order| (order, 0.0)).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..1_000 * seen.len() {
            let mut codes = word.clone();
            shuffle_dinucleotides(&mut codes, &mut rng);
            *seen.get_mut(&codes).expect("an order that keeps the counts") += 1.0;
        }
        (seen.values().map(|count| (count - 1_000.0).powi(2) / 1_000.0).sum(), seen.len())
    }

    #[test]
    fn every_order_is_equally_likely() {
        // The loops AGA, ACA, AA and AGTA hang on A, in 4! orders. 23 degrees of freedom: 49.7 is passed once in a thousand.
        let (from_loops, orders) = chi_squared("AGACAAGTA", 7);
        assert_eq!(orders, 24);
        assert!(from_loops < 49.7, "{from_loops}");
        // Ends in T: the last ways out of A and C must lead there, C -> A -> T, C -> T with A -> T, or A -> C -> T.
        let (from_trees, orders) = chi_squared("CAGACTTCAT", 8);
        let degrees = orders as f64 - 1.0;
        // Chi-squared has mean k and standard deviation sqrt(2 k).
        assert!(orders > 5 && from_trees < degrees + 3.5 * (2.0 * degrees).sqrt(), "{from_trees} of {degrees}");
    }

    #[test]
    fn a_gene_is_shuffled_the_same_way_at_any_time() {
        let word = Sequence::from_ascii(&b"ACGGTCATTAGCAGGATCCA".repeat(5)).unwrap().into_codes();
        for shuffle in [Shuffle::Mononucleotide, Shuffle::Dinucleotide] {
            let shuffled = |seed, gene| {
                let mut codes = word.clone();
                shuffle.apply(&mut codes, seed, gene);
                codes
            };
            let first = shuffled(1, "ENSG00000141510");
            assert_eq!(first, shuffled(1, "ENSG00000141510"));
            assert_ne!(first, shuffled(2, "ENSG00000141510"));
            assert_ne!(first, shuffled(1, "ENSG00000141511"));
            assert_ne!(first, word);
        }
    }

    #[test]
    fn the_number_of_a_name_is_the_published_one() {
        // Test vectors of the FNV reference implementation.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    proptest! {
        #[test]
        fn counts_stay_and_unknown_bases_stay_in_place(codes in prop::collection::vec(0u8..=4, 0..200), seed: u64) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let (mut mono, mut di) = (codes.clone(), codes.clone());
            shuffle_mononucleotides(&mut mono, &mut rng);
            shuffle_dinucleotides(&mut di, &mut rng);
            prop_assert_eq!(unknown_places(&mono), unknown_places(&codes));
            prop_assert_eq!(unknown_places(&di), unknown_places(&codes));
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
