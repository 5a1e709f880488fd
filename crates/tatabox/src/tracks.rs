//! Values along sequences: bedGraph, bigWig and NumPy arrays.

mod base_array;
mod genome_track;

pub use base_array::{ArrayAxes, write_npz};
pub use genome_track::GenomeTrack;
