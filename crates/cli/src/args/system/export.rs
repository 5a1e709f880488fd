//! `tatabox export`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::terminal::failure::usage;

/// Write a model as one file that other programs read.
///
/// ONNX runs wherever there is a runtime for it, without this program; of an ensemble it gives the mean of the members. A
/// safetensors file holds the weights of one network and, in its metadata, all that `tatabox import` needs to make the model's folder from it again.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox export -o human.onnx
  tatabox export --model models/k562 --attention -o k562.onnx
  tatabox export --model models/k562 --format safetensors -o k562.safetensors

ONNX (opset 17)
  sequence   input, [batch, 4, length]: one-hot, channels A, C, G, T, of the
             bases of the model's extent on the sense strand; N is 0 in all
             four channels, anywhere in the window, and is read as `tatabox
             predict` reads it
  log2_tpm   output, [batch, cell types]
  attention  output with --attention, [batch, heads, positions]
  The metadata hold cell types, extent, index of the TSS base, checksums and a
  note on licences. A network without convolutions has no ONNX.

SAFETENSORS
  weights by the names of the model folder; under the metadata key tatabox a
  JSON object of config, transform, metrics and record")]
pub(crate) struct ExportArgs {
    /// Folder of a trained model [default: models/human]
    #[arg(long, value_name = "DIR", help_heading = "Model")]
    pub(crate) model: Option<PathBuf>,
    /// Give the attention of each head as an output too
    #[arg(long, help_heading = "Model")]
    attention: bool,

    /// Format of the file [default: by the extension of --output]
    #[arg(long, help_heading = "Output")]
    format: Option<ExportFormat>,
    /// The file to write, which appears when it is whole
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: PathBuf,
}

/// Format of a model in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A graph of operators with its weights
    Onnx,
    /// Weights with config and transform
    Safetensors,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    Onnx { attention: bool },
    Safetensors,
}

impl ExportArgs {
    /// The format asked for, else that of the file's extension.
    pub(crate) fn export(&self) -> Result<Export> {
        match self.format.map_or_else(|| format_of(&self.output), Ok)? {
            ExportFormat::Onnx => Ok(Export::Onnx { attention: self.attention }),
            ExportFormat::Safetensors if self.attention => {
                Err(usage("--attention: a safetensors file holds weights and has no outputs; export to ONNX"))
            }
            ExportFormat::Safetensors => Ok(Export::Safetensors),
        }
    }
}

fn format_of(path: &Path) -> Result<ExportFormat> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("onnx") => Ok(ExportFormat::Onnx),
        Some("safetensors") => Ok(ExportFormat::Safetensors),
        _ => Err(usage(format!(
            "--output {}: its extension is neither .onnx nor .safetensors; give --format",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: ExportArgs,
    }

    fn export(line: &str) -> Result<Export> {
        Line::try_parse_from(format!("export {line}").split_whitespace())?.args.export()
    }

    #[test]
    fn the_format_is_that_of_the_extension_unless_named() {
        assert_eq!(export("-o m.onnx --attention").expect("known"), Export::Onnx { attention: true });
        assert_eq!(export("-o m.safetensors").expect("known"), Export::Safetensors);
        assert_eq!(export("-o m.bin --format onnx").expect("named"), Export::Onnx { attention: false });
        assert!(export("-o m.pt").expect_err("unknown").to_string().contains("neither .onnx nor .safetensors"));
        assert!(export("-o m.safetensors --attention").is_err());
        assert!(export("").is_err());
    }
}
