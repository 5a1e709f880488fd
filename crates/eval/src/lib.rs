//! Metrics with intervals and the five figures, from prediction tables alone.

mod bootstrap;
mod comparison;
mod error;
mod evaluate;
mod figure;
mod font;
mod gene_matrix;
mod kernel_density;
mod metric;
mod metric_table;
mod normal_quantile;
mod palette;
mod png;
mod rank;
mod replicate_ceiling;
mod report;
mod weighted;
mod whole_file;

pub use bootstrap::{DEFAULT_DRAWS, Interval, MINIMUM_BLOCKS, Resampling};
pub use comparison::{AnovaRow, ComparisonRow, ComparisonTable, FoldTest, MeanDifference, SignedRankTest};
pub use error::EvalError;
pub use evaluate::{EvaluateOptions, evaluate};
pub use figure::{FigureInputs, FigureProgress, draw_figures};
pub use kernel_density::relative_density;
pub use metric::{Scores, mae, mean, mse, pearson, r2, r2_pearson, spearman};
pub use metric_table::{Estimate, Metric, MetricRow, MetricTable};
pub use normal_quantile::{BandPoint, band, band_at, theoretical_quantiles};
pub use png::svg_to_png;
pub use rank::{average_ranks, quantile};
pub use replicate_ceiling::{CeilingRow, ReplicateCeiling};
