//! Compute devices and number formats.

mod device_choice;
mod precision;

pub use device_choice::{DeviceChoice, SelectedDevice, cpu, cpu_backends};
pub use precision::Precision;
