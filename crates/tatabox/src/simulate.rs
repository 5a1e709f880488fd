//! Simulation of promoters and expression with known truth.

use std::path::{Path, PathBuf};

use tatabox_dataset::schema::MANIFEST_FILE;
use tatabox_dataset::simulate::{
    EXPRESSION_FILE, MOTIF_SITES_FILE, MOTIFS_FILE, PROMOTERS_FILE, SIGNAL_FILE, TRUTH_FILE,
};
use tatabox_dataset::{PrepareConfig, PrepareReport, SimulateConfig, SimulationTruth, simulate};

use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::prepare;
use crate::remedy::Remedy;

/// Folder of the prepared data set, within the folder of a simulation.
pub const PREPARED_FOLDER: &str = "prepared";

/// Folder of the data set in `directory`: `directory` itself, or the prepared data set of the simulation in it.
pub fn prepared_folder(directory: &Path) -> PathBuf {
    let inside = directory.join(PREPARED_FOLDER);
    if !directory.join(MANIFEST_FILE).is_file() && inside.join(MANIFEST_FILE).is_file() {
        return inside;
    }
    directory.to_owned()
}

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
    check_replaced(request)?;
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

/// Refuses to replace files that are not those of a simulation.
fn check_replaced(request: &SimulateRequest) -> Result<()> {
    let folder = &request.out_dir;
    let files = [PROMOTERS_FILE, EXPRESSION_FILE, SIGNAL_FILE, MOTIF_SITES_FILE, MOTIFS_FILE];
    match files.map(|name| folder.join(name)).into_iter().find(|path| path.exists()) {
        Some(path) if request.config.force && !folder.join(TRUTH_FILE).is_file() => {
            let message = format!(
                "{} would be replaced, and it is not that of a simulation, as there is no {TRUTH_FILE}",
                path.display()
            );
            Err(Error::input_with(Remedy::ChooseOutputFolder, message))
        }
        _ => Ok(()),
    }
}

fn name_of(folder: &Path) -> Option<String> {
    folder.file_name().map(|name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Silent;

    #[test]
    fn simulate_does_not_replace_promoters_of_the_user() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join(PROMOTERS_FILE), ">mine\nACGT\n").expect("written");
        let mut request = SimulateRequest::new(folder.path());
        (request.config.genes, request.config.force) = (30, true);
        let message = run(&request, &Silent).expect_err("no simulation").to_string();
        assert!(message.contains("promoters.fa would be replaced"), "{message}");
        fs::remove_file(folder.path().join(PROMOTERS_FILE)).expect("removed");
        run(&request, &Silent).expect("simulated");
        run(&request, &Silent).expect("replaced");
    }

    #[test]
    fn prepared_folder_of_a_simulation_is_inside_it() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(prepared_folder(folder.path()), folder.path());
        let inside = folder.path().join(PREPARED_FOLDER);
        fs::create_dir(&inside).expect("created");
        fs::write(inside.join(MANIFEST_FILE), "{}").expect("written");
        assert_eq!(prepared_folder(folder.path()), inside);
        fs::write(folder.path().join(MANIFEST_FILE), "{}").expect("written");
        assert_eq!(prepared_folder(folder.path()), folder.path());
    }
}
