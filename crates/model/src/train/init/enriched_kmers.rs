//! Words of bases that go with expression, found before a network is trained.
//!
//! A network that begins with random filters has to stumble on each motif. Where there are ten thousand genes and not
//! a million it finds some late and some never. Words whose presence goes with expression are found by counting alone.

use rayon::prelude::*;
use tatabox_dataset::{Extent, PreparedDataset};

use crate::input::shifted_codes;
use crate::train::batch::GeneTargets;

/// Lengths of the kmers, in bases; codes of the longest must fit 16 bits.
const LENGTHS: [usize; 2] = [6, 8];
/// Bases searched: motifs that many genes fraction lie around the TSS, and kmers further out are noise.
const SEARCHED: Extent = Extent { upstream_bp: 1000, downstream_bp: 500 };
/// A kmer must be in this many genes, and missing in as many.
const MIN_GENES: f64 = 20.0;
/// Genes counted by one thread at a time.
const GENES_PER_TASK: usize = 512;
/// A kmer is told from chance by a statistic of at least this many standard deviations: about 70,000 kmers are tried.
const LEAST_Z: f64 = 5.0;

/// A kmer, as base codes on the sense strand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnrichedKmer {
    pub bases: Vec<u8>,
}

/// At most `most` kmers whose presence around the TSS goes with expression, in `genes` alone, most telling first.
///
/// The kmers are taken one after the other: each is the one whose presence explains most of what those before it have left
/// of the mean over the cell types, or of the difference of one of them from that mean (orthogonal matching pursuit
/// without the refit: Mallat and Zhang 1993, <https://doi.org/10.1109/78.258082>). Fewer are returned where no other stands
/// out from chance.
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
    let targets = GeneTargets::of(dataset, genes, cell_types);
    let windows: Vec<Vec<u8>> = genes.par_iter().map(|&gene| shifted_codes(dataset, gene, searched, 0)).collect();
    pursue(&windows, contrasts(&targets.z_scores, cell_types.len()), most)
}

/// For each gene the mean over the cell types, then, of several, what each differs by; missing values count as average.
fn contrasts(z_scores: &[f32], cell_types: usize) -> Vec<Vec<f32>> {
    let of_gene = |z_scores: &[f32]| {
        let mean = z_scores.iter().sum::<f32>() / z_scores.len() as f32;
        let differences = z_scores.iter().map(|z| z - mean);
        std::iter::once(mean).chain(differences.filter(|_| cell_types > 1)).collect()
    };
    z_scores.chunks_exact(cell_types).map(of_gene).collect()
}

/// The pursuit, over `residuals`, genes x contrasts.
fn pursue(windows: &[Vec<u8>], mut residuals: Vec<Vec<f32>>, most: usize) -> Vec<EnrichedKmer> {
    let indices: Vec<KmerIndex> = LENGTHS.into_iter().map(|length| KmerIndex::new(windows, length)).collect();
    let mut kmers = Vec::new();
    while kmers.len() < most {
        standardise(&mut residuals);
        let best = indices.iter().map(|index| (index, index.most_explanatory(&residuals)));
        let Some((index, (kmer, z))) = best.max_by(|one, other| one.1.1.total_cmp(&other.1.1)) else { break };
        if z < LEAST_Z {
            break;
        }
        index.explain(kmer, &mut residuals);
        kmers.push(EnrichedKmer { bases: index.bases(kmer) });
    }
    kmers
}

/// Makes every contrast of mean 0 and variance 1; one that does not vary stays 0.
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

/// Which kmers of one length each gene has.
struct KmerIndex {
    length: usize,
    /// Each kmer of a gene once.
    kmers: Vec<Vec<u16>>,
    /// Genes that have each kmer.
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

    /// The kmer whose presence explains most of one contrast, and the z-score of that, on residuals of variance 1.
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
        // Collected first and added in order: the same bytes on any number of threads.
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

    /// Takes from every contrast what the presence of `kmer` explains of it.
    fn explain(&self, kmer: u16, residuals: &mut [Vec<f32>]) {
        let genes = self.kmers.len() as f64;
        let has: Vec<bool> = self.kmers.iter().map(|kmers| kmers.binary_search(&kmer).is_ok()).collect();
        let fraction = self.counts[usize::from(kmer)] / genes;
        for contrast in 0..residuals[0].len() {
            let with = residuals.iter().zip(&has).filter(|(_, has)| **has);
            // The residuals have mean 0, so that this is the covariance with the presence.
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

/// Words of known bases, two bits a base, in order and each once.
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
    fn planted_words_are_found_once_each_the_stronger_first() {
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
    fn chance_is_no_word() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let windows: Vec<Vec<u8>> = (0..300).map(|_| (0..60).map(|_| random.random_range(0..4)).collect()).collect();
        let z_scores: Vec<f32> = windows.iter().map(|_| random.random_range(-1.0..1.0)).collect();
        assert!(pursue(&windows, contrasts(&z_scores, 1), 4).is_empty());
    }

    #[test]
    fn words_are_spelled_as_they_stand() {
        // N belongs to no kmer.
        let kmers = distinct_kmers(&codes("ACGTACGTNACGTAC"), 6);
        let index = KmerIndex { length: 6, kmers: Vec::new(), counts: Vec::new() };
        let mut spelled: Vec<Vec<u8>> = kmers.into_iter().map(|kmer| index.bases(kmer)).collect();
        spelled.sort();
        assert_eq!(spelled, ["ACGTAC", "CGTACG", "GTACGT"].map(codes));
    }
}
