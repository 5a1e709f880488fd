//! Ensembles: training of their members, and assembly from trained models.

mod assembly;
mod directory;
mod summary;
mod training;

pub use assembly::assemble_ensemble;
pub use directory::EnsembleDirectory;
pub use training::{MemberEvent, member_configs, train_ensemble};
