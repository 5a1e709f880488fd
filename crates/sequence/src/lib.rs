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
//! | Coordinates | [`Tss`], [`Interval`], [`Strand`], [`ContigNames`], [`WindowGeometry`] |
//! | Genomes | [`open_genome`], [`ReferenceGenome`], [`InMemoryGenome`], [`SignalTrack`] |
//! | Annotation | [`read_annotation`], [`Gene`], [`half_life_features`] |
//! | TSS windows | [`fetch_window`], [`window_from_record`], [`read_tss_bed`], [`CagePeaks`] |
//! | Variants | [`VariantFile`], [`VariantResolver`], [`AlleleWindows`], [`VariantWriter`] |
//! | Motifs | [`MotifFile`], [`PositionWeightMatrix`], [`MotifScanner`], [`MotifComparison`] |
//! | Compression | [`GzipReader`], [`IncompleteGzip`] |
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
mod dna;
mod error;
mod genome;
mod gzip;
mod kmer;
mod motif;
mod text_file;
mod tss;
mod variant;

pub use annotation::{
    Annotation, AnnotationDetail, Gene, HALF_LIFE_FEATURES, MissingHalfLife, Transcript, gene_half_life_features,
    half_life_features, read_annotation, strip_version,
};
pub use coord::{Contig, ContigNames, Interval, Strand, Tss, WindowGeometry, chromosome_of};
pub use dna::{
    A, C, FastaRecord, FastaRecords, G, InvalidByte, Sequence, Shuffle, T, UNKNOWN, complement, decode_one_hot,
    encode_one_hot, iupac_bases, letter, shuffle_dinucleotides, shuffle_mononucleotides,
};
pub use error::SequenceError;
pub use genome::{
    BufferedGenome, InMemoryGenome, IndexProgress, ReferenceGenome, SignalReader, SignalTrack, open_genome,
    open_genome_with,
};
pub use gzip::{GzipReader, IncompleteGzip};
pub use kmer::{KmerCounter, KmerIndex, KmerSimilarity, KmerSketcher};
pub use motif::{
    DEFAULT_HIT_P_VALUE, InvalidMotif, MotifComparison, MotifFile, MotifHit, MotifMatch, MotifScanner,
    PositionWeightMatrix, UNIFORM_BACKGROUND, scan_motifs, to_meme,
};
pub use tss::{
    CagePeaks, ChosenTss, GeneTss, TssChoice, TssIndex, TssSource, fetch_window, read_tss_bed, window_from_record,
};
pub use variant::{
    AlleleWindows, Anchor, InfoField, MalformedRecord, PromoterBases, ResolvedReference, TssRelativeVariant,
    UnscoredReason, UnscoredVariant, Variant, VariantEntry, VariantFile, VariantFormat, VariantHeader, VariantKind,
    VariantRecord, VariantResolver, VariantWriter, required_bases,
};
