//! Folders of a model: its own, and those of the members of an ensemble.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, bail};

/// File that marks the folder of an ensemble.
const ENSEMBLE: &str = "ensemble.json";
/// Folder of its members.
const MEMBERS: &str = "members";

/// Folder of a model or of a member.
#[derive(Debug, PartialEq)]
pub(super) struct ModelFolder {
    pub(super) path: PathBuf,
}

impl ModelFolder {
    /// The folder, followed by those of the members of an ensemble in the order of their names.
    pub(super) fn walk(path: &Path) -> Result<Vec<Self>> {
        if !path.is_dir() {
            bail!("{} is not a folder", path.display());
        }
        let mut folders = vec![Self { path: path.to_owned() }];
        if path.join(ENSEMBLE).is_file() {
            let members = path.join(MEMBERS);
            let unreadable = |source| Error::Io { action: "read", path: members.clone(), source };
            for entry in fs::read_dir(&members).map_err(unreadable)? {
                let member = entry.map_err(unreadable)?.path();
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model_store::model_name;

    #[test]
    fn model_folder_walk_lists_members_by_name() {
        let root = tempfile::tempdir().expect("folder");
        let plain = ModelFolder { path: root.path().to_owned() };
        assert_eq!(ModelFolder::walk(root.path()).expect("a folder"), [plain]);
        fs::write(root.path().join(ENSEMBLE), "{}").expect("written");
        assert!(ModelFolder::walk(root.path()).is_err(), "no members");
        for member in ["seed-2", "seed-1"] {
            fs::create_dir_all(root.path().join(MEMBERS).join(member)).expect("created");
        }
        let folders = ModelFolder::walk(root.path()).expect("an ensemble");
        let names: Vec<String> = folders[1..].iter().map(|folder| model_name(&folder.path)).collect();
        assert_eq!((names, &*folders[0].path), (vec!["seed-1".to_owned(), "seed-2".to_owned()], root.path()));
    }
}
