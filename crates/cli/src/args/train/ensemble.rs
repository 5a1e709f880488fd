//! `tatabox ensemble`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::train::EnsembleRequest;
use tatabox_model::DeviceChoice;

use crate::resolve::model as model_choice;
use crate::run_record;

/// Combine trained models into an ensemble.
///
/// The ensemble predicts the mean of log2(TPM + 1) over its members, and their standard deviation. The members are copied.
/// They may have any architecture, data set and outputs, but must read the same bases around the TSS; an output is the mean
/// over the members that have it. A model that is an ensemble contributes its members. `tatabox train --ensemble` trains the members as well.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox ensemble -o models/both models/first models/second --data data/human
  tatabox ensemble -o models/folds crossval/all-human300/fold*
  tatabox ensemble -o models/joint models/j1 models/j2 --effect-outputs mpra
  tatabox predict --model models/folds --fasta promoters.fa

FILES
  ensemble.json          members in their order, with seed and checksum
  members/1, members/2.. folder of each member
  metrics.json           validation scores of the mean and of each member
  run.json               how the ensemble was made

The folds of a cross-validation have together been trained on every gene, so
such an ensemble can be scored only on genes outside the data set.")]
pub(crate) struct EnsembleArgs {
    /// Folders of trained models, two or more
    #[arg(value_name = "MODEL", required = true, num_args = 2..)]
    models: Vec<PathBuf>,
    /// Outputs whose effects `variants` and `evaluate-variants` report unless others are requested, such as those of a
    /// reporter assay [default: expression]
    #[arg(long, value_name = "NAME,NAME..", value_delimiter = ',')]
    effect_outputs: Vec<String>,
    /// Score the mean prediction on the validation genes of this data set, on which all members must have been trained
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,
    /// Device for the score: auto, cpu or cuda:N
    #[arg(long, help_heading = "Data", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,

    /// Folder to write
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: PathBuf,
    /// Replace a model in that folder
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Print the summary as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl EnsembleArgs {
    /// The request.
    pub(crate) fn request(&self) -> Result<EnsembleRequest> {
        let models = self.models.iter().map(|model| model_choice::folder(model)).collect::<Result<Vec<_>>>()?;
        Ok(EnsembleRequest {
            effect_outputs: self.effect_outputs.clone(),
            replace: self.force,
            device: self.device,
            command: run_record::command(),
            ..EnsembleRequest::new(models, &self.output)
        })
    }
}
