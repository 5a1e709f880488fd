//! List of the files that a task wrote to its folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path};

use crate::error::{Error, Result};
use crate::json_file::write_text;
use crate::remedy::Remedy;

/// First line of a list; a file of the user begins otherwise.
const HEADER: &str = "# files written by tatabox; a run that replaces results removes these and no others";

/// Files of a folder that a task wrote, by their paths below it, with `/` as separator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileList(pub(super) BTreeSet<String>);

impl FileList {
    /// Name of the list in the folder.
    pub(crate) const FILE: &str = "files.txt";

    /// Reads the list of a folder; empty where there is none.
    ///
    /// # Errors
    /// A file of this name is no such list.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(Self::FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read(&path).map_err(|source| Error::Io { action: "read", path: path.clone(), source })?;
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            let message = format!("{} is not a list of files that tatabox wrote", path.display());
            return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
        }
        Ok(Self(lines.filter(|line| is_below(line)).map(str::to_owned).chain([Self::FILE.to_owned()]).collect()))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let names = self.0.iter().map(|name| format!("{name}\n"));
        let text = format!("{HEADER}\n{}", names.collect::<String>());
        write_text(&folder.join(Self::FILE), text.as_bytes())
    }

    /// Whether a task wrote this file.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The files.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Whether a path stays below the folder, also if the list was edited.
fn is_below(name: &str) -> bool {
    let path = Path::new(name);
    !name.is_empty() && path.components().all(|component| matches!(component, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_list_round_trips_and_ignores_paths_outside_the_folder() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(FileList::read(folder.path()).expect("none"), FileList::default());
        let names = ["a b.tsv", "figures/x.svg", "../other.tsv", "/etc/passwd"].map(str::to_owned);
        FileList(names.into()).write(folder.path()).expect("written");
        let read = FileList::read(folder.path()).expect("a list");
        assert_eq!(read.names().collect::<Vec<_>>(), ["a b.tsv", "figures/x.svg", "files.txt"]);
    }

    #[test]
    fn file_list_of_the_user_is_no_list() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join(FileList::FILE), "thesis.tex\n").expect("written");
        let message = FileList::read(folder.path()).expect_err("of the user").to_string();
        assert!(message.contains("files.txt is not a list"), "{message}");
    }
}
