//! K-mers of a gene, attended or not.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

/// Window of a gene and its attended bases; sites found so far are masked.
pub(super) struct SearchedGene {
    pub codes: Vec<u8>,
    /// Sorted ranges with gaps between them.
    pub attended: Vec<Range<usize>>,
}

/// Occurrence of a k-mer of known bases in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KmerOccurrence {
    /// Index of the first base.
    pub start: usize,
    /// Number of the k-mer: its bases as digits in base 4.
    pub kmer: usize,
    /// Whether all its bases are attended.
    pub is_attended: bool,
}

impl SearchedGene {
    /// All k-mers of `k` known bases, by position.
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

/// Fraction of genes in which the k-mer at each window index is attended, among genes with `k` known bases there.
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
    fn occurrences_of_short_window_match_hand_count() {
        // ACGTNAC with bases 1 to 3 and 6 attended.
        let gene = SearchedGene { codes: vec![0, 1, 2, 3, UNKNOWN, 0, 1], attended: vec![1..4, 6..7] };
        let occurrence = |start, kmer, is_attended| KmerOccurrence { start, kmer, is_attended };
        // AC = 1, CG = 6, GT = 11.
        let expected =
            [occurrence(0, 1, false), occurrence(1, 6, true), occurrence(2, 11, true), occurrence(5, 1, false)];
        assert_eq!(gene.occurrences(2).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn attended_fractions_count_only_genes_with_known_kmer() {
        let gene =
            |codes: [u8; 3], attended: Range<usize>| SearchedGene { codes: codes.to_vec(), attended: vec![attended] };
        let genes = [gene([0, 1, 2], 0..3), gene([0, 1, UNKNOWN], 1..3)];
        // Index 0: attended in one of two genes. Index 1: known and attended in one gene.
        assert_eq!(attended_fractions(&genes, 2), [0.5, 1.0, 0.0]);
    }
}
