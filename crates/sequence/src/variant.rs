//! Variants: VCF and BCF files, normalisation, and windows of both alleles.

mod allele_windows;
mod bcf_reader;
mod bcf_writer;
mod file;
mod header;
mod normalized_variant;
mod record;
mod resolver;
mod tss_relative;
mod unscored;
mod writer;

pub use allele_windows::{AlleleWindows, PromoterBases, required_bases};
pub use file::{VariantEntry, VariantFile};
pub use header::{InfoField, VariantHeader};
pub use normalized_variant::{Variant, VariantKind};
pub use record::{MalformedRecord, VariantRecord};
pub use resolver::{ResolvedReference, VariantResolver};
pub use tss_relative::{Anchor, TssRelativeVariant};
pub use unscored::{UnscoredReason, UnscoredVariant};
pub use writer::{VariantFormat, VariantWriter};
