//! Options for the choice of TSSs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tatabox_dataset::TssSettings;
use tatabox_sequence::TssChoice;

/// The choice of TSSs from annotation.
#[derive(Debug, Clone, Args)]
pub(crate) struct TssArgs {
    /// Transcript whose start is the TSS of its gene
    #[arg(
        long,
        value_name = "RULE",
        help_heading = "TSSs",
        default_value = "canonical",
        requires = "annotation",
        conflicts_with = "tss"
    )]
    tss_choice: Choice,
    /// CAGE peaks: BED (.gz) in the format of FANTOM5; the TSS of a gene moves to its peak
    #[arg(long, value_name = "BED", help_heading = "TSSs", requires = "annotation", conflicts_with = "tss")]
    cage: Option<PathBuf>,
    /// Maximum distance between a CAGE peak and the annotated TSS
    #[arg(long, value_name = "BP", help_heading = "TSSs", default_value_t = TssSettings::DEFAULT_CAGE_DISTANCE_BP)]
    #[arg(requires = "cage")]
    cage_distance: u64,
}

/// Transcript that defines the TSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// MANE Select, else Ensembl canonical or RefSeq Select, else the most upstream
    Canonical,
    /// Transcript with the longest coding sequence, as in Xpresso
    LongestCds,
    /// Transcript that starts most upstream
    MostUpstream,
}

impl TssArgs {
    /// The settings that these arguments describe, without alternative TSSs.
    pub(crate) fn settings(&self) -> TssSettings {
        let choice = match self.tss_choice {
            Choice::Canonical => TssChoice::Canonical,
            Choice::LongestCds => TssChoice::LongestCds,
            Choice::MostUpstream => TssChoice::MostUpstream,
        };
        TssSettings { choice, cage: self.cage.clone(), cage_distance_bp: self.cage_distance, ..TssSettings::default() }
    }
}
