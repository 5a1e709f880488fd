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

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox_model::Start;

use crate::args::MembersArgs;
use crate::args::train::training::{TrainingArgs, TrainingOptions};
use crate::args::train::transfer::{TransferArgs, TransferOptions};
use crate::terminal::failure::usage;

/// Train a network on a data set.
///
/// Learns log2(TPM + 1) of the chosen cell types from promoter sequence and keeps the weights of the epoch with the
/// best Pearson correlation over all validation genes. The test genes are not touched. The run can be interrupted with
/// Ctrl-C and resumed with --resume; the same seed gives the same model for one number of threads.
///
/// With --from a trained model is taken over to other cell types: its last layer is trained first, then all of it at a
/// lower learning rate. Use the data set that the model was trained on, or one of the same split.
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
pub(crate) struct TrainArgs {
    #[command(flatten)]
    training: TrainingArgs,
    #[command(flatten)]
    members: MembersArgs,
    /// Measurements to learn in place of those of the data set: a table as `prepare` reads it
    #[arg(long, value_name = "TABLE", help_heading = "Data")]
    expression: Option<PathBuf>,
    /// Share of the train genes to learn from, above 0 to 1; a smaller one is part of a larger one
    #[arg(long, value_name = "SHARE", help_heading = "Data")]
    genes_fraction: Option<f64>,
    #[command(flatten)]
    transfer: TransferArgs,

    /// Name of the model [default: cell types and data set, such as k562-human300; any architecture but hybrid, size of
    /// an ensemble, share of the genes and model begun from]
    #[arg(long, help_heading = "Output")]
    name: Option<String>,
    /// Folder in which models lie
    #[arg(long, value_name = "DIR", help_heading = "Output", default_value = "models")]
    models_dir: PathBuf,
    /// Go on with the interrupted run of the same name and options
    #[arg(long, help_heading = "Output", conflicts_with = "force")]
    resume: bool,
    /// Replace a finished model of the same name
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Print the summary as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// Stop after this epoch as Ctrl-C would; for tests
    #[arg(long, value_name = "N", hide = true)]
    stop_after_epoch: Option<usize>,
}

/// Training as it was asked for, and where it is to go.
#[derive(Debug)]
pub(crate) struct TrainOptions {
    pub(crate) training: TrainingOptions,
    /// Networks of the ensemble; none for a network of its own.
    pub(crate) members: Option<usize>,
    pub(crate) expression: Option<PathBuf>,
    pub(crate) genes_fraction: Option<f64>,
    pub(crate) transfer: Option<TransferOptions>,
    pub(crate) name: Option<String>,
    pub(crate) models_dir: PathBuf,
    pub(crate) start: Start,
    pub(crate) json: bool,
    pub(crate) stop_after_epoch: Option<usize>,
}

impl TrainArgs {
    /// Checks what can be checked before the data set is open.
    pub(crate) fn into_options(self) -> Result<TrainOptions> {
        if let Some(name) = &self.name {
            check_name("--name", name)?;
        }
        Ok(TrainOptions {
            training: self.training.into_options()?,
            members: self.members.count(),
            expression: self.expression,
            genes_fraction: self.genes_fraction,
            transfer: self.transfer.into_options()?,
            name: self.name,
            models_dir: self.models_dir,
            start: match (self.resume, self.force) {
                (true, _) => Start::Resume,
                (false, true) => Start::Replace,
                (false, false) => Start::New,
            },
            json: self.json,
            stop_after_epoch: self.stop_after_epoch,
        })
    }
}

/// A model's name becomes a folder's.
pub(super) fn check_name(option: &str, name: &str) -> Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
    if name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && name.chars().all(is_plain)
        && !name.ends_with(".partial")
    {
        return Ok(());
    }
    Err(usage(format!("{option} {name:?}: expected letters, digits and -_.+, beginning with a letter or digit")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_the_folder_of_models() {
        assert!(check_name("--name", "k562-human300").is_ok());
        let message = check_name("--name", "../x").expect_err("another folder").to_string();
        assert!(message.contains("expected letters"), "{message}");
    }
}
