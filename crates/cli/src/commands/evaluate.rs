//! `tatabox evaluate`: scores, tests, figures and a report on held-out genes.

pub(crate) mod crossval;
pub(crate) mod figures;
pub(crate) mod verify;

mod tables;
pub(crate) mod text;

use anyhow::Result;
use tatabox_dataset::{PredictionTable, PreparedDataset};
use tatabox_model::SplitPredictions;

use crate::args::EvaluateArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::locations as locate;
use crate::resolve::model as model_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use tatabox::audit::AuditSummary;
use tatabox::comparators::{AvailableInputs, Comparator, ComparatorChoice, Comparison};
use tatabox::evaluate::{
    AttentionSummary, DatasetSource, Evaluation, EvaluationRecord, ExcludedGenes, NoiseCeilingSource, SIMULATED_DATA,
    Scoring, chromosomes_by_gene, ensemble_remark, predict_split,
};
use tatabox::{Model, OutputFolder};

pub(crate) fn run(args: &EvaluateArgs, console: &Console) -> Result<()> {
    if !args.predictions.is_empty() {
        return tables::run(args, console);
    }
    let device = args.device.select()?.with_precision(args.precision)?;
    let model = model_choice::open_on(args.model.as_deref(), device, console)?;
    let dataset = data_choice::open_with_expression(args.data.as_deref(), args.expression.as_deref(), console)?;
    model.predictor().check_geometry(&dataset)?;
    warn_of_other_data(&model, &dataset, console);
    let audit = AuditSummary::of_dataset(&dataset, model.predictor().extent(), console)?;
    let out_dir = args.out.clone().unwrap_or_else(|| model.folder().join(format!("evaluation-{}", args.split)));
    let out = OutputFolder::open(&out_dir)?;

    let predictions = predict(args, &model, &dataset, console)?;
    let excluded = ExcludedGenes::of_selection(&predictions.selection).describe(args.split, model.predictor().extent());
    if let Some(excluded) = &excluded {
        console.warn(excluded);
    }
    let needs = model.predictor().needs();
    let available = AvailableInputs::new(&dataset, !needs.feature_names().is_empty(), !needs.is_empty());
    let comparators = ComparatorChoice::resolve(&args.baselines, available);
    // Training stops after a step; everything else may stop at once.
    if comparators.iter().copied().any(Comparator::trains_network) {
        Interrupt::watch(console)?;
    }
    let (cache, command) = (locate::comparator_cache(), run_record::command());
    let comparison = Comparison {
        predictor: model.predictor(),
        model_name: model.name(),
        dataset: &dataset,
        split: args.split,
        device: &model.device(),
        cache: cache.as_deref(),
        command: &command,
        observer: console,
    };
    let compared = comparison.predict(&comparators).map_err(run_record::resumed_by_repetition)?;
    let mut record = EvaluationRecord::new(model.name().to_owned(), vec![args.split], run_record::command());
    record.note = note(&model, &dataset);
    record.training = Some(model.predictor().record().clone());
    record.auxiliary_inputs = (!needs.is_empty()).then(|| needs.to_string());
    record.dataset = Some(DatasetSource::of_dataset(&dataset));
    let of_ensemble = model.predictor().ensemble().map(|ensemble| ensemble_remark(ensemble.members.len()));
    record.remarks = of_ensemble.into_iter().chain(excluded).chain(compared.notes).collect();

    let attention = AttentionSummary::of_split(model.predictor(), &dataset, &predictions)?;
    let mut rows = predictions.rows;
    rows.extend(compared.rows);
    let table = PredictionTable::new(rows)?;
    let scoring = Scoring {
        splits: vec![args.split],
        resamples: args.bootstrap.resamples(),
        seed: args.seed,
        reference: model.name(),
        chromosomes: Some(chromosomes_by_gene(&dataset)),
        folds: None,
        ceiling: NoiseCeilingSource::choose(args.replicates.as_deref(), Some(&dataset)),
        similarity: Some(audit.similarity_in(args.split)),
    };
    record.audit = Some(audit);
    let scored = scoring.score(&table, console)?;
    let evaluation = Evaluation::new(table, scored, attention, record);
    finish(&evaluation, args, &out, console)?;
    out.keep();
    Ok(())
}

/// Writes, draws and prints.
fn finish(evaluation: &Evaluation, args: &EvaluateArgs, out: &OutputFolder, console: &Console) -> Result<()> {
    evaluation.write(out.path())?;
    evaluation.draw(out.path(), (&args.drawing).into(), console)?;
    console.note(format!("written to {}", out.path().display()));
    text::print(evaluation, args.json)
}

fn predict(
    args: &EvaluateArgs,
    model: &Model,
    dataset: &PreparedDataset,
    console: &Console,
) -> Result<SplitPredictions> {
    let label = format!("predicting {}", args.split);
    let predictions = predict_split(model.predictor(), dataset, args.split, model.name(), label, console)?;
    console.note(format!("{} {} genes predicted", predictions.selection.genes.len(), args.split));
    Ok(predictions)
}

/// A split means nothing for a model that was trained under another one.
fn warn_of_other_data(model: &Model, dataset: &PreparedDataset, console: &Console) {
    if model.predictor().was_trained_on(dataset.checksum()) {
        return;
    }
    let trained_on = &model.predictor().model().config.data.name;
    console.warn(format!(
        "model {} was trained on another data set ({trained_on}); it may have been trained on genes that {} holds out",
        model.name(),
        dataset.name()
    ));
}

/// The remark under each figure.
fn note(model: &Model, dataset: &PreparedDataset) -> Option<String> {
    match (model.is_simulated(), data_choice::is_simulated(dataset)) {
        (_, true) => Some(SIMULATED_DATA.to_owned()),
        (true, false) => Some("The model was trained on simulated data.".to_owned()),
        (false, false) => None,
    }
}
