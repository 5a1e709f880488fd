//! Gene annotation: genes and transcripts from GTF and GFF3, and mRNA half-life features.

mod attributes;
mod builder;
pub(crate) mod gene;
mod gene_id;
mod gff3;
mod gtf;
mod half_life;
mod reader;
mod row;
mod transcript_structure;

pub use gene::{Annotation, Gene, Transcript};
pub use gene_id::strip_version;
pub use half_life::{HALF_LIFE_FEATURES, MissingHalfLife, gene_half_life_features, half_life_features};
pub use reader::{AnnotationDetail, read_annotation};
