//! Options that tell where the transcription of a gene starts.

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
    /// CAGE peaks: BED (.gz), as FANTOM5 has them; the TSS of a gene moves to its peak
    #[arg(long, value_name = "BED", help_heading = "TSSs", requires = "annotation", conflicts_with = "tss")]
    cage: Option<PathBuf>,
    /// How far a CAGE peak may be from the annotated TSS
    #[arg(long, value_name = "BP", help_heading = "TSSs", default_value_t = TssSettings::DEFAULT_CAGE_DISTANCE_BP)]
    #[arg(requires = "cage")]
    cage_distance: u64,
}

/// Which transcript counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// MANE Select, else Ensembl canonical or RefSeq Select, else the most upstream
    Canonical,
    /// The one with the longest coding sequence, as in Xpresso
    LongestCds,
    /// The one that starts most upstream
    MostUpstream,
}

impl TssArgs {
    /// The settings that these arguments ask for, without further TSSs.
    pub(crate) fn settings(&self) -> TssSettings {
        let choice = match self.tss_choice {
            Choice::Canonical => TssChoice::Canonical,
            Choice::LongestCds => TssChoice::LongestCds,
            Choice::MostUpstream => TssChoice::MostUpstream,
        };
        TssSettings { choice, cage: self.cage.clone(), cage_distance_bp: self.cage_distance, ..TssSettings::default() }
    }
}
