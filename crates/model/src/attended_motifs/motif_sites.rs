//! Where a motif stands: its word, and every word that differs from it in one base.

use tatabox_dataset::AttentionEnrichedKmer;
use tatabox_sequence::{Sequence, UNKNOWN};

use super::log2_enrichment;
use super::searched_gene::{Place, SearchedGene};

/// The sites of one motif in all genes, attended or not; sites of one gene do not overlap.
pub(super) struct MotifSites {
    /// Index of the gene, and the site.
    sites: Vec<(usize, Place)>,
    /// Attended sites if attention depended on the position alone.
    expected: f64,
}

impl MotifSites {
    /// Finds the sites of `word` of `k` bases. `shares` are those of [`attended_shares`](super::attended_shares).
    pub fn find(genes: &[SearchedGene], k: usize, word: usize, shares: &[f64]) -> Self {
        let mut found = Self { sites: Vec::new(), expected: 0.0 };
        for (gene, searched) in genes.iter().enumerate() {
            let mut free_from = 0;
            for place in searched.places(k).filter(|place| mismatches(place.word, word) <= 1) {
                if place.start >= free_from {
                    free_from = place.start + k;
                    found.expected += shares[place.start];
                    found.sites.push((gene, place));
                }
            }
        }
        found
    }

    /// The motif of the attended sites.
    pub fn to_motif(&self, k: usize, upstream_bp: i64) -> AttentionEnrichedKmer {
        let attended: Vec<Place> =
            self.sites.iter().map(|&(_, place)| place).filter(|place| place.is_attended).collect();
        let mut counts = vec![[0; 4]; k];
        for place in &attended {
            for (column, count) in counts.iter_mut().enumerate() {
                count[(place.word >> (2 * (k - 1 - column))) & 3] += 1;
            }
        }
        let mut positions_bp: Vec<i64> =
            attended.iter().map(|place| (place.start + k / 2) as i64 - upstream_bp).collect();
        positions_bp.sort_unstable();
        AttentionEnrichedKmer {
            consensus: Sequence::from_codes(counts.iter().map(most_frequent).collect()).to_ascii(),
            sites: attended.len() as u32,
            log2_enrichment: log2_enrichment(attended.len() as f64, self.expected),
            median_position_bp: positions_bp.get(positions_bp.len() / 2).map_or(0, |&bp| bp as i32),
            counts,
        }
    }

    /// Makes the bases of every site unknown, so that the next search finds something else.
    pub fn mask(&self, genes: &mut [SearchedGene], k: usize) {
        for &(gene, place) in &self.sites {
            genes[gene].codes[place.start..place.start + k].fill(UNKNOWN);
        }
    }
}

/// Bases in which two words of the same length differ.
fn mismatches(one: usize, other: usize) -> u32 {
    const LOW_BITS: usize = usize::MAX / 3; // 0b...010101
    let differing = one ^ other;
    ((differing | (differing >> 1)) & LOW_BITS).count_ones()
}

/// The first of the most frequent bases.
fn most_frequent(count: &[u32; 4]) -> u8 {
    (0..UNKNOWN).rev().max_by_key(|&base| count[usize::from(base)]).unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_differ_in_bases_and_not_in_bits() {
        // ACG = 0 1 2, ACT = 0 1 3, TCA = 3 1 0.
        assert_eq!(mismatches(0b00_01_10, 0b00_01_10), 0);
        assert_eq!(mismatches(0b00_01_10, 0b00_01_11), 1);
        assert_eq!(mismatches(0b00_01_10, 0b11_01_00), 2);
    }

    #[test]
    fn a_motif_is_made_of_its_attended_sites() {
        // ACG at 0, ACT at 4, both within one mismatch of ACG; only the second is attended. TTT is none.
        let codes = vec![0, 1, 2, UNKNOWN, 0, 1, 3, 3, 3, 3];
        let mut genes = vec![SearchedGene { codes, attended: vec![4..8, 9..10] }];
        let shares = [0.25; 10];
        let sites = MotifSites::find(&genes, 3, 0b00_01_10, &shares);
        let motif = sites.to_motif(3, 6);
        assert_eq!((motif.consensus.as_str(), motif.sites), ("ACT", 1));
        assert_eq!(motif.counts, [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]);
        // The middle of bases 4 to 6 is one base upstream; (1 + 5) / (0.5 + 5).
        assert_eq!(motif.median_position_bp, -1);
        assert!((motif.log2_enrichment - (6.0 / 5.5f64).log2()).abs() < 1e-12);
        sites.mask(&mut genes, 3);
        assert_eq!(genes[0].codes, [4, 4, 4, 4, 4, 4, 4, 3, 3, 3]);
    }

    #[test]
    fn ties_go_to_the_first_base() {
        assert_eq!(most_frequent(&[0, 2, 2, 1]), 1);
    }
}
