//! Tables that models write and evaluation reads: predictions and attention.

mod attention_examples;
mod attention_table;
mod prediction_table;

pub use attention_examples::{AttentionEnrichedKmer, AttentionExamples, GeneTrack};
pub use attention_table::{AttentionRow, AttentionTable};
pub use prediction_table::{PairedValues, PredictionRow, PredictionTable};
