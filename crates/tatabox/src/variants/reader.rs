//! Reader of records into batches of windows without and with each allele.

use std::collections::HashMap;
use std::sync::Arc;

use tatabox_dataset::Extent;
use tatabox_sequence::{
    AlleleWindows, BufferedGenome, GeneTss, PromoterBases, TssIndex, TssRelativeVariant, UNKNOWN, UnscoredReason,
    Variant, VariantEntry, VariantFile, VariantRecord, VariantResolver, WindowGeometry, required_bases,
};

use super::batch::{Batch, HitPromoter, Outcome, ReadAllele, ReadRecord};
use super::contigs::VariantContigs;
use super::request::{MalformedRecordPolicy, ReferenceMismatchPolicy};
use crate::error::{Error, Result};
use crate::remedy::Remedy;

/// Largest number of records in a batch, reached where few of them are in a window.
const MAX_BATCH_RECORDS: usize = 8_192;
/// Largest size of the records of a batch in bytes, reached where records have many samples.
const MAX_BATCH_BYTES: usize = 1 << 23;
/// Promoters in the cache; a sorted file returns to none that it has left.
const CACHED_PROMOTERS: usize = 512;
/// Bases cached beyond the window; most deletions shift no more of them into it.
const CACHE_MARGIN_BP: i64 = 64;

/// Reader of a file in batches.
pub(super) struct BatchReader {
    pub(super) file: VariantFile,
    pub(super) resolver: VariantResolver,
    pub(super) contigs: VariantContigs,
    pub(super) sites: TssIndex,
    pub(super) geometry: WindowGeometry,
    pub(super) extent: Extent,
    /// Largest absolute shift of a window.
    pub(super) max_shift_bp: u32,
    /// Number of alleles in windows that completes a batch.
    pub(super) batch_alleles: usize,
    pub(super) reference_mismatch: ReferenceMismatchPolicy,
    pub(super) malformed: MalformedRecordPolicy,
    /// Records left to read.
    pub(super) left: u64,
    pub(super) promoters: PromoterCache,
}

/// Promoters that were read recently, by index of the TSS.
#[derive(Default)]
pub(super) struct PromoterCache(HashMap<usize, (Arc<GeneTss>, PromoterBases)>);

impl Iterator for BatchReader {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        match self.read_batch() {
            Ok(batch) if batch.records.is_empty() => self.contigs.finish().err().map(Err),
            batch => Some(batch),
        }
    }
}

impl BatchReader {
    fn read_batch(&mut self) -> Result<Batch> {
        let mut batch = Batch { records: Vec::new(), alleles: Vec::new() };
        let mut bytes = 0;
        while self.left > 0
            && batch.records.len() < MAX_BATCH_RECORDS
            && batch.alleles.len() < self.batch_alleles
            && bytes < MAX_BATCH_BYTES
        {
            let Some(entry) = self.file.next_entry()? else {
                self.left = 0;
                break;
            };
            self.left -= 1;
            let alleles = match &entry {
                VariantEntry::Record(line) => {
                    bytes += line.bytes();
                    self.contigs.add(line)?;
                    self.alleles(line, &mut batch.alleles)?
                }
                VariantEntry::Malformed(broken) if self.malformed == MalformedRecordPolicy::Error => {
                    let error: Error = self.file.error(broken).into();
                    return Err(Error::input_with(Remedy::ChangeMalformedPolicy, error.to_string()));
                }
                VariantEntry::Malformed(broken) => {
                    let outcome = Outcome::Unscored(UnscoredReason::MalformedRecord.with_detail(&*broken.detail));
                    vec![ReadAllele { alternate: broken.columns[4].clone(), outcome }]
                }
            };
            batch.records.push(ReadRecord { entry, alleles });
        }
        Ok(batch)
    }

    fn alleles(&mut self, line: &VariantRecord, windows: &mut Vec<(usize, AlleleWindows)>) -> Result<Vec<ReadAllele>> {
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
                    if reference.is_ambiguous {
                        notes.push(
                            "letters of REF other than A, C, G and T are read as the bases of the genome".to_owned(),
                        );
                    }
                    if variant.inserted.codes().contains(&UNKNOWN) {
                        notes.push("letters of ALT other than A, C, G and T are read as N".to_owned());
                    }
                    if moved_bp > 0 {
                        notes.push(normalised_note(&variant));
                    }
                    Outcome::Placed {
                        kind: variant.kind(),
                        reference_matches: reference.matches,
                        note: notes.join("; "),
                        promoters: self.promoters_with(&variant, windows)?,
                    }
                }
                (_, Err(unscored)) => {
                    let is_mismatch = matches!(
                        unscored.reason,
                        UnscoredReason::ReferenceMismatch | UnscoredReason::AlternateIsGenome
                    );
                    if is_mismatch && self.reference_mismatch == ReferenceMismatchPolicy::Error {
                        return Err(self.mismatch(line, &unscored.detail));
                    }
                    Outcome::Unscored(unscored)
                }
                (Err(unscored), Ok(_)) => Outcome::Unscored(unscored.clone()),
            };
            alleles.push(ReadAllele { alternate: alternate.to_owned(), outcome });
        }
        Ok(alleles)
    }

    fn mismatch(&self, line: &VariantRecord, detail: &str) -> Error {
        let place = match line.line {
            Some(number) => format!("line {number}"),
            None => format!("record {}", line.number),
        };
        let message = format!(
            "{}, {place} ({}:{} {}): {detail}; check that both are of the same assembly",
            self.file.path().display(),
            line.chrom(),
            line.position(),
            line.id()
        );
        Error::input_with(Remedy::ChangeReferencePolicy, message)
    }

    /// Promoters whose window contains the variant; their windows are added to `alleles`.
    fn promoters_with(
        &mut self,
        variant: &Variant,
        alleles: &mut Vec<(usize, AlleleWindows)>,
    ) -> Result<Vec<HitPromoter>> {
        let reach = u64::from(self.geometry.upstream_bp.max(self.geometry.downstream_bp));
        let near = variant.start.saturating_sub(reach)..variant.end() + reach + 1;
        let mut promoters = Vec::new();
        for index in self.sites.at(&variant.chrom, near) {
            let edit = TssRelativeVariant::new(variant, &self.sites.sites()[index].tss);
            if !edit.overlaps(self.geometry) {
                continue;
            }
            let needed = required_bases(&edit, self.geometry, self.max_shift_bp);
            let usual = -i64::from(self.geometry.upstream_bp) - i64::from(self.max_shift_bp) - CACHE_MARGIN_BP
                ..i64::from(self.geometry.downstream_bp) + i64::from(self.max_shift_bp) + CACHE_MARGIN_BP;
            let (site, bases) = self.promoters.get(index, &self.sites, usual, self.resolver.genome())?;
            let windows = if bases.covers(&needed) {
                AlleleWindows::new(bases, &edit, self.geometry, self.max_shift_bp)
            } else {
                let bases = PromoterBases::fetch(self.resolver.genome(), &site.tss, needed)?;
                AlleleWindows::new(&bases, &edit, self.geometry, self.max_shift_bp)
            };
            promoters.push(HitPromoter {
                site: Arc::clone(site),
                allele: alleles.len(),
                distance_to_tss: edit.tss_distance(),
                tss_deleted: edit.removes_tss_base(),
                shortfall: self.shortfall(&windows.reference),
            });
            alleles.push((index, windows));
        }
        Ok(promoters)
    }

    /// Extent of known sequence, where it is shorter than that of the model.
    fn shortfall(&self, reference: &[u8]) -> Option<String> {
        let moved = self.max_shift_bp as usize;
        let window = &reference[moved..reference.len() - moved];
        let known = window.contains(&UNKNOWN).then(|| Extent::of_known_bases(window, self.geometry.tss_index()))?;
        (!known.covers(self.extent)).then(|| format!("known over {known} of {}", self.extent))
    }
}

impl PromoterCache {
    fn get(
        &mut self,
        index: usize,
        sites: &TssIndex,
        range: std::ops::Range<i64>,
        genome: &mut BufferedGenome,
    ) -> Result<&(Arc<GeneTss>, PromoterBases)> {
        if self.0.len() >= CACHED_PROMOTERS && !self.0.contains_key(&index) {
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

/// Note on an indel that is scored at another position than its spelling in the file.
fn normalised_note(variant: &Variant) -> String {
    let letters = |bases: &tatabox_sequence::Sequence| match bases.len() {
        0 => "-".to_owned(),
        1..=20 => bases.to_ascii(),
        length => format!("{length} bp"),
    };
    let (deleted, inserted) = (letters(&variant.deleted), letters(&variant.inserted));
    format!("scored as {}:{} {deleted}>{inserted}", variant.chrom, variant.start + 1)
}
