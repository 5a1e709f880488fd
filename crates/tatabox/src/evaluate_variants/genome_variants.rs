//! Variants of a genome.

use std::sync::Arc;

use tatabox_dataset::{Extent, MeasuredAlleles, MeasuredVariants};
use tatabox_sequence::{
    AssemblyCheck, ContigNames, MismatchFinding, ReferenceGenome, SequenceError, Tss, TssIndex, TssRelativeVariant,
    UnscoredReason, Variant, WindowGeometry, clean_name, strip_version,
};

use super::constructs::place;
use super::exclusion::{ExcludedVariant, ExclusionReason};
use super::resolved::ResolvedVariants;
use super::spelled_alleles::SpelledAlleles;
use crate::error::{Context, Error, Result};
use crate::inputs::{GenomeSource, open_genome};
use crate::observer::Observer;
use crate::remedy::Remedy;
use crate::variants::{ReferenceMismatchPolicy, TssSource, open_sites};

/// Resolves rows with positions on a genome.
///
/// The TSS is that of the row; else the nearest TSS of its gene, or of any gene, among those of `sites`.
///
/// # Errors
/// A file cannot be read; the variants are of another assembly; REF differs from the genome, unless such rows are excluded.
pub(super) fn resolve(
    table: &MeasuredVariants,
    rows: &[usize],
    genome: &GenomeSource,
    sites: Option<&TssSource>,
    extent: Extent,
    policy: ReferenceMismatchPolicy,
    observer: &dyn Observer,
) -> Result<ResolvedVariants> {
    let genome: Arc<dyn ReferenceGenome> = open_genome(genome, observer)?.into();
    check_assembly(table, rows, &*genome, policy, observer)?;
    let sites = sites.map(|sites| open_sites(sites, &*genome, None, observer)).transpose()?;
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
    let mut alleles = SpelledAlleles::new(Arc::clone(&genome), policy == ReferenceMismatchPolicy::UseGenome);
    let mut resolved = ResolvedVariants::new(genome, true);
    for &row in rows {
        let measured = &table.rows[row];
        let MeasuredAlleles::Genome { chrom, position, reference, alternate, tss, gene } = &measured.alleles else {
            continue;
        };
        let variant = match alleles.resolve(chrom, *position, reference, alternate)? {
            Ok(variant) => variant,
            Err(unscored) => {
                refuse_mismatch(policy, &unscored, || place(table, measured))?;
                resolved.excluded.push(ExcludedVariant::of_alleles(row, unscored));
                continue;
            }
        };
        let found = match (tss, &sites) {
            (Some((position, strand)), _) => {
                Ok(Tss { chrom: variant.chrom.clone(), position: position - 1, strand: *strand })
            }
            (None, Some(sites)) => nearest_tss(sites, gene.as_deref(), &variant, geometry),
            (None, None) => Err((ExclusionReason::NoTss, "the row states no TSS and strand".to_owned())),
        };
        match found {
            Ok(tss) => resolved.add(row, variant, &tss),
            Err((reason, detail)) => resolved.excluded.push(reason.of(row, detail)),
        }
    }
    Ok(resolved)
}

type FoundTss = Result<Tss, (ExclusionReason, String)>;

/// Nearest TSS of a gene, or of any gene whose window contains the variant.
fn nearest_tss(sites: &TssIndex, gene: Option<&str>, variant: &Variant, geometry: WindowGeometry) -> FoundTss {
    let distance = |tss: &Tss| TssRelativeVariant::new(variant, tss).tss_distance().unsigned_abs();
    if let Some(gene) = gene {
        let (gene_id, symbol) = (strip_version(gene), clean_name(gene));
        let of_gene = || {
            let is_named = |site: &&tatabox_sequence::GeneTss| {
                site.gene_id == gene_id || site.gene_name.as_deref() == Some(&*symbol)
            };
            sites.sites().iter().filter(is_named).map(|site| &site.tss)
        };
        if of_gene().next().is_none() {
            return Err((ExclusionReason::UnknownGene, format!("no TSS is of gene {gene}")));
        }
        let nearest = of_gene().filter(|tss| tss.chrom == variant.chrom).min_by_key(|tss| distance(tss));
        return nearest.cloned().ok_or_else(|| {
            (ExclusionReason::InNoWindow, format!("gene {gene} is on another contig than {}", variant.chrom))
        });
    }
    let reach = u64::from(geometry.upstream_bp.max(geometry.downstream_bp));
    let near = variant.start.saturating_sub(reach)..variant.end() + reach + 1;
    let overlapping = sites
        .at(&variant.chrom, near)
        .map(|index| &sites.sites()[index].tss)
        .filter(|tss| TssRelativeVariant::new(variant, tss).overlaps(geometry));
    let none = || (ExclusionReason::InNoWindow, "no TSS has the variant in its window".to_owned());
    overlapping.min_by_key(|tss| distance(tss)).cloned().ok_or_else(none)
}

/// Compares the positions of the rows with the genome.
fn check_assembly(
    table: &MeasuredVariants,
    rows: &[usize],
    genome: &dyn ReferenceGenome,
    policy: ReferenceMismatchPolicy,
    observer: &dyn Observer,
) -> Result<()> {
    let names = ContigNames::new(genome.contigs());
    let (path, genome_path) = (table.path.display().to_string(), genome.path().display().to_string());
    let mut check = AssemblyCheck::new(path, "variants", genome_path, genome.contigs(), &names);
    for &row in rows {
        if let MeasuredAlleles::Genome { chrom, position, .. } = &table.rows[row].alleles {
            check.add(chrom, position - 1);
        }
    }
    let is_skipped = |error: &SequenceError| {
        let SequenceError::AssemblyMismatch(mismatch) = error else { return false };
        let is_absolute =
            matches!(mismatch.finding, MismatchFinding::NoSharedContig { .. } | MismatchFinding::OtherNumerals { .. });
        !is_absolute && policy == ReferenceMismatchPolicy::Skip
    };
    match check.finish() {
        Ok(report) => report.warnings().iter().for_each(|warning| observer.warn(warning)),
        Err(error) if is_skipped(&error) => observer.warn(&error.to_string()),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Refuses an allele whose REF differs, unless such alleles are excluded.
pub(super) fn refuse_mismatch(
    policy: ReferenceMismatchPolicy,
    unscored: &tatabox_sequence::UnscoredVariant,
    place: impl FnOnce() -> String,
) -> Result<()> {
    let is_mismatch = matches!(unscored.reason, UnscoredReason::ReferenceMismatch | UnscoredReason::AlternateIsGenome);
    if is_mismatch && policy == ReferenceMismatchPolicy::Error {
        let message = format!("{}: {}; check that both are of the same assembly or promoter", place(), unscored.detail);
        return Err(Error::input_with(Remedy::ChangeReferencePolicy, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::{GeneTss, InMemoryGenome, Sequence, Strand};

    use super::*;

    #[test]
    fn nearest_tss_is_that_of_the_gene_or_of_any_gene_with_the_variant_in_its_window() {
        let genome = InMemoryGenome::new([("chr1", "A".repeat(2_000).as_str())]).expect("letters");
        let site = |gene_id: &str, name: &str, position| GeneTss {
            gene_id: gene_id.to_owned(),
            gene_name: Some(name.to_owned()),
            tss: Tss { chrom: "chr1".to_owned(), position, strand: Strand::Forward },
        };
        let sites =
            TssIndex::new([site("ENSG1", "ONE", 500), site("ENSG1", "ONE", 900), site("ENSG2", "TWO", 530)], &genome);
        let geometry = WindowGeometry::new(50, 20).expect("valid");
        let bases = |letters: &str| Sequence::from_ascii(letters.as_bytes()).expect("letters");
        let variant = Variant::new("chr1", 510, &bases("A"), &bases("C")).expect("a change");
        let position = |gene| nearest_tss(&sites, gene, &variant, geometry).map(|tss| tss.position);
        // 10 bp after ENSG1's first TSS and 20 bp before that of ENSG2.
        assert_eq!(position(None), Ok(500));
        assert_eq!(position(Some("TWO")), Ok(530));
        assert_eq!(position(Some("ENSG1.7")), Ok(500));
        assert_eq!(position(Some("THREE")).expect_err("unknown").0, ExclusionReason::UnknownGene);
        let far = Variant::new("chr1", 1_500, &bases("A"), &bases("C")).expect("a change");
        assert_eq!(nearest_tss(&sites, None, &far, geometry).expect_err("none").0, ExclusionReason::InNoWindow);
    }
}
