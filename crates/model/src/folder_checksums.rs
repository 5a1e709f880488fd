//! Checksums of the files of a model folder.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use tatabox_dataset::sha256_file;

use crate::error::ModelError;
use crate::json_file::atomic_write;

/// SHA-256 of each file of a folder, by name. Folders below have checksums of their own, or are results made with the
/// model, and are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderChecksums {
    files: BTreeMap<String, String>,
}

/// How a folder differs from its checksums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChecksumDifferences {
    /// Files that are not there any more.
    pub missing: Vec<String>,
    /// Files with other bytes.
    pub changed: Vec<String>,
    /// Files that were not there.
    pub added: Vec<String>,
}

impl FolderChecksums {
    /// Name of the file in which they are kept, as `sha256sum` writes it and `sha256sum --check` reads it.
    pub const FILE: &str = "SHA256SUMS";

    /// Of the files as they are now.
    ///
    /// # Errors
    /// [`ModelError::Io`], [`ModelError::Dataset`] where one cannot be read.
    pub fn of_folder(folder: &Path) -> Result<Self, ModelError> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(ModelError::io("read", folder))? {
            let path = entry.map_err(ModelError::io("read", folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_unfinished = Path::new(&name).extension().is_some_and(|extension| extension == "partial");
            if path.is_file() && name != Self::FILE && !name.starts_with('.') && !is_unfinished {
                files.insert(name, sha256_file(&path)?);
            }
        }
        Ok(Self { files })
    }

    /// Those that are kept in the folder; `None` where there are none.
    ///
    /// # Errors
    /// [`ModelError::Io`]; [`ModelError::InvalidFile`] naming the line that is no checksum.
    pub fn read(folder: &Path) -> Result<Option<Self>, ModelError> {
        let path = folder.join(Self::FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(ModelError::io("read", &path))?;
        let mut files = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            // Two spaces for a text file, a space and an asterisk for a binary one; both mean the same here.
            let parts = line.split_once("  ").or_else(|| line.split_once(" *"));
            let valid = parts.filter(|(sum, _)| sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let Some((sum, name)) = valid else {
                let reason = format!("line {} is not a SHA-256 checksum, two spaces and a file name", index + 1);
                return Err(ModelError::InvalidFile { path, reason });
            };
            files.insert(name.to_owned(), sum.to_ascii_lowercase());
        }
        Ok(Some(Self { files }))
    }

    /// Keeps them in the folder.
    ///
    /// # Errors
    /// [`ModelError::Io`]
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let mut lines = String::new();
        for (name, sum) in &self.files {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{sum}  {name}");
        }
        atomic_write(&folder.join(Self::FILE), lines.as_bytes())
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How `now` differs from these.
    pub fn differences(&self, now: &Self) -> ChecksumDifferences {
        let mut differences = ChecksumDifferences::default();
        for (name, sum) in &self.files {
            match now.files.get(name) {
                None => differences.missing.push(name.clone()),
                Some(other) if other != sum => differences.changed.push(name.clone()),
                Some(_) => {}
            }
        }
        differences.added = now.files.keys().filter(|&name| !self.files.contains_key(name)).cloned().collect();
        differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        put("a.json", "a");
        put("b.json", "b");
        put("c.json.partial", "unfinished");
        fs::create_dir(folder.path().join("evaluation-test")).expect("created");
        assert_eq!(FolderChecksums::read(folder.path()).expect("readable"), None);
        let before = FolderChecksums::of_folder(folder.path()).expect("readable");
        before.write(folder.path()).expect("writable");
        let kept = FolderChecksums::read(folder.path()).expect("readable").expect("there");
        assert_eq!((&kept, kept.len()), (&before, 2));

        put("b.json", "B");
        put("d.json", "d");
        fs::remove_file(folder.path().join("a.json")).expect("removed");
        let now = FolderChecksums::of_folder(folder.path()).expect("readable");
        let expected = ChecksumDifferences {
            missing: vec!["a.json".to_owned()],
            changed: vec!["b.json".to_owned()],
            added: vec!["d.json".to_owned()],
        };
        assert_eq!(kept.differences(&now), expected);
    }

    #[test]
    fn a_line_that_is_no_checksum_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let sum = tatabox_dataset::sha256_bytes(b"x");
        fs::write(folder.path().join(FolderChecksums::FILE), format!("{sum}  a\n{sum} *b\nhello  c\n"))
            .expect("written");
        let message = FolderChecksums::read(folder.path()).expect_err("line 3").to_string();
        assert!(message.contains("line 3"), "{message}");
    }
}
