//! Network, tasks and duration of a benchmark.

use tatabox_dataset::Extent;
use tatabox_model::{Benchmark, NetworkConfig, SelectedDevice};

use crate::error::Result;
use crate::info::NetworkSummary;
use crate::model_store::Model;

/// Windows shorter than this are trained in larger batches.
const LONG_WINDOW_BP: usize = 4_000;

/// Network to time.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Model;
/// use tatabox::benchmark::BenchmarkNetwork;
///
/// let network: BenchmarkNetwork = Model::open("models/human")?.into();
/// # Ok::<(), tatabox::Error>(())
/// ```
pub enum BenchmarkNetwork {
    /// A trained model.
    Model(Box<Model>),
    /// A network with random weights.
    Untrained {
        /// Name in the report.
        name: String,
        /// Its configuration.
        network: Box<NetworkConfig>,
        /// Bases that it reads around the TSS.
        extent: Extent,
        /// Device that computes.
        device: Box<SelectedDevice>,
    },
}

impl From<Model> for BenchmarkNetwork {
    fn from(model: Model) -> Self {
        Self::Model(Box::new(model))
    }
}

impl BenchmarkNetwork {
    pub(super) fn set_up(self) -> Result<(NetworkSummary, Benchmark, SelectedDevice)> {
        Ok(match self {
            Self::Model(model) => {
                let (summary, device) = (NetworkSummary::of_model(&model), model.device().clone());
                (summary, Benchmark::of_predictor(model.into_predictor(), &device), device)
            }
            Self::Untrained { name, network, extent, device } => {
                let summary = NetworkSummary::of_config(&name, &network, extent.total_bp() as usize);
                (summary, Benchmark::new(*network, extent, &device)?, *device)
            }
        })
    }
}

/// Tasks, batch size and duration of a benchmark.
///
/// # Examples
///
/// ```
/// use tatabox::benchmark::{BenchmarkRequest, BenchmarkTask};
///
/// let request = BenchmarkRequest::default();
/// assert_eq!(request.windows(BenchmarkTask::Throughput, 11_000), 32);
/// assert_eq!(request.windows(BenchmarkTask::Mutagenesis, 300), 900);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkRequest {
    /// Tasks, in the order in which they are timed.
    pub tasks: Vec<BenchmarkTask>,
    /// Windows per batch; `None` for 32, and for training 16, or 64 where windows are shorter than 4 kb.
    pub batch: Option<usize>,
    /// Seconds per task, in addition to the warm-up.
    pub seconds: f64,
}

impl Default for BenchmarkRequest {
    fn default() -> Self {
        Self { tasks: BenchmarkTask::ALL.to_vec(), batch: None, seconds: 5.0 }
    }
}

impl BenchmarkRequest {
    /// Windows of one call, each mutant counted, for a network that reads `window_bp`.
    pub fn windows(&self, task: BenchmarkTask, window_bp: usize) -> usize {
        match (task, self.batch) {
            (BenchmarkTask::Latency, _) => 1,
            (BenchmarkTask::Mutagenesis, _) => 3 * window_bp,
            (_, Some(batch)) => batch,
            (BenchmarkTask::Throughput, None) => 32,
            (BenchmarkTask::Training, None) if window_bp < LONG_WINDOW_BP => 64,
            (BenchmarkTask::Training, None) => 16,
        }
    }
}

/// Work that is timed.
///
/// ```
/// use tatabox::benchmark::BenchmarkTask;
///
/// assert_eq!(BenchmarkTask::ALL.map(BenchmarkTask::name)[0], "latency");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchmarkTask {
    /// Prediction of one window.
    Latency,
    /// Prediction of a batch.
    Throughput,
    /// One optimiser step on a batch.
    Training,
    /// Every substitution of one window.
    Mutagenesis,
}

impl BenchmarkTask {
    /// Every task, in the order in which they are timed.
    pub const ALL: [Self; 4] = [Self::Latency, Self::Throughput, Self::Training, Self::Mutagenesis];

    /// Name of the task.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Throughput => "throughput",
            Self::Training => "training",
            Self::Mutagenesis => "mutagenesis",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benchmark_windows_depend_on_task_batch_and_window() {
        let windows = |request: &BenchmarkRequest, bp| BenchmarkTask::ALL.map(|task| request.windows(task, bp));
        let default = BenchmarkRequest::default();
        assert_eq!(windows(&default, 11_000), [1, 32, 16, 33_000]);
        assert_eq!(windows(&default, 300), [1, 32, 64, 900]);
        assert_eq!(windows(&BenchmarkRequest { batch: Some(8), ..default }, 300), [1, 8, 8, 900]);
    }
}
