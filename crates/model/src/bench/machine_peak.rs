//! Measured peak performance of the machine, the reference for all timings.

use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use super::flop_count::FlopCount;
use crate::device::{DeviceChoice, SelectedDevice};
use crate::error::ModelError;

/// Edge of the matrices on a CPU: 4 MB each, so that the overhead of a call is negligible.
const CPU_EDGE: usize = 1_024;
/// Edge of the matrices on a GPU, which smaller ones would not occupy fully.
const GPU_EDGE: usize = 8_192;
/// Time during which products are repeated; the fastest one counts.
const BUDGET: Duration = Duration::from_millis(500);
/// Bytes of the buffer that is copied: several times the cache of any processor.
const COPY_BYTES: usize = 128 << 20;
/// Bytes per parallel copy.
const COPY_BLOCK: usize = 1 << 20;
/// Number of copies; the fastest one counts.
const COPIES: usize = 5;

/// Peak performance of the machine with the threads in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MachinePeak {
    /// Multiply-adds per second in a large product of f32 matrices, as used by the network.
    pub multiply_adds_per_s: f64,
    /// Bytes read and written per second while a large buffer in main memory is copied.
    pub copied_bytes_per_s: f64,
    /// Whether bases are looked up in tables, as on the CPU, rather than multiplied.
    pub has_tables: bool,
}

impl MachinePeak {
    /// Measures for about a second, on the current thread pool.
    ///
    /// # Errors
    /// [`ModelError::DeviceUnavailable`] where the device fails.
    pub fn measure(device: &SelectedDevice) -> Result<Self, ModelError> {
        let has_tables = device.name == DeviceChoice::Cpu.to_string();
        let edge = if has_tables { CPU_EDGE } else { GPU_EDGE };
        let fastest_s = fastest_product_s(edge, &device.device)
            .map_err(|reason| ModelError::DeviceUnavailable { device: device.name.clone(), reason })?;
        Ok(Self {
            multiply_adds_per_s: (edge * edge * edge) as f64 / fastest_s,
            copied_bytes_per_s: 2.0 * COPY_BYTES as f64 / fastest_copy_s(),
            has_tables,
        })
    }

    /// Roofline of the prediction of a window, in seconds: its operations at peak performance.
    pub fn prediction_roofline_s(&self, count: &FlopCount) -> f64 {
        let operations = if self.has_tables { count.operations() } else { count.multiply_adds() };
        operations as f64 / self.multiply_adds_per_s
    }

    /// Roofline of a window's part of a training step, in seconds.
    pub fn training_roofline_s(&self, count: &FlopCount) -> f64 {
        let operations = if self.has_tables { count.training_operations() } else { count.training_multiply_adds() };
        operations as f64 / self.multiply_adds_per_s
    }
}

fn fastest_product_s(edge: usize, device: &Device) -> Result<f64, String> {
    // Values that neither overflow nor become subnormal.
    let values: Vec<f32> = (0..edge * edge).map(|index| (index % 7) as f32 - 3.0).collect();
    let left = Tensor::<2>::from_data(TensorData::new(values, [edge, edge]), device);
    let right = left.clone();
    let begun = Instant::now();
    let mut fastest_s = f64::INFINITY;
    while fastest_s.is_infinite() || begun.elapsed() < BUDGET {
        let started = Instant::now();
        let product = left.clone().matmul(right.clone());
        device.sync().map_err(|error| error.to_string())?;
        fastest_s = fastest_s.min(started.elapsed().as_secs_f64());
        drop(product);
    }
    Ok(fastest_s)
}

fn fastest_copy_s() -> f64 {
    let source = vec![1u8; COPY_BYTES];
    let mut target = vec![2u8; COPY_BYTES];
    let copy = |target: &mut Vec<u8>| {
        let started = Instant::now();
        let blocks = target.par_chunks_mut(COPY_BLOCK).zip(source.par_chunks(COPY_BLOCK));
        blocks.for_each(|(target, source)| target.copy_from_slice(source));
        started.elapsed().as_secs_f64()
    };
    (0..COPIES).map(|_| copy(&mut target)).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{NetworkConfig, Preset};

    #[test]
    fn machine_peak_is_positive_and_finite() {
        let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
        let peak = MachinePeak::measure(&device).expect("the CPU multiplies");
        assert!(peak.multiply_adds_per_s.is_finite() && peak.multiply_adds_per_s > 0.0);
        assert!(peak.copied_bytes_per_s.is_finite() && peak.copied_bytes_per_s > 0.0);
        assert!(peak.has_tables);
    }

    #[test]
    fn rooflines_are_operations_at_peak() {
        let count = FlopCount::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000);
        let cpu = MachinePeak { multiply_adds_per_s: 1e11, copied_bytes_per_s: 1e10, has_tables: true };
        assert!((cpu.prediction_roofline_s(&count) - 98_522_800e-11).abs() < 1e-12);
        assert!((cpu.training_roofline_s(&count) - 292_045_840e-11).abs() < 1e-12);
        let gpu = MachinePeak { has_tables: false, ..cpu };
        assert!((gpu.prediction_roofline_s(&count) - 137_270_960e-11).abs() < 1e-12);
        assert!((gpu.training_roofline_s(&count) - 369_542_160e-11).abs() < 1e-12);
    }
}
