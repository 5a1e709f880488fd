//! How far preparation has come.

use std::fmt;

/// Windows between two reports.
pub(crate) const REPORT_EVERY: u64 = 256;

/// A step of preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareStage {
    /// Checksums of the inputs, in bytes.
    Checksums,
    /// The expression table is read.
    Expression,
    /// GTF or BED is read.
    Annotation,
    /// The genome is indexed, in bytes; only once for a genome.
    IndexGenome,
    /// Windows are cut from the genome.
    GenomeWindows,
    /// Windows are placed from promoter records.
    PromoterWindows,
    /// Features of genes are computed.
    GeneFeatures,
    /// Signals along the windows are read.
    Signals,
    /// The data set is written, in windows.
    Write,
}

impl fmt::Display for PrepareStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Checksums => "input checksums",
            Self::Expression => "expression table",
            Self::Annotation => "annotation",
            Self::IndexGenome => "genome index",
            Self::GenomeWindows => "genome windows",
            Self::PromoterWindows => "promoter windows",
            Self::GeneFeatures => "gene features",
            Self::Signals => "signals",
            Self::Write => "writing",
        })
    }
}

/// A report of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrepareProgress {
    /// The step under way.
    pub stage: PrepareStage,
    /// Units done.
    pub done: u64,
    /// Units in all, when known.
    pub total: Option<u64>,
}

impl PrepareProgress {
    pub(crate) fn new(stage: PrepareStage, done: u64, total: Option<u64>) -> Self {
        Self { stage, done, total }
    }
}
