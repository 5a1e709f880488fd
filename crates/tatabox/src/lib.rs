//! Gene expression from promoter DNA: prediction, variant effects, interpretation, training.
//!
//! Each task is one function that takes a request and returns a typed result: [`predict::run`], [`variants::score`],
//! [`variants::saturate`]. An [`Observer`] receives progress and warnings and can cancel. Errors are [`Error`].
//!
//! # Examples
//!
//! ```no_run
//! use tatabox::inputs::PromoterSource;
//! use tatabox::predict::{self, PredictRequest};
//! use tatabox::{Model, Silent};
//!
//! let model = Model::open("models/human")?;
//! let summary = predict::run(&model, PredictRequest::new(PromoterSource::fasta("promoters.fa")), &Silent)?;
//! eprintln!("{} promoters, {:.0} per second", summary.promoters, summary.rate());
//! # Ok::<(), tatabox::Error>(())
//! ```

pub mod design;
mod error;
pub mod explain;
pub mod inputs;
mod json_file;
pub mod marginalize;
mod model_store;
pub mod motifs;
mod observer;
mod output_folder;
mod pipeline;
pub mod predict;
mod progress;
mod remedy;
pub mod tables;
pub mod tracks;
pub mod variants;

pub use error::{Error, ErrorKind, Result};
pub use model_store::{Model, model_name};
pub use observer::{Observer, Silent};
pub use output_folder::OutputFolder;
pub use progress::{Progress, ProgressStage, ProgressState, Unit};
pub use remedy::Remedy;
