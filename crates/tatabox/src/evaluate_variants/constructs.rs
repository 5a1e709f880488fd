//! Variants of constructs and of promoter records.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use tatabox_dataset::{Extent, MeasuredAlleles, MeasuredVariant, MeasuredVariants};
use tatabox_sequence::{BufferedGenome, FastaRecords, InMemoryGenome, Sequence, Strand, Tss, UnscoredReason, Variant};

use super::exclusion::{ExcludedVariant, ExclusionReason};
use super::genome_variants::refuse_mismatch;
use super::request::Construct;
use super::resolved::ResolvedVariants;
use super::spelled_alleles::SpelledAlleles;
use crate::error::{Context, Error, Result};
use crate::inputs::tss_index;
use crate::remedy::Remedy;
use crate::variants::ReferenceMismatchPolicy;

/// Resolves rows with two complete constructs each.
///
/// The reference construct between its flanks is the sequence that the variant changes, so that an indel shifts the side away
/// from the TSS, as in a genome. Nothing is known beyond the flanks.
///
/// # Errors
/// The position of the TSS in a construct is unknown, or is in front of all known bases.
pub(super) fn resolve_sequences(
    table: &MeasuredVariants,
    rows: &[usize],
    construct: &Construct,
    extent: Extent,
) -> Result<ResolvedVariants> {
    let [left, right] = [&construct.left_flank, &construct.right_flank].map(Sequence::to_ascii);
    let mut contigs: Vec<(String, String)> = Vec::new();
    let mut names: HashMap<&str, usize> = HashMap::new();
    for &row in rows {
        let MeasuredAlleles::Sequences { reference, .. } = &table.rows[row].alleles else { continue };
        if Sequence::from_ascii(reference.as_bytes()).is_ok() && !names.contains_key(reference.as_str()) {
            names.insert(reference, contigs.len());
            contigs.push((format!("construct{}", contigs.len()), format!("{left}{reference}{right}")));
        }
    }
    let genome = InMemoryGenome::new(contigs.iter().map(|(name, letters)| (name.as_str(), letters.as_str())))
        .map_err(|error| Error::input(format!("a construct: {error}")))?;
    let genome: Arc<dyn tatabox_sequence::ReferenceGenome> = Arc::new(genome);
    let mut buffered = BufferedGenome::new(Arc::clone(&genome));
    let mut resolved = ResolvedVariants::new(genome, false);
    for &row in rows {
        let measured = &table.rows[row];
        let MeasuredAlleles::Sequences { reference, alternative, tss_offset } = &measured.alleles else { continue };
        let read = |letters: &str, name: &str| match Sequence::from_ascii(letters.as_bytes()) {
            Ok(sequence) if !sequence.is_empty() => Ok(sequence),
            Ok(_) => Err(UnscoredReason::InvalidAllele.with_detail(format!("the {name} sequence is missing"))),
            Err(error) => Err(UnscoredReason::InvalidAllele.with_detail(format!("the {name} sequence: {error}"))),
        };
        let (before, after) = match (read(reference, "reference"), read(alternative, "alternative")) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(unscored), _) | (_, Err(unscored)) => {
                resolved.excluded.push(ExcludedVariant::of_alleles(row, unscored));
                continue;
            }
        };
        let length = left.len() + before.len() + right.len();
        let position =
            tss_position(*tss_offset, construct, left.len(), length, extent).with_context(|| place(table, measured))?;
        let contig = &contigs[names[reference.as_str()]].0;
        let Some(variant) = Variant::new(contig.as_str(), left.len() as u64, &before, &after) else {
            let unscored = UnscoredReason::NoChange.with_detail("both sequences are equal");
            resolved.excluded.push(ExcludedVariant::of_alleles(row, unscored));
            continue;
        };
        let tss = Tss { chrom: contig.clone(), position, strand: Strand::Forward };
        resolved.add(row, variant.left_aligned(&mut buffered)?, &tss);
    }
    Ok(resolved)
}

/// Index of the TSS base in a completed construct.
fn tss_position(
    stated: Option<i64>,
    construct: &Construct,
    left_bp: usize,
    length: usize,
    extent: Extent,
) -> Result<u64> {
    let Some(offset) = stated.or(construct.tss_offset) else {
        if length == extent.total_bp() as usize {
            return Ok(u64::from(extent.upstream_bp));
        }
        let message = format!(
            "the position of the TSS is unknown: the construct has {length} bp with its flanks, the model reads {extent} ({} bp), \
             and the table has no column tss_offset with the 0-based index of the TSS base in the reference sequence",
            extent.total_bp()
        );
        return Err(Error::input_with(Remedy::GiveTssOffset, message));
    };
    u64::try_from(offset + left_bp as i64).map_err(|_| {
        let message = format!(
            "the TSS offset is {offset}, in front of the construct and its left flank of {left_bp} bp; add the bases from the \
             TSS on to the left flank (N where they are unknown)"
        );
        Error::input(message)
    })
}

/// Resolves rows with positions in promoter records.
///
/// # Errors
/// The FASTA file cannot be read, names a promoter twice or does not state its TSS; REF differs from the promoter, unless
/// such rows are excluded.
pub(super) fn resolve_promoters(
    table: &MeasuredVariants,
    rows: &[usize],
    fasta: &Path,
    tss_offset: Option<usize>,
    extent: Extent,
    policy: ReferenceMismatchPolicy,
) -> Result<ResolvedVariants> {
    let promoters = PromoterRecords::read(fasta, tss_offset, extent)?;
    let contigs = promoters.letters.iter().enumerate().map(|(index, letters)| (contig_name(index), letters));
    let contigs: Vec<(String, &String)> = contigs.collect();
    let genome = InMemoryGenome::new(contigs.iter().map(|(name, letters)| (name.as_str(), letters.as_str())))
        .map_err(|error| Error::input(format!("{}: {error}", fasta.display())))?;
    let genome: Arc<dyn tatabox_sequence::ReferenceGenome> = Arc::new(genome);
    let mut alleles = SpelledAlleles::new(Arc::clone(&genome), policy == ReferenceMismatchPolicy::UseGenome);
    let mut resolved = ResolvedVariants::new(genome, false);
    for &row in rows {
        let measured = &table.rows[row];
        let MeasuredAlleles::Promoter { promoter, position_bp, reference, alternate } = &measured.alleles else {
            continue;
        };
        let Some(&index) = promoters.index.get(promoter) else {
            let detail = format!("{} has no promoter {promoter}", fasta.display());
            resolved.excluded.push(ExclusionReason::UnknownPromoter.of(row, detail));
            continue;
        };
        let (contig, tss) = (contig_name(index), promoters.tss[index]);
        let position = u64::try_from(tss as i64 + position_bp).ok().map(|index| index + 1);
        let found = match position {
            Some(position) => alleles.resolve(&contig, position, reference, alternate)?,
            None => Err(UnscoredReason::OutsideContig.with_detail(format!(
                "position {position_bp} is in front of promoter {promoter}, which starts at {}",
                -(tss as i64)
            ))),
        };
        match found {
            Ok(variant) => {
                let tss = Tss { chrom: contig, position: tss as u64, strand: Strand::Forward };
                resolved.add(row, variant, &tss);
            }
            Err(mut unscored) => {
                // The resolver describes the promoter as a contig of a genome.
                let at = format!("{contig}:{} (counted from 1)", position.unwrap_or(0));
                unscored.detail = unscored
                    .detail
                    .replace(&at, &format!("position {position_bp}"))
                    .replace("the genome", &format!("promoter {promoter}"))
                    .replace(&contig, promoter);
                refuse_mismatch(policy, &unscored, || place(table, measured))?;
                resolved.excluded.push(ExcludedVariant::of_alleles(row, unscored));
            }
        }
    }
    Ok(resolved)
}

/// Promoter records of a FASTA file.
struct PromoterRecords {
    index: HashMap<String, usize>,
    letters: Vec<String>,
    /// Index of the TSS base in each.
    tss: Vec<usize>,
}

impl PromoterRecords {
    fn read(path: &Path, tss_offset: Option<usize>, extent: Extent) -> Result<Self> {
        let mut read = Self { index: HashMap::new(), letters: Vec::new(), tss: Vec::new() };
        for record in FastaRecords::open(path)? {
            let record = record?;
            let place = || format!("{}: record {} ({})", path.display(), record.record_number, record.id);
            read.tss.push(tss_index(&record, tss_offset, extent).with_context(place)?);
            if read.index.insert(record.id.clone(), read.letters.len()).is_some() {
                let message = format!("{}: the name occurs twice; each promoter needs its own", place());
                return Err(Error::input(message));
            }
            read.letters.push(record.sequence.to_ascii());
        }
        Ok(read)
    }
}

/// Name of a promoter as a contig, which no other spelling of a contig resembles.
fn contig_name(index: usize) -> String {
    format!("record#{index}#")
}

/// File and line of a row, for messages.
pub(super) fn place(table: &MeasuredVariants, measured: &MeasuredVariant) -> String {
    format!("{}, line {}", table.path.display(), measured.line)
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::EffectColumnNames;

    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 40, downstream_bp: 20 };

    fn table(text: &str) -> (tempfile::TempDir, MeasuredVariants) {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("m.tsv");
        std::fs::write(&path, text).expect("written");
        let table = MeasuredVariants::read(&path, &EffectColumnNames::default(), None).expect("a table");
        (folder, table)
    }

    fn resolve(text: &str, construct: &Construct) -> Result<ResolvedVariants> {
        let (_folder, table) = table(text);
        let rows: Vec<usize> = (0..table.rows.len()).collect();
        resolve_sequences(&table, &rows, construct, EXTENT)
    }

    fn letters(codes: &[u8]) -> String {
        Sequence::from_codes(codes.to_vec()).to_ascii()
    }

    fn flank(letters: &str) -> Sequence {
        Sequence::from_ascii(letters.as_bytes()).expect("letters")
    }

    #[test]
    fn construct_deletion_shifts_only_the_side_away_from_the_tss() {
        // Left flank CC, insert of 20 bp with the TSS at its index 12, right flank GG.
        let (insert, deleted) = ("ACGTACGTTGCATCAGGATC", "ACGTACTTGCATCAGGATC");
        let construct = Construct { left_flank: flank("CC"), right_flank: flank("GG"), tss_offset: Some(12) };
        let text = format!("reference_sequence\talternative_sequence\teffect\n{insert}\t{deleted}\t-1\n");
        let resolved = resolve(&text, &construct).expect("resolved");
        let edit = &resolved.variants[0].edit;
        assert_eq!((edit.start, edit.end, edit.inserted.len()), (-6, -5, 0), "the G at index 6");
        let windows = resolved.windows(&[0], EXTENT, 0).expect("in memory").remove(0).1;
        let reference = letters(&windows.reference);
        assert_eq!(reference, format!("{}CC{insert}GG{}", "N".repeat(26), "N".repeat(10)));
        // From the deletion on every base stays, and one more N enters at the left end.
        assert_eq!(letters(&windows.alternate), format!("{}CC{deleted}GG{}", "N".repeat(27), "N".repeat(10)));
    }

    #[test]
    fn construct_insertion_after_the_tss_shifts_the_downstream_side() {
        let (insert, longer) = ("ACGTACGTTGCATCAGGATC", "ACGTACGTTGCATCATTAGGATC");
        let construct = Construct { right_flank: flank("GG"), tss_offset: Some(4), ..Construct::default() };
        let text = format!("reference_sequence\talternative_sequence\teffect\n{insert}\t{longer}\t1\n");
        let resolved = resolve(&text, &construct).expect("resolved");
        let windows = resolved.windows(&[0], EXTENT, 0).expect("in memory").remove(0).1;
        let expected = format!("{}{longer}{}", "N".repeat(36), &"GG"[..1]);
        assert_eq!(letters(&windows.alternate), expected, "one base of the right flank is left in 20 bp");
    }

    #[test]
    fn construct_tss_is_that_of_the_row_of_the_request_or_of_a_whole_window() {
        let position = |stated, requested, length| {
            let construct = Construct { tss_offset: requested, ..Construct::default() };
            tss_position(stated, &construct, 5, length, EXTENT)
        };
        assert_eq!(position(Some(7), Some(9), 30).expect("of the row"), 12);
        assert_eq!(position(None, Some(-5), 30).expect("of the request"), 0);
        assert_eq!(position(None, None, 60).expect("a whole window"), 40);
        assert!(position(None, None, 59).expect_err("unknown").to_string().contains("59 bp with its flanks"));
        assert!(position(None, Some(-6), 30).expect_err("in front").to_string().contains("in front of the construct"));
    }

    #[test]
    fn construct_rows_without_a_variant_are_excluded() {
        let text = "reference_sequence\talternative_sequence\teffect\nACGT\tACGT\t1\nACGT\t\t1\nAC?T\tACGT\t1\nACGT\tAGGT\t1\n\
                    ACGT\tAGGT\t2\n";
        let construct = Construct { tss_offset: Some(0), ..Construct::default() };
        let resolved = resolve(text, &construct).expect("resolved");
        let reasons: Vec<_> = resolved.excluded.iter().map(|excluded| (excluded.row, excluded.reason.name())).collect();
        assert_eq!(reasons, [(0, "no_change"), (1, "invalid_allele"), (2, "invalid_allele")]);
        assert_eq!(resolved.rows, [(3, 0), (4, 0)], "both rows have one variant");
    }

    #[test]
    fn promoter_reference_mismatch_is_refused_or_excluded() {
        let (folder, table) = table("promoter\tposition\tref\talt\teffect\nP\t-2\tA\tC\t1\nP\t-1\tG\tA\t1\n");
        let fasta = folder.path().join("p.fa");
        std::fs::write(&fasta, ">P tss_offset=6\nACGTACGTAC\n").expect("written");
        let resolve = |policy| resolve_promoters(&table, &[0, 1], &fasta, None, EXTENT, policy);
        // Position -1 is index 5, a C.
        let message = resolve(ReferenceMismatchPolicy::Error).err().expect("refused").to_string();
        assert!(message.contains("line 3: REF is G, promoter P has C at position -1"), "{message}");
        let resolved = resolve(ReferenceMismatchPolicy::Skip).expect("resolved");
        assert_eq!((resolved.rows.len(), resolved.excluded[0].reason.name()), (1, "reference_mismatch"));
        assert_eq!((resolved.variants[0].edit.start, resolved.variants[0].edit.end), (-2, -1));
    }

    #[test]
    fn promoter_name_on_two_records_is_refused() {
        let (folder, table) = table("promoter\tposition\tref\talt\teffect\nP\t-2\tA\tC\t1\n");
        let fasta = folder.path().join("p.fa");
        std::fs::write(&fasta, ">P tss_offset=6\nACGTACGTAC\n>P tss_offset=6\nACGTACGTAC\n").expect("written");
        let refused = resolve_promoters(&table, &[0], &fasta, None, EXTENT, ReferenceMismatchPolicy::Error);
        assert!(refused.err().expect("refused").to_string().contains("the name occurs twice"));
    }
}
