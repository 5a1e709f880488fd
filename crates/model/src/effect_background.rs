//! Effects of random single-nucleotide variants, with which the effect of a variant is compared.
//!
//! The size of a predicted effect depends on the model, the cell type and the distance to the TSS. The distribution of
//! the effects of random SNVs in promoters that the model was trained on shows which effects are large for this model.

mod background;
mod computation;
mod distance_bin;
mod distribution;
mod random_snvs;

pub use background::{EffectBackground, EffectRank};
pub use computation::BackgroundSettings;
pub use distribution::EffectDistribution;
