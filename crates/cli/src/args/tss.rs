//! Options that tell where the transcription of a gene starts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tatabox_dataset::TssSettings;
use tatabox_sequence::TssChoice;

/// The choice of TSSs from annotation.
#[derive(Debug, Args)]
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
    /// Keep further TSSs of a gene that are at least so far apart, as rows GENE@2, GENE@3 ...: they can be predicted, and
    /// are neither trained nor scored on
    #[arg(long, value_name = "BP", help_heading = "TSSs", requires = "annotation", conflicts_with = "tss")]
    further_tss: Option<u64>,
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
    pub(crate) fn into_settings(self) -> TssSettings {
        let choice = match self.tss_choice {
            Choice::Canonical => TssChoice::Canonical,
            Choice::LongestCds => TssChoice::LongestCds,
            Choice::MostUpstream => TssChoice::MostUpstream,
        };
        TssSettings { choice, cage: self.cage, cage_distance_bp: self.cage_distance, further_bp: self.further_tss }
    }
}
