//! Contigs of variant records, compared with those of the genome.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tatabox_sequence::{
    AssemblyCheck, Contig, ContigNames, MismatchFinding, ReferenceGenome, SequenceError, VariantFile, VariantRecord,
};

use super::request::ReferenceMismatchPolicy;
use crate::error::{Error, Result};
use crate::remedy::Remedy;

/// Smallest number of alleles whose REF was compared for [`mismatch_warning`].
const MIN_COMPARED: u64 = 20;
/// Fraction of alleles with another REF than the genome that suggests another assembly.
const MANY_MISMATCHES: f64 = 0.1;

/// Contigs of the records read so far.
pub(super) struct VariantContigs {
    path: String,
    genome: Arc<dyn ReferenceGenome>,
    names: ContigNames,
    /// Lengths of the contigs of the genome.
    lengths: HashMap<String, u64>,
    /// Contigs that the header declares, with their lengths.
    declared: Vec<Contig>,
    declared_lengths: HashMap<String, u64>,
    /// Whether the header declares contigs, and the genome has none of them.
    declares_others: bool,
    /// What happens where REF differs, and with it the length of a contig.
    policy: ReferenceMismatchPolicy,
    /// Whether the records are a part of the file, which may have none on a contig of the genome.
    is_part: bool,
    counts: BTreeMap<String, ContigCount>,
    warnings: ContigWarnings,
}

/// Warnings, complete once all records are read.
#[derive(Clone, Default)]
pub(super) struct ContigWarnings(Arc<Mutex<Vec<String>>>);

/// Records of one contig.
#[derive(Default)]
struct ContigCount {
    /// Length in the genome; 0 if the genome lacks the contig.
    length: u64,
    records: u64,
    outside: u64,
    /// 0-based position past the end.
    example: u64,
}

impl VariantContigs {
    pub(super) fn new(
        file: &VariantFile,
        genome: Arc<dyn ReferenceGenome>,
        policy: ReferenceMismatchPolicy,
        is_part: bool,
    ) -> Self {
        let lengths_of = |contigs: &[Contig]| -> HashMap<String, u64> {
            contigs.iter().map(|contig| (contig.name.clone(), contig.length)).collect()
        };
        let (names, declared) = (ContigNames::new(genome.contigs()), file.header().contig_lengths());
        Self {
            path: file.path().display().to_string(),
            lengths: lengths_of(genome.contigs()),
            declared_lengths: lengths_of(&declared),
            declares_others: !declared.is_empty()
                && declared.iter().all(|contig| names.resolve(&contig.name).is_none()),
            names,
            genome,
            declared,
            policy,
            is_part,
            counts: BTreeMap::new(),
            warnings: ContigWarnings::default(),
        }
    }

    /// The warnings, which can be taken once all records are read.
    pub(super) fn warnings(&self) -> ContigWarnings {
        self.warnings.clone()
    }

    /// Counts a record.
    ///
    /// # Errors
    /// The header declares another length for its contig than the genome has, unless records with another REF are skipped.
    pub(super) fn add(&mut self, record: &VariantRecord) -> Result<()> {
        if !self.counts.contains_key(record.chrom()) {
            let length = self.names.resolve(record.chrom()).and_then(|name| self.lengths.get(name)).copied();
            match length {
                Some(length) => self.check_declared(record.chrom(), length)?,
                None => self.check_shared(record)?,
            }
            let count = ContigCount { length: length.unwrap_or(0), ..ContigCount::default() };
            self.counts.insert(record.chrom().to_owned(), count);
        }
        let Some(count) = self.counts.get_mut(record.chrom()) else { return Ok(()) };
        count.records += 1;
        // POS counts from 1; 0 and the length + 1 denote telomeres.
        if record.position() > count.length.saturating_add(1) {
            count.outside += 1;
            count.example = record.position() - 1;
        }
        Ok(())
    }

    /// Ends early where the genome has neither the contig of a record nor any that the header declares.
    fn check_shared(&self, record: &VariantRecord) -> Result<()> {
        if self.is_part || !self.declares_others {
            return Ok(());
        }
        let mut check = self.check();
        check.add(record.chrom(), record.position());
        check.finish().map(drop).map_err(Self::refusal)
    }

    fn check_declared(&self, contig: &str, length: u64) -> Result<()> {
        let Some(&declared) = self.declared_lengths.get(contig).filter(|&&declared| declared != length) else {
            return Ok(());
        };
        match self.check().check_length(contig, declared) {
            // Of many contigs with another length, the first is reported.
            Err(error) if self.policy == ReferenceMismatchPolicy::Skip => self.warnings.push_first(error.to_string()),
            Err(error) => return Err(Self::refusal(error)),
            Ok(()) => {}
        }
        Ok(())
    }

    /// Compares all records with the genome.
    ///
    /// # Errors
    /// No record is on a contig of the genome, or many are past the end of their contig.
    pub(super) fn finish(&self) -> Result<()> {
        let mut check = self.check();
        for (contig, count) in &self.counts {
            check.add_many(contig, 0, count.records - count.outside);
            if count.outside > 0 {
                check.add_many(contig, count.example, count.outside);
            }
        }
        match check.finish() {
            Ok(report) => report.warnings().into_iter().for_each(|warning| self.warnings.push(warning)),
            Err(error) if self.is_tolerated(&error) => self.warnings.push(error.to_string()),
            Err(error) => return Err(Self::refusal(error)),
        }
        Ok(())
    }

    fn is_tolerated(&self, error: &SequenceError) -> bool {
        let SequenceError::AssemblyMismatch(mismatch) = error else { return false };
        match mismatch.finding {
            MismatchFinding::NoSharedContig { .. } => self.is_part,
            MismatchFinding::OtherNumerals { .. } => false,
            _ => self.policy == ReferenceMismatchPolicy::Skip,
        }
    }

    /// Error with the option that skips such records, where there is one.
    fn refusal(error: SequenceError) -> Error {
        let SequenceError::AssemblyMismatch(mismatch) = &error else { return error.into() };
        match mismatch.finding {
            MismatchFinding::NoSharedContig { .. } | MismatchFinding::OtherNumerals { .. } => error.into(),
            _ => Error::input_with(Remedy::SkipReferenceMismatches, error.to_string()),
        }
    }

    fn check(&self) -> AssemblyCheck<'_> {
        let genome = self.genome.path().display().to_string();
        AssemblyCheck::new(&*self.path, "records", genome, self.genome.contigs(), &self.names)
            .with_declared_lengths(&self.declared)
    }
}

impl ContigWarnings {
    fn push(&self, warning: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    fn push_first(&self, warning: String) {
        let mut warnings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if warnings.is_empty() {
            warnings.push(warning);
        }
    }

    /// Removes and returns the warnings.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Warning about many alleles with another REF than the genome.
pub(super) fn mismatch_warning(mismatches: u64, compared: u64, path: &str, genome: &str) -> Option<String> {
    let is_many = compared >= MIN_COMPARED && mismatches as f64 > MANY_MISMATCHES * compared as f64;
    is_many.then(|| {
        let percentage = 100.0 * mismatches as f64 / compared as f64;
        format!(
            "{path}: {mismatches} of {compared} alleles ({percentage:.0}%) have another REF than {genome}: the variants are \
             probably of another assembly, and the effects of the others are then wrong as well"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mismatch_warning_needs_enough_alleles_and_many_mismatches() {
        let warning = |mismatches, compared| mismatch_warning(mismatches, compared, "x.vcf", "g.fa");
        assert_eq!(warning(19, 19), None);
        assert_eq!(warning(2, 20), None);
        let text = warning(30, 40).expect("three in four");
        assert!(text.starts_with("x.vcf: 30 of 40 alleles (75%) have another REF than g.fa"), "{text}");
    }
}
