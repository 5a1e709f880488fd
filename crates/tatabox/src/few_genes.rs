//! Number of genes that a score requires.

/// Number of genes below which a correlation means little: its 95% interval over 20 genes is as wide as 0.9.
pub(crate) const FEW_GENES: usize = 20;
