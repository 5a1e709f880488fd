//! Statistics of plain lists of numbers: moments, ranks, resampling, density, regression and hypothesis tests.

mod bootstrap;
mod estimate;
mod hypothesis_test;
mod kernel_density;
mod least_squares;
mod moments;
mod multiple_testing;
mod normal_quantile;
mod rank;

pub use bootstrap::{BootstrapDistribution, DEFAULT_RESAMPLES, Interval, MINIMUM_BLOCKS, Resampling};
pub use estimate::Estimate;
pub use hypothesis_test::{
    CorrectedResampledT, OneWayAnova, RepeatedMeasuresAnova, SignedRank, bootstrap_p, corrected_resampled_t,
    one_way_anova, repeated_measures_anova, signed_rank,
};
pub use kernel_density::relative_density;
pub use least_squares::{LinearFit, least_squares, weighted_least_squares};
pub(crate) use moments::Centred;
pub use moments::{mean, standard_deviation};
pub use multiple_testing::{benjamini_hochberg, holm};
pub use normal_quantile::{QqBandPoint, normal_quantiles, qq_band, qq_band_at};
pub use rank::{average_ranks, quantile, sorted};
pub(crate) use rank::{constant_value, tie_groups};
