//! Metrics with bootstrap intervals, hypothesis tests between models and noise ceilings, from prediction tables.

mod compare;
mod error;
mod metric;
mod noise_ceiling;
mod stats;
mod table;

pub use compare::{
    AnovaRow, CompareOptions, ComparisonRow, ComparisonTable, DEFAULT_COMPARE_DRAWS, FoldTest, MeanDifference,
    SIGNIFICANCE, SignedRankTest, compare, compare_with_progress,
};
pub use error::EvalError;
pub use metric::{
    CellPairs, EvaluateOptions, GeneMatrix, MINIMUM_STRATUM, Metric, MetricRow, MetricTable, Scope, Scores,
    StratifiedTable, StratumRow, WeightedPairs, evaluate, evaluate_with_progress, mae, mse, pearson, r2, r2_pearson,
    spearman, stratified_scores,
};
pub use noise_ceiling::{CeilingRow, ReplicateCeiling, replicate_ceiling};
pub use stats::{
    BandPoint, CorrectedResampledT, DEFAULT_DRAWS, DrawnStatistic, Estimate, Interval, Line, MINIMUM_BLOCKS,
    OneWayAnova, RepeatedMeasuresAnova, Resampling, SignedRank, average_ranks, band, band_at, benjamini_hochberg,
    bootstrap_p, corrected_resampled_t, holm, least_squares, mean, one_way_anova, quantile, relative_density,
    repeated_measures_anova, signed_rank, sorted, standard_deviation, theoretical_quantiles, weighted_least_squares,
};
pub use table::TableExport;
