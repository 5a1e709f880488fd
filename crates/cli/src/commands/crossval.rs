//! `tatabox crossval`: every gene predicted by a network that has not seen its chromosome.

mod fold_list;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use tatabox_dataset::{Folds, PredictionRow, PredictionTable, PreparedDataset, Split};
use tatabox_eval::{EvaluateOptions, evaluate};
use tatabox_model::{ModelError, Predictor, RunDirectory, SelectedDevice, Standing, Start, TrainedModel, train};

use crate::args::{CrossvalArgs, TrainingOptions};
use crate::console::Console;
use crate::epoch_display::EpochDisplay;
use crate::interrupt::Interrupt;
use crate::progress::{Progress, Unit};
use crate::training_setup::TrainingSetup;
use crate::{data_choice, output, run_record};

/// Where cross-validations lie unless the user names a folder.
const CROSSVAL_DIR: &str = "crossval";
/// What marks a folder as one of ours.
const FOLDS_FILE: &str = "folds.tsv";

pub(crate) fn run(args: CrossvalArgs, console: &Console) -> Result<()> {
    let options = args.training.into_options()?;
    let dataset = data_choice::open(options.data.as_deref(), console)?;
    let device = options.device.select()?;
    console.note(format!("device: {} ({})", device.name, device.reason));
    let setup = TrainingSetup::new(&options, &dataset)?;
    let name = setup.model_name(&dataset);
    let folds = dataset.folds(args.folds.into(), options.seed())?;

    let out_dir = args.out.unwrap_or_else(|| Path::new(CROSSVAL_DIR).join(&name));
    if args.force {
        remove_earlier(&out_dir)?;
    }
    fs::create_dir_all(&out_dir)
        .with_context(|| format!("cannot create {}; choose another folder with --out", out_dir.display()))?;
    fold_list::write(&out_dir.join(FOLDS_FILE), &dataset, &folds, setup.extent)?;

    let interrupt = Interrupt::watch(console)?;
    let cross_validation = CrossValidation {
        dataset: &dataset,
        folds: &folds,
        options: &options,
        setup: &setup,
        device: &device,
        console,
    };
    let mut rows = Vec::new();
    for fold in 0..folds.count() {
        let display = EpochDisplay::new(console, interrupt.clone(), options.epochs(), args.stop_after_epoch);
        rows.extend(cross_validation.fold(fold, &name, &out_dir, display)?);
    }
    let table = PredictionTable::new(rows)?;
    table.write(&out_dir.join("predictions.tsv"))?;
    let evaluate_options = EvaluateOptions { draws: args.bootstrap as usize, ..EvaluateOptions::default() };
    let metrics = evaluate(&table, &evaluate_options)?;
    output::print(&if args.json { metrics.to_json()? } else { metrics.to_text() })
}

/// What all folds share.
struct CrossValidation<'a> {
    dataset: &'a PreparedDataset,
    folds: &'a Folds,
    options: &'a TrainingOptions,
    setup: &'a TrainingSetup,
    device: &'a SelectedDevice,
    console: &'a Console,
}

impl CrossValidation<'_> {
    /// Trains the network of a fold as far as that is not done yet, and predicts the genes that it tests.
    fn fold(&self, fold: usize, name: &str, out_dir: &Path, display: EpochDisplay) -> Result<Vec<PredictionRow>> {
        let view = self.dataset.fold_view(self.folds, fold)?;
        let chromosomes = &view.manifest().split.test.chromosomes;
        let held_out = if chromosomes.is_empty() { "parts of chromosomes".to_owned() } else { chromosomes.join(", ") };
        self.console.note(format!("fold {} of {}: testing {held_out}", fold + 1, self.folds.count()));
        let run = RunDirectory::new(out_dir, &format!("fold{}", fold + 1));
        self.train(&view, &run, display)?;

        let model = TrainedModel::load(run.path(), &self.device.device)?;
        let predictor = Predictor::new(model, self.device);
        let total = view.genes_in(Split::Test).len() as u64;
        let mut progress = Progress::start(self.console, "predicting the fold", Some(total), Unit::Windows);
        let predictions =
            predictor.predict_split(&view, Split::Test, name, &mut |done, _| progress.set(done as u64))?;
        progress.finish();
        Ok(predictions.rows)
    }

    fn train(&self, view: &PreparedDataset, run: &RunDirectory, mut display: EpochDisplay) -> Result<()> {
        let config = self.setup.config(self.options, view)?;
        let start = match run.standing(&config).context("give --force to throw the earlier cross-validation away")? {
            Standing::Finished => {
                self.console.note(format!("already trained: {}", run.path().display()));
                return Ok(());
            }
            Standing::Unfinished => Start::Resume,
            Standing::Absent => Start::New,
        };
        let record = run_record::start(view, self.device, config.seed);
        let trained = train(view, &config, run, start, self.device, record, &mut |event| display.show(event));
        display.close();
        match trained {
            Ok(_) => Ok(()),
            Err(ModelError::Interrupted { .. }) => {
                bail!("interrupted; go on with: {}", run_record::repeated_command(&run_record::command()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Removes a folder that a cross-validation wrote, and no other.
fn remove_earlier(out_dir: &Path) -> Result<()> {
    if !out_dir.exists() {
        return Ok(());
    }
    if !out_dir.join(FOLDS_FILE).is_file() {
        bail!("{} holds no cross-validation; --force does not remove it, choose another --out", out_dir.display());
    }
    fs::remove_dir_all(out_dir).with_context(|| format!("cannot remove {}", out_dir.display()))
}
