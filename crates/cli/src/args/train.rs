//! `tatabox train`.

pub(super) mod ensemble;
pub(super) mod explicit_options;
pub(super) mod extent;
pub(super) mod members;
pub(super) mod network;
pub(super) mod network_names;
pub(super) mod training;
pub(super) mod transfer;
pub(super) mod transfer_benchmark;
pub(super) mod tune;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgGroup, Args};
use tatabox::train::TrainRequest;
use tatabox_dataset::ExpressionConfig;
use tatabox_model::Start;

use crate::args::train::training::TrainingArgs;
use crate::args::train::transfer::TransferArgs;
use crate::args::{MeasurementArgs, MembersArgs};
use crate::run_record;

/// Train a network on a data set.
///
/// Learns log2(TPM + 1) of the selected cell types from promoter sequence and keeps the weights of the epoch with the
/// best Pearson correlation over all validation genes. The test genes are not used. Ctrl-C interrupts a run and --resume
/// resumes it; the same seed and number of threads give the same model.
///
/// With --from, training begins from a trained model: its last layer is trained first, then all layers at a lower learning
/// rate. Use the data set that the model was trained on, or one with the same split.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox train --cell-type K562
  tatabox train --cell-type K562,HepG2 --data data/human --name liver-blood
  tatabox train --cell-type all --preset base --epochs 60 --device cuda:0
  tatabox train --cell-type K562 --extent -500..+100
  tatabox train --architecture cnn
  tatabox train --cell-type all --ensemble 5
  tatabox train --cell-type K562 --resume
  tatabox train --from models/human --expression my.tsv --cell-type NEW --data data/human")]
#[command(group(ArgGroup::new("measured").args(["expression"])))]
pub(crate) struct TrainArgs {
    #[command(flatten)]
    training: TrainingArgs,
    #[command(flatten)]
    members: MembersArgs,
    #[command(flatten)]
    measurements: MeasurementArgs,
    /// Fraction of the train genes to learn from, above 0 to 1; genes of a smaller fraction are part of a larger one
    #[arg(long, value_name = "FRACTION", help_heading = "Data")]
    genes_fraction: Option<f64>,
    #[command(flatten)]
    transfer: TransferArgs,

    /// Name of the model [default: cell types and data set, such as k562-human300, followed by architecture, ensemble size,
    /// fraction of genes and source of a transfer where they are not the default]
    #[arg(long, help_heading = "Output")]
    name: Option<String>,
    /// Folder of models
    #[arg(long, value_name = "DIR", help_heading = "Output", default_value = "models")]
    models_dir: PathBuf,
    /// Resume the interrupted run with the same name and options
    #[arg(long, help_heading = "Output", conflicts_with = "force")]
    resume: bool,
    /// Replace a finished model of the same name, and discard an unfinished run
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Print the summary as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Stop after this epoch, as Ctrl-C does; for tests
    #[arg(long, value_name = "N", hide = true)]
    stop_after_epoch: Option<usize>,
}

impl TrainArgs {
    /// The data set, if one is named.
    pub(crate) fn data(&self) -> Option<&Path> {
        self.training.data()
    }

    /// Tables with measurements, if one is named.
    pub(crate) fn expression(&self) -> Option<ExpressionConfig> {
        self.measurements.config()
    }

    /// The request, checked without the data set.
    pub(crate) fn request(&self) -> Result<TrainRequest> {
        let request = TrainRequest {
            options: self.training.options()?,
            members: self.members.count(),
            genes_fraction: self.genes_fraction,
            transfer: self.transfer.options()?,
            name: self.name.clone(),
            start: match (self.resume, self.force) {
                (true, _) => Start::Resume,
                (false, true) => Start::Replace,
                (false, false) => Start::New,
            },
            stop_after_epoch: self.stop_after_epoch,
            command: run_record::command(),
            ..TrainRequest::new(&self.models_dir)
        };
        request.validate()?;
        Ok(request)
    }
}
