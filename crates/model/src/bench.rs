//! Benchmarks: operation counts, machine peak and timed networks.

mod benchmark;
mod flop_count;
mod machine_peak;

pub use benchmark::SpeedTrial;
pub use flop_count::{Arithmetic, LayerArithmetic};
pub use machine_peak::MachinePeak;
