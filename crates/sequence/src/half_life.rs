//! What an mRNA's half-life can be told from: lengths and composition of its parts.

use std::fmt;
use std::ops::Range;

use crate::transcript_structure::length_of;
use crate::{ContigNames, Gene, Interval, ReferenceGenome, SequenceError, Strand, Transcript};

/// The features of [`half_life_features`], in their order, with their scales.
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

/// Added before a logarithm is taken, so that there is one of 0.
const PSEUDOCOUNT: f64 = 0.1;

/// Largest share of a region's bases that may be unknown (N).
const LARGEST_UNKNOWN_SHARE: f64 = 0.05;

/// Why a transcript has no half-life features.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingHalfLife {
    /// It has no coding sequence, or the annotation was read without structure.
    NonCoding,
    /// Some of its coding sequence is on no exon.
    CdsOutsideExons,
    /// The genome does not have its contig.
    ContigNotInGenome,
    /// Its last exon ends past the end of its contig.
    OutsideContig {
        /// Length of the contig.
        length: u64,
    },
    /// More than 5 in 100 bases of a region are unknown (N).
    UnknownBases {
        /// The region: `utr5`, `cds` or `utr3`.
        region: &'static str,
        /// How many of its bases are unknown.
        unknown: u64,
        /// How many bases it has.
        length: u64,
    },
}

impl MissingHalfLife {
    /// Its name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NonCoding => "non_coding",
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
            Self::NonCoding => f.write_str("no coding sequence"),
            Self::CdsOutsideExons => f.write_str("coding sequence that is on no exon"),
            Self::ContigNotInGenome => f.write_str("a contig that the genome does not have"),
            Self::OutsideContig { length } => {
                write!(
                    f,
                    "exons past the end of the contig, which has {length} bases; is the genome of another assembly?"
                )
            }
            Self::UnknownBases { region, unknown, length } => {
                write!(f, "{unknown} of {length} bases of {region} are unknown (N)")
            }
        }
    }
}

/// The eight features of [`HALF_LIFE_FEATURES`] of a transcript, or why it has none.
///
/// Lengths of the 5' untranslated region, of the coding sequence with its stop codon, of all introns and of the 3'
/// untranslated region, in bases, and the junctions of coding exons per 1,000 bases of coding sequence, each as
/// log10(x + 0.1). Then the shares of G and C among the known bases of 5' untranslated region, coding sequence and 3'
/// untranslated region, 0 to 1. An untranslated region without bases has length log10(0.1) = -1 and share 0.
///
/// The contig must go by the genome's own name: see [`crate::ContigNames`]. [`crate::Gene::coding_transcript`] is the
/// transcript to take.
///
/// # Errors
///
/// What the genome's file gives. That a transcript has no features is no error, but the inner result.
///
/// # Source
///
/// Agarwal and Shendure, Cell Reports 2020, doi:10.1016/j.celrep.2020.107663 (Xpresso). Lengths are exact here; their script leaves a base of each exon out, and counts the
/// stop codon among the introns. It divides the number of coding exons by the length of the coding sequence, and here it
/// is their junctions, one fewer. They standardise the features afterwards, which is left to the model.
pub fn half_life_features(
    transcript: &Transcript,
    chrom: &str,
    strand: Strand,
    genome: &dyn ReferenceGenome,
) -> Result<Result<[f32; 8], MissingHalfLife>, SequenceError> {
    if transcript.cds.is_empty() {
        return Ok(Err(MissingHalfLife::NonCoding));
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
    for (share, (region, stretches)) in gc.iter_mut().zip([("utr5", &utr5), ("cds", &transcript.cds), ("utr3", &utr3)])
    {
        let composition = Composition::of(stretches, chrom, genome)?;
        if composition.is_unknown() {
            let Composition { unknown, length, .. } = composition;
            return Ok(Err(MissingHalfLife::UnknownBases { region, unknown, length }));
        }
        *share = composition.gc_fraction();
    }
    let cds_bp = transcript.cds_length() as f64;
    let junctions_per_kb = transcript.cds_junctions() as f64 * 1_000.0 / cds_bp;
    let log10 = |value: f64| (value + PSEUDOCOUNT).log10();
    let [utr5_bp, utr3_bp] = [&utr5, &utr3].map(|stretches| length_of(stretches) as f64);
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

/// The [features](half_life_features) of a gene, those of its [coding transcript](Gene::coding_transcript), whatever the genome
/// calls its contig; or why it has none.
///
/// # Errors
///
/// What the genome's file gives.
pub fn half_life_of_gene(
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

/// Bases of a region, counted; the strand makes no difference to them.
#[derive(Default)]
struct Composition {
    length: u64,
    unknown: u64,
    gc: u64,
}

impl Composition {
    fn of(stretches: &[Range<u64>], chrom: &str, genome: &dyn ReferenceGenome) -> Result<Self, SequenceError> {
        let mut counted = Self::default();
        for stretch in stretches {
            let bases = genome.fetch(&Interval::new(chrom, stretch.start, stretch.end))?;
            for &code in bases.codes() {
                counted.length += 1;
                counted.unknown += u64::from(code >= crate::UNKNOWN);
                counted.gc += u64::from(code == crate::C || code == crate::G);
            }
        }
        Ok(counted)
    }

    fn is_unknown(&self) -> bool {
        self.unknown as f64 > LARGEST_UNKNOWN_SHARE * self.length as f64
    }

    fn gc_fraction(&self) -> f64 {
        let known = self.length - self.unknown;
        if known == 0 { 0.0 } else { self.gc as f64 / known as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::tests::transcript;
    use crate::genome::ToyGenome;

    /// 100 bases: 20 of A, 20 of C, then A to the end; base 30 is unknown.
    fn genome() -> ToyGenome {
        let mut letters = ["A".repeat(20), "C".repeat(20), "A".repeat(60)].concat();
        letters.replace_range(30..31, "N");
        ToyGenome::new("chr1", &letters)
    }

    fn features(transcript: &Transcript, strand: Strand) -> Result<[f32; 8], MissingHalfLife> {
        half_life_features(transcript, "chr1", strand, &genome()).unwrap()
    }

    fn close(ours: [f32; 8], expected: [f64; 8]) {
        for ((ours, expected), name) in ours.into_iter().zip(expected).zip(HALF_LIFE_FEATURES) {
            assert!((f64::from(ours) - expected).abs() < 1e-6, "{name}: {ours} instead of {expected}");
        }
    }

    #[test]
    fn features_are_those_worked_by_hand() {
        // Exons of 20 and 40 bases, an intron of 10. Codes from 15 to 20 and from 30 to 50: 25 bases and one junction,
        // which is 40 in 1,000. 24 of its bases are known, 9 of them C. Forward, 5 bases of A come before, 20 after.
        let transcript = Transcript { exons: vec![10..20, 30..70], cds: vec![15..20, 30..50], ..transcript(10, 70) };
        let (before, after) = (5.1f64.log10(), 20.1f64.log10());
        let (cds, intron, density) = (25.1f64.log10(), 10.1f64.log10(), 40.1f64.log10());
        let gc = 9.0 / 24.0;
        close(features(&transcript, Strand::Forward).unwrap(), [before, cds, intron, after, density, 0.0, gc, 0.0]);
        close(features(&transcript, Strand::Reverse).unwrap(), [after, cds, intron, before, density, 0.0, gc, 0.0]);
    }

    #[test]
    fn without_untranslated_regions_lengths_are_minus_one_and_shares_zero() {
        let transcript = Transcript { cds: vec![20..30], ..transcript(20, 30) };
        close(
            features(&transcript, Strand::Forward).unwrap(),
            [-1.0, 10.1f64.log10(), -1.0, -1.0, -1.0, 0.0, 1.0, 0.0],
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let plain = transcript(10, 30);
        let missing = |transcript: &Transcript| features(transcript, Strand::Forward).unwrap_err();
        assert_eq!(missing(&plain), MissingHalfLife::NonCoding);
        let with = |cds: Range<u64>, end: u64| Transcript { cds: vec![cds], ..transcript(10, end) };
        assert_eq!(missing(&with(5..20, 30)), MissingHalfLife::CdsOutsideExons);
        assert_eq!(missing(&Transcript { exons: vec![], ..with(10..20, 30) }), MissingHalfLife::CdsOutsideExons);
        assert_eq!(missing(&with(10..20, 101)), MissingHalfLife::OutsideContig { length: 100 });
        // One base of 19 is more than 5 in 100, one of 20 is not.
        let unknown = MissingHalfLife::UnknownBases { region: "cds", unknown: 1, length: 19 };
        assert_eq!(missing(&with(25..44, 60)), unknown);
        assert_eq!(unknown.to_string(), "1 of 19 bases of cds are unknown (N)");
        assert!(features(&with(25..45, 60), Strand::Forward).is_ok());
        assert!(matches!(missing(&with(10..30, 35)), MissingHalfLife::UnknownBases { region: "utr3", length: 5, .. }));
        let elsewhere = half_life_features(&with(10..20, 30), "chr2", Strand::Forward, &genome()).unwrap();
        assert_eq!(elsewhere, Err(MissingHalfLife::ContigNotInGenome));
    }
}
