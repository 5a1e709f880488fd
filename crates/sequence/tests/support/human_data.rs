//! Where the human data lie.

use std::path::{Path, PathBuf};

/// The folder that `TATABOX_HUMAN_DATA` names, else `shared/data/human` beside the repository; says so where neither is there.
pub fn human_data() -> Option<PathBuf> {
    let folder = std::env::var_os("TATABOX_HUMAN_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/human"), PathBuf::from);
    if folder.join("hg38_sparse.fa.gz").exists() {
        return Some(folder);
    }
    #[expect(clippy::print_stderr, reason = "a test that is not run says so")]
    {
        eprintln!("skipped: no human data in {}", folder.display());
    }
    None
}
