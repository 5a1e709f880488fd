//! Attribution of predictions to bases: in-silico mutagenesis, deletions, gradients and motif filters.

mod deletion_scan;
mod filter_sites;
mod integrated_gradients;
mod motif_filters;
mod mutagenesis;

pub use deletion_scan::DeletionEffect;
pub use filter_sites::{FilterSite, FilterSites};
pub use integrated_gradients::{Attribution, Completeness, IntegratedGradients};
pub use motif_filters::MotifFilters;
pub use mutagenesis::SubstitutionEffects;
