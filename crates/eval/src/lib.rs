//! Metrics with intervals, the five figures and a report of all, from prediction tables alone; and the figure that
//! explains one prediction.

mod bootstrap;
mod ceiling_report;
mod compare;
mod comparison;
mod comparison_report;
mod error;
mod estimates;
mod evaluate;
mod explanation;
mod figure;
mod font;
mod gene_matrix;
mod gene_profiles;
mod glyph_outline;
mod html_report;
mod hypothesis_test;
mod information_content;
mod json_report;
mod kernel_density;
mod least_squares;
mod metric;
mod metric_table;
mod multiple_testing;
mod normal_quantile;
mod palette;
mod png;
mod rank;
mod replicate_ceiling;
mod report;
mod report_inputs;
mod report_summary;
mod scope;
mod scored_matrix;
mod shared_pairs;
mod stratified;
mod stratified_report;
mod text_table;
mod verdict;
mod weighted;
mod whole_file;

pub use bootstrap::{DEFAULT_DRAWS, DrawnStatistic, Interval, MINIMUM_BLOCKS, Resampling};
pub use compare::{CompareOptions, DEFAULT_COMPARE_DRAWS, compare, compare_with_progress};
pub use comparison::{AnovaRow, ComparisonRow, ComparisonTable, FoldTest, MeanDifference, SignedRankTest};
pub use error::EvalError;
pub use evaluate::{EvaluateOptions, evaluate, evaluate_with_progress};
pub use explanation::{AttendedBin, Attribution, DrawnHit, Explanation, FOCUS_BP, focus_region};
pub use figure::{
    FigureFile, FigureInputs, FigureProgress, FigureTable, HoverLayer, HoverPanel, HoverPoint, explanation_figure,
    render_figures, write_figures,
};
pub use html_report::html_report;
pub use hypothesis_test::{
    CorrectedResampledT, OneWayAnova, RepeatedMeasuresAnova, SignedRank, bootstrap_p, corrected_resampled_t,
    one_way_anova, repeated_measures_anova, signed_rank,
};
pub use json_report::{REPORT_FORMAT_VERSION, json_report};
pub use kernel_density::relative_density;
pub use metric::{Scores, mae, mean, mse, pearson, r2, r2_pearson, spearman};
pub use metric_table::{Estimate, Metric, MetricRow, MetricTable};
pub use multiple_testing::{benjamini_hochberg, holm};
pub use normal_quantile::{BandPoint, band, band_at, theoretical_quantiles};
pub use png::svg_to_png;
pub use rank::{average_ranks, quantile};
pub use replicate_ceiling::{CeilingRow, ReplicateCeiling, replicate_ceiling};
pub use report_inputs::{AuditRow, AuditSection, ReportInputs, ReportTable};
pub use scope::Scope;
pub use stratified::{MINIMUM_STRATUM, StratifiedTable, StratumRow, stratified_scores};
