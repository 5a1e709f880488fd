//! `tatabox import`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::exchange::ImportRequest;

use crate::run_record;

/// Make a model folder from weights in a safetensors file.
///
/// Reads a file from `tatabox export --format safetensors`, which needs no other file; the weights.safetensors of a model
/// folder; or a PyTorch state dict with tensors named as in benches/pytorch/network.py. The last two require a config.json and
/// a transform.json. Every tensor that is missing, unexpected or of another shape is named.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox import --weights human.safetensors -o models/human
  tatabox import --weights torch.safetensors --config config.json \\
      --transform transform.json -o models/mine

PYTORCH NAMES, as in benches/pytorch/network.py
  stages.N.conv.weight, .bias    nn.Conv1d
  stages.N.norm.weight, .bias    nn.LayerNorm over the channels
  gru.weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0
                                 nn.GRU; the other direction with _reverse
  head.scoring, score, hidden, output .weight, .bias
                                 nn.Linear; score has no bias
  head.distance_slope            [1, heads, 1]
  All are float32. Save them with safetensors.torch.save_file; pickled files
  (.pt, .bin) are not read.

FILES
  config.json     architecture, auxiliary inputs and cell types, as in a model
                  folder
  transform.json  mean and sd of log2(TPM + 1) in each cell type")]
pub(crate) struct ImportArgs {
    /// Weights: safetensors
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    weights: PathBuf,
    /// Configuration of the network, where the weights do not contain it
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    config: Option<PathBuf>,
    /// Scaling of the outputs, where the weights do not contain it
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    transform: Option<PathBuf>,

    /// Folder of the model to write, such as models/mine
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: PathBuf,
    /// Replace a model in that folder
    #[arg(long, help_heading = "Output")]
    force: bool,
}

impl ImportArgs {
    /// The request, checked before any file is read.
    pub(crate) fn request(&self) -> Result<ImportRequest> {
        let request = ImportRequest {
            config: self.config.clone(),
            transform: self.transform.clone(),
            replace: self.force,
            command: run_record::command(),
            ..ImportRequest::new(&self.weights, &self.output)
        };
        request.validate()?;
        Ok(request)
    }
}
