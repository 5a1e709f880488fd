//! Promoter sequences for gene expression models.
//!
//! The crate reads genomes, gene annotation, transcription start sites, variants, motifs and signal tracks, and turns
//! them into windows around transcription start sites, one-hot arrays and k-mers.
//!
//! Coordinates are 0-based and half-open in every type. Readers convert formats that count from 1, such as GTF and VCF.
//!
//! | Concept | Main items |
//! |---|---|
//! | DNA | [`Sequence`], [`encode_one_hot`], [`FastaRecords`], [`Shuffle`] |
//! | Coordinates | [`Tss`], [`Interval`], [`Strand`], [`ContigNames`], [`AssemblyCheck`], [`WindowGeometry`] |
//! | Genomes | [`open_genome`], [`ReferenceGenome`], [`InMemoryGenome`], [`SignalTrack`] |
//! | Annotation | [`read_annotation`], [`Gene`], [`half_life_features`] |
//! | TSS windows | [`fetch_window`], [`window_from_record`], [`read_tss_bed`], [`CagePeaks`] |
//! | Variants | [`VariantFile`], [`VariantResolver`], [`AlleleWindows`], [`VariantWriter`] |
//! | Motifs | [`MotifFile`], [`PositionWeightMatrix`], [`MotifScanner`], [`MotifComparison`] |
//! | Compression | [`GzipReader`], [`IncompleteGzip`], [`FileKind`], [`TextReader`], [`read_text`] |
//! | Pipes | [`InputCopies`], [`open_input`] |
//! | K-mers | [`KmerCounter`], [`KmerSketcher`], [`KmerSimilarity`], [`KmerIndex`] |
//!
//! # Examples
//!
//! ```
//! use tatabox_sequence::{Sequence, WindowGeometry, window_from_record};
//!
//! let record = Sequence::from_ascii(b"TATAAAGGCATG")?;
//! assert_eq!(record.reverse_complement().to_ascii(), "CATGCCTTTATA");
//!
//! // Base 8 of the record is its TSS; in the window it is at index `upstream_bp`.
//! let geometry = WindowGeometry::new(50, 10)?;
//! let window = window_from_record(&record, 8, geometry);
//! assert_eq!(window.len(), 60);
//! assert_eq!(window.codes()[50], record.codes()[8]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotation;
mod coord;
mod counted;
mod dna;
mod error;
mod file_kind;
mod genome;
mod gzip;
mod kmer;
mod motif;
mod read_once;
mod text_file;
mod text_reader;
mod tss;
mod variant;

pub use annotation::{
    Annotation, AnnotationDetail, DeclaredAssembly, Exclusion, ExclusionReason, FeatureSet, Gene, HALF_LIFE_FEATURES,
    MissingHalfLife, STRUCTURE_FEATURES, Transcript, clean_name, count_exclusions, gene_half_life_features,
    gene_structure_features, half_life_features, is_ensembl_id, is_par_y_copy, is_spreadsheet_date, read_annotation,
    strip_version, structure_features,
};
pub use coord::{
    AssemblyCheck, AssemblyMismatch, AssemblyReport, ChromosomeNames, Contig, ContigNames, Interval, MismatchFinding,
    Strand, Tss, WindowGeometry, chromosome_of, is_same_contig,
};
pub use counted::{counted, is_or_are};
pub use dna::{
    A, C, FastaRecord, FastaRecords, G, InvalidByte, InvalidRecord, Sequence, Shuffle, T, UNKNOWN, complement,
    decode_one_hot, encode_one_hot, header_field, iupac_bases, letter, shuffle_dinucleotides, shuffle_mononucleotides,
};
pub use error::SequenceError;
pub use file_kind::FileKind;
pub use genome::{
    BufferedGenome, GenomeProgress, GenomeStage, InMemoryGenome, ReferenceGenome, SignalReader, SignalTrack,
    open_genome, open_genome_read_only, open_genome_with, unpacked_genomes_folder,
};
pub use gzip::{GzipReader, IncompleteGzip};
pub use kmer::{KmerCounter, KmerIndex, KmerSimilarity, KmerSketcher};
pub use motif::{
    DEFAULT_HIT_P_VALUE, InvalidMotif, MotifComparison, MotifFile, MotifHit, MotifMatch, MotifScanner,
    PositionWeightMatrix, UNIFORM_BACKGROUND, scan_motifs, to_meme,
};
pub use read_once::{InputCopies, is_read_once, open_input, require_regular_file};
pub use text_file::read_text;
pub use text_reader::TextReader;
pub use tss::{
    CagePeaks, ChosenTss, GeneTss, TssChoice, TssIndex, TssSource, check_sites, fetch_window, read_promoter_bed,
    read_tss_bed, window_from_record,
};
pub use variant::{
    AlleleWindows, Anchor, InfoField, MalformedRecord, PromoterBases, ResolvedReference, TssRelativeVariant,
    UnscoredReason, UnscoredVariant, Variant, VariantEntry, VariantFile, VariantFormat, VariantHeader, VariantKind,
    VariantOutput, VariantRecord, VariantResolver, VariantWriter, required_bases,
};
