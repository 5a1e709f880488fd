//! Words that stand where a network attends, more often than its attention to the position explains.
//!
//! Attention is not attribution. A weight says that a position was read, not what the prediction owes to it, and
//! before it is weighed a position has been through convolutions and a GRU that carry what stands beside it. A motif
//! found here is therefore a hint at what the network looks for, to be tested by changing bases; see Jain and Wallace
//! 2019, <https://arxiv.org/abs/1902.10186>.

mod attended_ranges;
mod motif_sites;
mod searched_gene;
mod word_counts;

use std::ops::RangeInclusive;

use rayon::prelude::*;
use tatabox_dataset::AttentionEnrichedKmer;

use crate::window_prediction::WindowPrediction;
use attended_ranges::attended_ranges;
use motif_sites::MotifSites;
use searched_gene::{SearchedGene, attended_shares};
use word_counts::WordCounts;

/// Added to observed and expected counts, so that a rare word needs more than luck to look enriched.
const PSEUDO_COUNT: f64 = 5.0;

/// Chance, over all words tried, at which a word that is not enriched would be taken.
const SIGNIFICANCE: f64 = 0.01;

/// The bases of a gene, and what the network said of them.
#[derive(Clone, Copy, Debug)]
pub struct AttendedWindow<'a> {
    /// Nucleotide codes of the model's extent, sense strand.
    pub codes: &'a [u8],
    /// The prediction, with attention.
    pub prediction: &'a WindowPrediction,
}

/// How attended motifs are searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct MotifSearch {
    /// Share of the genes that count as attended at a position.
    pub attended_share: f64,
    /// Bases on either side of an attended bin that count as attended too; half a motif of the first convolution.
    pub flank_bp: usize,
    /// Lengths of the words tried.
    pub word_bp: RangeInclusive<usize>,
    /// Genes in which a word must be attended at least.
    pub fewest_genes: usize,
    /// Motifs returned at most.
    pub most_motifs: usize,
}

impl Default for MotifSearch {
    fn default() -> Self {
        Self { attended_share: 0.05, flank_bp: 7, word_bp: 6..=8, fewest_genes: 20, most_motifs: 6 }
    }
}

/// Motifs under the attention of a network, most enriched first; none where no word is significantly enriched.
///
/// All windows have one length and reach `upstream_bp` bases before the TSS; a weight covers `bin_bp` bases.
///
/// 1. At each position the `attended_share` of the genes with the highest weights there count as attended, as far as
///    a weight is no less than a uniform one. That every gene is attended at the core promoter thus counts for nothing.
/// 2. A word is counted in the attended bins and their flanks. What is expected is its count if attention did not
///    depend on bases: each of its occurrences, attended or not, adds the share of genes attended at that position.
/// 3. Of the words attended in enough genes, and more often than chance (Chernoff's bound on a Poisson tail, divided by
///    the number of words), the one with the highest log2((observed + 5) / (expected + 5)) is taken, with every
///    occurrence that differs from it in one base. Those are masked in every window, and the search begins anew.
///
/// A word and its reverse complement are different words: windows lie on the sense strand, and orientation may matter.
///
/// # Source
/// Counting, taking the best word and erasing it follows STREME (Bailey 2021,
/// <https://doi.org/10.1093/bioinformatics/btab203>), without its refinement of position weights.
pub fn attended_motifs(
    windows: &[AttendedWindow],
    upstream_bp: u32,
    bin_bp: usize,
    search: &MotifSearch,
) -> Vec<AttentionEnrichedKmer> {
    let upstream_bp = i64::from(upstream_bp);
    let ranges = attended_ranges(windows, upstream_bp, bin_bp, search);
    let mut genes: Vec<SearchedGene> = windows
        .iter()
        .zip(ranges)
        .map(|(window, attended)| SearchedGene { codes: window.codes.to_vec(), attended })
        .collect();
    let mut motifs = Vec::new();
    while motifs.len() < search.most_motifs {
        let Some((k, word)) = best_word(&genes, search) else { break };
        let sites = MotifSites::find(&genes, k, word, &attended_shares(&genes, k));
        motifs.push(sites.to_motif(k, upstream_bp));
        sites.mask(&mut genes, k);
    }
    motifs.sort_by(|a, b| b.log2_enrichment.total_cmp(&a.log2_enrichment).then_with(|| a.consensus.cmp(&b.consensus)));
    motifs
}

/// The most enriched word and its length; of equals the shortest, then the first.
fn best_word(genes: &[SearchedGene], search: &MotifSearch) -> Option<(usize, usize)> {
    let words_tried: f64 = search.word_bp.clone().map(|k| 4f64.powi(k as i32)).sum();
    let least_evidence = (words_tried / SIGNIFICANCE).ln();
    let of_length: Vec<Option<(f64, usize, usize)>> = search
        .word_bp
        .clone()
        .into_par_iter()
        .map(|k| {
            let counts = WordCounts::of(genes, k);
            let is_enough = |word: &usize| {
                counts.genes[*word] as usize >= search.fewest_genes && counts.evidence(*word) >= least_evidence
            };
            let words = (0..counts.observed.len()).filter(is_enough);
            words.map(|word| (counts.log2_enrichment(word), k, word)).reduce(better)
        })
        .collect();
    of_length.into_iter().flatten().reduce(better).map(|(_, k, word)| (k, word))
}

fn better(best: (f64, usize, usize), next: (f64, usize, usize)) -> (f64, usize, usize) {
    if next.0 > best.0 { next } else { best }
}

/// log2 of observed over expected, drawn towards 0 where both are small.
fn log2_enrichment(observed: f64, expected: f64) -> f64 {
    ((observed + PSEUDO_COUNT) / (expected + PSEUDO_COUNT)).log2()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const BINS: usize = 40;
    const BIN_BP: usize = 8;

    struct Gene {
        codes: Vec<u8>,
        prediction: WindowPrediction,
    }

    /// Random bases; attention falls off from bin 30 on either side, with some noise.
    fn genes(count: usize, seed: u64) -> Vec<Gene> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| {
                let codes = (0..BINS * BIN_BP).map(|_| rng.random_range(0..4)).collect();
                let profile = |bin: usize| 1.0 / (1.0 + bin.abs_diff(30) as f64);
                let weights = (0..BINS).map(|bin| profile(bin) * rng.random_range(0.8..1.2)).collect();
                Gene { codes, prediction: with_attention(weights) }
            })
            .collect()
    }

    fn with_attention(weights: Vec<f64>) -> WindowPrediction {
        let total: f64 = weights.iter().sum();
        let attention = weights.into_iter().map(|weight| weight / total).collect();
        WindowPrediction { log2_tpm: vec![1.0], log2_tpm_sd: None, attention, attention_start_bp: -250 }
    }

    /// Writes `word` into bin `bin` and multiplies the attention there.
    fn plant(gene: &mut Gene, word: &[u8], bin: usize, times: f64) {
        gene.codes[bin * BIN_BP..bin * BIN_BP + word.len()].copy_from_slice(word);
        let mut weights = gene.prediction.attention.clone();
        weights[bin] *= times;
        gene.prediction = with_attention(weights);
    }

    fn motifs(genes: &[Gene]) -> Vec<AttentionEnrichedKmer> {
        let windows: Vec<AttendedWindow> =
            genes.iter().map(|gene| AttendedWindow { codes: &gene.codes, prediction: &gene.prediction }).collect();
        attended_motifs(&windows, 250, BIN_BP, &MotifSearch::default())
    }

    /// TGACTCA
    const WORD: [u8; 7] = [3, 2, 0, 1, 3, 1, 0];

    #[test]
    fn a_word_under_high_attention_is_found_and_nothing_else() {
        let mut genes = genes(400, 1);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for gene in genes.iter_mut().step_by(2) {
            plant(gene, &WORD, rng.random_range(25..36), 6.0);
        }
        let motifs = motifs(&genes);
        assert_eq!(motifs.len(), 1, "{motifs:?}");
        let motif = &motifs[0];
        assert!("TGACTCA".contains(&motif.consensus) || motif.consensus.contains("TGACTCA"), "{motif:?}");
        // 200 were planted, and chance adds some within one mismatch.
        assert!((180..320).contains(&motif.sites), "{}", motif.sites);
        assert!(motif.log2_enrichment > 2.0, "{}", motif.log2_enrichment);
        // Bins 25 to 35 begin at -50 to +30 bp.
        assert!((-30..40).contains(&motif.median_position_bp), "{}", motif.median_position_bp);
        for column in &motif.counts {
            assert_eq!(column.iter().sum::<u32>(), motif.sites);
        }
    }

    #[test]
    fn a_word_where_every_gene_is_attended_anyway_is_not_found() {
        let mut genes = genes(400, 3);
        for gene in &mut genes {
            plant(gene, &WORD, 30, 6.0);
        }
        assert_eq!(motifs(&genes), []);
    }

    #[test]
    fn attention_without_regard_to_bases_has_no_motifs() {
        let mut genes = genes(400, 4);
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for gene in &mut genes {
            plant(gene, &[], rng.random_range(0..BINS), 20.0);
        }
        assert_eq!(motifs(&genes), []);
        assert_eq!(motifs(&[]), []);
    }
}
