//! Options for model and device.

use std::path::PathBuf;

use clap::Args;
use tatabox_model::DeviceChoice;

/// A trained model and its device.
#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// Folder of a trained model [default: the bundled model]
    #[arg(long, value_name = "DIR", help_heading = "Model")]
    pub(crate) model: Option<PathBuf>,
    /// Device: auto, cpu or cuda:N
    #[arg(long, help_heading = "Model", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
}
