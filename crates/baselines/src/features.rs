//! Feature matrices `[features, genes]`: k-mer frequencies, gene features, padding, and their standardisation.

mod genes;
mod kmers;
mod padding;
mod scaling;

pub(crate) use genes::gene_feature_matrix;
pub(crate) use kmers::KmerFeatures;
pub(crate) use padding::PaddingFeatures;
pub(crate) use scaling::StandardScaler;
