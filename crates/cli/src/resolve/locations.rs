//! Where things lie: the state and cache folders, the demo data and the model that come with the program.

use std::env;
use std::path::{Path, PathBuf};

/// The demo data set, from the root of the project.
pub(crate) const DEMO_DATA: &str = "data/demo";
/// The model that comes along, from the root of the project.
pub(crate) const SHIPPED_MODEL: &str = "models/human";

const PROGRAM: &str = "tatabox";

/// Folder of what the program remembers: `$TATABOX_STATE`, else as the XDG base directory specification has it.
pub(crate) fn state_dir() -> Option<PathBuf> {
    from_environment("TATABOX_STATE").or_else(|| user_dir("XDG_STATE_HOME", ".local/state"))
}

/// Folder of what can be made again.
pub(crate) fn cache_dir() -> Option<PathBuf> {
    user_dir("XDG_CACHE_HOME", ".cache")
}

/// Folder of comparators that were fitted earlier.
pub(crate) fn comparator_cache() -> Option<PathBuf> {
    cache_dir().map(|folder| folder.join("comparators"))
}

/// `relative` in the current folder, else in the nearest folder above the executable that has it.
pub(crate) fn beside_program(relative: &str) -> Option<PathBuf> {
    let here = Path::new(relative);
    if here.is_dir() {
        return Some(here.to_owned());
    }
    find_above(&env::current_exe().ok()?.canonicalize().ok()?, relative)
}

fn find_above(start: &Path, relative: &str) -> Option<PathBuf> {
    start.ancestors().skip(1).map(|folder| folder.join(relative)).find(|path| path.is_dir())
}

fn user_dir(variable: &str, below_home: &str) -> Option<PathBuf> {
    let base = from_environment(variable).or_else(|| Some(env::home_dir()?.join(below_home)))?;
    Some(base.join(PROGRAM))
}

/// A variable that is set to something; paths in it must be absolute, but a relative one is at least meant.
fn from_environment(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_found_above_the_executable() {
        let root = tempfile::tempdir().expect("folder");
        let demo = root.path().join(DEMO_DATA);
        std::fs::create_dir_all(&demo).expect("created");
        let executable = root.path().join("target/release/tatabox");
        assert_eq!(find_above(&executable, DEMO_DATA), Some(demo));
        assert_eq!(find_above(&executable, "data/none-of-that-name"), None);
    }
}
