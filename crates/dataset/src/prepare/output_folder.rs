//! Output folder that appears under its name only when it is complete.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::qc_log::HEADER;
use crate::error::{DatasetError, Result};
use crate::io::atomic_write::{create_partial_folder_of, warn_of_abandoned_partials};
use crate::schema::{MANIFEST_FILE, QC_FILE};

/// Output folder under construction in `<name>.PID.partial`, or in the system's folder of temporary files if nothing is kept;
/// removed if dropped before [`commit`](Self::commit).
#[derive(Debug)]
pub(crate) struct OutputFolder {
    target: PathBuf,
    partial: PathBuf,
    force: bool,
    committed: bool,
}

impl OutputFolder {
    /// Creates the partial folder of `target`. With `force`, an existing prepared data set will be replaced, but
    /// nothing else.
    pub(crate) fn create(target: &Path, force: bool) -> Result<Self> {
        check_target(target, force)?;
        let name = sibling(target, "")?;
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(DatasetError::io(parent, "create"))?;
            let folder = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            let prefix = name.file_name().unwrap_or_default().to_string_lossy();
            warn_of_abandoned_partials(folder, &prefix);
        }
        let partial = create_partial_folder_of(target).map_err(DatasetError::io(target, "create"))?;
        Ok(Self { target: target.into(), partial, force, committed: false })
    }

    /// Temporary folder of a run that keeps nothing. A target that the run would not write is a warning.
    pub(crate) fn temporary(target: &Path, force: bool) -> Result<Self> {
        if let Err(error) = check_target(target, force) {
            tracing::warn!("without a dry run, preparation would stop: {error}");
        }
        let folder = std::env::temp_dir();
        let partial = tempfile::Builder::new().prefix("tatabox-dry-run-").tempdir_in(&folder);
        let partial = partial.map_err(DatasetError::io(&folder, "create a folder in"))?.keep();
        Ok(Self { target: target.into(), partial, force, committed: false })
    }

    /// The partial folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.partial
    }

    /// Path of a file in the partial folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.partial.join(name)
    }

    /// File next to the folder for the details of a failed preparation; `None` if another file has this name.
    pub(crate) fn failed_details(&self) -> Option<PathBuf> {
        let path = sibling(&self.target, QC_FILE).ok()?;
        let is_own = |file: fs::File| {
            let mut line = String::new();
            BufReader::new(file).read_line(&mut line).is_ok() && line.trim_end() == HEADER
        };
        (!path.exists() || fs::File::open(&path).is_ok_and(is_own)).then_some(path)
    }

    /// Renames the partial folder to its final name; an existing data set is replaced. A folder that another process has
    /// filled meanwhile is refused as at the beginning.
    pub(crate) fn commit(mut self) -> Result<()> {
        check_target(&self.target, self.force)?;
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
