//! The folder of a cross-validation, and what `--force` removes of it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use tatabox_model::RunDirectory;

use super::fold_list;

/// Name of the folder of a fold's model; folds count from 1 there.
pub(super) fn of_fold(fold: usize) -> String {
    format!("fold{}", fold + 1)
}

/// Makes the folder; with `force` an earlier cross-validation in it is removed, or the one fold that is to be run, and
/// nothing else ever is.
pub(super) fn open(out_dir: &Path, single: Option<usize>, force: bool) -> Result<()> {
    if force && out_dir.exists() {
        // What marks a folder as one of ours.
        if !out_dir.join(fold_list::FILE).is_file() {
            bail!("{} holds no cross-validation; --force does not remove it, choose another --out", out_dir.display());
        }
        match single {
            None => remove(out_dir)?,
            Some(fold) => {
                let run = RunDirectory::new(out_dir, &of_fold(fold));
                remove(run.path())?;
                remove(run.partial_path())?;
            }
        }
    }
    fs::create_dir_all(out_dir)
        .with_context(|| format!("cannot create {}; choose another folder with --out", out_dir.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn force_removes_what_is_asked_for_and_only_of_ours() {
        let root = tempfile::tempdir().expect("folder");
        let out_dir = root.path().join("cv");
        open(&out_dir, None, true).expect("there is none yet");
        for fold in ["fold1", "fold2", "fold2.partial"] {
            fs::create_dir(out_dir.join(fold)).expect("created");
        }
        let refused = open(&out_dir, Some(1), true).expect_err("not marked").to_string();
        assert!(refused.contains("holds no cross-validation"), "{refused}");
        fs::write(out_dir.join(fold_list::FILE), "").expect("written");
        open(&out_dir, Some(1), true).expect("ours");
        let left = |name: &str| out_dir.join(name).exists();
        assert_eq!([left("fold1"), left("fold2"), left("fold2.partial")], [true, false, false]);
        open(&out_dir, None, true).expect("ours");
        assert_eq!([left("fold1"), left(fold_list::FILE)], [false, false]);
    }
}
