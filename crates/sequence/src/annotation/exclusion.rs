//! Genes, transcripts and parts that are not read, with the reason.

use std::collections::BTreeMap;
use std::fmt;

/// Reason why a gene, transcript or part of an annotation is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExclusionReason {
    /// The strand is `.` or `?`, so that the 5' end is unknown.
    NoStrand,
    /// The rows of the gene or transcript are on both strands, as with trans-splicing.
    BothStrands,
    /// Rows with the same identifier are at several places of a contig.
    SeveralLoci,
    /// Rows without the attributes that name their gene or transcript.
    NoIdentifier,
    /// The file has rows of the gene's transcripts but not of the gene, although it has gene rows.
    NoGeneRow,
    /// Exons or coding sequence of a transcript that has no row.
    NoTranscriptRow,
    /// The first exon has no row, so that the 5' end is unknown.
    IncompleteTranscript,
    /// The row is among its own ancestors.
    CyclicParent,
}

impl ExclusionReason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::NoStrand,
        Self::BothStrands,
        Self::SeveralLoci,
        Self::NoIdentifier,
        Self::NoGeneRow,
        Self::NoTranscriptRow,
        Self::IncompleteTranscript,
        Self::CyclicParent,
    ];

    /// Name in tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoStrand => "no_strand",
            Self::BothStrands => "both_strands",
            Self::SeveralLoci => "several_loci",
            Self::NoIdentifier => "no_identifier",
            Self::NoGeneRow => "no_gene_row",
            Self::NoTranscriptRow => "no_transcript_row",
            Self::IncompleteTranscript => "incomplete_transcript",
            Self::CyclicParent => "cyclic_parent",
        }
    }
}

impl fmt::Display for ExclusionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Gene, transcript or part that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Identifier of the gene, else of the transcript; empty if the rows have none.
    pub id: String,
    /// Reason.
    pub reason: ExclusionReason,
    /// Line, transcript or number of rows.
    pub detail: String,
}

impl Exclusion {
    pub(crate) fn new(id: impl Into<String>, reason: ExclusionReason, detail: impl Into<String>) -> Self {
        Self { id: id.into(), reason, detail: detail.into() }
    }
}

/// Numbers of exclusions by reason.
pub fn count_exclusions(excluded: &[Exclusion]) -> BTreeMap<ExclusionReason, usize> {
    let mut counts = BTreeMap::new();
    for one in excluded {
        *counts.entry(one.reason).or_default() += 1;
    }
    counts
}

/// Numbers of exclusions by reason with an example of each, for messages.
pub(crate) fn describe(excluded: &[Exclusion]) -> String {
    let describe = |(reason, count): (ExclusionReason, usize)| {
        let first = excluded.iter().find(|one| one.reason == reason).expect("every counted reason has an example");
        let id = if first.id.is_empty() { String::new() } else { format!("{}, ", first.id) };
        format!("{count} {reason} ({id}{})", first.detail)
    };
    count_exclusions(excluded).into_iter().map(describe).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describe_counts_reasons_with_examples() {
        let excluded = [
            Exclusion::new("B", ExclusionReason::SeveralLoci, "line 4"),
            Exclusion::new("A", ExclusionReason::NoStrand, "line 2"),
            Exclusion::new("", ExclusionReason::NoStrand, "line 3"),
        ];
        assert_eq!(describe(&excluded), "2 no_strand (A, line 2); 1 several_loci (B, line 4)");
        assert_eq!(describe(&[]), "");
    }
}
