//! `tatabox import`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox_model::{ImportFiles, RunDirectory};

use crate::args::train::check_name;
use crate::terminal::failure::usage;

/// Make a model folder from weights in a safetensors file.
///
/// Reads what `tatabox export --format safetensors` wrote, which needs nothing else; the weights.safetensors of a model
/// folder; or a PyTorch state dict, its tensors named as in benches/pytorch/network.py. The last two need a config.json and a
/// transform.json. Every tensor that is missing, unexpected or of another shape is named.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox import --weights human.safetensors -o models/human
  tatabox import --weights torch.safetensors --config config.json \\
      --transform transform.json -o models/mine

NAMES OF PYTORCH, as in benches/pytorch/network.py
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
  config.json is that of a model folder and says which network it is, what it
  reads and which cell types it predicts. transform.json has mean and sd of
  log2(TPM + 1) in each of these.")]
pub(crate) struct ImportArgs {
    /// The weights: safetensors
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    pub(crate) weights: PathBuf,
    /// Configuration of the network, where the weights do not tell it
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    config: Option<PathBuf>,
    /// Scaling of the outputs, where the weights do not tell it
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    transform: Option<PathBuf>,

    /// Folder of the model to make, such as models/mine
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: PathBuf,
    /// Replace a model that lies there
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
}

impl ImportArgs {
    pub(crate) fn files(&self) -> ImportFiles {
        ImportFiles { config: self.config.clone(), transform: self.transform.clone() }
    }

    /// Where the model goes.
    pub(crate) fn run(&self) -> Result<RunDirectory> {
        let name = self.output.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| usage(format!("--output {}: name a folder", self.output.display())))?;
        check_name("--output", name)?;
        Ok(RunDirectory::new(self.output.parent().unwrap_or(&self.output), name))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: ImportArgs,
    }

    #[test]
    fn the_output_is_a_folder_with_a_plain_name() {
        let run = |output: &str| Line::parse_from(["import", "--weights", "w", "-o", output]).args.run();
        assert_eq!(run("models/mine").expect("plain").path(), Path::new("models/mine"));
        assert_eq!(run("mine").expect("plain").path(), Path::new("mine"));
        for output in ["..", "/", "models/my model"] {
            assert!(run(output).is_err(), "{output}");
        }
    }
}
