//! Folder of a search.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::search::TRIALS_DIR;
use super::{BEST_FILE, trial_records};
use crate::error::{Context, Error, Result};
use crate::json_file;
use crate::output_folder::is_empty;
use crate::remedy::Remedy;

/// Definition of the search; it marks a folder as that of a search.
const SEARCH_FILE: &str = "search.json";

/// Files and subfolders of a search.
pub(super) const FILES: [&str; 5] =
    [SEARCH_FILE, trial_records::JSON_FILE, trial_records::TSV_FILE, BEST_FILE, TRIALS_DIR];

/// Creates the folder, or checks that it holds an earlier part of this search. With `replace`, an earlier search is removed;
/// other files never are, and a folder that holds others only is refused.
pub(super) fn open(directory: &Path, definition: &Value, replace: bool) -> Result<()> {
    let file = directory.join(SEARCH_FILE);
    if directory.is_dir() && !file.is_file() && !is_empty(directory)? {
        let message = format!("{} has files and is not the folder of a search", directory.display());
        return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
    }
    if replace && directory.exists() {
        for path in FILES.map(|name| directory.join(name)) {
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else if path.exists() {
                fs::remove_file(&path)
            } else {
                Ok(())
            };
            removed.map_err(|source| Error::Io { action: "remove", path, source })?;
        }
    }
    if file.is_file() {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if serde_json::from_str::<Value>(&text).ok().as_ref() != Some(definition) {
            let message = format!("{} holds another search: its options, space or data differ", directory.display());
            return Err(Error::input_with(Remedy::ChooseOutputOrReplace, message));
        }
        return Ok(());
    }
    let failed = |source| Error::Io { action: "create", path: directory.to_owned(), source };
    fs::create_dir_all(directory).map_err(failed)?;
    json_file::write_json(&file, definition)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn search_folder_of_another_search_is_kept_unless_replaced() {
        let root = tempfile::tempdir().expect("folder");
        let directory = root.path().join("search");
        let open_search = |seed: u64, replace| open(&directory, &json!({ "seed": seed }), replace);
        open_search(1, false).expect("created");
        open_search(1, false).expect("the same search");
        let error = open_search(2, false).expect_err("another search");
        assert_eq!(error.remedy(), Some(Remedy::ChooseOutputOrReplace));
        fs::write(directory.join("notes.txt"), "mine").expect("written");
        open_search(2, true).expect("replaced");
        assert!(directory.join("notes.txt").is_file());
        fs::remove_file(directory.join(SEARCH_FILE)).expect("removed");
        assert_eq!(open_search(2, true).expect_err("not a search").remedy(), Some(Remedy::ChooseOutputFolder));
        assert!(directory.is_dir());
    }
}
