//! Location of files that others made, for tests on them.

use std::path::{Path, PathBuf};

/// Folder of real files: `TATABOX_REAL_FILES`, else `shared/real` next to the repository. Prints a message and returns
/// `None` if it is missing.
pub fn real_files() -> Option<PathBuf> {
    let folder = std::env::var_os("TATABOX_REAL_FILES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/real"), PathBuf::from);
    if folder.join("README.md").exists() {
        return Some(folder);
    }
    #[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
    {
        eprintln!("skipped: no files in {}", folder.display());
    }
    None
}
