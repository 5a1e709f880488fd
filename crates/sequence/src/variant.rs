//! Variants: VCF and BCF files, normalisation, and windows of both alleles.

mod allele_windows;
mod bcf;
mod file;
mod format;
mod header;
mod header_contigs;
mod header_line;
mod normalized_variant;
mod read_ahead;
mod record;
mod resolver;
mod tss_relative;
mod unscored;
mod writer;

pub use allele_windows::{AlleleWindows, PromoterBases, required_bases};
pub use file::{VariantEntry, VariantFile};
pub use format::VariantFormat;
pub use header::{InfoField, VariantHeader};
pub use normalized_variant::{Variant, VariantKind};
pub use record::{MalformedRecord, VariantRecord};
pub use resolver::{ResolvedReference, VariantResolver};
pub use tss_relative::{Anchor, TssRelativeVariant};
pub use unscored::{UnscoredReason, UnscoredVariant};
pub use writer::{VariantOutput, VariantWriter};
