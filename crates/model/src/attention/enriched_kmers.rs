//! Attention-enriched k-mers: k-mers that occur at attended positions more often than the attention profile explains.
//!
//! Attention is not attribution. A high weight means that the network read a position, not that the prediction depends
//! on its bases. Convolutions and the GRU also mix information of neighbouring positions before attention. Enriched
//! k-mers are therefore hypotheses about the motifs of the network, to be tested by mutating bases; see Jain and
//! Wallace 2019, <https://arxiv.org/abs/1902.10186>.

use std::ops::RangeInclusive;

use rayon::prelude::*;
use tatabox_dataset::AttentionEnrichedKmer;

use super::attended_ranges::attended_ranges;
use super::kmer_counts::KmerCounts;
use super::kmer_sites::KmerSites;
use super::searched_gene::{SearchedGene, attended_fractions};
use crate::error::ModelError;
use crate::predict::WindowPrediction;

/// Pseudocount of observed and expected counts, which shrinks the enrichment of rare k-mers towards 0.
const PSEUDO_COUNT: f64 = 5.0;

/// Significance level, corrected for the number of k-mers tested.
const SIGNIFICANCE: f64 = 0.01;

/// Longest k-mer: tables of counts have one row per k-mer.
const MAX_KMER_BP: usize = 12;

/// Bases of a gene and its prediction with attention.
#[derive(Clone, Copy, Debug)]
pub struct AttentionWindow<'a> {
    /// Nucleotide codes of the extent of the model, sense strand.
    pub codes: &'a [u8],
    /// Prediction with attention.
    pub prediction: &'a WindowPrediction,
}

/// Settings of the search for attention-enriched k-mers.
///
/// # Examples
/// ```
/// use tatabox_model::{KmerSearch, attention_enriched_kmers};
///
/// let search = KmerSearch { kmer_bp: 5..=6, max_kmers: 3, ..KmerSearch::default() };
/// assert!(attention_enriched_kmers(&[], 1_000, 64, &search)?.is_empty());
/// let invalid = KmerSearch { kmer_bp: 0..=6, ..search };
/// assert!(attention_enriched_kmers(&[], 1_000, 64, &invalid).is_err());
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KmerSearch {
    /// Fraction of the genes that counts as attended at each position.
    pub attended_fraction: f64,
    /// Bases on either side of an attended bin that count as attended as well; the default is half the width of a
    /// filter of the first convolution.
    pub flank_bp: usize,
    /// Lengths of the k-mers to test.
    pub kmer_bp: RangeInclusive<usize>,
    /// Minimum number of genes in which a k-mer is attended.
    pub min_genes: usize,
    /// Maximum number of k-mers returned.
    pub max_kmers: usize,
}

impl KmerSearch {
    fn validate(&self) -> Result<(), ModelError> {
        let invalid = |field, value: String, expected: &str| {
            Err(ModelError::InvalidConfig { field, value, expected: expected.to_owned() })
        };
        if !(self.attended_fraction > 0.0 && self.attended_fraction <= 1.0) {
            let value = self.attended_fraction.to_string();
            return invalid("attended_fraction", value, "above 0 and at most 1");
        }
        if *self.kmer_bp.start() == 0 || *self.kmer_bp.end() > MAX_KMER_BP {
            let value = format!("{} to {}", self.kmer_bp.start(), self.kmer_bp.end());
            return invalid("kmer_bp", value, "lengths from 1 to 12");
        }
        Ok(())
    }
}

impl Default for KmerSearch {
    fn default() -> Self {
        Self { attended_fraction: 0.05, flank_bp: 7, kmer_bp: 6..=8, min_genes: 20, max_kmers: 6 }
    }
}

/// K-mers enriched under the attention of a network, most enriched first; empty if none is significantly enriched.
///
/// All windows have the same length and start `upstream_bp` bases upstream of the TSS. Each weight covers `bin_bp`
/// bases.
///
/// 1. At each position, the `attended_fraction` of the genes with the highest weights counts as attended, if the weight
///    is at least uniform. A position that is attended in all genes, such as the core promoter, has no influence.
/// 2. The observed count of a k-mer is its number of occurrences in attended bins and their flanks. The expected count
///    assumes that attention depends on position only: each occurrence, attended or not, adds the fraction of genes
///    attended at its position.
/// 3. Among k-mers attended in at least `min_genes` genes and significantly enriched (Chernoff bound on the Poisson
///    tail, Bonferroni-corrected), the one with the highest log2((observed + 5) / (expected + 5)) is selected, together
///    with its occurrences with one mismatch. These sites are masked, and the search continues.
///
/// A k-mer and its reverse complement are counted separately, because windows are on the sense strand and orientation
/// may matter.
///
/// # Errors
/// [`ModelError::InvalidConfig`] for a setting outside its range.
///
/// # Source
/// Counting, selecting and masking follow STREME (Bailey 2021, <https://doi.org/10.1093/bioinformatics/btab203>),
/// without its refinement of position weights.
pub fn attention_enriched_kmers(
    windows: &[AttentionWindow],
    upstream_bp: u32,
    bin_bp: usize,
    search: &KmerSearch,
) -> Result<Vec<AttentionEnrichedKmer>, ModelError> {
    search.validate()?;
    let upstream_bp = i64::from(upstream_bp);
    let ranges = attended_ranges(windows, upstream_bp, bin_bp, search);
    let mut genes: Vec<SearchedGene> = windows
        .iter()
        .zip(ranges)
        .map(|(window, attended)| SearchedGene { codes: window.codes.to_vec(), attended })
        .collect();
    let mut motifs = Vec::new();
    while motifs.len() < search.max_kmers {
        let Some((k, kmer)) = best_kmer(&genes, search) else { break };
        let sites = KmerSites::find(&genes, k, kmer, &attended_fractions(&genes, k));
        motifs.push(sites.to_motif(k, upstream_bp));
        sites.mask(&mut genes, k);
    }
    motifs.sort_by(|a, b| b.log2_enrichment.total_cmp(&a.log2_enrichment).then_with(|| a.consensus.cmp(&b.consensus)));
    Ok(motifs)
}

/// Length and number of the most enriched k-mer; among ties the shortest, then the first.
fn best_kmer(genes: &[SearchedGene], search: &KmerSearch) -> Option<(usize, usize)> {
    let kmers_tried: f64 = search.kmer_bp.clone().map(|k| 4f64.powi(k as i32)).sum();
    let least_evidence = (kmers_tried / SIGNIFICANCE).ln();
    let of_length: Vec<Option<(f64, usize, usize)>> = search
        .kmer_bp
        .clone()
        .into_par_iter()
        .map(|k| {
            let counts = KmerCounts::of(genes, k);
            let is_sufficient = |kmer: &usize| {
                counts.genes[*kmer] as usize >= search.min_genes && counts.evidence(*kmer) >= least_evidence
            };
            let kmers = (0..counts.observed.len()).filter(is_sufficient);
            kmers.map(|kmer| (counts.log2_enrichment(kmer), k, kmer)).reduce(better)
        })
        .collect();
    of_length.into_iter().flatten().reduce(better).map(|(_, k, kmer)| (k, kmer))
}

fn better(best: (f64, usize, usize), next: (f64, usize, usize)) -> (f64, usize, usize) {
    if next.0 > best.0 { next } else { best }
}

/// log2 of observed over expected counts, with pseudocounts.
pub(super) fn log2_enrichment(observed: f64, expected: f64) -> f64 {
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

    /// Random bases, with noisy attention that decreases on both sides of bin 30.
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

    /// Writes `kmer` into bin `bin` and multiplies the attention there.
    fn plant(gene: &mut Gene, kmer: &[u8], bin: usize, times: f64) {
        gene.codes[bin * BIN_BP..bin * BIN_BP + kmer.len()].copy_from_slice(kmer);
        let mut weights = gene.prediction.attention.clone();
        weights[bin] *= times;
        gene.prediction = with_attention(weights);
    }

    fn motifs(genes: &[Gene]) -> Vec<AttentionEnrichedKmer> {
        let windows: Vec<AttentionWindow> =
            genes.iter().map(|gene| AttentionWindow { codes: &gene.codes, prediction: &gene.prediction }).collect();
        attention_enriched_kmers(&windows, 250, BIN_BP, &KmerSearch::default()).expect("valid settings")
    }

    /// TGACTCA
    const KMER: [u8; 7] = [3, 2, 0, 1, 3, 1, 0];

    #[test]
    fn enriched_kmers_planted_kmer_is_the_only_result() {
        let mut genes = genes(400, 1);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for gene in genes.iter_mut().step_by(2) {
            plant(gene, &KMER, rng.random_range(25..36), 6.0);
        }
        let motifs = motifs(&genes);
        assert_eq!(motifs.len(), 1, "{motifs:?}");
        let motif = &motifs[0];
        assert!("TGACTCA".contains(&motif.consensus) || motif.consensus.contains("TGACTCA"), "{motif:?}");
        // 200 planted sites, and random occurrences with one mismatch.
        assert!((180..320).contains(&motif.sites), "{}", motif.sites);
        assert!(motif.log2_enrichment > 2.0, "{}", motif.log2_enrichment);
        // Bins 25 to 35 start at -50 to +30 bp.
        assert!((-30..40).contains(&motif.median_position_bp), "{}", motif.median_position_bp);
        for column in &motif.counts {
            assert_eq!(column.iter().sum::<u32>(), motif.sites);
        }
    }

    #[test]
    fn enriched_kmers_kmer_at_common_position_is_not_reported() {
        let mut genes = genes(400, 3);
        for gene in &mut genes {
            plant(gene, &KMER, 30, 6.0);
        }
        assert_eq!(motifs(&genes), []);
    }

    #[test]
    fn enriched_kmers_random_attention_returns_none() {
        let mut genes = genes(400, 4);
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for gene in &mut genes {
            plant(gene, &[], rng.random_range(0..BINS), 20.0);
        }
        assert_eq!(motifs(&genes), []);
        assert_eq!(motifs(&[]), []);
    }
}
