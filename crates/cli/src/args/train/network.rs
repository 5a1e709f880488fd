//! Network of `tatabox info` and `tatabox benchmark`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tatabox_dataset::Extent;
use tatabox_model::{Architecture, NetworkConfig};

use crate::args::train::network_names::{ArchitectureName, PresetName};

/// Default length of a window: that of `tatabox prepare`.
const DEFAULT_WINDOW_BP: u32 = 11_000;
/// Length of a window as a multiple of its bases downstream of the TSS, as in those windows.
const DOWNSTREAM_DIVISOR: u32 = 11;
/// Cell types of an untrained network, as many as the human model has.
const OUTPUTS: usize = 8;

/// Options that choose a network.
#[derive(Debug, Clone, Args)]
pub(crate) struct NetworkArgs {
    /// Folder of a trained model
    #[arg(long, value_name = "DIR", help_heading = "Network")]
    #[arg(conflicts_with_all = ["preset", "architecture", "window"])]
    model: Option<PathBuf>,
    /// Size of an untrained network [default: base]
    #[arg(long, value_name = "SIZE", help_heading = "Network")]
    preset: Option<PresetName>,
    /// Its architecture [default: hybrid]
    #[arg(long, value_name = "NAME", help_heading = "Network")]
    architecture: Option<ArchitectureName>,
    /// Bases that it reads, 60 to 20000 [default: 11000]
    #[arg(long, value_name = "BP", help_heading = "Network", value_parser = clap::value_parser!(u32).range(60..=20_000))]
    window: Option<u32>,
}

/// A network by its folder or by its shape.
#[derive(Debug, PartialEq)]
pub(crate) enum NetworkChoice {
    Model(PathBuf),
    Untrained { name: String, network: NetworkConfig, extent: Extent },
}

impl NetworkArgs {
    /// The requested network; `None` where no option describes one.
    pub(crate) fn named(&self) -> Option<NetworkChoice> {
        if self.model.is_none() && self.preset.is_none() && self.architecture.is_none() && self.window.is_none() {
            return None;
        }
        Some(self.named_or_default())
    }

    /// The requested network, else the largest preset on windows of 11 kb.
    pub(crate) fn named_or_default(&self) -> NetworkChoice {
        if let Some(directory) = &self.model {
            return NetworkChoice::Model(directory.clone());
        }
        let preset = self.preset.unwrap_or(PresetName::Base);
        let architecture: Architecture = self.architecture.unwrap_or(ArchitectureName::Hybrid).into();
        let window_bp = self.window.unwrap_or(DEFAULT_WINDOW_BP);
        let downstream_bp = window_bp / DOWNSTREAM_DIVISOR;
        let network = NetworkConfig::preset(preset.into(), window_bp as usize, OUTPUTS).with_architecture(architecture);
        let size = preset.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let extent = Extent { upstream_bp: window_bp - downstream_bp, downstream_bp };
        NetworkChoice::Untrained { name: size, network, extent }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: NetworkArgs,
    }

    fn parse(line: &str) -> Result<NetworkArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("info {line}").split_whitespace())?.args)
    }

    #[test]
    fn network_args_without_options_name_no_network() {
        assert_eq!(parse("").expect("valid").named(), None);
        let NetworkChoice::Untrained { name, extent, .. } = parse("").expect("valid").named_or_default() else {
            panic!("no folder was named");
        };
        assert_eq!((name.as_str(), extent), ("base", Extent { upstream_bp: 10_000, downstream_bp: 1_000 }));
    }

    #[test]
    fn network_args_model_excludes_a_window() {
        let model = parse("--model models/human").expect("valid").named();
        assert_eq!(model, Some(NetworkChoice::Model("models/human".into())));
        assert!(parse("--model models/human --window 300").is_err());
        assert!(parse("--window 59").is_err());
    }

    #[test]
    fn network_args_preset_architecture_and_window_are_combined() {
        let choice = parse("--preset small --architecture cnn --window 300").expect("valid").named();
        let Some(NetworkChoice::Untrained { network, extent, .. }) = choice else {
            panic!("no folder was named");
        };
        assert_eq!((network.architecture, network.stages[0].filters, extent.total_bp()), (Architecture::Cnn, 32, 300));
    }
}
