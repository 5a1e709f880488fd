//! Sites of a k-mer, including those with one mismatch.

use tatabox_dataset::AttentionEnrichedKmer;
use tatabox_sequence::{Sequence, UNKNOWN};

use super::enriched_kmers::log2_enrichment;
use super::searched_gene::{KmerOccurrence, SearchedGene};

/// Sites of one k-mer in all genes, attended or not. Sites within a gene do not overlap.
pub(super) struct KmerSites {
    /// Gene index and site.
    sites: Vec<(usize, KmerOccurrence)>,
    /// Expected attended sites if attention depended on position only.
    expected: f64,
}

impl KmerSites {
    /// Finds the sites of `kmer`, of `k` bases. `fractions` is the result of
    /// [`attended_fractions`](super::searched_gene::attended_fractions).
    pub fn find(genes: &[SearchedGene], k: usize, kmer: usize, fractions: &[f64]) -> Self {
        let mut found = Self { sites: Vec::new(), expected: 0.0 };
        for (gene, searched) in genes.iter().enumerate() {
            let mut free_from = 0;
            for occurrence in searched.occurrences(k).filter(|occurrence| mismatches(occurrence.kmer, kmer) <= 1) {
                if occurrence.start >= free_from {
                    free_from = occurrence.start + k;
                    found.expected += fractions[occurrence.start];
                    found.sites.push((gene, occurrence));
                }
            }
        }
        found
    }

    /// Motif of the attended sites.
    pub fn to_motif(&self, k: usize, upstream_bp: i64) -> AttentionEnrichedKmer {
        let attended: Vec<KmerOccurrence> =
            self.sites.iter().map(|&(_, occurrence)| occurrence).filter(|occurrence| occurrence.is_attended).collect();
        let mut counts = vec![[0; 4]; k];
        for occurrence in &attended {
            for (column, count) in counts.iter_mut().enumerate() {
                count[(occurrence.kmer >> (2 * (k - 1 - column))) & 3] += 1;
            }
        }
        let mut positions_bp: Vec<i64> =
            attended.iter().map(|occurrence| (occurrence.start + k / 2) as i64 - upstream_bp).collect();
        positions_bp.sort_unstable();
        AttentionEnrichedKmer {
            consensus: Sequence::from_codes(counts.iter().map(most_frequent).collect()).to_ascii(),
            sites: attended.len() as u32,
            log2_enrichment: log2_enrichment(attended.len() as f64, self.expected),
            median_position_bp: positions_bp.get(positions_bp.len() / 2).map_or(0, |&bp| bp as i32),
            counts,
        }
    }

    /// Masks the bases of all sites with N, so that the next search finds other k-mers.
    pub fn mask(&self, genes: &mut [SearchedGene], k: usize) {
        for &(gene, occurrence) in &self.sites {
            genes[gene].codes[occurrence.start..occurrence.start + k].fill(UNKNOWN);
        }
    }
}

/// Number of mismatches between two k-mers of the same length.
fn mismatches(one: usize, other: usize) -> u32 {
    const LOW_BITS: usize = usize::MAX / 3; // 0b...010101
    let differing = one ^ other;
    ((differing | (differing >> 1)) & LOW_BITS).count_ones()
}

/// Most frequent base; the first one among ties.
fn most_frequent(count: &[u32; 4]) -> u8 {
    (0..UNKNOWN).rev().max_by_key(|&base| count[usize::from(base)]).unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mismatches_count_bases_rather_than_bits() {
        // ACG = 0 1 2, ACT = 0 1 3, TCA = 3 1 0.
        assert_eq!(mismatches(0b00_01_10, 0b00_01_10), 0);
        assert_eq!(mismatches(0b00_01_10, 0b00_01_11), 1);
        assert_eq!(mismatches(0b00_01_10, 0b11_01_00), 2);
    }

    #[test]
    fn kmer_sites_motif_counts_only_attended_sites() {
        // ACG at 0 and ACT at 4 have at most one mismatch to ACG; only the second is attended. TTT is no site.
        let codes = vec![0, 1, 2, UNKNOWN, 0, 1, 3, 3, 3, 3];
        let mut genes = vec![SearchedGene { codes, attended: vec![4..8, 9..10] }];
        let fractions = [0.25; 10];
        let sites = KmerSites::find(&genes, 3, 0b00_01_10, &fractions);
        let motif = sites.to_motif(3, 6);
        assert_eq!((motif.consensus.as_str(), motif.sites), ("ACT", 1));
        assert_eq!(motif.counts, [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]);
        // The centre of bases 4 to 6 is at -1 bp; enrichment (1 + 5) / (0.5 + 5).
        assert_eq!(motif.median_position_bp, -1);
        assert!((motif.log2_enrichment - (6.0 / 5.5f64).log2()).abs() < 1e-12);
        sites.mask(&mut genes, 3);
        assert_eq!(genes[0].codes, [4, 4, 4, 4, 4, 4, 4, 3, 3, 3]);
    }

    #[test]
    fn most_frequent_tied_counts_returns_first_base() {
        assert_eq!(most_frequent(&[0, 2, 2, 1]), 1);
    }
}
