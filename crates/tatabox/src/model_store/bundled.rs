//! Files of the bundled model: embedded in the program, and unpacked into a cache folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tatabox_dataset::{atomic_write, sha256_bytes};
use tatabox_model::EmbeddedFile;

use crate::error::{Error, Result};

/// Name of the bundled model.
pub(super) const NAME: &str = "human";

/// Embeds files of the model, from the copy of `models/human` in the package.
macro_rules! embed {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/bundled/", $path)))),+]
    };
}

/// Every file of the model folder, so that an unpacked copy verifies as the folder does.
pub(super) const FILES: &[EmbeddedFile] = embed![
    "MODEL_CARD.md",
    "SHA256SUMS",
    "check_predictions.tsv",
    "effect_background.json",
    "ensemble.json",
    "metrics.json",
    "run.json",
    "test_comparisons.tsv",
    "test_metrics.json",
    "test_metrics.tsv",
    "members/1/SHA256SUMS",
    "members/1/check_predictions.tsv",
    "members/1/config.json",
    "members/1/history.csv",
    "members/1/metrics.json",
    "members/1/run.json",
    "members/1/transform.json",
    "members/1/weights.safetensors",
    "members/2/SHA256SUMS",
    "members/2/check_predictions.tsv",
    "members/2/config.json",
    "members/2/history.csv",
    "members/2/metrics.json",
    "members/2/run.json",
    "members/2/transform.json",
    "members/2/weights.safetensors",
    "members/3/SHA256SUMS",
    "members/3/check_predictions.tsv",
    "members/3/config.json",
    "members/3/history.csv",
    "members/3/metrics.json",
    "members/3/run.json",
    "members/3/transform.json",
    "members/3/weights.safetensors",
    "members/4/SHA256SUMS",
    "members/4/check_predictions.tsv",
    "members/4/config.json",
    "members/4/history.csv",
    "members/4/metrics.json",
    "members/4/run.json",
    "members/4/transform.json",
    "members/4/weights.safetensors",
    "members/5/SHA256SUMS",
    "members/5/check_predictions.tsv",
    "members/5/config.json",
    "members/5/history.csv",
    "members/5/metrics.json",
    "members/5/run.json",
    "members/5/transform.json",
    "members/5/weights.safetensors",
    "members/6/SHA256SUMS",
    "members/6/check_predictions.tsv",
    "members/6/config.json",
    "members/6/history.csv",
    "members/6/metrics.json",
    "members/6/run.json",
    "members/6/transform.json",
    "members/6/weights.safetensors",
];

/// Folder of unpacked models within a cache folder.
const CACHED_MODELS: &str = "models";
/// Hexadecimal digits of the checksum in the name of an unpacked copy.
const CHECKSUM_DIGITS: usize = 16;

/// Path below the bundled model that `path` names, empty for the model itself: `human`, `models/human` or, of a member,
/// `models/human/members/1`. `None` where the working directory has such a folder, or for another name.
pub(super) fn path_within(path: &Path) -> Option<PathBuf> {
    let name = path.strip_prefix(".").unwrap_or(path);
    let root =
        [Path::new(NAME).to_owned(), Path::new("models").join(NAME)].into_iter().find(|root| name.starts_with(root))?;
    if root.exists() {
        return None;
    }
    name.strip_prefix(root).ok().map(Path::to_owned)
}

/// Writes the files to a folder in `cache` that is named by their checksum, unless it holds them already, and returns it.
pub(super) fn unpack(cache: &Path) -> Result<PathBuf> {
    let mut contents = Vec::new();
    for (name, bytes) in FILES {
        contents.extend_from_slice(name.as_bytes());
        contents.extend_from_slice(bytes);
    }
    let checksum = &sha256_bytes(&contents)[..CHECKSUM_DIGITS];
    // The last part of the path is the name of the model.
    let folder = cache.join(CACHED_MODELS).join(checksum).join(NAME);
    for (name, bytes) in FILES {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|found| found == *bytes) {
            continue;
        }
        let unwritable = |source| Error::Io { action: "write", path: path.clone(), source };
        fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(unwritable)?;
        atomic_write(&path, |file| file.write_all(bytes)).map_err(unwritable)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_model_is_named_where_no_folder_has_its_name() {
        // Tests run in the folder of the crate.
        let within = |path: &str| path_within(Path::new(path));
        assert_eq!(within("human"), Some(PathBuf::new()));
        assert_eq!(within("./models/human/"), Some(PathBuf::new()));
        assert_eq!(within("models/human/members/2"), Some("members/2".into()));
        assert_eq!((within("models/human2"), within("src/human"), within("src")), (None, None, None));
    }

    #[test]
    fn bundled_model_has_every_file_of_its_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bundled");
        let (mut folders, mut found) = (vec![folder.clone()], Vec::new());
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        let mut embedded: Vec<PathBuf> = FILES.iter().map(|(name, _)| folder.join(name)).collect();
        embedded.sort();
        assert_eq!(embedded, found);
    }

    #[test]
    fn bundled_model_unpacked_copy_is_repaired() {
        let cache = tempfile::tempdir().expect("folder");
        let folder = unpack(cache.path()).expect("unpacked");
        assert!(folder.starts_with(cache.path().join("models")) && folder.ends_with("human"), "{}", folder.display());
        let weights = folder.join("members/3/weights.safetensors");
        fs::write(&weights, "damaged").expect("written");
        assert_eq!(unpack(cache.path()).expect("unpacked"), folder);
        for (name, bytes) in FILES {
            assert_eq!(fs::read(folder.join(name)).expect("a file"), *bytes, "{name}");
        }
    }
}
