//! Description of networks, and of what this machine offers them.

mod flop_table;
mod machine;
mod model_description;
mod network_summary;
mod output_group;
mod peak_summary;

pub use flop_table::{FlopTable, LayerFlopRow};
pub use machine::{FoundDevice, Machine};
pub use model_description::{EnsembleDescription, NetworkDescription};
pub use network_summary::NetworkSummary;
pub use output_group::OutputGroup;
pub use peak_summary::PeakSummary;
