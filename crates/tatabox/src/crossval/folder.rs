//! Folder of a cross-validation.

use std::fs;
use std::path::Path;

use tatabox_model::RunDirectory;

use super::fold_list;
use crate::error::{Error, Result};
use crate::remedy::Remedy;

/// Name of the folder of a fold's model, in which folds are numbered from 1.
pub(super) fn of_fold(fold: usize) -> String {
    format!("fold{}", fold + 1)
}

/// Creates the folder. With `replace`, an earlier cross-validation in it is removed, or the single fold; other folders never
/// are.
pub(super) fn open(directory: &Path, single: Option<usize>, replace: bool) -> Result<()> {
    if replace && directory.exists() {
        if !directory.join(fold_list::FILE).is_file() {
            let message =
                format!("{} is not the folder of a cross-validation, and is not replaced", directory.display());
            return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
        }
        match single {
            None => remove(directory)?,
            Some(fold) => {
                let run = RunDirectory::new(directory, &of_fold(fold));
                remove(run.path())?;
                remove(run.partial_path())?;
            }
        }
    }
    fs::create_dir_all(directory).map_err(|source| Error::Io { action: "create", path: directory.to_owned(), source })
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
        open(&directory, None, true).expect("a cross-validation");
        assert_eq!([left("fold1"), left(fold_list::FILE)], [false, false]);
    }
}
