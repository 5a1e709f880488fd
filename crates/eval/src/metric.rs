//! Scores of predictions across genes, by model, split and cell type.

mod estimates;
mod evaluate;
mod gene_matrix;
mod gene_profiles;
mod metric_format;
mod metric_table;
mod scope;
mod scored_matrix;
mod scores;
mod stratified;
mod stratified_format;
mod weighted;

pub(crate) use estimates::{chromosome_resampling, estimates};
pub use evaluate::{EvaluateOptions, evaluate, evaluate_with_progress};
#[cfg(test)]
pub(crate) use gene_matrix::tests::row;
pub use gene_matrix::{CellTypePairs, GeneMatrix};
pub use metric_table::{Metric, MetricRow, MetricTable};
pub use scope::Scope;
pub use scores::{Scores, mae, mse, pearson, r2, r2_pearson, spearman};
pub use stratified::{MINIMUM_STRATUM_GENES, StratifiedTable, StratumRow, stratified_scores};
pub use weighted::WeightedPairs;
