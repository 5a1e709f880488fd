//! Motif scanning: sites of motifs in a sequence with their p-values.

use super::{PositionWeightMatrix, UNIFORM_BACKGROUND};
use crate::coord::Strand;
use crate::dna::UNKNOWN;

/// Default of the largest p-value of a hit.
pub const DEFAULT_HIT_P_VALUE: f64 = 1e-4;

/// Resolution of scores for the null distribution, in bits.
const STEP_BITS: f64 = 0.05;

/// Number of background sites added to those of a matrix, so that unobserved bases stay possible; the same as in FIMO.
const PSEUDOCOUNT: f64 = 0.1;

/// Significant site of a motif.
#[derive(Clone, Debug, PartialEq)]
pub struct MotifHit {
    /// Index of the motif in the scanned list.
    pub motif: usize,
    /// 0-based position of the first base of the site in the window, on either strand.
    pub start: usize,
    /// One past the last base of the site.
    pub end: usize,
    /// Strand on which the motif is in forward orientation.
    pub strand: Strand,
    /// Log-odds score in bits: log2 of the probability of the site under the motif divided by that under the
    /// background.
    pub score_bits: f64,
    /// Probability of a score at least as high for random bases of the background, at one position and on one strand.
    pub p_value: f64,
}

/// Scanner for the sites of motifs.
///
/// The score of a site is the sum over its columns of log2((n p + 0.1 q) / ((n + 0.1) q)), with p the probability of
/// its base in the column, q that in the background and n the number of sites of the motif. The p-value is exact for
/// scores rounded to 0.05 bits per column, by dynamic programming over the columns. Sites with an ambiguous base are
/// skipped.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{MotifScanner, PositionWeightMatrix, Sequence, Strand, UNIFORM_BACKGROUND};
///
/// let motifs = [PositionWeightMatrix::from_consensus("GATA", "AGATAAGG")?];
/// let window = Sequence::from_ascii(b"TTTTCCTTATCTGG")?;
/// let hits = MotifScanner::new(&motifs, UNIFORM_BACKGROUND, 1e-4).scan(window.codes());
/// assert_eq!((hits[0].start, hits[0].end, hits[0].strand), (4, 12, Strand::Reverse));
/// // One of 4^8 8-mers.
/// assert!((hits[0].p_value - 0.25f64.powi(8)).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// Staden 1989, <https://doi.org/10.1093/bioinformatics/5.2.89>; FIMO, Grant et al. 2011,
/// <https://doi.org/10.1093/bioinformatics/btr064>.
#[derive(Clone, Debug)]
pub struct MotifScanner {
    matrices: Vec<ScoringMatrix>,
}

impl MotifScanner {
    /// Scanner of `motifs` on both strands for sites with a p-value of at most `p_value`. `background` holds the
    /// frequencies of A, C, G and T, all above 0.
    pub fn new(motifs: &[PositionWeightMatrix], background: [f64; 4], p_value: f64) -> Self {
        let of_motif = |(index, motif): (usize, &PositionWeightMatrix)| {
            let reverse = motif.reverse_complement();
            [(motif, Strand::Forward), (&reverse, Strand::Reverse)]
                .map(|(motif, strand)| ScoringMatrix::new(index, motif, strand, background, p_value))
        };
        Self { matrices: motifs.iter().enumerate().flat_map(of_motif).collect() }
    }

    /// Hits in a window of nucleotide codes, sorted by position, motif and strand.
    pub fn scan(&self, window: &[u8]) -> Vec<MotifHit> {
        let mut hits: Vec<MotifHit> = self.matrices.iter().flat_map(|matrix| matrix.hits(window)).collect();
        hits.sort_by_key(|hit| (hit.start, hit.motif, hit.strand));
        hits
    }
}

/// Hits of `motifs` in a window of nucleotide codes, with a uniform background. For many windows, use a
/// [`MotifScanner`].
pub fn scan_motifs(motifs: &[PositionWeightMatrix], window: &[u8], p_value: f64) -> Vec<MotifHit> {
    MotifScanner::new(motifs, UNIFORM_BACKGROUND, p_value).scan(window)
}

/// Log-odds matrix of a motif on one strand.
#[derive(Clone, Debug)]
struct ScoringMatrix {
    motif: usize,
    strand: Strand,
    bits: Vec<[f64; 4]>,
    /// Log-odds in steps of [`STEP_BITS`].
    steps: Vec<[i32; 4]>,
    /// Lowest possible score, in steps.
    lowest: i32,
    /// Tail probabilities: `tail[i]` is the probability of a score of at least `lowest + i`.
    tail: Vec<f64>,
    /// Smallest score of a hit, in steps; `None` if even the best site is not significant.
    threshold: Option<i32>,
}

impl ScoringMatrix {
    fn new(index: usize, motif: &PositionWeightMatrix, strand: Strand, background: [f64; 4], p_value: f64) -> Self {
        let (n, total) = (motif.sites(), motif.sites() + PSEUDOCOUNT);
        let log_odds = |column: &[f64; 4]| {
            [0, 1, 2, 3].map(|base| {
                let q = background[base];
                ((column[base] * n + PSEUDOCOUNT * q) / (total * q)).log2()
            })
        };
        let bits: Vec<[f64; 4]> = motif.columns().iter().map(log_odds).collect();
        let in_steps = |column: &[f64; 4]| column.map(|bits| (bits / STEP_BITS).round() as i32);
        let steps: Vec<[i32; 4]> = bits.iter().map(in_steps).collect();
        let lowest = steps.iter().map(lowest_of).sum();
        let tail = tail_probabilities(&steps, background);
        let threshold = tail.iter().position(|&tail| tail <= p_value).map(|index| lowest + index as i32);
        Self { motif: index, strand, bits, steps, lowest, tail, threshold }
    }

    fn hits<'a>(&'a self, window: &'a [u8]) -> impl Iterator<Item = MotifHit> + 'a {
        let sites = window.windows(self.steps.len()).enumerate();
        sites.filter_map(|(start, site)| self.hit(start, site))
    }

    fn hit(&self, start: usize, site: &[u8]) -> Option<MotifHit> {
        let threshold = self.threshold?;
        if site.contains(&UNKNOWN) {
            return None;
        }
        let score: i32 = self.steps.iter().zip(site).map(|(column, &code)| column[usize::from(code)]).sum();
        (score >= threshold).then(|| MotifHit {
            motif: self.motif,
            start,
            end: start + site.len(),
            strand: self.strand,
            score_bits: self.bits.iter().zip(site).map(|(column, &code)| column[usize::from(code)]).sum(),
            p_value: self.tail[(score - self.lowest) as usize],
        })
    }
}

fn lowest_of(column: &[i32; 4]) -> i32 {
    column.iter().copied().min().unwrap_or(0)
}

/// Tail probability of each score, from the lowest possible score upwards.
fn tail_probabilities(steps: &[[i32; 4]], background: [f64; 4]) -> Vec<f64> {
    let mut probabilities = vec![1.0];
    for column in steps {
        let lowest = lowest_of(column);
        let above = column.map(|steps| (steps - lowest) as usize);
        let highest = above.into_iter().max().unwrap_or(0);
        let mut next = vec![0.0; probabilities.len() + highest];
        for (above, frequency) in above.into_iter().zip(background) {
            let shifted = next[above..].iter_mut().zip(&probabilities);
            shifted.for_each(|(next, probability)| *next += frequency * probability);
        }
        probabilities = next;
    }
    let mut sum = 0.0;
    for probability in probabilities.iter_mut().rev() {
        sum += *probability;
        // Rounding can raise the sum above 1.
        *probability = f64::min(sum, 1.0);
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dna::Sequence;

    fn codes(letters: &str) -> Vec<u8> {
        Sequence::from_ascii(letters.as_bytes()).unwrap().into_codes()
    }

    #[test]
    fn scan_finds_both_strands_and_skips_ambiguous_sites() {
        let motifs = [
            PositionWeightMatrix::from_consensus("CRE", "TGACG").unwrap(),
            PositionWeightMatrix::from_consensus("T", "TATAA").unwrap(),
        ];
        let hits = scan_motifs(&motifs, &codes("TGACGNCGTCATATAATGNCG"), 0.002);
        let found: Vec<_> = hits.iter().map(|hit| (hit.motif, hit.start, hit.end, hit.strand)).collect();
        assert_eq!(found, [(0, 0, 5, Strand::Forward), (0, 6, 11, Strand::Reverse), (1, 11, 16, Strand::Forward)]);
        // 20 sites and 0.1 background sites: log2((20 + 0.025) / (20.1 * 0.25)) per column.
        let bits = 5.0 * (20.025f64 / (20.1 * 0.25)).log2();
        assert!((hits[0].score_bits - bits).abs() < 1e-9, "{}", hits[0].score_bits);
    }

    #[test]
    fn scan_threshold_depends_on_background() {
        let motif = [PositionWeightMatrix::from_consensus("GC", "GGGC").unwrap()];
        // 4^-4 = 0.0039 with uniform bases, 0.4^4 = 0.0256 with frequent G and C.
        let hits = |background, p_value| MotifScanner::new(&motif, background, p_value).scan(&codes("AAGGGCAA"));
        assert_eq!(hits(UNIFORM_BACKGROUND, 0.004).len(), 1);
        assert_eq!(hits([0.1, 0.4, 0.4, 0.1], 0.004).len(), 0);
        let found = hits([0.1, 0.4, 0.4, 0.1], 0.03);
        assert!((found[0].p_value - 0.0256).abs() < 1e-12);
        assert_eq!(hits(UNIFORM_BACKGROUND, 1e-4), [], "no site of four bases is that rare");
        assert_eq!(scan_motifs(&motif, &codes("GG"), 0.1), []);
    }

    proptest! {
        /// Tail probabilities equal the enumeration of all k-mers of the motif's length.
        #[test]
        fn scan_p_value_matches_enumeration_of_kmers(
            counts in prop::collection::vec(prop::array::uniform4(0.0..9.0f64), 1..6),
        ) {
            let motif = PositionWeightMatrix::from_counts("m", &counts, 1.0, UNIFORM_BACKGROUND).unwrap();
            let background = [0.3, 0.2, 0.1, 0.4];
            let matrix = ScoringMatrix::new(0, &motif, Strand::Forward, background, 1.0);
            let kmer_count = 4usize.pow(counts.len() as u32);
            let kmer = |number: usize| -> Vec<u8> {
                (0..counts.len()).map(|position| (number / 4usize.pow(position as u32) % 4) as u8).collect()
            };
            let steps = |kmer: &[u8]| -> i32 {
                matrix.steps.iter().zip(kmer).map(|(column, &code)| column[usize::from(code)]).sum()
            };
            let probability = |kmer: &[u8]| -> f64 { kmer.iter().map(|&code| background[usize::from(code)]).product() };
            for number in 0..kmer_count.min(20) {
                let site = kmer(number * 37 % kmer_count);
                let hit = matrix.hit(0, &site).unwrap();
                let at_least = (0..kmer_count).map(kmer).filter(|other| steps(other) >= steps(&site));
                let expected: f64 = at_least.map(|other| probability(&other)).sum();
                prop_assert!((hit.p_value - expected).abs() < 1e-9, "{} {}", hit.p_value, expected);
            }
        }
    }
}
