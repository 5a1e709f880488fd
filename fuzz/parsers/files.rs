//! Temporary files for the parsers.

use std::fs;
use std::path::PathBuf;

/// Temporary folder with files of these names and contents.
pub struct Files {
    pub folder: tempfile::TempDir,
}

impl Files {
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        for (name, content) in files {
            fs::write(folder.path().join(name), content).expect("written");
        }
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
