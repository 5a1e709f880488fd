//! Output folder of a task, removed again unless the task completes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Name of the file with the origin of the results of a task: versions, command, model, options.
pub(crate) const RUN_RECORD: &str = "run.json";

/// Existing folder that a task writes to. A folder that this value created is removed when the value is dropped, unless it is
/// [kept](Self::keep).
///
/// # Examples
///
/// ```
/// use tatabox::OutputFolder;
///
/// let path = std::env::temp_dir().join(format!("tatabox-output-{}", std::process::id()));
/// let folder = OutputFolder::open(&path)?;
/// assert!(path.is_dir());
/// drop(folder);
/// assert!(!path.exists());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    is_temporary: bool,
}

impl OutputFolder {
    /// Creates the folder where there is none, so that an unwritable path is reported before a long computation.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn open(path: &Path) -> Result<Self> {
        let is_temporary = !path.exists();
        fs::create_dir_all(path).map_err(|source| Error::Io { action: "create", path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), is_temporary })
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps the folder: its contents are complete.
    pub fn keep(mut self) {
        self.is_temporary = false;
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if self.is_temporary
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "cannot remove an unfinished folder");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_folder_is_removed_only_if_created_and_not_kept() {
        let parent = tempfile::tempdir().expect("folder");
        let path = parent.path().join("evaluation");
        drop(OutputFolder::open(&path).expect("created"));
        assert!(!path.exists());
        OutputFolder::open(&path).expect("created").keep();
        drop(OutputFolder::open(&path).expect("opened"));
        assert!(path.is_dir());
    }

    #[test]
    fn output_folder_unwritable_path_is_named_with_a_remedy() {
        let parent = tempfile::tempdir().expect("folder");
        let file = parent.path().join("file");
        fs::write(&file, "").expect("written");
        let error = OutputFolder::open(&file.join("folder")).expect_err("below a file");
        assert!(error.to_string().starts_with("cannot create "), "{error}");
        assert_eq!(error.remedy(), Some(crate::Remedy::ChooseOutputFolder));
    }
}
