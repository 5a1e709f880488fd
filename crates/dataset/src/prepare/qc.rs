//! What was dropped during preparation, and why.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};

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
    ChromosomeLeftOut,
    /// The signal of a track cannot be read along its window: its place, or its contig in the file, is not known.
    NoSignal,
    /// It has no features, and genes without were to be left out.
    NoGeneFeatures,
    /// It is a replication-dependent histone gene, and those were to be left out.
    HistoneLeftOut,
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
            Self::ChromosomeLeftOut => "chromosome_left_out",
            Self::NoSignal => "no_signal",
            Self::NoGeneFeatures => "no_gene_features",
            Self::HistoneLeftOut => "histone_left_out",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// One dropped gene, record or row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct QcRow {
    gene_id: String,
    source: &'static str,
    reason: DropReason,
    detail: String,
}

/// Everything dropped so far.
#[derive(Debug, Default)]
pub(super) struct QcLog {
    rows: Vec<QcRow>,
}

impl QcLog {
    /// Notes a drop; `source` is the role of the input file.
    pub(super) fn drop(
        &mut self,
        gene_id: impl Into<String>,
        source: &'static str,
        reason: DropReason,
        detail: impl Into<String>,
    ) {
        self.rows.push(QcRow { gene_id: gene_id.into(), source, reason, detail: detail.into() });
    }

    /// Number of rows for each reason.
    pub(super) fn counts(&self) -> BTreeMap<DropReason, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.reason).or_default() += 1;
        }
        counts
    }

    /// `reason count, ...`, the most frequent first.
    pub(super) fn summary(&self) -> String {
        let mut counts: Vec<(DropReason, usize)> = self.counts().into_iter().collect();
        counts.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason));
        counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
    }

    /// Writes `qc.tsv`, sorted by gene.
    pub(super) fn write(mut self, path: &Path) -> Result<()> {
        self.rows.sort();
        let file = File::create(path).map_err(DatasetError::io(path, "create"))?;
        let mut file = BufWriter::new(file);
        let mut write = || -> std::io::Result<()> {
            writeln!(file, "gene_id\tsource\treason\tdetail")?;
            for row in &self.rows {
                writeln!(
                    file,
                    "{}\t{}\t{}\t{}",
                    row.gene_id,
                    row.source,
                    row.reason,
                    row.detail.replace(['\t', '\n', '\r'], " ")
                )?;
            }
            file.flush()
        };
        write().map_err(DatasetError::io(path, "write"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_counted() {
        let mut log = QcLog::default();
        log.drop("B", "promoters", DropReason::WrongLength, "299 bp\tnot 300");
        log.drop("A", "expression", DropReason::NoWindow, "");
        log.drop("C", "expression", DropReason::NoWindow, "");
        assert_eq!(log.summary(), "no_window 2, wrong_length 1");
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        log.write(file.path()).expect("written");
        let text = std::fs::read_to_string(file.path()).expect("read");
        assert_eq!(
            text,
            "gene_id\tsource\treason\tdetail\nA\texpression\tno_window\t\nB\tpromoters\twrong_length\t299 bp not 300\nC\texpression\tno_window\t\n"
        );
    }

    #[test]
    fn the_word_in_json_is_the_word_in_the_table() {
        for reason in [
            DropReason::NoExpressionRow,
            DropReason::TssOutsideContig,
            DropReason::OtherSourceUsed,
            DropReason::SpikeIn,
            DropReason::NotEnsembl,
            DropReason::ParYCopy,
            DropReason::ChromosomeLeftOut,
            DropReason::NoSignal,
            DropReason::NoGeneFeatures,
            DropReason::HistoneLeftOut,
        ] {
            assert_eq!(serde_json::to_string(&reason).expect("json"), format!("\"{reason}\""));
        }
    }
}
