//! From records to the windows that their alleles make.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use tatabox_dataset::Extent;
use tatabox_sequence::{
    GenomeStretch, NamedTss, PromoterBases, PromoterEdit, PromoterHaplotypes, TssIndex, UNKNOWN, UnscoredReason,
    Variant, VariantEntry, VariantFile, VariantLine, VariantResolver, WindowGeometry, bases_needed,
};

use super::batch::{Batch, HitPromoter, Outcome, ReadAllele, ReadRecord};
use crate::args::{BrokenRecordChoice, ReferenceMismatch};

/// Records read together where few of them lie in a window.
const MOST_RECORDS: usize = 8_192;
/// Promoters kept; a sorted file comes back to none that it has left.
const PROMOTERS_KEPT: usize = 512;
/// Bases kept beyond the window, which most deletions draw in no more of.
const DRAWN_IN_BP: i64 = 64;

/// Reads a file in batches.
pub(super) struct BatchReader {
    pub(super) file: VariantFile,
    pub(super) resolver: VariantResolver,
    pub(super) sites: TssIndex,
    pub(super) geometry: WindowGeometry,
    pub(super) extent: Extent,
    /// Farthest that a window is moved.
    pub(super) moved_bp: u32,
    /// Alleles in windows that make a batch.
    pub(super) batch_haplotypes: usize,
    pub(super) ref_mismatch: ReferenceMismatch,
    pub(super) broken_record: BrokenRecordChoice,
    /// Records to read.
    pub(super) left: u64,
    pub(super) promoters: KeptPromoters,
}

/// Promoters that have been read lately, by index of the site.
#[derive(Default)]
pub(super) struct KeptPromoters(HashMap<usize, (Arc<NamedTss>, PromoterBases)>);

impl Iterator for BatchReader {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        let batch = self.read_batch();
        batch.map(|batch| (!batch.records.is_empty()).then_some(batch)).transpose()
    }
}

impl BatchReader {
    fn read_batch(&mut self) -> Result<Batch> {
        let mut batch = Batch { records: Vec::new(), haplotypes: Vec::new() };
        while self.left > 0 && batch.records.len() < MOST_RECORDS && batch.haplotypes.len() < self.batch_haplotypes {
            let Some(entry) = self.file.next_entry()? else {
                self.left = 0;
                break;
            };
            self.left -= 1;
            let alleles = match &entry {
                VariantEntry::Record(line) => self.alleles(line, &mut batch.haplotypes)?,
                VariantEntry::Broken(broken) if self.broken_record == BrokenRecordChoice::Error => {
                    return Err(self.file.error(broken).into());
                }
                VariantEntry::Broken(broken) => {
                    let outcome = Outcome::Unscored(UnscoredReason::BrokenRecord.because(&*broken.detail));
                    vec![ReadAllele { alternate: broken.columns[4].clone(), outcome }]
                }
            };
            batch.records.push(ReadRecord { entry, alleles });
        }
        Ok(batch)
    }

    fn alleles(
        &mut self,
        line: &VariantLine,
        haplotypes: &mut Vec<(usize, PromoterHaplotypes)>,
    ) -> Result<Vec<ReadAllele>> {
        let reference = self.resolver.reference(line.chrom(), line.position(), line.reference())?;
        let mut alleles = Vec::new();
        for alternate in line.alternates() {
            let resolved = match &reference {
                Ok(reference) => self.resolver.alternate(reference, alternate)?,
                Err(unscored) => Err(unscored.clone()),
            };
            let outcome = match (&reference, resolved) {
                (Ok(reference), Ok((variant, moved_bp))) => {
                    let mut notes = Vec::new();
                    if variant.inserted.codes().contains(&UNKNOWN) {
                        notes.push("letters of ALT other than A, C, G and T are read as N".to_owned());
                    }
                    if moved_bp > 0 {
                        notes.push(in_words(&variant));
                    }
                    Outcome::Placed {
                        kind: variant.kind(),
                        reference_matches: reference.matches,
                        note: notes.join("; "),
                        promoters: self.promoters_with(&variant, haplotypes)?,
                    }
                }
                (_, Err(unscored)) => {
                    let is_mismatch = matches!(
                        unscored.reason,
                        UnscoredReason::ReferenceMismatch | UnscoredReason::AlternateIsGenome
                    );
                    if is_mismatch && self.ref_mismatch == ReferenceMismatch::Error {
                        self.refuse(line, &unscored.detail)?;
                    }
                    Outcome::Unscored(unscored)
                }
                (Err(unscored), Ok(_)) => Outcome::Unscored(unscored.clone()),
            };
            alleles.push(ReadAllele { alternate: alternate.to_owned(), outcome });
        }
        Ok(alleles)
    }

    fn refuse(&self, line: &VariantLine, detail: &str) -> Result<()> {
        let place = match line.line {
            Some(number) => format!("line {number}"),
            None => format!("record {}", line.number),
        };
        bail!(
            "{}, {place} ({}:{} {}): {detail}; check that both are of the same assembly, or pass --ref-mismatch skip or \
             --ref-mismatch use-genome",
            self.file.path().display(),
            line.chrom(),
            line.position(),
            line.id()
        )
    }

    /// The promoters whose window holds the variant; their windows go to `haplotypes`.
    fn promoters_with(
        &mut self,
        variant: &Variant,
        haplotypes: &mut Vec<(usize, PromoterHaplotypes)>,
    ) -> Result<Vec<HitPromoter>> {
        let reach = u64::from(self.geometry.upstream_bp.max(self.geometry.downstream_bp));
        let near = variant.start.saturating_sub(reach)..variant.end() + reach + 1;
        let mut promoters = Vec::new();
        for index in self.sites.at(&variant.chrom, near) {
            let edit = PromoterEdit::of(variant, &self.sites.sites()[index].tss);
            if !edit.is_in(self.geometry) {
                continue;
            }
            let needed = bases_needed(&edit, self.geometry, self.moved_bp);
            let usual = -i64::from(self.geometry.upstream_bp) - i64::from(self.moved_bp) - DRAWN_IN_BP
                ..i64::from(self.geometry.downstream_bp) + i64::from(self.moved_bp) + DRAWN_IN_BP;
            let (site, bases) = self.promoters.get(index, &self.sites, usual, self.resolver.genome())?;
            let windows = if bases.covers(&needed) {
                PromoterHaplotypes::new(bases, &edit, self.geometry, self.moved_bp)
            } else {
                let bases = PromoterBases::fetch(self.resolver.genome(), &site.tss, needed)?;
                PromoterHaplotypes::new(&bases, &edit, self.geometry, self.moved_bp)
            };
            promoters.push(HitPromoter {
                site: Arc::clone(site),
                haplotypes: haplotypes.len(),
                distance_to_tss: edit.distance(),
                tss_deleted: edit.takes_tss(),
                shortfall: self.shortfall(&windows.reference),
            });
            haplotypes.push((index, windows));
        }
        Ok(promoters)
    }

    /// How far the known sequence reaches, where that is less than the model reads.
    fn shortfall(&self, reference: &[u8]) -> Option<String> {
        let moved = self.moved_bp as usize;
        let window = &reference[moved..reference.len() - moved];
        let known = window.contains(&UNKNOWN).then(|| Extent::of_known_bases(window, self.geometry.tss_index()))?;
        (!known.covers(self.extent)).then(|| format!("known over {known} of {}", self.extent))
    }
}

impl KeptPromoters {
    fn get(
        &mut self,
        index: usize,
        sites: &TssIndex,
        range: std::ops::Range<i64>,
        genome: &mut GenomeStretch,
    ) -> Result<&(Arc<NamedTss>, PromoterBases)> {
        if self.0.len() >= PROMOTERS_KEPT && !self.0.contains_key(&index) {
            self.0.clear();
        }
        Ok(match self.0.entry(index) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let site = Arc::new(sites.sites()[index].clone());
                let bases = PromoterBases::fetch(genome, &site.tss, range)?;
                entry.insert((site, bases))
            }
        })
    }
}

/// Where an indel stands that is written elsewhere.
fn in_words(variant: &Variant) -> String {
    let letters = |bases: &tatabox_sequence::Sequence| match bases.len() {
        0 => "-".to_owned(),
        1..=20 => bases.to_ascii(),
        length => format!("{length} bp"),
    };
    let (gone, come) = (letters(&variant.deleted), letters(&variant.inserted));
    format!("scored as {}:{} {gone}>{come}", variant.chrom, variant.start + 1)
}
