//! The words of a gene, and whether each is attended.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

/// A window whose found motifs are masked, and its attended bases.
pub(super) struct SearchedGene {
    pub codes: Vec<u8>,
    /// Rising ranges that do not touch.
    pub attended: Vec<Range<usize>>,
}

/// A kmer of known bases in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KmerOccurrence {
    /// Index of its first base.
    pub start: usize,
    /// Its bases as digits to the base 4.
    pub kmer: usize,
    /// Whether all of it is attended.
    pub is_attended: bool,
}

impl SearchedGene {
    /// Every kmer of `k` known bases, from first to last.
    pub fn occurrences(&self, k: usize) -> impl Iterator<Item = KmerOccurrence> {
        let mask = (1 << (2 * k)) - 1;
        let (mut kmer, mut known_run) = (0, 0);
        let mut attended = self.attended.as_slice();
        self.codes.iter().enumerate().filter_map(move |(last, &code)| {
            if code >= UNKNOWN {
                known_run = 0;
                return None;
            }
            kmer = ((kmer << 2) | usize::from(code)) & mask;
            known_run += 1;
            if known_run < k {
                return None;
            }
            let start = last + 1 - k;
            while let [first, rest @ ..] = attended
                && first.end <= last
            {
                attended = rest;
            }
            let is_attended = attended.first().is_some_and(|range| range.start <= start);
            Some(KmerOccurrence { start, kmer, is_attended })
        })
    }
}

/// For each index in the window, the share of the genes with a known kmer of `k` bases there in which it is attended.
pub(super) fn attended_fractions(genes: &[SearchedGene], k: usize) -> Vec<f64> {
    let length = genes.iter().map(|gene| gene.codes.len()).max().unwrap_or(0);
    let mut known = vec![0u32; length];
    let mut attended = vec![0u32; length];
    for occurrence in genes.iter().flat_map(|gene| gene.occurrences(k)) {
        known[occurrence.start] += 1;
        attended[occurrence.start] += u32::from(occurrence.is_attended);
    }
    attended.iter().zip(&known).map(|(&attended, &known)| f64::from(attended) / f64::from(known.max(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_short_window() {
        // ACGTNAC with bases 1 to 4 attended.
        let gene = SearchedGene { codes: vec![0, 1, 2, 3, UNKNOWN, 0, 1], attended: vec![1..4, 6..7] };
        let occurrence = |start, kmer, is_attended| KmerOccurrence { start, kmer, is_attended };
        // AC = 1, CG = 6, GT = 11.
        let expected =
            [occurrence(0, 1, false), occurrence(1, 6, true), occurrence(2, 11, true), occurrence(5, 1, false)];
        assert_eq!(gene.occurrences(2).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn shares_are_over_the_genes_with_a_word_there() {
        let gene =
            |codes: [u8; 3], attended: Range<usize>| SearchedGene { codes: codes.to_vec(), attended: vec![attended] };
        let genes = [gene([0, 1, 2], 0..3), gene([0, 1, UNKNOWN], 1..3)];
        // Index 0: attended in one of two; index 1: known in one, and attended there.
        assert_eq!(attended_fractions(&genes, 2), [0.5, 1.0, 0.0]);
    }
}
