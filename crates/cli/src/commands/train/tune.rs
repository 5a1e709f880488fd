//! `tatabox tune`: settings drawn at random, compared on validation genes.

mod search;
mod search_display;
mod summary;
mod time_left;
mod trial_record;
mod trial_table;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tatabox_dataset::atomic_write;
use tatabox_model::{ModelError, SearchSpace, SuccessiveHalving, TrainingConfig};

use crate::args::{TrainingOptions, TuneArgs};
use crate::resolve::dataset as data_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::interrupt::Interrupt;
use crate::terminal::stdout;
use crate::training_setup::TrainingSetup;
use search::Search;
use search_display::SearchDisplay;
use summary::Summary;
use time_left::TimeLeft;
use trial_record::TrialRecords;

/// Where searches lie unless the user names a folder.
const TUNE_DIR: &str = "tune";
/// What was searched; marks a folder as one of ours.
const SEARCH_FILE: &str = "search.json";
const BEST_FILE: &str = "best.json";

pub(crate) fn run(args: &TuneArgs, console: &Console) -> Result<()> {
    let options = args.training_options()?;
    let dataset = data_choice::open(options.data.as_deref(), console)?;
    let setup = TrainingSetup::new(&options, &dataset)?;
    let base = setup.config(&options, &dataset)?;
    let halving = args.halving(base.epochs)?;
    let space = search_space(args, &options, &base)?;
    if args.print_space {
        return stdout::print_json(&space.to_json());
    }
    let trials = space.draw(&base, base.seed, args.trials()).map_err(|error| match error {
        ModelError::InvalidConfig { field: "trials", .. } => usage(format!("--{error}")),
        error => error.into(),
    })?;
    let device = options.select_device()?;
    console.note(format!("device: {device}"));
    let out_dir = args.out.clone().unwrap_or_else(|| Path::new(TUNE_DIR).join(setup.model_name(&dataset, None)));
    open_folder(&out_dir, &definition(&base, &space, &halving)?, args.force)?;

    let interrupt = Interrupt::watch(console)?;
    let rungs = halving.rungs();
    let search = Search {
        dataset: &dataset,
        trials: &trials,
        rungs: &rungs,
        time_left: TimeLeft::new(&rungs, &trials),
        device: &device,
        out_dir: &out_dir,
        console,
    };
    let mut records = TrialRecords::open(&out_dir, &trials)?;
    let mut display = SearchDisplay::new(console, interrupt, args.stop_after_epoch);
    let best = search.run(&mut records, &mut display)?;

    let best_file = out_dir.join(BEST_FILE);
    records.of(best).settings.write(&best_file)?;
    let summary = Summary {
        records: &records,
        names: space.names().collect(),
        best,
        model: search.run_of(best).path().display().to_string(),
        command: train_command(&best_file, &options),
    };
    if args.json {
        stdout::print_json(&records.all())?;
    } else {
        stdout::print(&summary.to_text()?)?;
    }
    console.note(format!("written to {}", out_dir.display()));
    console.note("the test genes were not touched; score the network once, when all is chosen: tatabox evaluate");
    Ok(())
}

/// What is searched: not what was typed.
fn search_space(args: &TuneArgs, options: &TrainingOptions, base: &TrainingConfig) -> Result<SearchSpace> {
    let typed = options.typed_settings();
    let space = SearchSpace::around(base).without(&typed);
    let Some(path) = &args.space else {
        return Ok(space);
    };
    let space = space.with_file(path, base)?;
    if let Some(name) = space.names().find(|name| typed.contains(name)) {
        return Err(usage(format!(
            "{} searches {name}, which an option sets; leave one of the two out",
            path.display()
        )));
    }
    Ok(space)
}

/// All that the outcome depends on, as it is kept beside it.
fn definition(base: &TrainingConfig, space: &SearchSpace, halving: &SuccessiveHalving) -> Result<Value> {
    let base = serde_json::to_value(base).context("cannot write the configuration as JSON")?;
    let rungs: Vec<Value> =
        halving.rungs().iter().map(|rung| json!({ "trials": rung.trials, "epochs": rung.epochs })).collect();
    Ok(json!({ "rungs": rungs, "space": space.to_json(), "config": base }))
}

/// Makes the folder, or finds an earlier part of this very search in it; with `force` an earlier search is removed, and
/// nothing else ever is.
fn open_folder(out_dir: &Path, definition: &Value, force: bool) -> Result<()> {
    let file = out_dir.join(SEARCH_FILE);
    if force && out_dir.exists() {
        if !file.is_file() {
            bail!("{} holds no search; --force does not remove it, choose another --out", out_dir.display());
        }
        fs::remove_dir_all(out_dir).with_context(|| format!("cannot remove {}", out_dir.display()))?;
    }
    if file.is_file() {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if serde_json::from_str::<Value>(&text).ok().as_ref() != Some(definition) {
            bail!(
                "{} holds another search: its options, space or data differ; choose another --out, or give --force to \
                 throw it away",
                out_dir.display()
            );
        }
        return Ok(());
    }
    fs::create_dir_all(out_dir)
        .with_context(|| format!("cannot create {}; choose another folder with --out", out_dir.display()))?;
    let text = serde_json::to_string_pretty(definition).context("cannot write JSON")? + "\n";
    atomic_write(&file, |out| std::io::Write::write_all(out, text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// The command that trains the best network again, to be pasted into a shell.
fn train_command(best_file: &Path, options: &TrainingOptions) -> String {
    let settings = ["tatabox", "train", "--settings"].map(str::to_owned).into_iter();
    let words = settings.chain([best_file.display().to_string()]).chain(options.words_without_settings());
    run_record::in_one_line(words)
}
