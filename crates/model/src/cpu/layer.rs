//! Layers of the convolutional networks as CPU kernels, forward and backward.

mod attention;
#[expect(clippy::inline_always, reason = "a function that is not inlined is not compiled for wide vectors")]
mod gru;
mod head;
pub(super) mod heads;
mod motif_stage;
#[expect(clippy::inline_always, reason = "a function that is not inlined is not compiled for wide vectors")]
mod motif_tables;

pub(crate) use gru::{GruActivations, GruGradient, GruInput, MutantFeatures};
pub(crate) use head::HeadInput;
pub(crate) use heads::HeadsActivations;
pub(crate) use motif_stage::{StageActivations, StageGradient, StageInput};
pub(crate) use motif_tables::{MotifTables, PooledMotifs, Trimers};
