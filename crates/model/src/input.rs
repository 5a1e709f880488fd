//! Network inputs: promoter windows, their encoding, and auxiliary inputs (gene features and signal tracks).

mod auxiliary_inputs;
mod dataset_columns;
mod encoded_windows;
mod feature_scaling;
mod gene_selection;
mod gene_window;
mod input_scaler;
mod kmer_features;
mod promoter_window;
mod random_inputs;
mod window_batcher;
mod window_encoder;
mod window_view;

pub(crate) use auxiliary_inputs::unscaled_inputs;
pub use auxiliary_inputs::{AuxiliaryInputs, TrackScaling};
pub(crate) use dataset_columns::{DatasetColumns, measured_columns};
pub use dataset_columns::{cell_type_columns, target_columns};
pub(crate) use encoded_windows::{EncodedWindows, one_hot};
pub use feature_scaling::{FeatureInterval, FeatureScaling};
pub(crate) use gene_selection::MIN_GENES;
pub use gene_selection::{DEFAULT_EXTENT_COVERAGE, GeneSelection, default_extent};
pub(crate) use gene_window::shifted_codes;
pub use kmer_features::kmer_features;
pub use promoter_window::{ModelWindow, PromoterWindow};
pub(crate) use random_inputs::with_random_inputs;
pub use window_batcher::WindowBatcher;
pub(crate) use window_encoder::WindowEncoder;
pub(crate) use window_view::WindowView;
