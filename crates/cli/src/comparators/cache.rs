//! Predictions of comparators that were fitted before on the same data.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;
use tatabox_dataset::{Extent, PredictionTable, Split, sha256_bytes, atomic_write};

use super::Compared;
use crate::resolve::locations as locate;
use crate::terminal::console::Console;

/// Raised when a comparator changes what it predicts.
const VERSION: u32 = 1;

/// Everything that predictions of a baseline depend on.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Key<'a> {
    /// Checksum of the data set, or of its fold.
    pub(super) dataset: &'a str,
    pub(super) comparator: &'a str,
    pub(super) cell_types: &'a [String],
    pub(super) extent: Extent,
    pub(super) split: Split,
    pub(super) seed: u64,
    /// Features that genes must have to be read.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) gene_features: &'a [String],
}

impl Key<'_> {
    fn file_stem(&self) -> String {
        // A struct of strings and numbers always has a JSON.
        let json = serde_json::to_string(&(VERSION, self)).unwrap_or_default();
        format!("{}-{}", self.comparator, &sha256_bytes(json.as_bytes())[..24])
    }
}

/// The folder of what was fitted before; nothing is kept where there is no home folder.
pub(super) struct Cache {
    directory: Option<PathBuf>,
}

impl Cache {
    pub(super) fn open() -> Self {
        Self { directory: locate::cache_dir().map(|folder| folder.join("comparators")) }
    }

    /// Folder for the runs of networks.
    pub(super) fn directory(&self) -> Option<PathBuf> {
        self.directory.clone()
    }

    /// What was kept under the key; nothing where it was not, or cannot be read.
    pub(super) fn read(&self, key: &Key<'_>) -> Option<Compared> {
        let (rows, notes) = self.files(key)?;
        let notes = serde_json::from_slice(&fs::read(notes).ok()?).ok()?;
        Some(Compared { rows: PredictionTable::read(&rows).ok()?.rows, notes })
    }

    /// Keeps it; a cache that cannot be written costs time later and nothing else.
    pub(super) fn write(&self, key: &Key<'_>, compared: &Compared, console: &Console) {
        let Some((rows, notes)) = self.files(key) else { return };
        let written = || -> anyhow::Result<()> {
            if let Some(folder) = rows.parent() {
                fs::create_dir_all(folder)?;
            }
            PredictionTable { rows: compared.rows.clone() }.write(&rows)?;
            let json = serde_json::to_vec(&compared.notes)?;
            // Last, for an entry counts where both files are there.
            Ok(atomic_write(&notes, |file| file.write_all(&json))?)
        };
        if let Err(error) = written() {
            console.note(format!("cannot keep {} for the next time: {error}", key.comparator));
        }
    }

    fn files(&self, key: &Key<'_>) -> Option<(PathBuf, PathBuf)> {
        let stem = key.file_stem();
        let folder = self.directory.as_ref()?;
        Some((folder.join(format!("{stem}.parquet")), folder.join(format!("{stem}.json"))))
    }
}

#[cfg(test)]
mod tests {
    use clap::ColorChoice;
    use tatabox_dataset::PredictionRow;

    use super::*;

    #[test]
    fn what_is_kept_comes_back_under_its_key_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let cache = Cache { directory: Some(folder.path().join("new")) };
        let row = PredictionRow {
            gene_id: "G1".to_owned(),
            gene_name: None,
            cell_type: "K562".to_owned(),
            split: Split::Test,
            measured: 1.5,
            predicted: 0.1,
            model: "mean".to_owned(),
        };
        let cell_types = ["K562".to_owned()];
        let extent = Extent { upstream_bp: 250, downstream_bp: 50 };
        let key = Key {
            dataset: "a",
            comparator: "mean",
            cell_types: &cell_types,
            extent,
            split: Split::Test,
            seed: 42,
            gene_features: &[],
        };
        let console = Console::new(ColorChoice::Never, true);
        assert!(cache.read(&key).is_none());
        cache.write(&key, &Compared { rows: vec![row.clone()], notes: vec!["k = 5".to_owned()] }, &console);
        let back = cache.read(&key).expect("kept");
        assert_eq!((back.rows, back.notes), (vec![row], vec!["k = 5".to_owned()]));
        assert!(cache.read(&Key { dataset: "b", ..key }).is_none());
        assert!(cache.read(&Key { seed: 7, ..key }).is_none());
    }
}
