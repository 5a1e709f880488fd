//! The networks that are timed.

use tatabox_dataset::Extent;
use tatabox_model::{DeviceChoice, NetworkConfig, Preset, Benchmark};

/// The sizes there are, by name.
pub const PRESETS: [(Preset, &str); 2] = [(Preset::Small, "small"), (Preset::Base, "base")];

/// A hybrid with random weights on the CPU, for windows with one base in eleven downstream of the TSS.
pub fn trial(preset: Preset, window_bp: u32) -> Benchmark {
    let downstream_bp = window_bp / 11;
    let extent = Extent { upstream_bp: window_bp - downstream_bp, downstream_bp };
    let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
    Benchmark::new(NetworkConfig::preset(preset, window_bp as usize, 8), extent, &device).expect("a valid network")
}
