//! `tatabox transfer-trial`: cell types left out one after the other, and what it takes to learn them.

mod arm;
mod scores;

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use tatabox_dataset::{PredictionTable, PreparedDataset, find_cell_type, write_whole};
use tatabox_model::SelectedDevice;

use crate::args::TransferBenchmarkArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::interrupt::Interrupt;
use crate::terminal::stdout;
use arm::{Arms, TRANSFER};
use scores::ScoreRow;
use tatabox::evaluate::{DatasetSource, Evaluation, EvaluationRecord, SIMULATED_DATA, Scoring, chromosomes_by_gene};
use tatabox::train::{TrainingOptions, TrainingSetup, folder_name as plain};

/// Where trials lie unless the user names a folder.
const TRIAL_DIR: &str = "transfer";
const MODELS: &str = "models";

pub(crate) fn run(args: &TransferBenchmarkArgs, console: &Console) -> Result<()> {
    let options = args.training.options()?;
    let dataset = data_choice::open(args.training.data(), console)?;
    let device = options.select_device()?;
    console.note(format!("device: {device}"));
    let setup = TrainingSetup::new(&options, &dataset)?;
    let left_out = left_out(args, &setup)?;
    let out_dir = args.out.clone().unwrap_or_else(|| Path::new(TRIAL_DIR).join(plain(dataset.name())));
    let models = out_dir.join(MODELS);
    let trial = Trial { args, options: &options, dataset: &dataset, setup: &setup, device: &device, console };
    Interrupt::watch(console)?;
    let command = crate::run_record::command();
    let arms_of = |share| Arms { trial: &trial, models: &models, command: &command, share };
    for &share in &args.genes_fraction {
        arms_of(share).check(&left_out[0])?;
    }
    fs::create_dir_all(&models)
        .with_context(|| format!("cannot create {}; choose another folder with --out", models.display()))?;

    let mut scores = Vec::new();
    for &share in &args.genes_fraction {
        let arms = arms_of(share);
        let mut rows = Vec::new();
        for cell_type in &left_out {
            rows.extend(arms.predict(cell_type)?);
        }
        let evaluation = trial.evaluate(PredictionTable::new(rows)?, share)?;
        let folder = out_dir.join(format!("{}-{}", args.split, percentage(share)));
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        evaluation.write(&folder)?;
        scores.extend(ScoreRow::of(&evaluation, share));
        let path = out_dir.join(format!("{}.tsv", args.split));
        write_whole(&path, |file| file.write_all(ScoreRow::to_tsv(&scores).as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    console.note(format!("written to {}; draw it with tatabox figures", out_dir.display()));
    if args.json { stdout::print_json(&scores) } else { stdout::print(&ScoreRow::to_tsv(&scores)) }
}

/// `1pct` of a hundredth.
fn percentage(share: f64) -> String {
    format!("{}pct", 100.0 * share)
}

/// What all shares and cell types have in common.
pub(crate) struct Trial<'a> {
    args: &'a TransferBenchmarkArgs,
    options: &'a TrainingOptions,
    dataset: &'a PreparedDataset,
    setup: &'a TrainingSetup,
    device: &'a SelectedDevice,
    console: &'a Console,
}

impl Trial<'_> {
    /// Scores the models, and tests the transfer against the others.
    fn evaluate(&self, table: PredictionTable, share: f64) -> Result<Evaluation> {
        let mut record =
            EvaluationRecord::new(TRANSFER.to_owned(), vec![self.args.split], crate::run_record::command());
        record.note = data_choice::is_simulated(self.dataset).then(|| SIMULATED_DATA.to_owned());
        record.dataset = Some(DatasetSource::of_dataset(self.dataset));
        record.remarks = vec![format!(
            "each cell type was left out of the network that it was transferred from; {} of its train genes were learned",
            percentage(share)
        )];
        let scoring = Scoring {
            splits: vec![self.args.split],
            resamples: self.args.bootstrap,
            seed: self.options.seed,
            reference: TRANSFER,
            chromosomes: Some(chromosomes_by_gene(self.dataset)),
            folds: None,
            ceiling: None,
            similarity: None,
        };
        let scored = scoring.score(&table, self.console)?;
        Ok(Evaluation::new(table, scored, None, record))
    }
}

/// The cell types to leave out, as the data set spells them; at least one other must stay.
fn left_out(args: &TransferBenchmarkArgs, setup: &TrainingSetup) -> Result<Vec<String>> {
    if setup.cell_types.len() < 2 {
        return Err(usage("--cell-type: one cell type leaves none to transfer from; name two or more"));
    }
    if args.leave_out.iter().any(|name| name.eq_ignore_ascii_case("all")) {
        return Ok(setup.cell_types.clone());
    }
    let found = args.leave_out.iter().map(|name| find_cell_type(&setup.cell_types, name.trim()));
    Ok(found.map(|index| index.map(|index| setup.cell_types[index].clone())).collect::<Result<_, _>>()?)
}
