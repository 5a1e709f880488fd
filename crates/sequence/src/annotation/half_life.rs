//! mRNA half-life features: lengths and GC content of the parts of a transcript.

use std::fmt;
use std::ops::Range;

use super::transcript_structure::total_length;
use super::{Gene, Transcript};
use crate::SequenceError;
use crate::coord::{ContigNames, Interval, Strand};
use crate::counted::is_or_are;
use crate::dna::{C, G, UNKNOWN};
use crate::genome::ReferenceGenome;

/// Names of the features of [`half_life_features`] in order, with their scales.
pub const HALF_LIFE_FEATURES: [&str; 8] = [
    "utr5_log10_bp",
    "cds_log10_bp",
    "intron_log10_bp",
    "utr3_log10_bp",
    "orf_exon_density_log10_per_kb",
    "utr5_gc",
    "cds_gc",
    "utr3_gc",
];

/// Pseudocount added before the logarithm.
pub(super) const PSEUDOCOUNT: f64 = 0.1;

/// Largest fraction of ambiguous bases (N) in a region.
const MAX_UNKNOWN_FRACTION: f64 = 0.05;

/// Reason why a transcript has no half-life or structure features.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingHalfLife {
    /// The transcript has no coding sequence, or the annotation was read without structure.
    NonCoding,
    /// The annotation has no exon rows for the transcript, and coding sequence and UTRs do not reach its ends.
    ExonsUnknown,
    /// Part of the coding sequence is outside the exons.
    CdsOutsideExons,
    /// The genome has no contig of this name.
    ContigNotInGenome,
    /// The last exon ends past the end of the contig.
    OutsideContig {
        /// Length of the contig, in bp.
        length: u64,
    },
    /// More than 5% of the bases of a region are ambiguous (N).
    UnknownBases {
        /// The region: `utr5`, `cds` or `utr3`.
        region: &'static str,
        /// Number of ambiguous bases.
        unknown: u64,
        /// Number of bases.
        length: u64,
    },
}

impl MissingHalfLife {
    /// Name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NonCoding => "non_coding",
            Self::ExonsUnknown => "exons_unknown",
            Self::CdsOutsideExons => "cds_outside_exons",
            Self::ContigNotInGenome => "contig_not_in_genome",
            Self::OutsideContig { .. } => "outside_contig",
            Self::UnknownBases { .. } => "unknown_bases",
        }
    }
}

impl fmt::Display for MissingHalfLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonCoding => f.write_str("the transcript has no coding sequence"),
            Self::ExonsUnknown => f.write_str(
                "the annotation has no exons of the transcript, and coding sequence and UTRs do not reach its ends",
            ),
            Self::CdsOutsideExons => f.write_str("part of the coding sequence is outside the exons"),
            Self::ContigNotInGenome => f.write_str("the genome has no contig of this name"),
            Self::OutsideContig { length } => {
                write!(
                    f,
                    "an exon ends past the end of the contig, which has {length} bp; check that genome and annotation are of the same assembly"
                )
            }
            Self::UnknownBases { region, unknown, length } => {
                write!(f, "{unknown} of {length} bases of {region} {} ambiguous (N)", is_or_are(*unknown))
            }
        }
    }
}

/// Half-life features of a transcript ([`HALF_LIFE_FEATURES`]), or the reason why it has none.
///
/// The first features are the lengths in bp of the 5' UTR, of the coding sequence with its stop codon, of all introns
/// and of the 3' UTR, and the number of junctions of coding exons per 1,000 bp of coding sequence, each as log10(x +
/// 0.1). The last three are the GC fractions of the unambiguous bases of 5' UTR, coding sequence and 3' UTR. An empty
/// UTR has length log10(0.1) = -1 and GC fraction 0.
///
/// `chrom` is the contig name in the genome: see [`crate::ContigNames`]. [`crate::Gene::coding_transcript`] gives the
/// representative transcript of a gene.
///
/// # Errors
///
/// The outer error is a read error of the genome file; the inner one is the reason why the transcript has no features.
///
/// # Source
///
/// Agarwal and Shendure, Cell Reports 2020, <https://doi.org/10.1016/j.celrep.2020.107663> (Xpresso). Differences:
/// lengths are exact here, while their script omits one base per exon and counts the stop codon as intron; the density
/// counts junctions of coding exons, theirs the coding exons, one more. They standardise the features, here the model
/// does.
pub fn half_life_features(
    transcript: &Transcript,
    chrom: &str,
    strand: Strand,
    genome: &dyn ReferenceGenome,
) -> Result<Result<[f32; 8], MissingHalfLife>, SequenceError> {
    if transcript.cds.is_empty() {
        return Ok(Err(MissingHalfLife::NonCoding));
    }
    if transcript.exons.is_empty() {
        return Ok(Err(MissingHalfLife::ExonsUnknown));
    }
    if !transcript.cds_is_on_exons() {
        return Ok(Err(MissingHalfLife::CdsOutsideExons));
    }
    let Some(contig) = genome.contigs().iter().find(|contig| contig.name == chrom) else {
        return Ok(Err(MissingHalfLife::ContigNotInGenome));
    };
    if transcript.exons.last().is_some_and(|exon| exon.end > contig.length) {
        return Ok(Err(MissingHalfLife::OutsideContig { length: contig.length }));
    }
    let (utr5, utr3) = (transcript.utr5(strand), transcript.utr3(strand));
    let mut gc = [0.0; 3];
    for (fraction, (region, ranges)) in gc.iter_mut().zip([("utr5", &utr5), ("cds", &transcript.cds), ("utr3", &utr3)])
    {
        let composition = Composition::of(ranges, chrom, genome)?;
        if composition.is_too_ambiguous() {
            let Composition { ambiguous: unknown, length, .. } = composition;
            return Ok(Err(MissingHalfLife::UnknownBases { region, unknown, length }));
        }
        *fraction = composition.gc_fraction();
    }
    let cds_bp = transcript.cds_length() as f64;
    let junctions_per_kb = transcript.cds_junctions() as f64 * 1_000.0 / cds_bp;
    let log10 = |value: f64| (value + PSEUDOCOUNT).log10();
    let [utr5_bp, utr3_bp] = [&utr5, &utr3].map(|ranges| total_length(ranges) as f64);
    let features = [
        log10(utr5_bp),
        log10(cds_bp),
        log10(transcript.intron_length() as f64),
        log10(utr3_bp),
        log10(junctions_per_kb),
        gc[0],
        gc[1],
        gc[2],
    ];
    Ok(Ok(features.map(|feature| feature as f32)))
}

/// Half-life features of the [coding transcript](Gene::coding_transcript) of a gene, in any spelling of its contig, or
/// the reason why it has none.
///
/// # Errors
///
/// The outer error is a read error of the genome file.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{
///     ContigNames, Gene, InMemoryGenome, MissingHalfLife, ReferenceGenome, Strand, gene_half_life_features,
/// };
///
/// let genome = InMemoryGenome::new([("chr1", "ACGTACGTACGT")])?;
/// let names = ContigNames::new(genome.contigs());
/// let gene = Gene {
///     gene_id: "G1".to_owned(),
///     gene_name: None,
///     gene_type: None,
///     ncbi_gene_id: None,
///     chrom: "1".to_owned(),
///     strand: Strand::Forward,
///     start: 0,
///     end: 12,
///     transcripts: Vec::new(),
/// };
/// assert_eq!(gene_half_life_features(&gene, &names, &genome)?, Err(MissingHalfLife::NonCoding));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn gene_half_life_features(
    gene: &Gene,
    names: &ContigNames,
    genome: &dyn ReferenceGenome,
) -> Result<Result<[f32; 8], MissingHalfLife>, SequenceError> {
    let Some(transcript) = gene.coding_transcript() else {
        return Ok(Err(MissingHalfLife::NonCoding));
    };
    match names.resolve(&gene.chrom) {
        None => Ok(Err(MissingHalfLife::ContigNotInGenome)),
        Some(contig) => half_life_features(transcript, contig, gene.strand, genome),
    }
}

/// Base counts of a region, which are the same on both strands.
#[derive(Default)]
struct Composition {
    length: u64,
    ambiguous: u64,
    gc: u64,
}

impl Composition {
    fn of(ranges: &[Range<u64>], chrom: &str, genome: &dyn ReferenceGenome) -> Result<Self, SequenceError> {
        let mut counted = Self::default();
        for range in ranges {
            let bases = genome.fetch(&Interval::new(chrom, range.start, range.end))?;
            for &code in bases.codes() {
                counted.length += 1;
                counted.ambiguous += u64::from(code >= UNKNOWN);
                counted.gc += u64::from(code == C || code == G);
            }
        }
        Ok(counted)
    }

    fn is_too_ambiguous(&self) -> bool {
        self.ambiguous as f64 > MAX_UNKNOWN_FRACTION * self.length as f64
    }

    fn gc_fraction(&self) -> f64 {
        let unambiguous = self.length - self.ambiguous;
        if unambiguous == 0 { 0.0 } else { self.gc as f64 / unambiguous as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::gene::tests::transcript;
    use crate::genome::InMemoryGenome;
    use crate::genome::in_memory::tests::single_contig;

    /// 100 bases: 20 A, 20 C, then A to the end; base 30 is N.
    fn genome() -> InMemoryGenome {
        let mut letters = ["A".repeat(20), "C".repeat(20), "A".repeat(60)].concat();
        letters.replace_range(30..31, "N");
        single_contig("chr1", &letters)
    }

    fn features(transcript: &Transcript, strand: Strand) -> Result<[f32; 8], MissingHalfLife> {
        half_life_features(transcript, "chr1", strand, &genome()).unwrap()
    }

    fn close(ours: [f32; 8], expected: [f64; 8]) {
        for ((ours, expected), name) in ours.into_iter().zip(expected).zip(HALF_LIFE_FEATURES) {
            assert!((f64::from(ours) - expected).abs() < 1e-6, "{name}: {ours}, expected {expected}");
        }
    }

    #[test]
    fn half_life_features_match_hand_computation() {
        // Exons of 20 and 40 bases, an intron of 10. The CDS is 15-20 and 30-50: 25 bases and one junction, which is 40
        // per 1,000. 24 of its bases are unambiguous, 9 of them C. On the forward strand, 5 bases of A precede it and
        // 20 follow.
        let transcript = Transcript { exons: vec![10..20, 30..70], cds: vec![15..20, 30..50], ..transcript(10, 70) };
        let (before, after) = (5.1f64.log10(), 20.1f64.log10());
        let (cds, intron, density) = (25.1f64.log10(), 10.1f64.log10(), 40.1f64.log10());
        let gc = 9.0 / 24.0;
        close(features(&transcript, Strand::Forward).unwrap(), [before, cds, intron, after, density, 0.0, gc, 0.0]);
        close(features(&transcript, Strand::Reverse).unwrap(), [after, cds, intron, before, density, 0.0, gc, 0.0]);
    }

    #[test]
    fn half_life_features_without_utrs_are_minus_one_and_zero() {
        let transcript = Transcript { cds: vec![20..30], ..transcript(20, 30) };
        close(
            features(&transcript, Strand::Forward).unwrap(),
            [-1.0, 10.1f64.log10(), -1.0, -1.0, -1.0, 0.0, 1.0, 0.0],
        );
    }

    #[test]
    fn half_life_features_missing_reason_is_reported() {
        let plain = transcript(10, 30);
        let missing = |transcript: &Transcript| features(transcript, Strand::Forward).unwrap_err();
        assert_eq!(missing(&plain), MissingHalfLife::NonCoding);
        let with = |cds: Range<u64>, end: u64| Transcript { cds: vec![cds], ..transcript(10, end) };
        assert_eq!(missing(&with(5..20, 30)), MissingHalfLife::CdsOutsideExons);
        assert_eq!(missing(&Transcript { exons: vec![], ..with(10..20, 30) }), MissingHalfLife::ExonsUnknown);
        assert_eq!(missing(&with(10..20, 101)), MissingHalfLife::OutsideContig { length: 100 });
        // One base of 19 is more than 5%, one of 20 is not.
        let unknown = MissingHalfLife::UnknownBases { region: "cds", unknown: 1, length: 19 };
        assert_eq!(missing(&with(25..44, 60)), unknown);
        assert_eq!(unknown.to_string(), "1 of 19 bases of cds is ambiguous (N)");
        assert!(features(&with(25..45, 60), Strand::Forward).is_ok());
        assert!(matches!(missing(&with(10..30, 35)), MissingHalfLife::UnknownBases { region: "utr3", length: 5, .. }));
        let elsewhere = half_life_features(&with(10..20, 30), "chr2", Strand::Forward, &genome()).unwrap();
        assert_eq!(elsewhere, Err(MissingHalfLife::ContigNotInGenome));
    }
}
