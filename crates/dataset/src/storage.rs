//! Binary files of a prepared data set: packed windows, signals and gene features.

mod gene_features;
mod packed_windows;
mod signal_windows;
mod window_file;

pub use gene_features::GeneFeatures;
pub use packed_windows::{PackedWindowWriter, PackedWindows};
pub use signal_windows::{SignalWindowWriter, SignalWindows, stored_signal};
