//! Named sets of gene features that are computed from annotation.

use std::fmt;
use std::str::FromStr;

use super::half_life::{HALF_LIFE_FEATURES, MissingHalfLife, PSEUDOCOUNT};
use super::transcript_structure::total_length;
use super::{Gene, Transcript};
use crate::SequenceError;
use crate::coord::Strand;

/// Names of the features of [`structure_features`] in order, with their scales.
pub const STRUCTURE_FEATURES: [&str; 5] =
    ["cds_log10_bp", "utr5_log10_bp", "utr3_log10_bp", "intron_log10_bp", "junction_density"];

/// Pseudocount of the total length of introns.
const INTRON_PSEUDOCOUNT: f64 = 1.0;

/// Set of gene features.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::FeatureSet;
///
/// assert_eq!(FeatureSet::Structure.names().len(), 5);
/// assert_eq!("half-life".parse::<FeatureSet>()?, FeatureSet::HalfLife);
/// # Ok::<(), tatabox_sequence::SequenceError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FeatureSet {
    /// Lengths and GC content of the parts of a transcript ([`crate::half_life_features`]), from annotation and genome.
    #[default]
    HalfLife,
    /// Lengths of the parts of a transcript ([`structure_features`]), from annotation alone.
    Structure,
}

impl FeatureSet {
    /// All sets.
    pub const ALL: [Self; 2] = [Self::HalfLife, Self::Structure];

    /// Name in options and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HalfLife => "half-life",
            Self::Structure => "structure",
        }
    }

    /// Names of the features, in order.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::HalfLife => &HALF_LIFE_FEATURES,
            Self::Structure => &STRUCTURE_FEATURES,
        }
    }
}

impl fmt::Display for FeatureSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FeatureSet {
    type Err = SequenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|set| set.as_str() == text).ok_or_else(|| SequenceError::UnknownName {
            what: "feature set",
            text: text.to_owned(),
            expected: Self::ALL.map(Self::as_str).join(", "),
        })
    }
}

/// Structure features of a transcript ([`STRUCTURE_FEATURES`]), or the reason why it has none.
///
/// The first three are log10(bp + 0.1) of the coding sequence with its stop codon, the 5' UTR and the 3' UTR; the fourth is
/// log10(bp + 1) of all introns, which is 0 without introns. The last is the number of all exon junctions per 1,000 bp of
/// coding sequence, without a logarithm; [`crate::half_life_features`] count the junctions of coding exons only.
///
/// # Errors
///
/// The transcript is not coding, its exons are not known, or part of its coding sequence is outside of them.
pub fn structure_features(transcript: &Transcript, strand: Strand) -> Result<[f32; 5], MissingHalfLife> {
    if transcript.cds.is_empty() {
        return Err(MissingHalfLife::NonCoding);
    }
    if transcript.exons.is_empty() {
        return Err(MissingHalfLife::ExonsUnknown);
    }
    if !transcript.cds_is_on_exons() {
        return Err(MissingHalfLife::CdsOutsideExons);
    }
    let log10 = |bp: u64, pseudocount: f64| (bp as f64 + pseudocount).log10() as f32;
    let [utr5_bp, utr3_bp] = [transcript.utr5(strand), transcript.utr3(strand)].map(|utr| total_length(&utr));
    let cds_bp = transcript.cds_length();
    let junctions_per_kb = (transcript.exons.len() - 1) as f64 * 1_000.0 / cds_bp as f64;
    let [cds, utr5, utr3] = [cds_bp, utr5_bp, utr3_bp].map(|bp| log10(bp, PSEUDOCOUNT));
    Ok([cds, utr5, utr3, log10(transcript.intron_length(), INTRON_PSEUDOCOUNT), junctions_per_kb as f32])
}

/// Structure features of the transcript of a gene with the [longest coding sequence](Gene::longest_cds), or the reason why it
/// has none.
///
/// # Errors
///
/// As [`structure_features`].
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Gene, MissingHalfLife, Strand, gene_structure_features};
///
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
/// assert_eq!(gene_structure_features(&gene), Err(MissingHalfLife::NonCoding));
/// ```
pub fn gene_structure_features(gene: &Gene) -> Result<[f32; 5], MissingHalfLife> {
    structure_features(gene.longest_cds().ok_or(MissingHalfLife::NonCoding)?, gene.strand)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::gene::tests::{gene, transcript};

    fn close(ours: [f32; 5], expected: [f64; 5]) {
        for ((ours, expected), name) in ours.into_iter().zip(expected).zip(STRUCTURE_FEATURES) {
            assert!((f64::from(ours) - expected).abs() < 1e-5, "{name}: {ours}, expected {expected}");
        }
    }

    #[test]
    fn structure_features_match_hand_computation() {
        // Exons of 100, 200 and 300 bp, introns of 50 and 70. The CDS has 60 bp of the first exon, the second exon and
        // 40 bp of the third: 300 bp and 2 junctions, 6.67 per kb. 40 bp precede it, 260 follow.
        let transcript = Transcript {
            exons: vec![100..200, 250..450, 520..820],
            cds: vec![140..200, 250..450, 520..560],
            ..transcript(100, 820)
        };
        let [cds, before, after, introns] = [300.1f64, 40.1, 260.1, 121.0].map(f64::log10);
        let density = 2.0 * 1_000.0 / 300.0;
        close(structure_features(&transcript, Strand::Forward).unwrap(), [cds, before, after, introns, density]);
        close(structure_features(&transcript, Strand::Reverse).unwrap(), [cds, after, before, introns, density]);
        // The introns of UTRs count as well: 2 junctions by 180 bp.
        let within = Transcript { cds: vec![260..440], ..transcript };
        let [cds, before, after] = [180.1f64, 110.1, 310.1].map(f64::log10);
        close(structure_features(&within, Strand::Forward).unwrap(), [cds, before, after, introns, 2_000.0 / 180.0]);
    }

    #[test]
    fn structure_features_of_a_gene_are_those_of_its_longest_coding_sequence() {
        let mane = Transcript { is_mane: true, cds: vec![110..120], ..transcript(100, 200) };
        let long = Transcript { cds: vec![110..190], ..transcript(100, 190) };
        let found = gene_structure_features(&gene(Strand::Forward, vec![mane, long])).unwrap();
        close(found, [80.1f64.log10(), 10.1f64.log10(), -1.0, 0.0, 0.0]);
    }

    #[test]
    fn structure_features_missing_reason_is_reported() {
        let missing = |transcript: &Transcript| structure_features(transcript, Strand::Forward).unwrap_err();
        assert_eq!(missing(&transcript(10, 30)), MissingHalfLife::NonCoding);
        let coding = Transcript { cds: vec![10..20], ..transcript(10, 30) };
        assert_eq!(missing(&Transcript { exons: vec![], ..coding.clone() }), MissingHalfLife::ExonsUnknown);
        assert_eq!(missing(&Transcript { cds: vec![5..20], ..coding }), MissingHalfLife::CdsOutsideExons);
    }

    #[test]
    fn feature_set_names_are_parsed() {
        for set in FeatureSet::ALL {
            assert_eq!(set.as_str().parse::<FeatureSet>().unwrap(), set);
        }
        let message = "gc".parse::<FeatureSet>().unwrap_err().to_string();
        assert_eq!(message, "feature set 'gc' is unknown; expected one of half-life, structure");
    }
}
