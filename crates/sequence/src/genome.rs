//! Genomes read by position (FASTA, 2bit, in memory), and bigWig signals along them.

mod bigwig_layout;
mod buffered_genome;
mod fasta_index;
mod fasta_text;
mod genome_bytes;
mod genome_progress;
pub(crate) mod in_memory;
mod indexed_fasta;
mod open;
mod reference_genome;
mod signal_format;
mod signal_track;
mod two_bit;
mod unpacked_genome;

pub use buffered_genome::BufferedGenome;
pub use genome_progress::{GenomeProgress, GenomeStage};
pub use in_memory::InMemoryGenome;
pub use open::{open_genome, open_genome_read_only, open_genome_with};
pub use reference_genome::ReferenceGenome;
pub(crate) use signal_format::{is_bigbed, is_bigwig};
pub use signal_track::{SignalReader, SignalTrack};
pub use unpacked_genome::unpacked_genomes_folder;
