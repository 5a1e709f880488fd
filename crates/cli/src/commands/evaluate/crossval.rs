//! `tatabox crossval`: every gene predicted by a network that has not seen its chromosome.

mod fold_list;
mod fold_metrics;
mod folder;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tatabox_dataset::{Extent, Folds, PredictionTable, PreparedDataset, Split};
use tatabox_model::{
    EnsembleDirectory, LoadedModel, Predictor, RunDirectory, SelectedDevice, Standing, member_configs,
};

use crate::args::CrossvalArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::locations as locate;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use tatabox::audit::AuditSummary;
use tatabox::comparators::{AvailableInputs, Comparator, ComparatorChoice, ComparatorPredictions, Comparison};
use tatabox::evaluate::{
    AttentionSummary, DatasetSource, Evaluation, EvaluationRecord, ExcludedGenes, NoiseCeilingSource, SIMULATED_DATA,
    Scoring, chromosomes_by_gene, ensemble_remark, predict_split,
};
use tatabox::train::{TrainingOptions, TrainingRun, TrainingSetup};

/// Where cross-validations lie unless the user names a folder.
const CROSSVAL_DIR: &str = "crossval";
const FOLD_METRICS_FILE: &str = "fold_metrics.tsv";

pub(crate) fn run(args: CrossvalArgs, console: &Console) -> Result<()> {
    let single = args.single_fold()?;
    let options = args.training.options()?;
    let dataset = data_choice::open(args.training.data(), console)?;
    let device = options.select_device()?;
    console.note(format!("device: {device}"));
    let setup = TrainingSetup::new(&options, &dataset)?;
    let members = args.members.count();
    let name = setup.model_name(&dataset, members);
    let folds = dataset.folds(args.folds.into(), options.seed)?;
    let out_dir = args.out.unwrap_or_else(|| Path::new(CROSSVAL_DIR).join(&name));
    folder::open(&out_dir, single, args.force)?;
    fold_list::write(&out_dir, &dataset, &folds, setup.extent, options.gene_features, single)?;

    let known = AvailableInputs::new(&dataset, options.gene_features, options.reads_auxiliary_inputs());
    Interrupt::watch(console)?;
    let cross_validation = CrossValidation {
        dataset: &dataset,
        folds: &folds,
        options: &options,
        setup: &setup,
        members,
        name: &name,
        out_dir: &out_dir,
        comparators: ComparatorChoice::resolve(&args.baselines, known),
        device: &device,
        cache: locate::comparator_cache(),
        command: run_record::command(),
        stop_after_epoch: args.stop_after_epoch,
        console,
    };
    if let Some(fold) = single {
        cross_validation.fit_alone(fold)?;
        console.note(format!("fold {} is done; without --fold, the folds are put together", fold + 1));
        return Ok(());
    }
    let mut predicted = Predicted::default();
    for fold in 0..folds.count() {
        cross_validation.fold(fold, &mut predicted)?;
    }

    let similarity = predicted.audit.as_ref().map(|audit| audit.similarity_in(Split::Test));
    if let Some(left_out) = predicted.left_out.describe(Split::Test, setup.extent) {
        console.warn(left_out);
    }
    let mut record = record(&name, &dataset, &folds, setup.extent, &mut predicted);
    record.remarks.splice(0..0, members.map(ensemble_remark));
    let fold_of_gene: BTreeMap<String, usize> =
        dataset.genes().iter().enumerate().map(|(gene, entry)| (entry.gene_id.clone(), folds.of_gene(gene))).collect();
    let table = PredictionTable::new(predicted.compared.rows)?;
    fold_metrics::write(&out_dir.join(FOLD_METRICS_FILE), &table, &fold_of_gene)?;
    let scoring = Scoring {
        splits: vec![Split::Test],
        resamples: args.bootstrap,
        seed: options.seed,
        reference: &name,
        chromosomes: Some(chromosomes_by_gene(&dataset)),
        folds: Some(fold_of_gene),
        ceiling: NoiseCeilingSource::choose(args.replicates.as_deref(), Some(&dataset)),
        similarity,
    };
    let scored = scoring.score(&table, console)?;
    let evaluation = Evaluation::new(table, scored, predicted.attention, record);
    evaluation.write(&out_dir)?;
    evaluation.draw(&out_dir, (&args.drawing).into(), console)?;
    console.note(format!("written to {}", out_dir.display()));
    super::text::print(&evaluation, args.json)
}

/// What was done, and what a reader of its scores should know.
fn record(
    name: &str,
    dataset: &PreparedDataset,
    folds: &Folds,
    extent: Extent,
    predicted: &mut Predicted,
) -> EvaluationRecord {
    let remarks = [
        format!(
            "{} folds of whole chromosomes; the gene's chromosome is new to the network that predicts it",
            folds.count()
        ),
        "scores are over all folds at once: a prediction that is constant within each fold, such as the train mean, \
         correlates negatively with the measurements"
            .to_owned(),
        "attended motifs and gene tracks are of the first fold's network".to_owned(),
    ];
    let mut record = EvaluationRecord::new(name.to_owned(), vec![Split::Test], run_record::command());
    record.note = data_choice::is_simulated(dataset).then(|| SIMULATED_DATA.to_owned());
    record.dataset = Some(DatasetSource::of_dataset(dataset));
    let left_out = predicted.left_out.describe(Split::Test, extent);
    let notes = std::mem::take(&mut predicted.compared.notes);
    record.remarks = remarks.into_iter().chain(left_out).chain(notes).collect();
    record.auxiliary_inputs = predicted.beside_the_bases.take();
    record.audit = predicted.audit.take();
    record
}

/// Out-of-fold predictions so far.
#[derive(Default)]
struct Predicted {
    compared: ComparatorPredictions,
    attention: Option<AttentionSummary>,
    audit: Option<AuditSummary>,
    left_out: ExcludedGenes,
    /// What the networks read beside the bases.
    beside_the_bases: Option<String>,
}

/// What all folds share.
struct CrossValidation<'a> {
    dataset: &'a PreparedDataset,
    folds: &'a Folds,
    options: &'a TrainingOptions,
    setup: &'a TrainingSetup,
    /// Networks of each fold's ensemble; none for one network a fold.
    members: Option<usize>,
    name: &'a str,
    out_dir: &'a Path,
    comparators: Vec<Comparator>,
    device: &'a SelectedDevice,
    cache: Option<PathBuf>,
    command: Vec<String>,
    stop_after_epoch: Option<usize>,
    console: &'a Console,
}

impl CrossValidation<'_> {
    /// Trains the network of a fold as far as that is not done yet, and predicts the genes that it tests with all models.
    fn fold(&self, fold: usize, predicted: &mut Predicted) -> Result<()> {
        let view = self.view(fold)?;
        AuditSummary::join(
            &mut predicted.audit,
            fold,
            AuditSummary::of_dataset(&view, self.setup.extent, self.console)?,
        );
        let run = self.train(fold, &view)?;

        let predictor = Predictor::new(LoadedModel::load(&run, &self.device.device)?, self.device);
        let label = "predicting the fold".to_owned();
        let predictions = predict_split(&predictor, &view, Split::Test, self.name, label, self.console)?;
        let compared =
            self.comparison(&predictor, &view).predict(&self.comparators).map_err(run_record::resumed_by_repetition)?;
        let attention = AttentionSummary::of_split(&predictor, &view, &predictions)?;
        AttentionSummary::join(&mut predicted.attention, attention);
        predicted.left_out.add(ExcludedGenes::of_selection(&predictions.selection));
        let needs = predictor.needs();
        predicted.beside_the_bases = (!needs.is_empty()).then(|| needs.to_string());
        predicted.compared.rows.extend(predictions.rows);
        predicted.compared.rows.extend(compared.rows);
        let notes = compared.notes.into_iter().map(|note| format!("fold {}: {note}", fold + 1));
        predicted.compared.notes.extend(notes);
        Ok(())
    }

    /// Trains the network of a fold and fits what it is compared with, for a run over all folds to find.
    fn fit_alone(&self, fold: usize) -> Result<()> {
        let view = self.view(fold)?;
        let run = self.train(fold, &view)?;
        let predictor = Predictor::new(LoadedModel::load(&run, &self.device.device)?, self.device);
        // What the network makes of shuffled promoters is predicted each time and kept nowhere.
        let is_kept = |comparator: &Comparator| !matches!(comparator, Comparator::Shuffled(_));
        let fitted: Vec<Comparator> = self.comparators.iter().copied().filter(is_kept).collect();
        self.comparison(&predictor, &view).predict(&fitted).map_err(run_record::resumed_by_repetition)?;
        Ok(())
    }

    /// The data set as a fold sees it.
    fn view(&self, fold: usize) -> Result<PreparedDataset> {
        let view = self.dataset.fold_view(self.folds, fold)?;
        let chromosomes = &view.manifest().split.test.chromosomes;
        let held_out = if chromosomes.is_empty() { "parts of chromosomes".to_owned() } else { chromosomes.join(", ") };
        self.console.note(format!("fold {} of {}: testing {held_out}", fold + 1, self.folds.count()));
        Ok(view)
    }

    fn comparison<'b>(&'b self, predictor: &'b Predictor, view: &'b PreparedDataset) -> Comparison<'b> {
        Comparison {
            predictor,
            model_name: self.name,
            dataset: view,
            split: Split::Test,
            device: self.device,
            cache: self.cache.as_deref(),
            command: &self.command,
            observer: self.console,
        }
    }

    /// The folder of the fold's trained network or ensemble.
    fn train(&self, fold: usize, view: &PreparedDataset) -> Result<PathBuf> {
        let folder = folder::of_fold(fold);
        let config = self.setup.config(self.options, view)?;
        let training = TrainingRun {
            dataset: view,
            device: self.device,
            command: &self.command,
            stop_after_epoch: self.stop_after_epoch,
            observer: self.console,
        };
        let earlier = "give --force to throw the earlier cross-validation away";
        if let Some(members) = self.members {
            let (run, configs) = (EnsembleDirectory::new(self.out_dir, &folder), member_configs(&config, members));
            let standing = run.standing(&configs).context(earlier)?;
            self.note_if_finished(standing, run.path());
            training.complete_ensemble(&configs, &run, standing).map_err(run_record::resumed_by_repetition)?;
            return Ok(run.path().to_owned());
        }
        let run = RunDirectory::new(self.out_dir, &folder);
        let standing = run.standing(&config).context(earlier)?;
        self.note_if_finished(standing, run.path());
        training.complete(&config, &run, standing, None).map_err(run_record::resumed_by_repetition)?;
        Ok(run.path().to_owned())
    }

    fn note_if_finished(&self, standing: Standing, path: &Path) {
        if standing == Standing::Finished {
            self.console.note(format!("already trained: {}", path.display()));
        }
    }
}
