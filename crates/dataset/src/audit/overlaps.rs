//! Check for windows that overlap on the genome.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tatabox_sequence::{ChromosomeNames, Strand, is_same_contig};

use super::check::{AuditCheck, Verdict, count_noun};
use super::{MAX_LISTED_PAIRS, chromosomes};
use crate::prepared::{GeneEntry, PreparedDataset};
use crate::split::Split;

/// Two genes in different splits whose known sequences overlap on the genome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlapPair {
    /// Gene whose sequence starts first on the contig.
    pub gene_id: String,
    /// Split of the gene.
    pub split: Split,
    /// Other gene.
    pub other_gene_id: String,
    /// Split of the other gene.
    pub other_split: Split,
    /// Contig of both genes.
    pub contig: String,
    /// First base of the overlap, 0-based.
    pub start: u64,
    /// Length of the overlap, in bp.
    pub overlap_bp: u64,
}

/// All overlaps.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    /// First pairs, by contig and position.
    pub pairs: Vec<OverlapPair>,
    across_splits: usize,
    /// Number of genes without a location that may overlap a gene of another split.
    unplaced: usize,
}

impl Overlaps {
    /// FAIL for any pair; WARN if a missing position could hide one.
    pub(super) fn check(&self) -> AuditCheck {
        let verdict = match (self.across_splits, self.unplaced) {
            (0, 0) => Verdict::Pass,
            (0, _) => Verdict::Warn,
            _ => Verdict::Fail,
        };
        let mut clauses = vec![format!("{} of windows overlap in two splits", count_noun(self.across_splits, "pair"))];
        if self.across_splits > self.pairs.len() {
            clauses.push(format!("the first {} are listed", self.pairs.len()));
        }
        if self.unplaced > 0 {
            let genes = count_noun(self.unplaced, "gene");
            clauses.push(format!("{genes} cannot be located relative to those of other splits"));
        }
        AuditCheck::new("overlapping windows", verdict, clauses.join("; "))
            .with("pairs_in_two_splits", self.across_splits as f64)
            .with("genes_unplaced", self.unplaced as f64)
    }
}

/// Location of a gene's known sequence; requires contig, TSS and strand.
struct Placed {
    gene: usize,
    range: Range<u64>,
}

/// Sweeps each contig. All spellings of a chromosome name are equivalent. An alternative contig has its own
/// coordinates, so its genes are compared with each other, and count as unplaced if their chromosome is in two splits.
pub(super) fn find(dataset: &PreparedDataset) -> Overlaps {
    let shared_chromosomes = chromosomes::in_two_splits(dataset);
    let names = dataset.chromosome_names();
    let mut found = Overlaps::default();
    let mut contigs: BTreeMap<String, Vec<Placed>> = BTreeMap::new();
    for (gene, entry) in dataset.genes().iter().enumerate() {
        let contig = entry.chrom.as_deref().map(|contig| contig_key(contig, names));
        let range = known_range(entry);
        let may_meet_others = match (&entry.chrom, &contig) {
            (Some(name), Some(contig)) => {
                let chromosome = names.of(name);
                shared_chromosomes.contains(&chromosome) && (range.is_none() || *contig != chromosome)
            }
            _ => true,
        };
        found.unplaced += usize::from(may_meet_others);
        if let (Some(contig), Some(range)) = (contig, range) {
            contigs.entry(contig).or_default().push(Placed { gene, range });
        }
    }
    for (contig, mut placed) in contigs {
        placed.sort_by_key(|placed| (placed.range.start, placed.gene));
        found.sweep(dataset, &contig, &placed);
    }
    found
}

impl Overlaps {
    /// Adds the pairs of one contig, whose windows are sorted by their start.
    fn sweep(&mut self, dataset: &PreparedDataset, contig: &str, placed: &[Placed]) {
        let mut open: Vec<&Placed> = Vec::new();
        for next in placed {
            open.retain(|before| before.range.end > next.range.start);
            for before in &open {
                let (one, two) = (&dataset.genes()[before.gene], &dataset.genes()[next.gene]);
                if one.split == two.split {
                    continue;
                }
                self.across_splits += 1;
                if self.pairs.len() < MAX_LISTED_PAIRS {
                    self.pairs.push(OverlapPair {
                        gene_id: one.gene_id.clone(),
                        split: one.split,
                        other_gene_id: two.gene_id.clone(),
                        other_split: two.split,
                        contig: contig.to_owned(),
                        start: next.range.start,
                        overlap_bp: before.range.end.min(next.range.end) - next.range.start,
                    });
                }
            }
            open.push(next);
        }
    }
}

/// Standard name of a chromosome; another contig keeps its name in lower case.
fn contig_key(name: &str, names: ChromosomeNames) -> String {
    let chromosome = names.of(name);
    if is_same_contig(name, &chromosome) { chromosome } else { name.to_ascii_lowercase() }
}

/// Known bases of a gene on its contig.
fn known_range(gene: &GeneEntry) -> Option<Range<u64>> {
    let (tss, strand) = (gene.tss?, gene.strand?);
    let (upstream, downstream) = (u64::from(gene.known_upstream_bp), u64::from(gene.known_downstream_bp));
    let range = match strand {
        Strand::Forward => tss.saturating_sub(upstream)..tss + downstream,
        // The TSS base is downstream sequence: the last base of that side on the reverse strand.
        Strand::Reverse => (tss + 1).saturating_sub(downstream)..tss + 1 + upstream,
    };
    (gene.chrom.is_some() && !range.is_empty()).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gene(strand: Strand, tss: u64) -> GeneEntry {
        GeneEntry {
            gene_id: "G".to_owned(),
            gene_name: None,
            chrom: Some("chr1".to_owned()),
            tss: Some(tss),
            strand: Some(strand),
            split: Split::Train,
            known_upstream_bp: 50,
            known_downstream_bp: 10,
            tss_origin: None,
            promoter: None,
            alternative_of: None,
        }
    }

    #[test]
    fn known_range_matches_extracted_window() {
        assert_eq!(known_range(&gene(Strand::Forward, 100)), Some(50..110));
        // TSS base 100 and nine bases below it, then fifty bases above.
        assert_eq!(known_range(&gene(Strand::Reverse, 100)), Some(91..151));
        assert_eq!(known_range(&gene(Strand::Forward, 20)), Some(0..30));
        assert_eq!(known_range(&GeneEntry { tss: None, ..gene(Strand::Forward, 1) }), None);
    }

    #[test]
    fn contig_key_unifies_spellings_but_not_alternative_contigs() {
        let human = ChromosomeNames::new(["chr6", "chr7"]);
        for name in ["chr6", "6", "CHR6"] {
            assert_eq!(contig_key(name, human), "chr6");
        }
        assert_eq!(contig_key("chr6_cox_hap2", human), "chr6_cox_hap2");
        assert_eq!(contig_key("X", human), "chrX");
        assert_eq!(contig_key("scaffold_12", human), "scaffold_12");
        assert_eq!(contig_key("X", ChromosomeNames::new(["IX", "X"])), "X");
    }
}
