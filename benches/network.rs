//! Networks for the benchmarks.

use tatabox_dataset::Extent;
use tatabox_model::{Benchmark, DeviceChoice, NetworkConfig, Preset};

/// Presets by name.
pub const PRESETS: [(Preset, &str); 2] = [(Preset::Small, "small"), (Preset::Base, "base")];

/// Benchmark of a hybrid network with random weights on the CPU; one eleventh of the window is downstream of the TSS.
pub fn benchmark(preset: Preset, window_bp: u32) -> Benchmark {
    let downstream_bp = window_bp / 11;
    let extent = Extent { upstream_bp: window_bp - downstream_bp, downstream_bp };
    let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    Benchmark::new(NetworkConfig::preset(preset, window_bp as usize, 8), extent, &device).expect("a valid network")
}
