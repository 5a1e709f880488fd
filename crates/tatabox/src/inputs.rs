//! Inputs of tasks: promoters, genomes, auxiliary inputs.

mod auxiliary_inputs;
mod coordinate_map;
mod dataset_source;
mod dataset_summary;
mod expression_view;
mod genome;
mod promoter;
mod promoters;
mod shard;
mod tss_range;
mod window_check;

pub use auxiliary_inputs::{AuxiliarySources, refuse_tracks};
pub use coordinate_map::CoordinateMap;
pub use dataset_source::DatasetSource;
pub use dataset_summary::{DatasetSummary, SplitGenes};
pub use expression_view::with_expression;
pub(crate) use genome::note_unpacking;
pub use genome::{GenomeSource, open_genome};
pub use promoter::Promoter;
pub use promoters::{PromoterSource, Promoters, open_promoters};
pub use shard::Shard;
pub use tss_range::TssRange;

pub(crate) use auxiliary_inputs::{AuxiliaryReaders, GeneFeatureTable};
#[cfg(feature = "plot")]
pub(crate) use dataset_source::SIMULATED_DATA;
#[cfg(feature = "train")]
pub(crate) use promoters::tss_index;
pub(crate) use window_check::check_window;
