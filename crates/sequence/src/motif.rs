//! Motifs: position weight matrices, motif files, scanning and comparison.

mod comparison;
mod file;
mod meme_writer;
mod null_scores;
mod position_weight_matrix;
mod scanner;

pub use comparison::{MotifComparison, MotifMatch};
pub use file::MotifFile;
pub use meme_writer::to_meme;
pub use position_weight_matrix::{InvalidMotif, PositionWeightMatrix, UNIFORM_BACKGROUND};
pub use scanner::{DEFAULT_HIT_P_VALUE, MotifHit, MotifScanner, scan_motifs};
