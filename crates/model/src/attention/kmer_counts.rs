//! Observed and expected attended occurrences of each k-mer.

use super::enriched_kmers::log2_enrichment;
use super::searched_gene::{SearchedGene, attended_fractions};

/// Gene and position of a k-mer that has not occurred yet.
const NOWHERE: (u32, usize) = (u32::MAX, 0);

/// Counts of all k-mers of one length, indexed by k-mer number.
pub(super) struct KmerCounts {
    /// Attended occurrences.
    pub observed: Vec<u32>,
    /// Genes with an attended occurrence.
    pub genes: Vec<u32>,
    /// Expected attended occurrences if attention depended on position only.
    pub expected: Vec<f64>,
}

impl KmerCounts {
    /// Counts the k-mers of `k` bases. Occurrences that overlap the previous one of the same k-mer in the same gene are
    /// skipped, so that a run of A counts as few occurrences.
    pub fn of(genes: &[SearchedGene], k: usize) -> Self {
        let kmers = 1 << (2 * k);
        let fractions = attended_fractions(genes, k);
        let mut counts = Self { observed: vec![0; kmers], genes: vec![0; kmers], expected: vec![0.0; kmers] };
        let mut last = vec![NOWHERE; kmers];
        let mut last_gene = vec![NOWHERE.0; kmers];
        for (gene, searched) in (0..).zip(genes) {
            for occurrence in searched.occurrences(k) {
                let (in_gene, start) = last[occurrence.kmer];
                if in_gene == gene && occurrence.start < start + k {
                    continue;
                }
                last[occurrence.kmer] = (gene, occurrence.start);
                counts.expected[occurrence.kmer] += fractions[occurrence.start];
                if occurrence.is_attended {
                    counts.observed[occurrence.kmer] += 1;
                    counts.genes[occurrence.kmer] += u32::from(last_gene[occurrence.kmer] != gene);
                    last_gene[occurrence.kmer] = gene;
                }
            }
        }
        counts
    }

    /// log2 of observed over expected counts, with pseudocounts.
    pub fn log2_enrichment(&self, kmer: usize) -> f64 {
        log2_enrichment(f64::from(self.observed[kmer]), self.expected[kmer])
    }

    /// Negative logarithm of the Chernoff bound on the probability of at least as many occurrences; 0 if there are no
    /// more than expected:
    ///
    /// ```text
    /// P(X >= x) <= exp(-(x ln(x / m) - (x - m))), X Poisson of mean m < x
    /// ```
    pub fn evidence(&self, kmer: usize) -> f64 {
        let (observed, expected) = (f64::from(self.observed[kmer]), self.expected[kmer]);
        if observed <= expected {
            return 0.0;
        }
        observed * (observed / expected).ln() - (observed - expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kmer_counts_match_hand_calculation() {
        let gene = |codes: &[u8], attended: &[std::ops::Range<usize>]| SearchedGene {
            codes: codes.to_vec(),
            attended: attended.to_vec(),
        };
        // AAAAC is attended at its first three bases, and CAAAA nowhere: attended fractions 1/2, 1/2, 0, 0.
        let genes = [gene(&[0, 0, 0, 0, 1], std::slice::from_ref(&(0..3))), gene(&[1, 0, 0, 0, 0], &[])];
        let counts = KmerCounts::of(&genes, 2);
        // AA (k-mer 0) counts at 0 and 2 of the first gene and at 1 and 3 of the second.
        assert_eq!((counts.observed[0], counts.genes[0]), (1, 1));
        assert!((counts.expected[0] - 1.0).abs() < 1e-12);
        // CA (k-mer 4) counts at 0 of the second gene, where half of the genes are attended.
        assert_eq!(counts.observed[4], 0);
        assert!((counts.expected[4] - 0.5).abs() < 1e-12);
        assert!((counts.log2_enrichment(0)).abs() < 1e-12);
        assert!(counts.evidence(4).abs() < f64::EPSILON);
    }

    #[test]
    fn evidence_matches_chernoff_bound() {
        let counts = KmerCounts { observed: vec![20], genes: vec![20], expected: vec![5.0] };
        // 20 ln 4 - 15.
        assert!((counts.evidence(0) - 12.725_887).abs() < 1e-5);
    }
}
