//! Location of the human test data.

use std::path::{Path, PathBuf};

/// Folder of human data: `TATABOX_HUMAN_DATA`, else `shared/data/human` next to the repository. Prints a message and
/// returns `None` if it is missing.
pub fn human_data() -> Option<PathBuf> {
    let folder = std::env::var_os("TATABOX_HUMAN_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/human"), PathBuf::from);
    if folder.join("hg38_sparse.fa.gz").exists() {
        return Some(folder);
    }
    #[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
    {
        eprintln!("skipped: no human data in {}", folder.display());
    }
    None
}
