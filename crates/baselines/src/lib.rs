//! Baselines and controls for models that predict gene expression from promoter DNA.
//!
//! A model baseline is a simple method that a network should beat. A control reads less than a promoter, or more, and shows
//! which other causes a score can have. All return the same prediction table as the network.
//!
//! A baseline is a file with a fit function and an entry in `baseline.rs`.
//!
//! # Examples
//!
//! ```
//! use tatabox_baselines::{Baseline, BaselineTask, predict_baseline};
//! use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate};
//!
//! let folder = tempfile::tempdir()?;
//! let config = SimulateConfig { genes: 200, ..SimulateConfig::default() };
//! simulate(&config, folder.path())?;
//! let set = folder.path().join("set");
//! let mut prepared = PrepareConfig::new(folder.path().join("expression.tsv"), set, config.geometry);
//! prepared.promoters = Some(folder.path().join("promoters.fa"));
//! prepare(&prepared, &mut |_| {})?;
//!
//! let dataset = PreparedDataset::open(&prepared.out_dir)?;
//! let genes: Vec<usize> = (0..dataset.len()).collect();
//! let task = BaselineTask {
//!     dataset: &dataset,
//!     cell_types: &[0],
//!     extent: 0..dataset.geometry().len(),
//!     genes: &genes,
//!     splits: &[Split::Test],
//!     seed: 42,
//! };
//! let predictions = predict_baseline(Baseline::KmerRidge, &task, &mut |_| {})?;
//! assert_eq!(predictions.rows.len(), dataset.genes_in(Split::Test).len());
//! assert!(predictions.notes.iter().any(|note| note.setting == "largest k"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod baseline;
mod controls;
mod error;
mod features;
mod kernel;
mod linear;
mod predict;
mod prediction;
mod task;
mod tree;
mod validation;

pub use baseline::{Baseline, BaselineKind};
pub use controls::nearest_neighbour::nearest_train_genes;
pub use error::BaselineError;
pub use linear::{ExpressionKmerRidge, leave_one_group_out_ridge};
pub use predict::predict_baseline;
pub use prediction::{BaselineNote, BaselinePredictions, BaselineProgress};
pub use task::BaselineTask;
