//! Output folder that appears under its name only when it is complete.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{DatasetError, Result};
use crate::schema::MANIFEST_FILE;

/// Output folder under construction in `<name>.partial`; removed if dropped before [`commit`](Self::commit).
#[derive(Debug)]
pub(crate) struct OutputFolder {
    target: PathBuf,
    partial: PathBuf,
    committed: bool,
}

impl OutputFolder {
    /// Creates the partial folder of `target`. With `force`, an existing prepared data set will be replaced, but
    /// nothing else.
    pub(crate) fn create(target: &Path, force: bool) -> Result<Self> {
        check_target(target, force)?;
        let partial = sibling(target, "partial")?;
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(DatasetError::io(parent, "create"))?;
        }
        if partial.exists() {
            // Remains of an interrupted run.
            fs::remove_dir_all(&partial).map_err(DatasetError::io(&partial, "remove"))?;
        }
        fs::create_dir(&partial).map_err(DatasetError::io(&partial, "create"))?;
        Ok(Self { target: target.into(), partial, committed: false })
    }

    /// Path of a file in the partial folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.partial.join(name)
    }

    /// Renames the partial folder to its final name; an existing data set is replaced.
    pub(crate) fn commit(mut self) -> Result<()> {
        let replaced = sibling(&self.target, "replaced")?;
        let replaces = self.target.exists();
        if replaced.exists() {
            fs::remove_dir_all(&replaced).map_err(DatasetError::io(&replaced, "remove"))?;
        }
        if replaces {
            fs::rename(&self.target, &replaced).map_err(DatasetError::io(&self.target, "move"))?;
        }
        fs::rename(&self.partial, &self.target).map_err(DatasetError::io(&self.partial, "rename"))?;
        self.committed = true;
        if replaces {
            fs::remove_dir_all(&replaced).map_err(DatasetError::io(&replaced, "remove"))?;
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = fs::remove_dir_all(&self.partial)
        {
            tracing::warn!(path = %self.partial.display(), %error, "cannot remove the incomplete folder");
        }
    }
}

fn check_target(target: &Path, force: bool) -> Result<()> {
    if !target.exists() {
        return Ok(());
    }
    let is_empty = || Ok::<bool, std::io::Error>(fs::read_dir(target)?.next().is_none());
    if target.is_dir() && is_empty().map_err(DatasetError::io(target, "read"))? {
        return Ok(());
    }
    match (force, target.join(MANIFEST_FILE).is_file()) {
        (true, true) => Ok(()),
        (true, false) => Err(DatasetError::NotOverwritable { path: target.into() }),
        (false, _) => Err(DatasetError::OutputExists { path: target.into() }),
    }
}

fn sibling(target: &Path, ending: &str) -> Result<PathBuf> {
    let Some(name) = target.file_name() else {
        return Err(DatasetError::InvalidSetting {
            field: "out_dir",
            value: target.display().to_string(),
            expected: "expected the name of a folder".to_owned(),
        });
    };
    let mut name = name.to_os_string();
    name.push(".");
    name.push(ending);
    Ok(target.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_folder_dropped_early_is_removed() {
        let parent = tempfile::tempdir().expect("folder");
        let target = parent.path().join("set");
        let output = OutputFolder::create(&target, false).expect("created");
        fs::write(output.file("x"), "half").expect("written");
        drop(output);
        assert_eq!(fs::read_dir(parent.path()).expect("readable").count(), 0);
    }

    #[test]
    fn output_folder_overwrites_only_data_sets_with_force() {
        let parent = tempfile::tempdir().expect("folder");
        let target = parent.path().join("set");
        let fill = |force| {
            let output = OutputFolder::create(&target, force)?;
            fs::write(output.file(MANIFEST_FILE), "{}").expect("written");
            output.commit()
        };
        fill(false).expect("new");
        assert!(matches!(fill(false), Err(DatasetError::OutputExists { .. })));
        fill(true).expect("replaced");
        assert_eq!(fs::read_dir(parent.path()).expect("readable").count(), 1);
        fs::remove_file(target.join(MANIFEST_FILE)).expect("removed");
        fs::write(target.join("thesis.txt"), "mine").expect("written");
        assert!(matches!(fill(true), Err(DatasetError::NotOverwritable { .. })));
    }
}
