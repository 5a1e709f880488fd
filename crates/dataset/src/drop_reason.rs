//! Reasons for which a gene is not in a data set.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a gene, record or row is not in the data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// It has a window, but the expression table has no row for it.
    NoExpressionRow,
    /// It has an expression row, but no window source names it.
    NoWindow,
    /// The source has named this gene before; the first one counts.
    DuplicateGene,
    /// The window holds no known base.
    NoKnownBases,
    /// The window holds fewer known bases than were asked for.
    TooFewKnownBases,
    /// The genome has no contig of that name.
    ContigNotInGenome,
    /// The TSS lies past the end of its contig.
    TssOutsideContig,
    /// A promoter record tells no TSS offset and is not as long as the window.
    WrongLength,
    /// A field of a promoter record's header cannot be read.
    UnreadableHeader,
    /// Its expression row holds no value.
    NoMeasurement,
    /// Another source has a window of this gene with as many known bases, or more; that one is used.
    OtherSourceUsed,
    /// Several genes have the name by which the row could have been matched.
    AmbiguousName,
    /// The expression row is of a spike-in.
    SpikeIn,
    /// The expression row has no Ensembl identifier where all genes have one, as that of a tRNA.
    NotEnsembl,
    /// The copy on chrY of a pseudoautosomal gene; reads are counted for the one on chrX.
    ParYCopy,
    /// It lies on a chromosome that was to be left out.
    ChromosomeExcluded,
    /// The signal of a track cannot be read along its window: its place, or its contig in the file, is not known.
    NoSignal,
    /// It has no features, and genes without were to be left out.
    NoGeneFeatures,
    /// It is a replication-dependent histone gene, and those were to be left out.
    HistoneExcluded,
}

impl DropReason {
    /// The word in `qc.tsv` and `dataset.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoExpressionRow => "no_expression_row",
            Self::NoWindow => "no_window",
            Self::DuplicateGene => "duplicate_gene",
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
            Self::ParYCopy => "par_y_copy",
            Self::ChromosomeExcluded => "chromosome_excluded",
            Self::NoSignal => "no_signal",
            Self::NoGeneFeatures => "no_gene_features",
            Self::HistoneExcluded => "histone_excluded",
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
    fn the_word_in_json_is_the_word_in_the_table() {
        for reason in [
            DropReason::NoExpressionRow,
            DropReason::TssOutsideContig,
            DropReason::OtherSourceUsed,
            DropReason::SpikeIn,
            DropReason::NotEnsembl,
            DropReason::ParYCopy,
            DropReason::ChromosomeExcluded,
            DropReason::NoSignal,
            DropReason::NoGeneFeatures,
            DropReason::HistoneExcluded,
        ] {
            assert_eq!(serde_json::to_string(&reason).expect("json"), format!("\"{reason}\""));
        }
    }
}
