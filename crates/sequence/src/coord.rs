//! Genomic coordinates: contigs and their names, strands, intervals, transcription start sites and window extents.
//!
//! Coordinates are 0-based and half-open.

mod assembly_check;
mod assembly_mismatch;
mod chromosome;
mod contig;
mod contig_names;
mod interval;
mod known_assembly;
mod numerals;
mod strand;
mod tss;
mod window_geometry;

pub use assembly_check::{AssemblyCheck, AssemblyReport};
pub use assembly_mismatch::{AssemblyMismatch, MismatchFinding};
pub use chromosome::{ChromosomeNames, chromosome_of};
pub use contig::Contig;
pub(crate) use contig::describe_contigs;
pub(crate) use contig_names::contig_key;
pub use contig_names::{ContigNames, is_same_contig};
pub use interval::Interval;
pub use strand::Strand;
pub use tss::Tss;
pub use window_geometry::WindowGeometry;
pub(crate) use window_geometry::WindowSpan;
