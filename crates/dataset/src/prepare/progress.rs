//! Progress of a preparation.

use std::fmt;

use tatabox_sequence::GenomeStage;

/// Number of windows between two progress reports.
pub(crate) const REPORT_EVERY: u64 = 256;

/// Stage of a preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareStage {
    /// Computing checksums of the inputs, in bytes.
    Checksums,
    /// Reading expression tables.
    Expression,
    /// Reading annotation (GTF, GFF3) or TSSs (BED).
    Annotation,
    /// Opening the genome, in bytes; most steps are taken once per genome.
    OpenGenome(GenomeStage),
    /// Extracting windows from the genome.
    GenomeWindows,
    /// Extracting windows from promoter records.
    PromoterWindows,
    /// Computing gene features.
    GeneFeatures,
    /// Reading signal tracks.
    Signals,
    /// Reading assays.
    Assays,
    /// Comparing the sequences of assays with each other and with the windows of the genes.
    AssaySimilarity,
    /// Writing the data set, in windows.
    Write,
}

impl fmt::Display for PrepareStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::OpenGenome(stage) => return fmt::Display::fmt(stage, formatter),
            Self::Checksums => "input checksums",
            Self::Expression => "expression table",
            Self::Annotation => "annotation",
            Self::GenomeWindows => "genome windows",
            Self::PromoterWindows => "promoter windows",
            Self::GeneFeatures => "gene features",
            Self::Signals => "signals",
            Self::Assays => "assays",
            Self::AssaySimilarity => "similar sequences",
            Self::Write => "writing",
        })
    }
}

/// Progress report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrepareProgress {
    /// Current stage.
    pub stage: PrepareStage,
    /// Completed units.
    pub done: u64,
    /// Total units, if known.
    pub total: Option<u64>,
}

impl PrepareProgress {
    pub(crate) fn new(stage: PrepareStage, done: u64, total: Option<u64>) -> Self {
        Self { stage, done, total }
    }
}
