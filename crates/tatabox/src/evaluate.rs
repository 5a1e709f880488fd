//! Scores of predictions on held-out genes: metrics with intervals, tests between models, figures and a report.

mod attention_summary;
mod drawing;
mod evaluation;
mod excluded_genes;
mod noise_ceiling;
mod record;
mod report;
mod scoring;
mod split_prediction;

pub use attention_summary::AttentionSummary;
pub use drawing::Drawing;
pub use evaluation::Evaluation;
pub use excluded_genes::ExcludedGenes;
pub use noise_ceiling::NoiseCeilingSource;
pub use record::{DatasetSource, EvaluationRecord, SIMULATED_DATA, ensemble_remark};
pub use scoring::{Scored, Scoring, chromosomes_by_gene};
pub use split_prediction::predict_split;
