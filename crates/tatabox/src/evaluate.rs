//! Scores of predictions on held-out genes: metrics with intervals, tests between models, figures and a report.
//!
//! [`run`] evaluates a model together with baselines and negative controls, [`run_on_tables`] prediction tables of any
//! models. [`Evaluation::read`] and [`Evaluation::draw`] redraw the figures of an earlier evaluation.

mod assay_scores;
mod attention_summary;
mod drawing;
mod evaluation;
mod excluded_genes;
mod noise_ceiling;
mod record;
mod report;
mod request;
mod scoring;
mod split_prediction;
mod tables;
mod training_overlap;

use tatabox_dataset::{PredictionTable, PreparedDataset};
use tatabox_sequence::counted;

use crate::audit::AuditSummary;
use crate::comparators::Comparison;
use crate::error::{Error, Result};
use crate::model_store::{Model, OutputSelection};
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
use crate::output_paths::OutputPaths;

pub use crate::inputs::DatasetSource;
pub use assay_scores::AssayScores;
pub use drawing::{Drawing, redraw};
pub use evaluation::Evaluation;
pub use noise_ceiling::NoiseCeilingSource;
pub use record::EvaluationRecord;
pub use request::{EvaluateRequest, EvaluationSettings, TablesRequest};
pub use scoring::{Scored, Scoring};
pub use tables::run_on_tables;

pub(crate) use crate::inputs::SIMULATED_DATA;
pub(crate) use attention_summary::AttentionSummary;
pub(crate) use evaluation::files;
pub(crate) use excluded_genes::ExcludedGenes;
pub(crate) use record::ensemble_remark;
pub(crate) use scoring::chromosomes_by_gene;
pub(crate) use split_prediction::predict_split;
pub(crate) use training_overlap::held_out_warning;

/// Remark under figures of a model that was trained on simulated data.
const SIMULATED_TRAINING: &str = "The model was trained on simulated data.";

/// Scores a model on the genes of a split, compares it with baselines and controls, and writes tables, figures and report.
///
/// Scored are the expression outputs that the data set measures, and the outputs of assays on the held-out rows of their assay.
/// The leak audit of the data set is part of the result; it is computed where there is none.
///
/// # Errors
/// The data set lacks a cell type or an auxiliary input of the model, or its windows are shorter than the model's extent; the
/// split has too few genes; a comparator cannot be fitted; the folder is not empty and may not be replaced; a file cannot be written;
/// the observer cancels.
pub fn run(
    model: Model,
    dataset: &PreparedDataset,
    request: &EvaluateRequest,
    observer: &dyn Observer,
) -> Result<Evaluation> {
    let settings = &request.settings;
    let mut paths = OutputPaths::of_model(&model);
    paths.dataset(dataset);
    if let Some(replicates) = &settings.replicates {
        paths.tables("replicates", replicates);
    }
    for expression in &settings.expression {
        paths.input("expression", expression);
    }
    paths.output_folder("out", &request.folder(&model), &files());
    paths.check()?;
    let split = settings.split;
    model.predictor().check_geometry(dataset)?;
    let out = OutputFolder::create_with(&request.folder(&model), settings.overwrite, &files())?;
    let assays = AssayScores::of(&model, dataset, split, (settings.resamples, settings.seed), observer)?;
    let model = &measured_outputs(model, dataset, observer)?;
    let predictor = model.predictor();
    warn_of_other_training_data(model, dataset, observer);
    let audit = AuditSummary::of_dataset(dataset, model.extent(), observer)?;

    let label = format!("predicting {split}");
    let predictions = predict_split(predictor, dataset, split, model.name(), label, observer)?;
    observer.note(&format!("{} predicted", counted(predictions.selection.genes.len(), &format!("{split} gene"))));
    let excluded = ExcludedGenes::of_selection(&predictions.selection).describe(split, model.extent());
    if let Some(excluded) = &excluded {
        observer.warn(excluded);
    }
    let comparison = Comparison {
        predictor,
        model_name: model.name(),
        dataset,
        split,
        device: model.device(),
        cache: request.cache.as_deref(),
        command: &settings.command,
        observer,
    };
    let compared = comparison.predict(&request.resolve_comparators(model, dataset))?;
    if observer.is_cancelled() {
        return Err(Error::Cancelled("interrupted before scoring".to_owned()));
    }

    let mut record = EvaluationRecord::new(model.name().to_owned(), vec![split], settings.command.clone());
    let auxiliary = predictor.auxiliary_inputs();
    record.note = figure_note(model, dataset);
    record.training = Some(predictor.record().clone());
    record.auxiliary_inputs = (!auxiliary.is_empty()).then(|| auxiliary.to_string());
    record.dataset = Some(DatasetSource::of_dataset(dataset));
    let ensemble = predictor.ensemble().map(|ensemble| ensemble_remark(ensemble.members.len()));
    record.remarks = ensemble.into_iter().chain(excluded).chain(compared.notes).collect();

    let attention = AttentionSummary::of_split(predictor, dataset, &predictions)?;
    let mut rows = predictions.rows;
    rows.extend(compared.rows);
    let table = PredictionTable::new(rows)?;
    let scoring = Scoring {
        resamples: settings.resamples,
        seed: settings.seed,
        chromosomes: Some(chromosomes_by_gene(dataset)),
        ceiling: NoiseCeilingSource::choose(settings.replicates.as_ref(), Some(dataset)),
        similarity: Some(audit.similarity_in(split)),
        ..Scoring::new(model.name(), split)
    };
    record.audit = Some(audit);
    let scored = scoring.score(&table, observer)?;
    let evaluation = Evaluation { assays, ..Evaluation::new(table, scored, attention, record) };
    evaluation.write(out.path())?;
    evaluation.draw(out.path(), settings.drawing, observer)?;
    out.keep()?;
    Ok(evaluation)
}

/// The model with the expression outputs that the data set measures. Outputs of assays are scored on the rows of their assay.
///
/// # Errors
/// The data set measures none of them.
fn measured_outputs(model: Model, dataset: &PreparedDataset, observer: &dyn Observer) -> Result<Model> {
    let model = model.with_outputs(&OutputSelection::Expression)?;
    let is_measured = |name: &&String| dataset.cell_type_index(name).is_ok();
    let measured: Vec<String> = model.cell_types().iter().filter(is_measured).cloned().collect();
    if measured.is_empty() {
        let (name, outputs, known) = (model.name(), model.cell_types().join(", "), dataset.cell_types().join(", "));
        let message = format!("model {name} predicts {outputs}, and data set {} measures {known}", dataset.name());
        return Err(Error::input(message));
    }
    let unmeasured: Vec<String> = model.cell_types().iter().filter(|name| !measured.contains(name)).cloned().collect();
    if !unmeasured.is_empty() {
        observer.note(&format!(
            "not scored, since {} does not measure them: {}",
            dataset.name(),
            unmeasured.join(", ")
        ));
    }
    model.with_outputs(&OutputSelection::Names(measured))
}

/// Warns of a model that was trained under another split, whose train genes may be test genes of this data set.
fn warn_of_other_training_data(model: &Model, dataset: &PreparedDataset, observer: &dyn Observer) {
    let predictor = model.predictor();
    let trained_on = &predictor.model().config.data.name;
    let overlap = predictor.training_overlap(dataset);
    if let Some(warning) = held_out_warning(model.name(), overlap, trained_on, dataset.name()) {
        observer.warn(&warning);
    }
}

/// Remark under each figure, where model or data are simulated.
fn figure_note(model: &Model, dataset: &PreparedDataset) -> Option<String> {
    if dataset.manifest().simulated.is_some() {
        return Some(SIMULATED_DATA.to_owned());
    }
    model.is_simulated().then(|| SIMULATED_TRAINING.to_owned())
}
