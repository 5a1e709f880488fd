//! Hyperparameter search by random sampling and successive halving, on validation genes.
//!
//! # Source
//! Jamieson and Talwalkar 2016, <https://arxiv.org/abs/1502.07943>.

mod folder;
mod remaining_time;
mod request;
mod rung_progress;
mod search;
mod summary;
mod trial_record;
mod trial_records;
mod trial_table;

use std::path::Path;

use serde_json::{Value, json};
use tatabox_dataset::PreparedDataset;
use tatabox_model::{ModelError, SearchSpace, SuccessiveHalving, TrainingConfig, TrainingSettings};

use crate::error::{Context, Error, Result};
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::train::{TrainingSetup, default_config, request_error, warn_of_few_genes};

use remaining_time::RemainingTime;
use rung_progress::RungProgress;
use search::Search;
use trial_records::TrialRecords;

pub use request::TuneRequest;
pub use summary::TuneSummary;
pub use trial_record::{RungScore, TrialRecord};

/// Folder of searches without an explicit output.
const TUNE_DIR: &str = "tune";
/// Settings of the best trial.
const BEST_FILE: &str = "best.json";

/// Samples settings, trains a network with each for a few epochs, and continues the best for more epochs, rung by rung.
///
/// The first trial has the settings of a plain training run with the same options. The test genes are not used. A cancelled
/// search is resumed by the same request.
///
/// # Errors
/// An option or the search space is invalid, the folder holds another search, every trial fails, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::tune::{self, TuneRequest};
/// use tatabox_dataset::PreparedDataset;
///
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// let request = TuneRequest { trials: 9, ..TuneRequest::default() };
/// let summary = tune::run(&dataset, &request, &Silent)?;
/// println!("trial {}, settings in {}", summary.best, summary.settings_file.display());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(dataset: &PreparedDataset, request: &TuneRequest, observer: &dyn Observer) -> Result<TuneSummary> {
    let options = &request.options;
    let setup = TrainingSetup::new(options, dataset)?;
    let base = setup.config(options, dataset)?;
    let halving = request.halving(base.epochs)?;
    let space = space_around(&base, request)?;
    let trials = space.sample(&base, base.seed, request.trials).map_err(|error| match error {
        ModelError::InvalidConfig { field: "trials", .. } => request_error(error),
        error => error.into(),
    })?;
    let device = options.select_device()?;
    observer.note(&format!("device: {device}"));
    warn_of_few_genes(dataset, &base, observer);
    let default = || Path::new(TUNE_DIR).join(setup.model_name(dataset, None));
    let directory = request.output.clone().unwrap_or_else(default);
    let mut paths = OutputPaths::default();
    paths.dataset(dataset);
    if let Some(space) = &request.space {
        paths.input("space", space);
    }
    if let Some(settings) = &options.settings {
        paths.input("settings", &settings.path);
    }
    paths.output_folder("out", &directory, &folder::FILES);
    paths.check()?;
    folder::open(&directory, &definition(&base, &space, &halving)?, request.replace)?;

    let rungs = halving.rungs();
    let search = Search {
        dataset,
        trials: &trials,
        rungs: &rungs,
        remaining_time: RemainingTime::new(&rungs, &trials),
        device: &device,
        directory: &directory,
        command: &request.command,
        observer,
    };
    let mut records = TrialRecords::open(&directory, &trials)?;
    let mut progress = RungProgress::new(observer, request.stop_after_epoch);
    let best = search.run(&mut records, &mut progress)?;

    let settings_file = directory.join(BEST_FILE);
    records.of(best).settings.write(&settings_file)?;
    Ok(TuneSummary {
        ranking: records.ranked(),
        trials: records.into_all(),
        best,
        searched: space.names().collect(),
        model: search.run_of(best).path().to_owned(),
        settings_file,
        directory,
    })
}

/// Settings that a request searches, with the values of each.
///
/// # Errors
/// An option or the file of the search space is invalid.
pub fn search_space(dataset: &PreparedDataset, request: &TuneRequest) -> Result<SearchSpace> {
    let setup = TrainingSetup::new(&request.options, dataset)?;
    let base = setup.config(&request.options, dataset)?;
    request.halving(base.epochs)?;
    space_around(&base, request)
}

/// Settings that a request with default options searches, on windows of 300 bp; only pooling depends on the window.
///
/// ```
/// assert!(tatabox::tune::default_space().names().any(|name| name == "learning_rate"));
/// ```
pub fn default_space() -> SearchSpace {
    SearchSpace::around(&default_config())
}

/// Every setting that is not fixed, with the values of the request's file.
fn space_around(base: &TrainingConfig, request: &TuneRequest) -> Result<SearchSpace> {
    let fixed: Vec<&str> = request.fixed.iter().map(String::as_str).collect();
    if let Some(unknown) = fixed.iter().find(|name| !TrainingSettings::names().any(|known| known == **name)) {
        let known: Vec<&str> = TrainingSettings::names().collect();
        return Err(Error::request("fixed", format!("{unknown} is no setting; expected {}", known.join(", "))));
    }
    let space = SearchSpace::around(base).without(&fixed);
    let Some(path) = &request.space else {
        return Ok(space);
    };
    let space = space.with_file(path, base)?;
    if let Some(name) = space.names().find(|name| fixed.contains(name)) {
        let problem = format!("{} searches {name}, which an option fixes; omit one of the two", path.display());
        return Err(Error::request("space", problem));
    }
    Ok(space)
}

/// Everything that the result of a search depends on.
fn definition(base: &TrainingConfig, space: &SearchSpace, halving: &SuccessiveHalving) -> Result<Value> {
    let base = serde_json::to_value(base).context("cannot encode the configuration as JSON")?;
    let rungs: Vec<Value> =
        halving.rungs().iter().map(|rung| json!({ "trials": rung.trials, "epochs": rung.epochs })).collect();
    Ok(json!({ "rungs": rungs, "space": space.to_json(), "config": base }))
}
