//! Files of model folders: reading, from disk or embedded in the program, and atomic writing.

use std::borrow::Cow;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ModelError;

/// Writes `value` as indented JSON, atomically.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), ModelError> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|error| ModelError::InvalidFile { path: path.to_owned(), reason: error.to_string() })?;
    text.push(b'\n');
    atomic_write(path, &text)
}

/// Writes `bytes` to a partial file and renames it to `path` when it is complete.
pub(crate) fn atomic_write(path: &Path, bytes: &[u8]) -> Result<(), ModelError> {
    tatabox_dataset::atomic_write(path, |file| file.write_all(bytes)).map_err(ModelError::io("write", path))
}

/// Reads a JSON file; every error names the file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, ModelError> {
    parse_json(&fs::read(path).map_err(ModelError::io("read", path))?, path)
}

fn parse_json<T: DeserializeOwned>(text: &[u8], path: &Path) -> Result<T, ModelError> {
    serde_json::from_slice(text).map_err(|error| ModelError::InvalidFile {
        path: path.to_owned(),
        reason: format!("{error}; the file was edited or written by another tatabox version"),
    })
}

/// One file embedded in the program: path below the model folder, with `/` as separator, and contents.
pub type EmbeddedFile = (&'static str, &'static [u8]);

/// Source of the files of a model: a folder, or files embedded in the program.
///
/// # Examples
///
/// ```
/// use tatabox_model::ModelFiles;
///
/// let files = ModelFiles::embedded("bundled", &[("run.json", b"{}")]);
/// assert!(files.contains("run.json") && !files.contains("config.json"));
/// ```
#[derive(Clone, Debug)]
pub struct ModelFiles(Source);

#[derive(Clone, Debug)]
enum Source {
    Folder(PathBuf),
    Embedded {
        /// Name in place of the folder path in messages.
        name: PathBuf,
        files: &'static [EmbeddedFile],
        /// Folder within the model, such as `members/1/`; empty for the model itself.
        prefix: String,
    },
}

impl ModelFiles {
    /// Files in a folder.
    pub fn folder(path: &Path) -> Self {
        Self(Source::Folder(path.to_owned()))
    }

    /// Embedded files; messages show `name` in place of the folder path.
    pub fn embedded(name: &str, files: &'static [EmbeddedFile]) -> Self {
        Self(Source::Embedded { name: PathBuf::from(name), files, prefix: String::new() })
    }

    /// Whether a file of this name exists.
    pub fn contains(&self, name: &str) -> bool {
        match &self.0 {
            Source::Folder(folder) => folder.join(name).is_file(),
            Source::Embedded { .. } => self.embedded_file(name).is_some(),
        }
    }

    /// Whether they would be in a folder that does not exist.
    pub(crate) fn is_absent_folder(&self) -> bool {
        matches!(&self.0, Source::Folder(folder) if !folder.is_dir())
    }

    /// Path of a file, for messages.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Path of the folder, or the name in place of it.
    pub(crate) fn root(&self) -> PathBuf {
        match &self.0 {
            Source::Folder(folder) => folder.clone(),
            Source::Embedded { name, prefix, .. } => name.join(prefix.trim_end_matches('/')),
        }
    }

    /// Files of a subfolder.
    pub(crate) fn below(&self, folder: &str) -> Self {
        Self(match &self.0 {
            Source::Folder(path) => Source::Folder(path.join(folder)),
            Source::Embedded { name, files, prefix } => {
                Source::Embedded { name: name.clone(), files, prefix: format!("{prefix}{folder}/") }
            }
        })
    }

    /// Contents of a file.
    pub(crate) fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, ModelError> {
        let path = self.path(name);
        match &self.0 {
            Source::Folder(_) => fs::read(&path).map(Cow::Owned).map_err(ModelError::io("read", &path)),
            Source::Embedded { .. } => self
                .embedded_file(name)
                .map(Cow::Borrowed)
                .ok_or_else(|| ModelError::io("read", &path)(std::io::ErrorKind::NotFound.into())),
        }
    }

    /// Parsed contents of a JSON file; every error names the file.
    pub(crate) fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<T, ModelError> {
        parse_json(&self.read(name)?, &self.path(name))
    }

    fn embedded_file(&self, name: &str) -> Option<&'static [u8]> {
        let Source::Embedded { files, prefix, .. } = &self.0 else { return None };
        let path = format!("{prefix}{name}");
        files.iter().find(|(embedded, _)| *embedded == path).map(|(_, bytes)| *bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_files_embedded_member_is_read_from_its_subfolder() {
        let files = ModelFiles::embedded("bundled", &[("members/1/transform.json", b"[1, 2]")]);
        let member = files.below("members").below("1");
        assert_eq!(member.read_json::<Vec<u32>>("transform.json").expect("JSON"), [1, 2]);
        let message = member.read("config.json").expect_err("missing").to_string();
        assert!(message.contains("config.json"), "{message}");
        assert_eq!(member.path("x"), Path::new("bundled/members/1/x"));
    }

    #[test]
    fn model_files_folder_and_embedded_agree() {
        let folder = tempfile::tempdir().expect("temporary folder");
        fs::write(folder.path().join("run.json"), "7").expect("written");
        let on_disk = ModelFiles::folder(folder.path());
        let embedded = ModelFiles::embedded("bundled", &[("run.json", b"7")]);
        for files in [on_disk, embedded] {
            assert!(files.contains("run.json") && !files.contains("metrics.json"));
            assert_eq!(files.read_json::<u32>("run.json").expect("JSON"), 7);
            assert!(files.read_json::<String>("run.json").is_err());
        }
    }
}
