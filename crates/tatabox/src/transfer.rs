//! Transfer learning to new cell types: a benchmark of its gain.
//!
//! Training itself begins from another model with [`TrainRequest::transfer`](crate::train::TrainRequest).

mod conditions;
mod folder;
mod request;
mod score;

use std::path::{Path, PathBuf};

use tatabox_dataset::{PredictionTable, PreparedDataset, find_cell_type};

use crate::error::{Error, Result};
use crate::evaluate::{DatasetSource, Evaluation, EvaluationRecord, SIMULATED_DATA, Scoring, chromosomes_by_gene};
use crate::json_file;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::train::{NameSelection, TrainingSetup, folder_name};

use conditions::{Conditions, TRANSFER};

pub use request::TransferBenchmarkRequest;
pub use score::TransferScore;

/// Folder of benchmarks without an explicit output.
const TRANSFER_DIR: &str = "transfer";

/// Result of a transfer benchmark.
///
/// ```no_run
/// # fn show(summary: tatabox::transfer::TransferBenchmarkSummary) {
/// print!("{}", tatabox::transfer::TransferScore::to_tsv(&summary.scores));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TransferBenchmarkSummary {
    /// Folder of the benchmark.
    pub directory: PathBuf,
    /// Scores by fraction of the genes, model and cell type.
    pub scores: Vec<TransferScore>,
}

/// Holds out one cell type after the other and compares three models of it on the same genes: a network transferred from the
/// other cell types, a network trained from scratch, and the mean prediction for the other cell types. A cancelled benchmark is
/// resumed by the same request.
///
/// # Errors
/// An option is invalid, fewer than two cell types are selected, the folder holds other files, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::transfer::{self, TransferBenchmarkRequest};
/// use tatabox_dataset::PreparedDataset;
///
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// let request = TransferBenchmarkRequest { genes_fractions: vec![0.1], ..TransferBenchmarkRequest::default() };
/// let summary = transfer::benchmark(&dataset, &request, &Silent)?;
/// println!("{} scores in {}", summary.scores.len(), summary.directory.display());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn benchmark(
    dataset: &PreparedDataset,
    request: &TransferBenchmarkRequest,
    observer: &dyn Observer,
) -> Result<TransferBenchmarkSummary> {
    let device = request.options.select_device()?;
    observer.note(&format!("device: {device}"));
    let setup = TrainingSetup::new(&request.options, dataset)?;
    let held_out = held_out(request, &setup)?;
    let default = || Path::new(TRANSFER_DIR).join(folder_name(dataset.name()));
    let directory = request.output.clone().unwrap_or_else(default);
    let models = folder::models(&directory);
    let conditions_of = |genes_fraction| Conditions {
        dataset,
        request,
        setup: &setup,
        device: &device,
        models: &models,
        genes_fraction,
        observer,
    };
    for &fraction in &request.genes_fractions {
        conditions_of(fraction).check(&held_out[0])?;
    }
    let mut paths = OutputPaths::default();
    paths.dataset(dataset);
    if let Some(settings) = &request.options.settings {
        paths.input("settings", &settings.path);
    }
    paths.output_folder("out", &directory, &[&models, &folder::scores(&directory, request.split)]);
    paths.check()?;
    folder::open(&directory, request.replace)?;

    let mut scores = Vec::new();
    for &fraction in &request.genes_fractions {
        let conditions = conditions_of(fraction);
        let mut rows = Vec::new();
        for cell_type in &held_out {
            rows.extend(conditions.predict(cell_type)?);
        }
        let evaluation = evaluate(dataset, request, PredictionTable::new(rows)?, fraction, observer)?;
        let evaluation_folder = folder::evaluation(&directory, request.split, fraction);
        folder::create(&evaluation_folder)?;
        evaluation.write(&evaluation_folder)?;
        scores.extend(TransferScore::of_evaluation(&evaluation, fraction));
        json_file::write_text(&folder::scores(&directory, request.split), TransferScore::to_tsv(&scores).as_bytes())?;
    }
    Ok(TransferBenchmarkSummary { directory, scores })
}

/// Scores the models, and tests the transfer against the others.
fn evaluate(
    dataset: &PreparedDataset,
    request: &TransferBenchmarkRequest,
    table: PredictionTable,
    fraction: f64,
    observer: &dyn Observer,
) -> Result<Evaluation> {
    let mut record = EvaluationRecord::new(TRANSFER.to_owned(), vec![request.split], request.command.clone());
    record.note = dataset.manifest().simulated.is_some().then(|| SIMULATED_DATA.to_owned());
    record.dataset = Some(DatasetSource::of_dataset(dataset));
    record.remarks = vec![format!(
        "each cell type was held out of the network that it was transferred from; {}% of its train genes were learned",
        100.0 * fraction
    )];
    let scoring = Scoring {
        resamples: request.resamples,
        seed: request.options.seed,
        chromosomes: Some(chromosomes_by_gene(dataset)),
        ..Scoring::new(TRANSFER, request.split)
    };
    let scored = scoring.score(&table, observer)?;
    Ok(Evaluation::new(table, scored, None, record))
}

/// The held-out cell types, at least one, as the data set spells them.
fn held_out(request: &TransferBenchmarkRequest, setup: &TrainingSetup) -> Result<Vec<String>> {
    if setup.cell_types.len() < 2 {
        return Err(Error::request("cell_types", "one cell type leaves none to transfer from; select two or more"));
    }
    match &request.held_out {
        NameSelection::All => Ok(setup.cell_types.clone()),
        NameSelection::Only(names) if names.is_empty() => {
            Err(Error::request("leave_out", "no cell type is held out; select one or more"))
        }
        NameSelection::Only(names) => {
            let found = names.iter().map(|name| find_cell_type(&setup.cell_types, name));
            Ok(found.map(|index| index.map(|index| setup.cell_types[index].clone())).collect::<Result<_, _>>()?)
        }
    }
}
