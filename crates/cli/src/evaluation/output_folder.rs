//! The folder that an evaluation is written to.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder that is there; one made for this evaluation is removed again unless it is [kept](Self::keep).
#[derive(Debug)]
pub(crate) struct OutputFolder {
    path: PathBuf,
    made_here: bool,
}

impl OutputFolder {
    /// Makes the folder where there is none, so that a place that cannot be written is told before the work.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let made_here = !path.exists();
        fs::create_dir_all(path)
            .with_context(|| format!("cannot create {}; choose another folder with --out", path.display()))?;
        Ok(Self { path: path.to_owned(), made_here })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Everything is written.
    pub(crate) fn keep(mut self) {
        self.made_here = false;
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if self.made_here
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "unfinished folder is left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_made_here_is_removed() {
        let parent = tempfile::tempdir().expect("folder");
        let path = parent.path().join("evaluation");
        drop(OutputFolder::open(&path).expect("made"));
        assert!(!path.exists());
        OutputFolder::open(&path).expect("made").keep();
        drop(OutputFolder::open(&path).expect("there"));
        assert!(path.is_dir());
    }
}
