//! Transcription start sites: from annotation, BED or CAGE peaks, and the windows around them.

mod assembly;
mod bed;
mod bed_line;
mod cage_peaks;
mod choice;
mod index;
mod window;

pub use assembly::check_sites;
pub use bed::{GeneTss, read_promoter_bed, read_tss_bed};
pub use cage_peaks::CagePeaks;
pub use choice::{ChosenTss, TssChoice, TssSource};
pub use index::TssIndex;
pub use window::{fetch_window, window_from_record};
