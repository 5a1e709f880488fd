//! K-mers: frequencies, sketches, similarity of sequences and an inverted index.

mod counter;
mod index;
mod similarity;
mod sketcher;

pub use counter::KmerCounter;
pub use index::KmerIndex;
pub use similarity::KmerSimilarity;
pub use sketcher::KmerSketcher;
