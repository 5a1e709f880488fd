//! Checksums of the files of a model folder.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use tatabox_dataset::sha256_file;

use super::ensemble_record::{ENSEMBLE, is_ensemble};
use super::files::atomic_write;
use super::run_directory::{CHECK_PREDICTIONS, EFFECT_BACKGROUND, METRICS, REQUIRED, RUN_RECORD};
use crate::error::ModelError;

/// SHA-256 checksums of the files of a model folder, by name.
///
/// Subfolders are excluded: members of an ensemble have their own checksums, and other subfolders hold results.
/// Hidden files and unfinished `.partial` files are excluded as well.
///
/// # Examples
/// ```
/// use tatabox_model::FolderChecksums;
///
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("config.json"), "{}")?;
/// let recorded = FolderChecksums::of_folder(folder.path())?;
/// recorded.write(folder.path())?;
///
/// std::fs::write(folder.path().join("config.json"), "{ }")?;
/// let found = FolderChecksums::of_folder(folder.path())?;
/// assert_eq!(recorded.differences(&found).changed, ["config.json"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderChecksums {
    files: BTreeMap<String, String>,
}

/// Differences between a folder and its recorded checksums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChecksumDifferences {
    /// Files that have been removed.
    pub missing: Vec<String>,
    /// Files whose bytes have changed.
    pub changed: Vec<String>,
    /// Files without a recorded checksum.
    pub added: Vec<String>,
}

impl FolderChecksums {
    /// Name of the checksum file, in the format of `sha256sum`.
    pub const FILE: &str = "SHA256SUMS";

    /// Computes the checksums of the files in `folder`.
    ///
    /// # Errors
    /// [`ModelError::Io`] or [`ModelError::Dataset`] if a file cannot be read.
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

    /// Names of the files that predictions, scores and ranks of effects of the model in `folder` depend on, each of which has a
    /// checksum in a complete folder.
    pub fn required(folder: &Path) -> Vec<&'static str> {
        let always: &[&str] = if is_ensemble(folder) { &[ENSEMBLE, RUN_RECORD] } else { &REQUIRED };
        let optional = [METRICS, CHECK_PREDICTIONS, EFFECT_BACKGROUND];
        let present = optional.into_iter().filter(|name| folder.join(name).is_file());
        always.iter().copied().chain(present).collect()
    }

    /// Whether a file of this name has a checksum.
    pub fn contains(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Reads the checksum file of `folder`; `None` if there is none.
    ///
    /// # Errors
    /// [`ModelError::Io`]; [`ModelError::InvalidFile`] with the number of the first malformed line, or of a second
    /// checksum of one file.
    pub fn read(folder: &Path) -> Result<Option<Self>, ModelError> {
        let path = folder.join(Self::FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(ModelError::io("read", &path))?;
        let Ok(text) = String::from_utf8(bytes) else {
            let reason = "not UTF-8 text; expected lines of a SHA-256 checksum and a file name".to_owned();
            return Err(ModelError::InvalidFile { path, reason });
        };
        let mut files = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            // `sha256sum` separates with two spaces in text mode and with " *" in binary mode.
            let parts = line.split_once("  ").or_else(|| line.split_once(" *"));
            let valid = parts.filter(|(sum, _)| sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let Some((sum, name)) = valid else {
                let reason = format!("line {}: expected a SHA-256 checksum, two spaces and a file name", index + 1);
                return Err(ModelError::InvalidFile { path, reason });
            };
            if files.insert(name.to_owned(), sum.to_ascii_lowercase()).is_some() {
                let reason = format!("line {}: a second checksum of {name}; expected one line per file", index + 1);
                return Err(ModelError::InvalidFile { path, reason });
            }
        }
        Ok(Some(Self { files }))
    }

    /// Writes the checksum file of `folder`.
    ///
    /// # Errors
    /// [`ModelError::Io`]
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let mut lines = String::new();
        for (name, sum) in &self.files {
            // Writing into a String cannot fail.
            let _ = writeln!(lines, "{sum}  {name}");
        }
        atomic_write(&folder.join(Self::FILE), lines.as_bytes())
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Differences of the checksums `now` from these recorded ones.
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
    fn checksum_differences_missing_changed_and_added_files_are_listed() {
        let folder = tempfile::tempdir().expect("folder");
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        put("a.json", "a");
        put("b.json", "b");
        put("c.json.partial", "unfinished");
        fs::create_dir(folder.path().join("evaluation-test")).expect("created");
        assert_eq!(FolderChecksums::read(folder.path()).expect("readable"), None);
        let before = FolderChecksums::of_folder(folder.path()).expect("readable");
        before.write(folder.path()).expect("writable");
        let recorded = FolderChecksums::read(folder.path()).expect("readable").expect("present");
        assert_eq!((&recorded, recorded.len()), (&before, 2));

        put("b.json", "B");
        put("d.json", "d");
        fs::remove_file(folder.path().join("a.json")).expect("removed");
        let now = FolderChecksums::of_folder(folder.path()).expect("readable");
        let expected = ChecksumDifferences {
            missing: vec!["a.json".to_owned()],
            changed: vec!["b.json".to_owned()],
            added: vec!["d.json".to_owned()],
        };
        assert_eq!(recorded.differences(&now), expected);
    }

    #[test]
    fn checksums_malformed_line_error_has_line_number() {
        let folder = tempfile::tempdir().expect("folder");
        let sum = tatabox_dataset::sha256_bytes(b"x");
        fs::write(folder.path().join(FolderChecksums::FILE), format!("{sum}  a\n{sum} *b\nhello  c\n"))
            .expect("written");
        let message = || FolderChecksums::read(folder.path()).expect_err("malformed").to_string();
        assert!(message().contains("line 3"), "{}", message());
        fs::write(folder.path().join(FolderChecksums::FILE), format!("{sum}  a\n{sum}  b\n{sum}  a\n"))
            .expect("written");
        assert!(message().contains("line 3: a second checksum of a"), "{}", message());
    }

    #[test]
    fn checksums_required_files_are_those_of_a_network_or_an_ensemble() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(FolderChecksums::required(folder.path()), REQUIRED);
        fs::write(folder.path().join(ENSEMBLE), "{}").expect("written");
        fs::write(folder.path().join(CHECK_PREDICTIONS), "").expect("written");
        assert_eq!(FolderChecksums::required(folder.path()), [ENSEMBLE, RUN_RECORD, CHECK_PREDICTIONS]);
    }
}
