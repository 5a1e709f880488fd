//! Folder of a transfer benchmark.

use std::fs;
use std::path::{Path, PathBuf};

use tatabox_dataset::Split;

use super::conditions::{FROM_SCRATCH, HELD_OUT, TRANSFER};
use crate::error::{Error, Result};
use crate::evaluate::files;
use crate::output_folder::{is_empty, remove_results};
use crate::remedy::Remedy;

/// Folder of the networks; it marks a folder as that of a benchmark.
const MODELS: &str = "models";

/// Folder of the networks of a benchmark in `directory`.
pub(super) fn models(directory: &Path) -> PathBuf {
    directory.join(MODELS)
}

/// Folder of the evaluation of a fraction of the genes.
pub(super) fn evaluation(directory: &Path, split: Split, fraction: f64) -> PathBuf {
    directory.join(format!("{split}-{}", percentage(fraction)))
}

/// Table of the scores of a split.
pub(super) fn scores(directory: &Path, split: Split) -> PathBuf {
    directory.join(format!("{split}.tsv"))
}

/// Fraction in a name: `1pct` for a hundredth.
pub(super) fn percentage(fraction: f64) -> String {
    format!("{}pct", 100.0 * fraction)
}

/// Creates the folder. With `replace`, an earlier benchmark in it is removed; other files never are, and a folder that
/// holds others only is refused.
pub(super) fn open(directory: &Path, replace: bool) -> Result<()> {
    let models = models(directory);
    if directory.is_dir() && !models.is_dir() && !is_empty(directory)? {
        let message = format!("{} has files and is not the folder of a transfer benchmark", directory.display());
        return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
    }
    if replace && directory.is_dir() {
        remove_benchmark(directory)?;
    }
    create(&models)
}

pub(super) fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| Error::Io { action: "create", path: folder.to_owned(), source })
}

fn remove_benchmark(directory: &Path) -> Result<()> {
    let models = models(directory);
    if models.is_dir() {
        for name in folders(&models)?.iter().filter(|name| is_of_network(name)) {
            let path = models.join(name);
            fs::remove_dir_all(&path).map_err(|source| Error::Io { action: "remove", path, source })?;
        }
    }
    for split in Split::ALL {
        remove_file(scores(directory, split))?;
    }
    for name in folders(directory)?.iter().filter(|name| is_of_evaluation(name)) {
        let folder = directory.join(name);
        // Figures that were drawn later.
        remove_results(&folder)?;
        for file in files() {
            remove_file(folder.join(file))?;
        }
        // Succeeds only without files of other origin.
        let _ = fs::remove_dir(&folder);
    }
    Ok(())
}

/// Whether a name is that of the folder of a network, complete or not.
fn is_of_network(name: &str) -> bool {
    let name = name.strip_suffix(".partial").unwrap_or(name);
    [HELD_OUT, TRANSFER, FROM_SCRATCH].iter().any(|end| name.strip_suffix(end).is_some_and(|rest| rest.ends_with('-')))
}

/// Whether a name is that of the folder of an evaluation.
fn is_of_evaluation(name: &str) -> bool {
    let percentage = |split: Split| name.strip_prefix(split.as_str())?.strip_prefix('-')?.strip_suffix("pct");
    Split::ALL.into_iter().any(|split| percentage(split).is_some_and(|number| number.parse::<f64>().is_ok()))
}

/// Names of the folders in a folder.
fn folders(directory: &Path) -> Result<Vec<String>> {
    let unreadable = |source| Error::Io { action: "read", path: directory.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_type().map_err(unreadable)?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn remove_file(path: PathBuf) -> Result<()> {
    if !path.is_file() {
        return Ok(());
    }
    fs::remove_file(&path).map_err(|source| Error::Io { action: "remove", path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_folder_replace_removes_a_benchmark_only() {
        let root = tempfile::tempdir().expect("folder");
        let directory = root.path().join("benchmark");
        open(&directory, true).expect("new");
        let own = [
            "models/k562-held-out/config.json",
            "models/k562-1pct-transfer/config.json",
            "models/k562-12.5pct-from-scratch.partial/config.json",
            "validation.tsv",
            "validation-12.5pct/metrics.tsv",
            "test-1pct/predictions.tsv",
        ];
        let others = [
            "notes.txt",
            "models/human/config.json",
            "test-1pct/notes.txt",
            "test-old/metrics.tsv",
            "mine-1pct/metrics.tsv",
        ];
        for file in own.iter().chain(&others) {
            let path = directory.join(file);
            create(path.parent().expect("a folder")).expect("created");
            fs::write(path, "").expect("written");
        }
        let left = |files: &[&str]| files.iter().filter(|file| directory.join(file).exists()).count();
        open(&directory, false).expect("resumed");
        assert_eq!([left(&own), left(&others)], [own.len(), others.len()]);
        open(&directory, true).expect("replaced");
        assert_eq!([left(&own), left(&others)], [0, others.len()]);
        assert!(!directory.join("validation-12.5pct").exists() && models(&directory).is_dir());
        fs::rename(models(&directory), root.path().join("moved")).expect("moved");
        let refused = open(&directory, true).expect_err("not a benchmark");
        assert_eq!(refused.remedy(), Some(Remedy::ChooseOutputFolder));
    }
}
