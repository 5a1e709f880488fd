//! Index of transcription start sites by position.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::GeneTss;
use crate::coord::ContigNames;
use crate::genome::ReferenceGenome;

/// TSSs by contig and position. Contigs have their names in the genome.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{GeneTss, InMemoryGenome, Strand, Tss, TssIndex};
///
/// let genome = InMemoryGenome::new([("chr1", "ACGTACGTAC")])?;
/// let site = |position| GeneTss {
///     gene_id: format!("G{position}"),
///     gene_name: None,
///     tss: Tss { chrom: "1".to_owned(), position, strand: Strand::Forward },
/// };
/// let index = TssIndex::new([site(7), site(3), site(99)], &genome);
/// assert_eq!(index.at("chr1", 2..8).collect::<Vec<_>>(), [1, 0]);
/// assert_eq!(index.outside_contig(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TssIndex {
    /// Position and index of each site, sorted.
    by_contig: BTreeMap<String, Vec<(u64, usize)>>,
    sites: Vec<GeneTss>,
    contig_not_in_genome: usize,
    outside_contig: usize,
}

impl TssIndex {
    /// Index of the sites on the genome; the others are counted.
    pub fn new(sites: impl IntoIterator<Item = GeneTss>, genome: &dyn ReferenceGenome) -> Self {
        Self::with_names(sites, genome, &ContigNames::new(genome.contigs()))
    }

    /// Index of the sites on the genome, whose contigs `names` resolves.
    pub fn with_names(
        sites: impl IntoIterator<Item = GeneTss>,
        genome: &dyn ReferenceGenome,
        names: &ContigNames,
    ) -> Self {
        let lengths: HashMap<&str, u64> =
            genome.contigs().iter().map(|contig| (contig.name.as_str(), contig.length)).collect();
        let mut index = Self::default();
        for mut site in sites {
            let Some(contig) = names.resolve(&site.tss.chrom) else {
                index.contig_not_in_genome += 1;
                continue;
            };
            if lengths.get(contig).is_none_or(|&length| site.tss.position >= length) {
                index.outside_contig += 1;
                continue;
            }
            contig.clone_into(&mut site.tss.chrom);
            let entry = (site.tss.position, index.sites.len());
            index.by_contig.entry(contig.to_owned()).or_default().push(entry);
            index.sites.push(site);
        }
        for entries in index.by_contig.values_mut() {
            entries.sort_unstable();
        }
        index
    }

    /// Sites on the genome, in input order.
    pub fn sites(&self) -> &[GeneTss] {
        &self.sites
    }

    /// Number of sites on contigs that the genome lacks.
    pub fn contig_not_in_genome(&self) -> usize {
        self.contig_not_in_genome
    }

    /// Number of sites past the end of their contig.
    pub fn outside_contig(&self) -> usize {
        self.outside_contig
    }

    /// Indices of the sites at `positions` of a contig, sorted by position.
    pub fn at(&self, chrom: &str, positions: Range<u64>) -> impl Iterator<Item = usize> + '_ {
        let entries = self.by_contig.get(chrom).map_or(&[][..], Vec::as_slice);
        let first = entries.partition_point(|&(position, _)| position < positions.start);
        entries[first..].iter().take_while(move |&&(position, _)| position < positions.end).map(|&(_, index)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coord::{Strand, Tss};
    use crate::genome::in_memory::tests::genome;

    fn site(chrom: &str, position: u64) -> GeneTss {
        let tss = Tss { chrom: chrom.to_owned(), position, strand: Strand::Forward };
        GeneTss { gene_id: format!("{chrom}-{position}"), gene_name: None, tss }
    }

    #[test]
    fn tss_index_at_finds_sites_by_genome_name() {
        let genome = genome(&[("chr1", "ACGTACGTAC"), ("chr2", "AC")]);
        let sites = [site("1", 7), site("chr1", 3), site("chr2", 1), site("chr1", 10), site("chr3", 0), site("1", 3)];
        let index = TssIndex::new(sites, &*genome);
        assert_eq!((index.sites().len(), index.outside_contig(), index.contig_not_in_genome()), (4, 1, 1));
        let at = |chrom: &str, positions| index.at(chrom, positions).collect::<Vec<_>>();
        assert_eq!(at("chr1", 3..7), [1, 3]);
        assert_eq!(at("chr1", 3..8), [1, 3, 0]);
        assert_eq!(at("chr1", 8..10), [0usize; 0]);
        assert_eq!(at("chr2", 0..10), [2]);
        assert_eq!(at("1", 0..10), [0usize; 0]);
        assert_eq!(index.sites()[0].tss.chrom, "chr1");
    }
}
