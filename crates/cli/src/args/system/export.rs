//! `tatabox export`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox::exchange::{ExportFormat, ExportRequest};

use crate::terminal::failure::usage;

/// Export a model to one file for other programs.
///
/// ONNX runs in any ONNX runtime, without this program; for an ensemble it computes the mean of the members. A safetensors
/// file holds the weights of one network and, in its metadata, everything that `tatabox import` needs to restore the model
/// folder.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox export -o human.onnx
  tatabox export --model models/k562 --attention -o k562.onnx
  tatabox export --model models/k562 --format safetensors -o k562.safetensors

ONNX (opset 17)
  sequence   input, [batch, 4, length]: one-hot, channels A, C, G, T, of the
             bases of the model's extent on the sense strand; N is 0 in all
             four channels, anywhere in the window
  log2_tpm   output, [batch, cell types]
  attention  output with --attention, [batch, heads, positions]
  The metadata hold cell types, extent, index of the TSS base, checksums and a
  note on licences. A network without convolutions cannot be exported.

SAFETENSORS
  weights with the names of the model folder; the metadata key tatabox holds a
  JSON object with config, transform, metrics and record")]
pub(crate) struct ExportArgs {
    /// Folder of a trained model [default: models/human]
    #[arg(long, value_name = "DIR", help_heading = "Model")]
    pub(crate) model: Option<PathBuf>,
    /// Add the attention of each head as an output
    #[arg(long, help_heading = "Model")]
    attention: bool,

    /// Format of the file [default: by the extension of --output]
    #[arg(long, help_heading = "Output")]
    format: Option<FormatName>,
    /// File to write; it appears once it is complete
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
}

/// Format of a model in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Graph of operators with its weights
    Onnx,
    /// Weights with config and transform
    Safetensors,
}

impl ExportArgs {
    /// The request, in the named format, else that of the file's extension.
    pub(crate) fn request(&self) -> Result<ExportRequest> {
        let format = match self.format.map_or_else(|| format_of(&self.output), Ok)? {
            FormatName::Onnx => ExportFormat::Onnx { attention: self.attention },
            FormatName::Safetensors if self.attention => {
                return Err(usage("--attention: a safetensors file holds weights and has no outputs; export to ONNX"));
            }
            FormatName::Safetensors => ExportFormat::Safetensors,
        };
        Ok(ExportRequest { format, output: self.output.clone() })
    }
}

fn format_of(path: &Path) -> Result<FormatName> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("onnx") => Ok(FormatName::Onnx),
        Some("safetensors") => Ok(FormatName::Safetensors),
        _ => Err(usage(format!(
            "--output {}: the extension is neither .onnx nor .safetensors; pass --format",
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

    fn export(line: &str) -> Result<ExportFormat> {
        Ok(Line::try_parse_from(format!("export {line}").split_whitespace())?.args.request()?.format)
    }

    #[test]
    fn export_args_format_follows_the_extension_unless_named() {
        assert_eq!(export("-o m.onnx --attention").expect("known"), ExportFormat::Onnx { attention: true });
        assert_eq!(export("-o m.safetensors").expect("known"), ExportFormat::Safetensors);
        assert_eq!(export("-o m.bin --format onnx").expect("named"), ExportFormat::Onnx { attention: false });
        assert!(export("-o m.pt").expect_err("unknown").to_string().contains("neither .onnx nor .safetensors"));
        assert!(export("-o m.safetensors --attention").is_err());
        assert!(export("").is_err());
    }
}
