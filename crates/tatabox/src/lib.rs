//! Gene expression from promoter DNA: prediction, variant effects, interpretation, training.
//!
//! Each task is one function that takes a request and returns a typed result:
//!
//! * [`predict::run`], [`variants::score`], [`variants::saturate`];
//! * [`explain::run`], [`motifs::run`], [`marginalize::run`], [`design::run`];
//! * [`prepare::run`], [`simulate::run`], [`half_life::run`], [`audit::run`];
//! * [`train::run`], [`tune::run`], [`transfer::benchmark`], [`evaluate::run`], [`evaluate_variants::run`],
//!   [`crossval::run`], [`verify::run`];
//! * [`demo::run`], all of these on simulated promoters.
//!
//! An [`Observer`] receives progress, notes and warnings and can cancel. Errors are [`Error`], whose [`remedy`](Error::remedy)
//! names a next step. [`Model::bundled`] is a model of human promoters that is part of the library.
//!
//! # Features
//!
//! `train` and `plot` are on by default. Without `train` the library has no training, evaluation, audit and verification; without
//! `plot` it draws no figures.
//!
//! # Examples
//!
//! ```no_run
//! use tatabox::inputs::PromoterSource;
//! use tatabox::predict::{self, PredictRequest};
//! use tatabox::{Model, Silent};
//!
//! let model = Model::bundled()?;
//! let summary = predict::run(&model, PredictRequest::new(PromoterSource::fasta("promoters.fa")), &Silent)?;
//! eprintln!("{} promoters, {:.0} per second", summary.promoters, summary.rate());
//! # Ok::<(), tatabox::Error>(())
//! ```

#[cfg(feature = "train")]
pub mod audit;
pub mod benchmark;
#[cfg(feature = "train")]
pub mod comparators;
#[cfg(feature = "train")]
pub mod crossval;
#[cfg(feature = "train")]
pub mod demo;
pub mod design;
mod error;
#[cfg(feature = "train")]
pub mod evaluate;
#[cfg(feature = "train")]
pub mod evaluate_variants;
#[cfg(feature = "train")]
pub mod exchange;
pub mod explain;
mod few_genes;
mod file_names;
pub mod half_life;
pub mod info;
pub mod inputs;
mod json_file;
pub mod marginalize;
mod model_store;
pub mod motifs;
#[cfg(feature = "train")]
mod number_format;
mod observer;
mod output_folder;
mod output_paths;
mod pipeline;
pub mod predict;
pub mod prelude;
pub mod prepare;
mod progress;
mod remedy;
pub mod simulate;
pub mod tables;
pub mod tracks;
#[cfg(feature = "train")]
pub mod train;
#[cfg(feature = "train")]
pub mod transfer;
#[cfg(feature = "train")]
pub mod tune;
pub mod variants;
#[cfg(feature = "train")]
pub mod verify;

pub use error::{Error, ErrorKind, Result};
pub use model_store::{Model, OutputSelection, model_name};
pub use observer::{Observer, Silent};
pub use output_folder::OutputFolder;
pub use progress::{Progress, ProgressStage, ProgressState, Unit};
pub use remedy::Remedy;
