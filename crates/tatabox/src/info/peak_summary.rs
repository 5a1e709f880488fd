//! Measured peak of a device.

use serde::Serialize;
use tatabox_model::{MachinePeak, SelectedDevice};

/// Measured peak of a device, and the number of threads that reached it.
///
/// # Examples
///
/// ```
/// use tatabox::info::PeakSummary;
/// use tatabox_model::{DeviceChoice, MachinePeak};
///
/// let peak = MachinePeak { multiply_adds_per_s: 1e11, copied_bytes_per_s: 2e10, has_tables: true };
/// let summary = PeakSummary::new(&peak, &DeviceChoice::Cpu.select()?);
/// assert_eq!((summary.device.as_str(), summary.multiply_adds_per_s), ("cpu", 1e11));
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PeakSummary {
    /// Name of the device.
    pub device: String,
    /// Number of threads.
    pub threads: usize,
    /// Multiply-adds per second in a product of two matrices, f32.
    pub multiply_adds_per_s: f64,
    /// Bytes copied per second.
    pub copied_bytes_per_s: f64,
}

impl PeakSummary {
    /// Summary of a measurement on a device.
    pub fn new(peak: &MachinePeak, device: &SelectedDevice) -> Self {
        Self {
            device: device.name.clone(),
            threads: rayon::current_num_threads(),
            multiply_adds_per_s: peak.multiply_adds_per_s,
            copied_bytes_per_s: peak.copied_bytes_per_s,
        }
    }
}
