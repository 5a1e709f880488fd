//! k-mers associated with expression, found before training.
//!
//! A network with random initial filters has to find each motif by chance. With ten thousand genes rather than a
//! million it finds some motifs late and some never. k-mers whose presence is associated with expression are found by
//! counting alone.

use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset};

use crate::input::shifted_codes;
use crate::train::batch::RowTargets;

/// Lengths of the k-mers, in bases; codes of the longest must fit into 16 bits.
const LENGTHS: [usize; 2] = [6, 8];
/// Bases searched: motifs that many genes share are located around the TSS, and k-mers further away are noise.
const SEARCHED: Extent = Extent { upstream_bp: 1000, downstream_bp: 500 };
/// Smallest number of genes with a k-mer, and without it.
const MIN_GENES: f64 = 20.0;
/// Genes per parallel task.
const GENES_PER_TASK: usize = 512;
/// Smallest z-score of a significant k-mer: about 70,000 k-mers are tested.
const MIN_Z: f64 = 5.0;

/// k-mer, as nucleotide codes on the sense strand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnrichedKmer {
    pub bases: Vec<u8>,
}

/// At most `most` k-mers whose presence around the TSS is associated with expression in `genes`, strongest association
/// first.
///
/// The k-mers are selected one after the other. Each explains most of the residual variance of the mean over the cell
/// types, or of the difference between one cell type and that mean (orthogonal matching pursuit without refitting:
/// Mallat and Zhang 1993, <https://doi.org/10.1109/78.258082>). Fewer are returned where no other k-mer is significant.
pub(crate) fn enriched_kmers(
    dataset: &PreparedDataset,
    genes: &[usize],
    cell_types: &[usize],
    extent: Extent,
    most: usize,
) -> Vec<EnrichedKmer> {
    let searched = Extent {
        upstream_bp: extent.upstream_bp.min(SEARCHED.upstream_bp),
        downstream_bp: extent.downstream_bp.min(SEARCHED.downstream_bp),
    };
    let targets = RowTargets::of(dataset, genes, cell_types);
    let windows: Vec<Vec<u8>> = genes.par_iter().map(|&gene| shifted_codes(dataset, gene, searched, 0)).collect();
    pursue(&windows, contrasts(&targets.z_scores, cell_types.len()), most)
}

/// Contrasts per gene: the mean over the cell types, then, for several cell types, the difference of each from the
/// mean. Missing values count as average.
fn contrasts(z_scores: &[f32], cell_types: usize) -> Vec<Vec<f32>> {
    let of_gene = |z_scores: &[f32]| {
        let mean = z_scores.iter().sum::<f32>() / z_scores.len() as f32;
        let differences = z_scores.iter().map(|z| z - mean);
        std::iter::once(mean).chain(differences.filter(|_| cell_types > 1)).collect()
    };
    z_scores.chunks_exact(cell_types).map(of_gene).collect()
}

/// Matching pursuit over `residuals`, genes x contrasts.
fn pursue(windows: &[Vec<u8>], mut residuals: Vec<Vec<f32>>, most: usize) -> Vec<EnrichedKmer> {
    let indices: Vec<KmerIndex> = LENGTHS.into_iter().map(|length| KmerIndex::new(windows, length)).collect();
    let mut kmers = Vec::new();
    while kmers.len() < most {
        standardise(&mut residuals);
        let best = indices.iter().map(|index| (index, index.most_explanatory(&residuals)));
        let Some((index, (kmer, z))) = best.max_by(|one, other| one.1.1.total_cmp(&other.1.1)) else { break };
        if z < MIN_Z {
            break;
        }
        index.explain(kmer, &mut residuals);
        kmers.push(EnrichedKmer { bases: index.bases(kmer) });
    }
    kmers
}

/// Scales every contrast to mean 0 and variance 1; a constant contrast stays 0.
fn standardise(residuals: &mut [Vec<f32>]) {
    let genes = residuals.len() as f64;
    for contrast in 0..residuals.first().map_or(0, Vec::len) {
        let values = || residuals.iter().map(|gene| f64::from(gene[contrast]));
        let mean = values().sum::<f64>() / genes;
        let sd = (values().map(|value| (value - mean).powi(2)).sum::<f64>() / genes).sqrt();
        let scale = if sd > f64::EPSILON { sd.recip() } else { 0.0 };
        for gene in residuals.iter_mut() {
            gene[contrast] = ((f64::from(gene[contrast]) - mean) * scale) as f32;
        }
    }
}

/// k-mers of one length per gene.
struct KmerIndex {
    length: usize,
    /// Distinct k-mers of each gene.
    kmers: Vec<Vec<u16>>,
    /// Number of genes with each k-mer.
    counts: Vec<f64>,
}

impl KmerIndex {
    fn new(windows: &[Vec<u8>], length: usize) -> Self {
        let kmers: Vec<Vec<u16>> = windows.par_iter().map(|codes| distinct_kmers(codes, length)).collect();
        let mut counts = vec![0.0; 1 << (2 * length)];
        for &kmer in kmers.iter().flatten() {
            counts[usize::from(kmer)] += 1.0;
        }
        Self { length, kmers, counts }
    }

    /// k-mer whose presence explains most of one contrast, with its z-score, for residuals of variance 1.
    fn most_explanatory(&self, residuals: &[Vec<f32>]) -> (u16, f64) {
        let contrasts = residuals[0].len();
        let sums_of = |(kmers, residuals): (&[Vec<u16>], &[Vec<f32>])| {
            let mut sums = vec![0.0_f32; self.counts.len() * contrasts];
            for (kmers, residuals) in kmers.iter().zip(residuals) {
                for &kmer in kmers {
                    let start = usize::from(kmer) * contrasts;
                    sums[start..start + contrasts].iter_mut().zip(residuals).for_each(|(sum, value)| *sum += value);
                }
            }
            sums
        };
        let tasks = self.kmers.par_chunks(GENES_PER_TASK).zip(residuals.par_chunks(GENES_PER_TASK));
        // Collected first and added in order, so that the result is independent of the number of threads.
        let partial: Vec<Vec<f32>> = tasks.map(sums_of).collect();
        let genes = self.kmers.len() as f64;
        let mut best = (0, 0.0);
        for (kmer, &count) in self.counts.iter().enumerate() {
            if count < MIN_GENES || genes - count < MIN_GENES {
                continue;
            }
            for contrast in 0..contrasts {
                let sum: f64 = partial.iter().map(|sums| f64::from(sums[kmer * contrasts + contrast])).sum();
                let z = sum.abs() / (count * (1.0 - count / genes)).sqrt();
                if z > best.1 {
                    best = (kmer as u16, z);
                }
            }
        }
        best
    }

    /// Subtracts from every contrast the part that the presence of `kmer` explains.
    fn explain(&self, kmer: u16, residuals: &mut [Vec<f32>]) {
        let genes = self.kmers.len() as f64;
        let has: Vec<bool> = self.kmers.iter().map(|kmers| kmers.binary_search(&kmer).is_ok()).collect();
        let fraction = self.counts[usize::from(kmer)] / genes;
        for contrast in 0..residuals[0].len() {
            let with = residuals.iter().zip(&has).filter(|(_, has)| **has);
            // The residuals have mean 0, so this is the covariance with the presence.
            let covariance = with.map(|(gene, _)| f64::from(gene[contrast])).sum::<f64>() / genes;
            let slope = covariance / (fraction * (1.0 - fraction));
            for (gene, &has) in residuals.iter_mut().zip(&has) {
                gene[contrast] -= (slope * (f64::from(u8::from(has)) - fraction)) as f32;
            }
        }
    }

    fn bases(&self, kmer: u16) -> Vec<u8> {
        (0..self.length).rev().map(|place| (kmer >> (2 * place) & 3) as u8).collect()
    }
}

/// Distinct k-mers of known bases, two bits per base, sorted.
fn distinct_kmers(codes: &[u8], length: usize) -> Vec<u16> {
    let kmer = |bases: &[u8]| {
        let append = |kmer: u16, &base: &u8| (base < 4).then_some(kmer << 2 | u16::from(base));
        bases.iter().try_fold(0, append)
    };
    let mut kmers: Vec<u16> = codes.windows(length).filter_map(kmer).collect();
    kmers.sort_unstable();
    kmers.dedup();
    kmers
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use tatabox_sequence::Sequence;

    use super::*;

    fn codes(kmer: &str) -> Vec<u8> {
        Sequence::from_ascii(kmer.as_bytes()).expect("bases").into_codes()
    }

    #[test]
    fn pursue_planted_kmers_are_found_in_order_of_effect() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let planted = [(codes("GATTACAG"), 0, 3.0), (codes("TCGACC"), 1, 2.0)];
        let (mut windows, mut z_scores) = (Vec::new(), Vec::new());
        for _ in 0..600 {
            let mut window: Vec<u8> = (0..60).map(|_| random.random_range(0..4)).collect();
            let mut z: Vec<f32> = (0..2).map(|_| random.random_range(-1.0..1.0)).collect();
            for (place, (kmer, cell_type, effect)) in planted.iter().enumerate() {
                if random.random_bool(0.3) {
                    let start = 30 * place + random.random_range(0..20);
                    window[start..start + kmer.len()].copy_from_slice(kmer);
                    z[*cell_type] += effect;
                }
            }
            windows.push(window);
            z_scores.extend(z);
        }
        let found: Vec<Vec<u8>> =
            pursue(&windows, contrasts(&z_scores, 2), 2).into_iter().map(|kmer| kmer.bases).collect();
        assert_eq!(found, planted.map(|(kmer, ..)| kmer));
    }

    #[test]
    fn pursue_random_windows_finds_nothing() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let windows: Vec<Vec<u8>> = (0..300).map(|_| (0..60).map(|_| random.random_range(0..4)).collect()).collect();
        let z_scores: Vec<f32> = windows.iter().map(|_| random.random_range(-1.0..1.0)).collect();
        assert!(pursue(&windows, contrasts(&z_scores, 1), 4).is_empty());
    }

    #[test]
    fn kmer_index_bases_inverts_distinct_kmers() {
        // No k-mer contains N.
        let kmers = distinct_kmers(&codes("ACGTACGTNACGTAC"), 6);
        let index = KmerIndex { length: 6, kmers: Vec::new(), counts: Vec::new() };
        let mut spelled: Vec<Vec<u8>> = kmers.into_iter().map(|kmer| index.bases(kmer)).collect();
        spelled.sort();
        assert_eq!(spelled, ["ACGTAC", "CGTACG", "GTACGT"].map(codes));
    }
}
