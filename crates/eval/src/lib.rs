#![doc = include_str!("../README.md")]

mod compare;
mod error;
mod metric;
mod noise_ceiling;
mod stats;
mod table;
mod variant_effects;

pub use compare::{
    AnovaRow, CompareOptions, ComparisonRow, ComparisonTable, DEFAULT_COMPARE_RESAMPLES, FoldTest, MeanDifference,
    SIGNIFICANCE, SignedRankTest, compare, compare_with_progress,
};
pub use error::EvalError;
pub use metric::{
    CellTypePairs, EvaluateOptions, GeneMatrix, MINIMUM_STRATUM_GENES, Metric, MetricRow, MetricTable, Scope, Scores,
    StratifiedTable, StratumRow, WeightedPairs, evaluate, evaluate_with_progress, mae, mse, pearson, r2, r2_pearson,
    spearman, stratified_scores,
};
pub use noise_ceiling::{NoiseCeiling, NoiseCeilingRow, noise_ceiling};
pub use stats::{
    BootstrapDistribution, CorrectedResampledT, DEFAULT_RESAMPLES, Estimate, Interval, LinearFit, MINIMUM_BLOCKS,
    OneWayAnova, QqBandPoint, RepeatedMeasuresAnova, Resampling, SignedRank, average_ranks, benjamini_hochberg,
    bootstrap_p, corrected_resampled_t, holm, least_squares, mean, normal_quantiles, one_way_anova, qq_band,
    qq_band_at, quantile, relative_density, repeated_measures_anova, signed_rank, sorted, standard_deviation,
    weighted_least_squares,
};
pub use table::TableExport;
pub use variant_effects::{
    BootstrapTest, EffectComparison, EffectComparisonTable, EffectEstimate, EffectMetric, EffectPredictor, EffectScope,
    EffectScoreOptions, EffectScoreRow, EffectScoreTable, EffectScores, MeasuredEffect, PredictorKind, VariantEffects,
    auroc, average_precision, is_significant_effect, score_variant_effects, sign_agreement,
};
