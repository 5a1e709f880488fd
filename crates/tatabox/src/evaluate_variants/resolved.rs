//! Variants resolved to changes of a sequence near a TSS.

use std::collections::HashMap;
use std::sync::Arc;

use tatabox_dataset::Extent;
use tatabox_sequence::{
    AlleleWindows, BufferedGenome, PromoterBases, ReferenceGenome, Sequence, Strand, Tss, TssRelativeVariant, Variant,
    VariantKind, WindowGeometry, required_bases,
};

use super::exclusion::{ExcludedVariant, ExclusionReason};
use crate::error::{Context, Result};

/// Variant of a contig or construct, relative to one TSS.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ResolvedVariant {
    /// Trimmed and left-aligned.
    pub(super) variant: Variant,
    /// The same, relative to the TSS on the sense strand.
    pub(super) edit: TssRelativeVariant,
    /// Deleted bases on the sense strand.
    pub(super) deleted: Sequence,
    /// Index of the TSS in [`ResolvedVariants::sites`].
    pub(super) site: usize,
}

/// All variants of a table that can be scored.
pub(super) struct ResolvedVariants {
    /// Genome, promoters or constructs.
    genome: Arc<dyn ReferenceGenome>,
    /// Whether the contigs are those of a genome.
    pub(super) has_coordinates: bool,
    /// Distinct TSSs.
    pub(super) sites: Vec<Tss>,
    /// Distinct variants.
    pub(super) variants: Vec<ResolvedVariant>,
    /// Row of the table and index of its variant, in the order of the table.
    pub(super) rows: Vec<(usize, usize)>,
    /// Rows without a variant.
    pub(super) excluded: Vec<ExcludedVariant>,
    index: HashMap<(usize, Variant), usize>,
    site_index: HashMap<Tss, usize>,
}

impl ResolvedVariants {
    pub(super) fn new(genome: Arc<dyn ReferenceGenome>, has_coordinates: bool) -> Self {
        Self {
            genome,
            has_coordinates,
            sites: Vec::new(),
            variants: Vec::new(),
            rows: Vec::new(),
            excluded: Vec::new(),
            index: HashMap::new(),
            site_index: HashMap::new(),
        }
    }

    /// Adds the variant of a row; rows with the same variant at the same TSS share it.
    pub(super) fn add(&mut self, row: usize, variant: Variant, tss: &Tss) {
        let next = self.sites.len();
        let site = *self.site_index.entry(tss.clone()).or_insert(next);
        if site == next {
            self.sites.push(tss.clone());
        }
        let next = self.variants.len();
        let index = *self.index.entry((site, variant.clone())).or_insert(next);
        if index == next {
            let edit = TssRelativeVariant::new(&variant, tss);
            let deleted = match tss.strand {
                Strand::Forward => variant.deleted.clone(),
                Strand::Reverse => variant.deleted.reverse_complement(),
            };
            self.variants.push(ResolvedVariant { variant, edit, deleted, site });
        }
        self.rows.push((row, index));
    }

    /// Excludes the rows whose variant is not in the window of each model.
    pub(super) fn require_windows(&mut self, models: &[(String, Extent)]) -> Result<()> {
        for (name, extent) in models {
            let geometry = geometry_of(*extent)?;
            let (variants, excluded) = (&self.variants, &mut self.excluded);
            self.rows.retain(|&(row, index)| {
                let edit = &variants[index].edit;
                let is_in = edit.overlaps(geometry);
                if !is_in {
                    let detail = format!("{} bp from the TSS; model {name} reads {extent}", edit.tss_distance());
                    excluded.push(ExclusionReason::InNoWindow.of(row, detail));
                }
                is_in
            });
        }
        Ok(())
    }

    /// Windows of variants without and with the alternative allele, with `max_shift_bp` extra bases on both sides, for
    /// a model that reads `extent`.
    pub(super) fn windows(
        &self,
        variants: &[usize],
        extent: Extent,
        max_shift_bp: u32,
    ) -> Result<Vec<(usize, AlleleWindows)>> {
        let geometry = geometry_of(extent)?;
        let mut genome = BufferedGenome::new(Arc::clone(&self.genome));
        let window = |&index: &usize| {
            let ResolvedVariant { edit, site, .. } = &self.variants[index];
            let range = required_bases(edit, geometry, max_shift_bp);
            let bases = PromoterBases::fetch(&mut genome, &self.sites[*site], range)?;
            Ok((*site, AlleleWindows::new(&bases, edit, geometry, max_shift_bp)))
        };
        variants.iter().map(window).collect()
    }
}

impl ResolvedVariant {
    /// Kind of the variant.
    pub(super) fn kind(&self) -> VariantKind {
        self.variant.kind()
    }

    /// Change in the number of G and C.
    pub(super) fn gc_change(&self) -> i64 {
        let gc = |codes: &[u8]| codes.iter().filter(|&&code| code == 1 || code == 2).count() as i64;
        gc(self.variant.inserted.codes()) - gc(self.variant.deleted.codes())
    }
}

fn geometry_of(extent: Extent) -> Result<WindowGeometry> {
    WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")
}
