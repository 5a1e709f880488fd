//! The data set that a command uses.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tatabox::inputs;
use tatabox::simulate::prepared_folder;
use tatabox_dataset::{ActiveDataset, ExpressionConfig, PreparedDataset};
use tatabox_sequence::counted;

use crate::resolve::locations as locate;
use crate::terminal::console::Console;

/// Example of a command that prepares real data.
const PREPARE_COMMAND: &str = "tatabox prepare --genome hg38.fa --annotation gencode.gtf.gz --expression tpm.tsv";

/// Reason for the choice of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Named,
    Active,
    Demo,
}

/// Opens the requested data set, else the active one, else the demo set, and reports the choice.
pub(crate) fn open(named: Option<&Path>, console: &Console) -> Result<PreparedDataset> {
    let (directory, reason) = choose(named)?;
    let dataset = PreparedDataset::open(&directory).with_context(|| match reason {
        Reason::Active => {
            "the active data set cannot be used; choose with `tatabox data use DIR` or --data DIR".to_owned()
        }
        Reason::Named | Reason::Demo => format!("cannot use data set {}", directory.display()),
    })?;
    let why = match reason {
        Reason::Named => "as requested",
        Reason::Active => "the active data set",
        Reason::Demo => "the demo set, since no other is requested or active",
    };
    console.note(format!(
        "data set: {}, {}, {}, in {} ({why})",
        dataset.name(),
        counted(dataset.len(), "gene"),
        counted(dataset.cell_types().len(), "cell type"),
        directory.display()
    ));
    if is_simulated(&dataset) {
        console
            .warn(format!("{} is SIMULATED data, not biology; for real data run: {PREPARE_COMMAND}", dataset.name()));
    }
    Ok(dataset)
}

/// Opens a data set as [`open`] does, with the measurements of an expression table in place of its own where one is named.
pub(crate) fn open_with_expression(
    named: Option<&Path>,
    expression: Option<ExpressionConfig>,
    console: &Console,
) -> Result<PreparedDataset> {
    let dataset = open(named, console)?;
    Ok(match expression {
        Some(table) => inputs::with_expression(&dataset, &table, console)?,
        None => dataset,
    })
}

/// Whether a data set is simulated.
pub(crate) fn is_simulated(dataset: &PreparedDataset) -> bool {
    dataset.manifest().simulated.is_some()
}

/// Makes a prepared data set the active one, and returns whether it is; a failure is only a warning, since the data set itself is
/// complete.
pub(crate) fn set_active(folder: &Path, console: &Console) -> bool {
    let written = PreparedDataset::open(folder).map_err(Into::into).and_then(|dataset| write_active(&dataset));
    if let Err(error) = &written {
        console.warn(format!("cannot make it the active data set: {error:#}; name it with --data"));
    }
    written.is_ok()
}

/// Makes a data set the one that commands use without `--data`.
pub(crate) fn write_active(dataset: &PreparedDataset) -> Result<()> {
    let state_dir = locate::state_dir()
        .context("there is no home folder; set TATABOX_STATE to a folder for the choice of the data set")?;
    let directory = dataset.directory();
    let directory = directory.canonicalize().with_context(|| format!("cannot find {}", directory.display()))?;
    ActiveDataset { name: dataset.name().to_owned(), directory }.write(&state_dir)?;
    Ok(())
}

fn choose(named: Option<&Path>) -> Result<(PathBuf, Reason)> {
    if let Some(directory) = named {
        return Ok((prepared_folder(directory), Reason::Named));
    }
    let active = locate::state_dir().map(|state_dir| ActiveDataset::read(&state_dir)).transpose()?.flatten();
    if let Some(active) = active {
        return Ok((active.directory, Reason::Active));
    }
    if let Some(demo) = locate::beside_program(locate::DEMO_DATA) {
        return Ok((prepared_folder(&demo), Reason::Demo));
    }
    bail!(
        "no data set: none is active and there is no {}; make one with `{PREPARE_COMMAND}`, or a simulated one with \
         `tatabox simulate --prepare`",
        locate::DEMO_DATA
    )
}
