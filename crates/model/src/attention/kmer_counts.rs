//! How often each word is attended, and how often it would be if attention did not depend on bases.

use super::enriched_kmers::log2_enrichment;
use super::searched_gene::{SearchedGene, attended_shares};

/// Stands for no gene.
const NOWHERE: (u32, usize) = (u32::MAX, 0);

/// Counts of every word of one length, by its number.
pub(super) struct WordCounts {
    /// Attended occurrences.
    pub observed: Vec<u32>,
    /// Genes with an attended occurrence.
    pub genes: Vec<u32>,
    /// Attended occurrences if attention depended on the position alone.
    pub expected: Vec<f64>,
}

impl WordCounts {
    /// Counts the words of `k` bases. An occurrence that overlaps the one before of the same word in the same gene is
    /// skipped, attended or not: a run of A is one occurrence and not ten.
    pub fn of(genes: &[SearchedGene], k: usize) -> Self {
        let words = 1 << (2 * k);
        let shares = attended_shares(genes, k);
        let mut counts = Self { observed: vec![0; words], genes: vec![0; words], expected: vec![0.0; words] };
        let mut last = vec![NOWHERE; words];
        let mut last_gene = vec![NOWHERE.0; words];
        for (gene, searched) in (0..).zip(genes) {
            for place in searched.places(k) {
                let (in_gene, start) = last[place.word];
                if in_gene == gene && place.start < start + k {
                    continue;
                }
                last[place.word] = (gene, place.start);
                counts.expected[place.word] += shares[place.start];
                if place.is_attended {
                    counts.observed[place.word] += 1;
                    counts.genes[place.word] += u32::from(last_gene[place.word] != gene);
                    last_gene[place.word] = gene;
                }
            }
        }
        counts
    }

    /// log2 of observed over expected, with pseudo counts.
    pub fn log2_enrichment(&self, word: usize) -> f64 {
        log2_enrichment(f64::from(self.observed[word]), self.expected[word])
    }

    /// -ln of Chernoff's bound on the chance of so many occurrences or more; 0 where there are no more than expected:
    ///
    /// ```text
    /// P(X >= x) <= exp(-(x ln(x / m) - (x - m))), X Poisson of mean m < x
    /// ```
    pub fn evidence(&self, word: usize) -> f64 {
        let (observed, expected) = (f64::from(self.observed[word]), self.expected[word]);
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
    fn counts_worked_by_hand() {
        let gene = |codes: &[u8], attended: &[std::ops::Range<usize>]| SearchedGene {
            codes: codes.to_vec(),
            attended: attended.to_vec(),
        };
        // AAAAC attended over its first three bases, and CAAAA over none: shares 1/2, 1/2, 0, 0.
        let genes = [gene(&[0, 0, 0, 0, 1], std::slice::from_ref(&(0..3))), gene(&[1, 0, 0, 0, 0], &[])];
        let counts = WordCounts::of(&genes, 2);
        // AA (word 0) counts at 0 and 2 of the first gene and at 1 and 3 of the second.
        assert_eq!((counts.observed[0], counts.genes[0]), (1, 1));
        assert!((counts.expected[0] - 1.0).abs() < 1e-12);
        // CA (word 4) counts at 0 of the second, where half of the genes are attended.
        assert_eq!(counts.observed[4], 0);
        assert!((counts.expected[4] - 0.5).abs() < 1e-12);
        assert!((counts.log2_enrichment(0)).abs() < 1e-12);
        assert!(counts.evidence(4).abs() < f64::EPSILON);
    }

    #[test]
    fn evidence_is_that_of_the_bound() {
        let counts = WordCounts { observed: vec![20], genes: vec![20], expected: vec![5.0] };
        // 20 ln 4 - 15.
        assert!((counts.evidence(0) - 12.725_887).abs() < 1e-5);
    }
}
