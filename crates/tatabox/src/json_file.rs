//! JSON files that are complete or absent.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::error::{Context, Result};
use crate::tables::Sink;

/// Name of the file with the origin of the results of a task: versions, command, model, options.
pub(crate) const RUN_RECORD: &str = "run.json";

/// Writes a value as indented JSON.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    let mut sink = Sink::create(Some(path))?;
    sink.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    sink.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_file_ends_with_a_newline_and_leaves_no_partial_file() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(RUN_RECORD);
        write_json(&path, &[1, 2]).expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "[\n  1,\n  2\n]\n");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 1);
    }
}
