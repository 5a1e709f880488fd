//! Folder of a cross-validation.

use std::fs;
use std::path::Path;

use tatabox_model::RunDirectory;

use super::fold_list;
use crate::error::{Error, Result};
use crate::output_folder::{is_empty, remove_results};
use crate::remedy::Remedy;

/// Name of the folder of a fold's model, in which folds are numbered from 1.
pub(super) fn of_fold(fold: usize) -> String {
    format!("fold{}", fold + 1)
}

/// Creates the folder. With `replace`, an earlier cross-validation in it is removed, or the single fold; other files never
/// are, and a folder that holds others only is refused.
pub(super) fn open(directory: &Path, single: Option<usize>, replace: bool) -> Result<()> {
    if directory.is_dir() && !is_empty(directory)? {
        let entries = names(directory)?;
        // The list of folds, or that of a process that trains a single fold.
        if !entries.iter().any(|name| name.starts_with(fold_list::FILE)) {
            let message = format!("{} has files and is not the folder of a cross-validation", directory.display());
            return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
        }
        match single.filter(|_| replace) {
            None if replace => {
                remove_results(directory)?;
                for name in entries.iter().filter(|name| is_of_fold(name)) {
                    remove(&directory.join(name))?;
                }
                let list = directory.join(fold_list::FILE);
                if list.is_file() {
                    fs::remove_file(&list).map_err(|source| Error::Io { action: "remove", path: list, source })?;
                }
            }
            None => {}
            Some(fold) => {
                let run = RunDirectory::new(directory, &of_fold(fold));
                remove(run.path())?;
                remove(run.partial_path())?;
            }
        }
    }
    fs::create_dir_all(directory).map_err(|source| Error::Io { action: "create", path: directory.to_owned(), source })
}

/// Whether a name is that of the folder of a fold.
fn is_of_fold(name: &str) -> bool {
    let number = name.strip_prefix("fold").map(|rest| rest.strip_suffix(".partial").unwrap_or(rest));
    number.is_some_and(|number| number.parse::<usize>().is_ok())
}

fn names(directory: &Path) -> Result<Vec<String>> {
    let unreadable = |source| Error::Io { action: "read", path: directory.to_owned(), source };
    let entries = fs::read_dir(directory).map_err(unreadable)?;
    entries.map(|entry| Ok(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned())).collect()
}

fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(|source| Error::Io { action: "remove", path: folder.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossval_folder_replace_removes_folds_of_a_cross_validation_only() {
        let root = tempfile::tempdir().expect("folder");
        let directory = root.path().join("cv");
        open(&directory, None, true).expect("new");
        for fold in ["fold1", "fold2", "fold2.partial"] {
            fs::create_dir(directory.join(fold)).expect("created");
        }
        let refused = open(&directory, Some(1), true).expect_err("not marked");
        assert_eq!(refused.remedy(), Some(Remedy::ChooseOutputFolder));
        fs::write(directory.join(fold_list::FILE), "").expect("written");
        open(&directory, Some(1), true).expect("a cross-validation");
        let left = |name: &str| directory.join(name).exists();
        assert_eq!([left("fold1"), left("fold2"), left("fold2.partial")], [true, false, false]);
        fs::write(directory.join("notes.txt"), "mine").expect("written");
        open(&directory, None, true).expect("a cross-validation");
        assert_eq!([left("fold1"), left(fold_list::FILE), left("notes.txt")], [false, false, true]);
        let refused = open(&directory, None, false).expect_err("files of another origin");
        assert!(refused.to_string().contains("is not the folder of a cross-validation"), "{refused}");
    }
}
