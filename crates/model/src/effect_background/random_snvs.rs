//! Random single-nucleotide variants in promoters.

use rand::RngExt;
use tatabox_dataset::Extent;

use super::distance_bin::DistanceBin;
use crate::random_stream::{Purpose, random_stream};

/// Substitution of one base of a promoter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RandomSnv {
    /// Gene, as an index into the data set.
    pub(super) gene: usize,
    /// Index of the base in the window of the model.
    pub(super) index: usize,
    /// Difference of the nucleotide codes, modulo 4: 1, 2 or 3.
    pub(super) step: u8,
    /// Index of the distance bin.
    pub(super) bin: usize,
}

impl RandomSnv {
    /// As many SNVs per distance bin, to within one, each in a random gene of `genes`, at a random position of the bin and
    /// with one of the three other bases. They are sorted by gene.
    pub(super) fn sample(count: usize, seed: u64, genes: &[usize], extent: Extent) -> Vec<Self> {
        let bins = DistanceBin::of_extent(extent);
        let (first_bp, _) = DistanceBin::ends(extent);
        let mut snvs = Vec::with_capacity(count);
        for (number, bin) in bins.iter().enumerate() {
            let mut stream = random_stream(seed, Purpose::BackgroundVariant, 0, number);
            let of_bin = count / bins.len() + usize::from(number < count % bins.len());
            for _ in 0..of_bin {
                let gene = genes[stream.random_range(0..genes.len())];
                let index = (stream.random_range(bin.start_bp..bin.end_bp) - first_bp) as usize;
                snvs.push(Self { gene, index, step: stream.random_range(1..4), bin: number });
            }
        }
        snvs.sort_unstable();
        snvs
    }

    /// The base that replaces `base`, a nucleotide code from 0 to 3.
    pub(super) fn alternate(self, base: u8) -> u8 {
        (base + self.step) % 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 249, downstream_bp: 51 };

    #[test]
    fn random_snvs_are_spread_evenly_over_bins_and_reproducible() {
        let sample = |seed| RandomSnv::sample(4_002, seed, &[3, 5, 8], EXTENT);
        let snvs = sample(42);
        let in_bin = |bin: usize| snvs.iter().filter(|snv| snv.bin == bin).count();
        assert_eq!([0, 1, 2, 3].map(in_bin), [1_001, 1_001, 1_000, 1_000]);
        assert!(snvs == sample(42) && snvs != sample(43) && snvs.is_sorted());
        // Bin 2 is -50..0, the 50 bases before the TSS at index 249.
        let indices = snvs.iter().filter(|snv| snv.bin == 2).map(|snv| snv.index);
        assert_eq!((indices.clone().min(), indices.max()), (Some(199), Some(248)));
        for gene in [3, 5, 8] {
            assert!(snvs.iter().filter(|snv| snv.gene == gene).count() > 1_200);
        }
    }

    #[test]
    fn random_snv_alternate_is_each_other_base() {
        let alternates = [1, 2, 3].map(|step| RandomSnv { gene: 0, index: 0, step, bin: 0 }.alternate(2));
        assert_eq!(alternates, [3, 0, 1]);
    }
}
