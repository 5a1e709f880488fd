//! Which data set a verb works on, and whether it is simulated.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tatabox_dataset::schema::MANIFEST_FILE;
use tatabox_dataset::{ActiveDataset, PreparedDataset, Split};

use crate::resolve::locations as locate;
use crate::terminal::console::Console;

/// Where `simulate --prepare` puts the data set, beside what it was made from.
pub(crate) const PREPARED_DIR: &str = "prepared";

/// How real data are brought in, for whoever stands before simulated ones.
const PREPARE_COMMAND: &str = "tatabox prepare --genome hg38.fa --annotation gencode.gtf.gz --expression tpm.tsv";

/// Why a data set was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Named,
    Active,
    Demo,
}

/// Opens the data set named, else the active one, else the demo set, and says which and why.
pub(crate) fn open(named: Option<&Path>, console: &Console) -> Result<PreparedDataset> {
    let (directory, reason) = choose(named)?;
    let dataset = PreparedDataset::open(&directory).with_context(|| match reason {
        Reason::Active => {
            "the active data set cannot be used; choose with `tatabox data use DIR` or --data DIR".to_owned()
        }
        Reason::Named | Reason::Demo => format!("cannot use data set {}", directory.display()),
    })?;
    let why = match reason {
        Reason::Named => "as named",
        Reason::Active => "the active one",
        Reason::Demo => "the demo set, as no other is named or active",
    };
    console.note(format!(
        "data set: {}, {} genes, {} cell types, in {} ({why})",
        dataset.name(),
        dataset.len(),
        dataset.cell_types().len(),
        directory.display()
    ));
    if is_simulated(&dataset) {
        console
            .warn(format!("{} is SIMULATED data, not biology; for real data run: {PREPARE_COMMAND}", dataset.name()));
    }
    Ok(dataset)
}

/// Opens a data set as [`open`] does, with the measurements of an expression table in place of its own where one is named,
/// and says what of it could not be used.
pub(crate) fn open_with_expression(
    named: Option<&Path>,
    expression: Option<&Path>,
    console: &Console,
) -> Result<PreparedDataset> {
    let dataset = open(named, console)?;
    let Some(path) = expression else {
        return Ok(dataset);
    };
    let (view, found) = dataset.expression_view(path)?;
    let measured = |split| {
        let genes = view.genes_in(split).into_iter();
        genes.filter(|&gene| view.log2_tpm_row(gene).iter().any(|value| !value.is_nan())).count()
    };
    console.note(format!(
        "expression: {} of {} genes are in {} ({} by identifier, {} by name); measured: {} train, {} validation, {} test",
        found.matched(),
        view.len(),
        path.display(),
        found.by_id,
        found.by_name,
        measured(Split::Train),
        measured(Split::Validation),
        measured(Split::Test)
    ));
    for (reason, names) in &found.unmatched {
        console.note(format!("not used, {reason}: {} ({})", names.len(), some(names)));
    }
    Ok(view)
}

/// The first few names.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown}, ...") } else { shown }
}

/// Whether the data set comes from a simulation.
pub(crate) fn is_simulated(dataset: &PreparedDataset) -> bool {
    dataset.manifest().simulated.is_some()
}

/// Makes a data set the one that verbs use without `--data`.
pub(crate) fn remember(dataset: &PreparedDataset) -> Result<()> {
    let state_dir =
        locate::state_dir().context("there is no home folder; set TATABOX_STATE to a folder to keep the choice in")?;
    let directory = dataset.directory();
    let directory = directory.canonicalize().with_context(|| format!("cannot find {}", directory.display()))?;
    ActiveDataset { name: dataset.name().to_owned(), directory }.write(&state_dir)?;
    Ok(())
}

/// The prepared data set in a folder, or in the one that a simulation keeps it in.
pub(crate) fn prepared_folder(directory: &Path) -> PathBuf {
    let inside = directory.join(PREPARED_DIR);
    if !directory.join(MANIFEST_FILE).is_file() && inside.join(MANIFEST_FILE).is_file() {
        return inside;
    }
    directory.to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulation_keeps_its_data_set_inside() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(prepared_folder(folder.path()), folder.path());
        let inside = folder.path().join(PREPARED_DIR);
        std::fs::create_dir(&inside).expect("created");
        std::fs::write(inside.join(MANIFEST_FILE), "{}").expect("written");
        assert_eq!(prepared_folder(folder.path()), inside);
        std::fs::write(folder.path().join(MANIFEST_FILE), "{}").expect("written");
        assert_eq!(prepared_folder(folder.path()), folder.path());
    }
}
