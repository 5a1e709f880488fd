//! The folders that make up a model: its own, and those of the members of an ensemble.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What makes a folder that of an ensemble.
const ENSEMBLE: &str = "ensemble.json";
/// Where its members lie.
const MEMBERS: &str = "members";

/// A folder of a model.
#[derive(Debug, PartialEq)]
pub(super) struct ModelFolder {
    pub(super) path: PathBuf,
}

impl ModelFolder {
    /// The folder, and where it is an ensemble's also those of its members, by name.
    pub(super) fn walk(path: &Path) -> Result<Vec<Self>> {
        if !path.is_dir() {
            bail!("{} is not a folder", path.display());
        }
        let mut folders = vec![Self { path: path.to_owned() }];
        if path.join(ENSEMBLE).is_file() {
            let members = path.join(MEMBERS);
            let cannot_read = || format!("cannot read {}", members.display());
            for entry in fs::read_dir(&members).with_context(cannot_read)? {
                let member = entry.with_context(cannot_read)?.path();
                if member.is_dir() {
                    folders.push(Self { path: member });
                }
            }
            folders[1..].sort_by(|one, other| one.path.cmp(&other.path));
            if folders.len() == 1 {
                bail!("{} is an ensemble without members", path.display());
            }
        }
        Ok(folders)
    }

    /// Name of the folder, which is the model's.
    pub(super) fn name(&self) -> String {
        // `.` and `..` have no name until they are resolved.
        let resolved = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        resolved.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_an_ensemble_are_walked_by_name() {
        let root = tempfile::tempdir().expect("folder");
        let plain = ModelFolder { path: root.path().to_owned() };
        assert_eq!(ModelFolder::walk(root.path()).expect("a folder"), [plain]);
        fs::write(root.path().join(ENSEMBLE), "{}").expect("written");
        assert!(ModelFolder::walk(root.path()).is_err(), "no members");
        for member in ["seed-2", "seed-1"] {
            fs::create_dir_all(root.path().join(MEMBERS).join(member)).expect("created");
        }
        let folders = ModelFolder::walk(root.path()).expect("an ensemble");
        let names: Vec<String> = folders[1..].iter().map(ModelFolder::name).collect();
        assert_eq!((names, &*folders[0].path), (vec!["seed-1".to_owned(), "seed-2".to_owned()], root.path()));
    }
}
