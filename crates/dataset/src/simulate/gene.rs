//! Simulated gene with its name, chromosome and promoter.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tatabox_sequence::{Sequence, Strand, WindowGeometry, complement};

use super::background::PromoterClass;
use super::motif::Motif;

/// Chromosomes with their lengths in Mb (GRCh38), proportional to their numbers of genes.
const CHROMOSOMES: [(&str, u32); 23] = [
    ("chr1", 249),
    ("chr2", 242),
    ("chr3", 198),
    ("chr4", 190),
    ("chr5", 182),
    ("chr6", 171),
    ("chr7", 159),
    ("chr8", 145),
    ("chr9", 138),
    ("chr10", 134),
    ("chr11", 135),
    ("chr12", 133),
    ("chr13", 114),
    ("chr14", 107),
    ("chr15", 102),
    ("chr16", 90),
    ("chr17", 83),
    ("chr18", 80),
    ("chr19", 59),
    ("chr20", 64),
    ("chr21", 47),
    ("chr22", 51),
    ("chrX", 156),
];

/// Number of random positions tried before a site is omitted for lack of space.
const MAX_PLACEMENT_ATTEMPTS: usize = 50;

/// Gene with its promoter window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SimulatedGene {
    pub(super) gene_id: String,
    pub(super) gene_name: String,
    pub(super) chrom: &'static str,
    pub(super) strand: Strand,
    /// Window, sense strand.
    pub(super) sequence: Sequence,
    /// Motif (index in the library) and window index of every planted site.
    pub(super) planted: Vec<(usize, usize)>,
}

impl SimulatedGene {
    /// Gene with this number. It depends on the seed and the number only, not on the total number of genes.
    pub(super) fn sample(number: u32, seed: u64, geometry: WindowGeometry, motifs: &[Motif]) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(u64::from(number));
        let chrom = sample_chromosome(&mut rng);
        let strand = if rng.random_bool(0.5) { Strand::Forward } else { Strand::Reverse };
        let class = PromoterClass::sample(&mut rng);
        let mut codes = class.sequence(geometry.len(), &mut rng);
        let planted = plant(&mut codes, class, geometry, motifs, &mut rng);
        Self {
            gene_id: format!("SIMG{number:011}"),
            gene_name: format!("SIM{number}"),
            chrom,
            strand,
            sequence: Sequence::from_codes(codes),
            planted,
        }
    }
}

fn sample_chromosome(rng: &mut impl Rng) -> &'static str {
    let total: u32 = CHROMOSOMES.iter().map(|(_, length)| length).sum();
    let mut offset = rng.random_range(0..total);
    for (name, length) in CHROMOSOMES {
        if offset < length {
            return name;
        }
        offset -= length;
    }
    unreachable!("the random number is below the sum of the lengths")
}

/// Replaces background by sites that do not overlap.
fn plant(
    codes: &mut [u8],
    class: PromoterClass,
    geometry: WindowGeometry,
    motifs: &[Motif],
    rng: &mut impl Rng,
) -> Vec<(usize, usize)> {
    let mut planted: Vec<(usize, usize)> = Vec::new();
    for (index, motif) in motifs.iter().enumerate() {
        let (island_fraction, poor_fraction) = motif.spec.planted_fraction;
        let starts = motif.start_indices(geometry);
        if !rng.random_bool(if class.is_island { island_fraction } else { poor_fraction }) || starts.is_empty() {
            continue;
        }
        let site = motif.sample(rng);
        let is_reversed = motif.spec.either_strand && rng.random_bool(0.5);
        let is_free = |start: usize| {
            planted.iter().all(|&(other, taken)| start + motif.len() <= taken || taken + motifs[other].len() <= start)
        };
        let free_start =
            (0..MAX_PLACEMENT_ATTEMPTS).map(|_| rng.random_range(starts.clone())).find(|&start| is_free(start));
        if let Some(start) = free_start {
            let target = &mut codes[start..start + motif.len()];
            if is_reversed {
                for (base, &code) in target.iter_mut().zip(site.iter().rev()) {
                    *base = complement(code);
                }
            } else {
                target.copy_from_slice(&site);
            }
            planted.push((index, start));
        }
    }
    planted
}

#[cfg(test)]
mod tests {
    use super::super::motif_library::motif_library;
    use super::*;

    fn genes(count: u32, seed: u64) -> Vec<SimulatedGene> {
        let geometry = WindowGeometry::new(500, 100).expect("a good geometry");
        let motifs = motif_library();
        (1..=count).map(|number| SimulatedGene::sample(number, seed, geometry, &motifs)).collect()
    }

    #[test]
    fn simulated_gene_depends_on_seed_and_number_only() {
        assert_eq!(genes(3, 1), genes(8, 1)[..3]);
        assert_ne!(genes(1, 1)[0].sequence, genes(1, 2)[0].sequence);
    }

    #[test]
    fn planted_sites_are_in_range_and_do_not_overlap() {
        let motifs = motif_library();
        let geometry = WindowGeometry::new(500, 100).expect("a good geometry");
        let mut total = 0;
        for gene in genes(200, 3) {
            let mut taken = vec![false; geometry.len()];
            for &(motif, start) in &gene.planted {
                assert!(motifs[motif].start_indices(geometry).contains(&start));
                for base in &mut taken[start..start + motifs[motif].len()] {
                    assert!(!std::mem::replace(base, true), "{} overlaps another site", motifs[motif].spec.name);
                }
                total += 1;
            }
        }
        assert!(total > 600, "{total} sites in 200 genes");
    }
}
