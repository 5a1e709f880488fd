//! Cross-validation over groups of chromosomes.
//!
//! Each fold is tested once, by a network that was trained on the other folds; the scores are computed over all folds together.

mod cross_validation;
mod fold_list;
mod fold_metrics;
mod folder;
mod folds;
mod predictions;
mod request;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tatabox_dataset::{PredictionTable, PreparedDataset, Split};

use crate::comparators::{AvailableInputs, ComparatorChoice};
use crate::error::{Error, Result};
use crate::evaluate::{
    DatasetSource, Evaluation, EvaluationRecord, NoiseCeilingSource, SIMULATED_DATA, Scoring, chromosomes_by_gene,
    ensemble_remark, files,
};
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
use crate::output_paths::OutputPaths;
use crate::train::TrainingSetup;

use cross_validation::CrossValidation;
use predictions::OutOfFoldPredictions;

pub use request::{CrossvalRequest, FoldSource};

/// Folder of cross-validations without an explicit output.
const CROSSVAL_DIR: &str = "crossval";
const FOLD_METRICS_FILE: &str = "fold_metrics.tsv";

/// Result of a cross-validation.
///
/// ```no_run
/// # fn show(summary: tatabox::crossval::CrossvalSummary) {
/// println!("{} rows in {}", summary.evaluation.table.rows.len(), summary.directory.display());
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CrossvalSummary {
    /// Folder of the cross-validation.
    pub directory: PathBuf,
    /// Out-of-fold predictions, and their scores.
    pub evaluation: Evaluation,
}

/// Trains a network per fold, predicts each gene with the network that was not trained on its chromosome, and scores the
/// out-of-fold predictions. A cancelled cross-validation is resumed by the same request.
///
/// # Errors
/// An option is invalid, the folder holds another cross-validation, a comparator cannot be fitted, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::crossval::{self, CrossvalRequest};
/// use tatabox_dataset::PreparedDataset;
///
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// let summary = crossval::run(&dataset, &CrossvalRequest::default(), &Silent)?;
/// for row in summary.evaluation.metrics.rows.iter().filter(|row| row.is_mean()) {
///     println!("{}\t{:?}", row.model, row.pearson.value);
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(dataset: &PreparedDataset, request: &CrossvalRequest, observer: &dyn Observer) -> Result<CrossvalSummary> {
    let cross_validation = open(dataset, request, None, observer)?;
    // The folds share the files of the data set, which are hashed once.
    dataset.verify()?;
    let CrossValidation { folds, setup, name, directory, .. } = &cross_validation;
    let mut predictions = OutOfFoldPredictions::default();
    for fold in 0..folds.count() {
        cross_validation.predict_fold(fold, &mut predictions)?;
    }
    let similarity = predictions.audit.as_ref().map(|audit| audit.similarity_in(Split::Test));
    if let Some(excluded) = predictions.excluded.describe(Split::Test, setup.extent) {
        observer.warn(&excluded);
    }
    let mut record = record(name, dataset, &cross_validation, &mut predictions);
    record.command.clone_from(&request.command);
    record.remarks.splice(0..0, request.members.map(ensemble_remark));
    let fold_of_gene: BTreeMap<String, usize> =
        dataset.genes().iter().enumerate().map(|(gene, entry)| (entry.gene_id.clone(), folds.fold_of(gene))).collect();
    let table = PredictionTable::new(predictions.compared.rows)?;
    let out = OutputFolder::update(directory, |_| true)?;
    fold_metrics::write(&out.path().join(FOLD_METRICS_FILE), &table, &fold_of_gene)?;
    let scoring = Scoring {
        resamples: request.resamples,
        seed: request.options.seed,
        chromosomes: Some(chromosomes_by_gene(dataset)),
        folds: Some(fold_of_gene),
        ceiling: NoiseCeilingSource::choose(request.replicates.as_ref(), Some(dataset)),
        similarity,
        ..Scoring::new(name, Split::Test)
    };
    let scored = scoring.score(&table, observer)?;
    let evaluation = Evaluation::new(table, scored, predictions.attention, record);
    evaluation.write(out.path())?;
    evaluation.draw(out.path(), request.drawing, observer)?;
    out.keep()?;
    Ok(CrossvalSummary { directory: directory.clone(), evaluation })
}

/// Trains the network of one fold, from 0, and fits its comparators; [`run`] with the same request uses both. Folds can be
/// trained in any order, and by several processes at once. Returns the folder of the network.
///
/// # Errors
/// As [`run`]; the fold does not exist.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::crossval::{self, CrossvalRequest};
/// use tatabox_dataset::PreparedDataset;
///
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// crossval::train_fold(&dataset, &CrossvalRequest::default(), 2, &Silent)?;
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn train_fold(
    dataset: &PreparedDataset,
    request: &CrossvalRequest,
    fold: usize,
    observer: &dyn Observer,
) -> Result<PathBuf> {
    open(dataset, request, Some(fold), observer)?.train_fold(fold)
}

/// Resolves a request against the data set and creates the folder.
fn open<'a>(
    dataset: &'a PreparedDataset,
    request: &'a CrossvalRequest,
    single: Option<usize>,
    observer: &'a dyn Observer,
) -> Result<CrossValidation<'a>> {
    let options = &request.options;
    let device = options.select_device()?;
    observer.note(&format!("device: {device}"));
    let setup = TrainingSetup::new(options, dataset)?;
    if setup.cell_types.is_empty() {
        let problem = "a cross-validation scores expression, and no cell type is selected; select one or more";
        return Err(Error::request("cell_types", problem));
    }
    let name = setup.model_name(dataset, request.members);
    let folds = folds::assign(dataset, &request.folds, options.seed, observer)?;
    if let Some(fold) = single.filter(|&fold| fold >= folds.count()) {
        let problem = format!("{} is not valid; expected 1 to {}, the number of folds", fold + 1, folds.count());
        return Err(Error::request("fold", problem));
    }
    let directory = request.output.clone().unwrap_or_else(|| Path::new(CROSSVAL_DIR).join(&name));
    list_paths(dataset, request, &directory).check()?;
    folder::open(&directory, single, request.replace)?;
    fold_list::write(&directory, dataset, &folds, setup.extent, options.gene_features, single)?;
    let available = AvailableInputs {
        assays: !options.assays.is_empty(),
        ..AvailableInputs::new(dataset, options.gene_features, options.reads_auxiliary_inputs())
    };
    let comparators = ComparatorChoice::resolve(&request.comparators, available);
    Ok(CrossValidation { dataset, request, folds, setup, name, directory, comparators, device, observer })
}

/// Inputs and output folder of the request.
fn list_paths(dataset: &PreparedDataset, request: &CrossvalRequest, directory: &Path) -> OutputPaths {
    let mut paths = OutputPaths::default();
    paths.dataset(dataset);
    if let FoldSource::Listed(path) = &request.folds {
        paths.input("folds", path);
    }
    if let Some(replicates) = &request.replicates {
        paths.tables("replicates", replicates);
    }
    let contents = [&files()[..], &[fold_list::FILE, FOLD_METRICS_FILE]].concat();
    paths.output_folder("out", directory, &contents);
    paths
}

/// Record of the evaluation, with remarks on how its scores are to be read.
fn record(
    name: &str,
    dataset: &PreparedDataset,
    cross_validation: &CrossValidation<'_>,
    predictions: &mut OutOfFoldPredictions,
) -> EvaluationRecord {
    let remarks = [
        folds::remark(&cross_validation.request.folds, cross_validation.folds.count()),
        "scores are computed over all folds together: a prediction that is constant within each fold, such as the train \
         mean, correlates negatively with the measurements"
            .to_owned(),
        "attention-enriched k-mers and gene tracks are those of the first fold's network".to_owned(),
    ];
    let mut record = EvaluationRecord::new(name.to_owned(), vec![Split::Test], Vec::new());
    record.note = dataset.manifest().simulated.is_some().then(|| SIMULATED_DATA.to_owned());
    record.dataset = Some(DatasetSource::of_dataset(dataset));
    let excluded = predictions.excluded.describe(Split::Test, cross_validation.setup.extent);
    let notes = std::mem::take(&mut predictions.compared.notes);
    record.remarks = remarks.into_iter().chain(excluded).chain(notes).collect();
    record.auxiliary_inputs = predictions.auxiliary_inputs.take();
    record.audit = predictions.audit.take();
    record
}
