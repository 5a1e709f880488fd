//! Simulation of promoters and expression with known truth.

use std::path::{Path, PathBuf};

use tatabox_dataset::simulate::{EXPRESSION_FILE, PROMOTERS_FILE};
use tatabox_dataset::{PrepareConfig, PrepareReport, SimulateConfig, SimulationTruth, simulate};

use crate::error::Result;
use crate::observer::Observer;
use crate::prepare;

/// Folder of the prepared data set, within the folder of a simulation.
pub const PREPARED_FOLDER: &str = "prepared";

/// Settings and output of a simulation.
///
/// # Examples
///
/// ```
/// use tatabox::simulate::SimulateRequest;
///
/// let request = SimulateRequest::new("data/simulated");
/// assert!(!request.prepare);
/// assert_eq!(request.dataset_folder(), std::path::Path::new("data/simulated/prepared"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SimulateRequest {
    /// Number of genes, window, noise and seed.
    pub config: SimulateConfig,
    /// Folder of promoters, expression and truth.
    pub out_dir: PathBuf,
    /// Whether a data set is prepared from the simulation.
    pub prepare: bool,
}

/// Files and truth of a simulation.
///
/// # Examples
///
/// ```
/// use tatabox::simulate::{self, SimulateRequest};
/// use tatabox::Silent;
///
/// let folder = std::env::temp_dir().join(format!("tatabox-simulated-{}", std::process::id()));
/// let mut request = SimulateRequest::new(&folder);
/// request.config.genes = 30;
/// let simulation = simulate::run(&request, &Silent)?;
/// assert!(simulation.promoters.is_file() && simulation.truth.best_reachable_pearson["K562"] > 0.5);
/// # std::fs::remove_dir_all(folder).ok();
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Simulation {
    /// Parameters of the simulation, and the best scores that a model can reach.
    pub truth: SimulationTruth,
    /// Promoters, as FASTA.
    pub promoters: PathBuf,
    /// Expression, in TPM.
    pub expression: PathBuf,
    /// Report of the preparation, where a data set was requested.
    pub prepared: Option<PrepareReport>,
}

impl SimulateRequest {
    /// A simulation with default settings and without a prepared data set.
    pub fn new(out_dir: impl Into<PathBuf>) -> Self {
        Self { config: SimulateConfig::default(), out_dir: out_dir.into(), prepare: false }
    }

    /// Folder of the prepared data set.
    pub fn dataset_folder(&self) -> PathBuf {
        self.out_dir.join(PREPARED_FOLDER)
    }
}

/// Simulates promoters and expression, and prepares a data set of them where it is requested.
///
/// Motifs are planted in random promoters, expression is computed from the sequence, and noise is added. The best scores
/// that any model can reach are therefore known.
///
/// # Errors
/// A setting is out of range, or the folder holds an earlier simulation that may not be replaced or cannot be written.
pub fn run(request: &SimulateRequest, observer: &dyn Observer) -> Result<Simulation> {
    let SimulateRequest { config, out_dir, .. } = request;
    let truth = simulate(config, out_dir)?;
    let (promoters, expression) = (out_dir.join(PROMOTERS_FILE), out_dir.join(EXPRESSION_FILE));
    let prepared = if request.prepare {
        let default = PrepareConfig::new(expression.clone(), request.dataset_folder(), config.geometry);
        let name = name_of(out_dir).unwrap_or_else(|| default.name.clone());
        let prepare_config = PrepareConfig {
            name,
            promoters: Some(promoters.clone()),
            seed: config.seed,
            force: config.force,
            ..default
        };
        Some(prepare::run(&prepare_config, observer)?)
    } else {
        None
    };
    Ok(Simulation { truth, promoters, expression, prepared })
}

fn name_of(folder: &Path) -> Option<String> {
    folder.file_name().map(|name| name.to_string_lossy().into_owned())
}
