//! DNA in, numbers out: genomes, annotation, TSS windows and one-hot encoding.
//!
//! Every coordinate of a type in this crate is 0-based and half-open. File formats that count from 1, such as GTF,
//! are converted where the file is read and nowhere else.
//!
//! # Examples
//!
//! ```
//! use tatabox_sequence::{Sequence, WindowGeometry, place_record};
//!
//! let record = Sequence::from_ascii(b"TATAAAGGCATG")?;
//! assert_eq!(record.reverse_complement().to_ascii(), "CATGCCTTTATA");
//!
//! // Base 8 of the record is its TSS; the window puts it at index `upstream_bp`.
//! let geometry = WindowGeometry::new(50, 10)?;
//! let window = place_record(&record, 8, geometry);
//! assert_eq!(window.len(), 60);
//! assert_eq!(window.codes()[50], record.codes()[8]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotation;
mod annotation_attributes;
mod annotation_builder;
mod annotation_reader;
mod annotation_row;
mod bed_line;
mod cage_peaks;
mod contig_names;
mod error;
mod fasta;
mod fasta_index;
mod fasta_index_check;
mod fasta_index_maker;
mod gene_id;
mod genome;
mod genome_bytes;
mod genome_stretch;
mod gff3;
mod gtf;
mod half_life;
mod indexed_fasta;
mod input;
mod interval;
mod iupac;
mod kmer;
mod kmer_index;
mod kmer_similarity;
mod kmer_sketch;
mod motif;
mod motif_comparison;
mod motif_file;
mod motif_scan;
mod nucleotide;
mod one_hot;
mod promoter_edit;
mod promoter_haplotype;
mod shuffle;
mod signal_track;
mod transcript_structure;
mod tss_bed;
mod tss_choice;
mod tss_index;
mod tss_window;
mod two_bit;
mod unscored_variant;
mod variant;
mod variant_file;
mod variant_header;
mod variant_line;
mod variant_resolution;
mod variant_writer;

pub use annotation::{Annotation, Gene, Transcript};
pub use annotation_reader::{AnnotationDetail, read_annotation};
pub use cage_peaks::CagePeaks;
pub use contig_names::{ContigNames, chromosome_of};
pub use error::SequenceError;
pub use fasta::{FastaRecord, FastaRecords};
pub use gene_id::strip_version;
pub use genome::{Contig, IndexProgress, ReferenceGenome, open_genome, open_genome_with};
pub use genome_stretch::GenomeStretch;
pub use half_life::{HALF_LIFE_FEATURES, MissingHalfLife, half_life_features, half_life_of_gene};
pub use interval::{Interval, Strand, Tss};
pub use iupac::bases_of_letter;
pub use kmer::KmerCounter;
pub use kmer_index::KmerIndex;
pub use kmer_similarity::KmerSimilarity;
pub use kmer_sketch::KmerSketcher;
pub use motif::{InvalidMotif, PositionWeightMatrix, UNIFORM_BACKGROUND};
pub use motif_comparison::{MotifComparison, MotifMatch};
pub use motif_file::{MotifFile, to_meme};
pub use motif_scan::{DEFAULT_HIT_P_VALUE, MotifHit, MotifScanner, scan};
pub use nucleotide::{A, C, G, InvalidByte, Sequence, T, UNKNOWN, complement, letter};
pub use one_hot::{decode_one_hot, encode_one_hot};
pub use promoter_edit::{Anchor, PromoterEdit};
pub use promoter_haplotype::{PromoterBases, PromoterHaplotypes, bases_needed};
pub use shuffle::{Shuffle, shuffle_dinucleotides, shuffle_mononucleotides};
pub use signal_track::{SignalReader, SignalTrack};
pub use tss_bed::{NamedTss, read_tss_bed};
pub use tss_choice::{ChosenTss, TssChoice, TssSource};
pub use tss_index::TssIndex;
pub use tss_window::{WindowGeometry, fetch_window, place_record};
pub use unscored_variant::{UnscoredReason, UnscoredVariant};
pub use variant::{Variant, VariantKind};
pub use variant_file::{VariantEntry, VariantFile};
pub use variant_header::{InfoField, VariantHeader};
pub use variant_line::{BrokenRecord, VariantLine};
pub use variant_resolution::{ResolvedReference, VariantResolver};
pub use variant_writer::{VariantFormat, VariantWriter};
