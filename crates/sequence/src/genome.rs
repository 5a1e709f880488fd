//! Genomes read by position (FASTA, 2bit, in memory), and bigWig signals along them.

mod buffered_genome;
mod fasta_index;
mod fasta_index_build;
mod fasta_index_check;
mod genome_bytes;
pub(crate) mod in_memory;
mod indexed_fasta;
mod open;
mod reference_genome;
mod signal_track;
mod two_bit;

pub use buffered_genome::BufferedGenome;
pub use in_memory::InMemoryGenome;
pub use open::{IndexProgress, open_genome, open_genome_with};
pub use reference_genome::ReferenceGenome;
pub use signal_track::{SignalReader, SignalTrack};
