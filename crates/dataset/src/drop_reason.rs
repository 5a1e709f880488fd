//! Reasons for dropping a gene.

use std::fmt;

use serde::{Deserialize, Serialize};
use tatabox_sequence::ExclusionReason;

/// Reason for which a gene, record or row is not in the data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// The gene has a window but no row in the expression table.
    NoExpressionRow,
    /// The gene has an expression row but no window.
    NoWindow,
    /// The source lists the gene more than once; the first entry is used.
    DuplicateGene,
    /// Another promoter of the gene is more active.
    LessActive,
    /// The window has no known base.
    NoKnownBases,
    /// The window has fewer known bases than required.
    TooFewKnownBases,
    /// The genome has no contig of this name.
    ContigNotInGenome,
    /// The TSS is past the end of its contig.
    TssOutsideContig,
    /// The promoter record has no TSS offset and its length differs from the window length.
    WrongLength,
    /// A header field of the promoter record is invalid.
    UnreadableHeader,
    /// The expression row has no value.
    NoMeasurement,
    /// Another source provides a window of this gene with at least as many known bases.
    OtherSourceUsed,
    /// The name of the row matches several genes.
    AmbiguousName,
    /// The expression row is a spike-in.
    SpikeIn,
    /// The expression row has a number in place of an identifier, in a table with Ensembl identifiers: a tRNA.
    NotEnsembl,
    /// The expression row counts reads of no gene, such as `__no_feature`.
    SummaryRow,
    /// The annotation has no gene for the transcript.
    TranscriptNotInAnnotation,
    /// The annotation has no length of the gene, by which read counts would be divided.
    NoGeneLength,
    /// The row is the chrY copy of a pseudoautosomal gene, whose reads are counted for the chrX copy.
    ParYCopy,
    /// The gene is on an excluded chromosome.
    ChromosomeExcluded,
    /// A signal track has no data for the window, because the location of the gene or its contig in the file is
    /// unknown.
    NoSignal,
    /// The gene has no features, and features are required.
    NoGeneFeatures,
    /// The gene is a replication-dependent histone gene, and those are excluded.
    HistoneExcluded,
    /// The annotation gives no strand for the gene.
    NoStrand,
    /// The annotation has rows of the gene or transcript on both strands.
    BothStrands,
    /// The annotation has the gene at several places of a contig.
    SeveralLoci,
    /// Rows of the annotation lack the attributes that name their gene or transcript.
    NoIdentifier,
    /// The annotation has transcripts of the gene, but not its row.
    NoGeneRow,
    /// The annotation has exons or coding sequence, but not the row of their transcript.
    NoTranscriptRow,
    /// The annotation lacks the first exon of the transcript.
    IncompleteTranscript,
    /// The row of the annotation descends from itself.
    CyclicParent,
    /// The annotation excludes the gene for a reason without a name here.
    NotInAnnotation,
    /// The promoter record has no name, no sequence, or letters that are not bases.
    InvalidRecord,
    /// A spreadsheet has turned the gene name of the row into a date or a number.
    SpreadsheetDate,
    /// The assay has values of the row, but no sequence.
    NoSequence,
    /// No base of the insert of the construct is within the window.
    InsertOutsideWindow,
}

impl DropReason {
    /// Name of the reason in `qc.tsv` and `dataset.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoExpressionRow => "no_expression_row",
            Self::NoWindow => "no_window",
            Self::DuplicateGene => "duplicate_gene",
            Self::LessActive => "less_active",
            Self::NoKnownBases => "no_known_bases",
            Self::TooFewKnownBases => "too_few_known_bases",
            Self::ContigNotInGenome => "contig_not_in_genome",
            Self::TssOutsideContig => "tss_outside_contig",
            Self::WrongLength => "wrong_length",
            Self::UnreadableHeader => "unreadable_header",
            Self::NoMeasurement => "no_measurement",
            Self::OtherSourceUsed => "other_source_used",
            Self::AmbiguousName => "ambiguous_name",
            Self::SpikeIn => "spike_in",
            Self::NotEnsembl => "not_ensembl",
            Self::SummaryRow => "summary_row",
            Self::TranscriptNotInAnnotation => "transcript_not_in_annotation",
            Self::NoGeneLength => "no_gene_length",
            Self::ParYCopy => "par_y_copy",
            Self::ChromosomeExcluded => "chromosome_excluded",
            Self::NoSignal => "no_signal",
            Self::NoGeneFeatures => "no_gene_features",
            Self::HistoneExcluded => "histone_excluded",
            Self::NoStrand => "no_strand",
            Self::BothStrands => "both_strands",
            Self::SeveralLoci => "several_loci",
            Self::NoIdentifier => "no_identifier",
            Self::NoGeneRow => "no_gene_row",
            Self::NoTranscriptRow => "no_transcript_row",
            Self::IncompleteTranscript => "incomplete_transcript",
            Self::CyclicParent => "cyclic_parent",
            Self::NotInAnnotation => "not_in_annotation",
            Self::InvalidRecord => "invalid_record",
            Self::SpreadsheetDate => "spreadsheet_date",
            Self::NoSequence => "no_sequence",
            Self::InsertOutsideWindow => "insert_outside_window",
        }
    }
}

impl From<ExclusionReason> for DropReason {
    fn from(reason: ExclusionReason) -> Self {
        match reason {
            ExclusionReason::NoStrand => Self::NoStrand,
            ExclusionReason::BothStrands => Self::BothStrands,
            ExclusionReason::SeveralLoci => Self::SeveralLoci,
            ExclusionReason::NoIdentifier => Self::NoIdentifier,
            ExclusionReason::NoGeneRow => Self::NoGeneRow,
            ExclusionReason::NoTranscriptRow => Self::NoTranscriptRow,
            ExclusionReason::IncompleteTranscript => Self::IncompleteTranscript,
            ExclusionReason::CyclicParent => Self::CyclicParent,
            _ => Self::NotInAnnotation,
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drop_reason_json_name_matches_table_name() {
        for reason in [
            DropReason::NoExpressionRow,
            DropReason::LessActive,
            DropReason::TssOutsideContig,
            DropReason::OtherSourceUsed,
            DropReason::SpikeIn,
            DropReason::NotEnsembl,
            DropReason::ParYCopy,
            DropReason::ChromosomeExcluded,
            DropReason::NoSignal,
            DropReason::NoGeneFeatures,
            DropReason::HistoneExcluded,
            DropReason::IncompleteTranscript,
            DropReason::InvalidRecord,
            DropReason::SpreadsheetDate,
            DropReason::NoSequence,
            DropReason::InsertOutsideWindow,
        ] {
            assert_eq!(serde_json::to_string(&reason).expect("json"), format!("\"{reason}\""));
        }
    }

    #[test]
    fn drop_reason_of_annotation_has_its_name() {
        for reason in ExclusionReason::ALL {
            assert_eq!(DropReason::from(reason).as_str(), reason.as_str());
        }
    }
}
