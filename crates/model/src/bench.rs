//! Benchmarks: operation counts, machine peak and timed networks.

mod benchmark;
mod flop_count;
mod machine_peak;

pub use benchmark::Benchmark;
pub use flop_count::{FlopCount, LayerFlops};
pub use machine_peak::MachinePeak;
