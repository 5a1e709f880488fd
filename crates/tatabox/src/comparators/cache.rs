//! Predictions of baselines that were fitted earlier on the same data.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tatabox_dataset::{Extent, PredictionTable, Split, atomic_write, sha256_bytes};

use super::ComparatorPredictions;
use crate::error::Result;
use crate::observer::Observer;

/// Version of the entries; it changes with the predictions of any baseline.
const VERSION: u32 = 1;

/// Everything that the predictions of a baseline depend on.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct PredictionKey<'a> {
    /// Checksum of the data set, or of its fold.
    pub(super) dataset: &'a str,
    pub(super) comparator: &'a str,
    pub(super) cell_types: &'a [String],
    pub(super) extent: Extent,
    pub(super) split: Split,
    pub(super) seed: u64,
    /// Gene features of the model; genes without them are excluded.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) gene_features: &'a [String],
}

impl PredictionKey<'_> {
    fn file_stem(&self) -> String {
        let json = serde_json::to_string(&(VERSION, self)).expect("strings and numbers have a JSON form");
        format!("{}-{}", self.comparator, &sha256_bytes(json.as_bytes())[..24])
    }
}

/// Folder of predictions; nothing is read or written without one.
pub(super) struct PredictionCache<'a> {
    folder: Option<&'a Path>,
}

impl<'a> PredictionCache<'a> {
    pub(super) fn new(folder: Option<&'a Path>) -> Self {
        Self { folder }
    }

    /// The entry of the key; `None` where there is none, or it cannot be read.
    pub(super) fn read(&self, key: &PredictionKey<'_>) -> Option<ComparatorPredictions> {
        let (rows, notes) = self.files(key)?;
        let notes = serde_json::from_slice(&fs::read(notes).ok()?).ok()?;
        Some(ComparatorPredictions { rows: PredictionTable::read(&rows).ok()?.rows, notes })
    }

    /// Writes an entry. An error is noted only: the next task fits the baseline again.
    pub(super) fn write(&self, key: &PredictionKey<'_>, predictions: &ComparatorPredictions, observer: &dyn Observer) {
        let Some((rows, notes)) = self.files(key) else { return };
        let written = || -> Result<()> {
            if let Some(folder) = rows.parent() {
                fs::create_dir_all(folder)?;
            }
            PredictionTable { rows: predictions.rows.clone() }.write(&rows)?;
            let json = serde_json::to_vec(&predictions.notes)?;
            // Last, since an entry is valid once both files exist.
            Ok(atomic_write(&notes, |file| file.write_all(&json))?)
        };
        if let Err(error) = written() {
            observer.note(&format!("predictions of {} are not cached: {error}", key.comparator));
        }
    }

    fn files(&self, key: &PredictionKey<'_>) -> Option<(PathBuf, PathBuf)> {
        let folder = self.folder?;
        let stem = key.file_stem();
        Some((folder.join(format!("{stem}.parquet")), folder.join(format!("{stem}.json"))))
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::PredictionRow;

    use super::*;
    use crate::observer::Silent;

    #[test]
    fn prediction_cache_returns_the_entry_of_its_key_only() {
        let folder = tempfile::tempdir().expect("folder");
        let folder = folder.path().join("new");
        let cache = PredictionCache::new(Some(&folder));
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
        let key = PredictionKey {
            dataset: "a",
            comparator: "mean",
            cell_types: &cell_types,
            extent,
            split: Split::Test,
            seed: 42,
            gene_features: &[],
        };
        let predictions = ComparatorPredictions { rows: vec![row], notes: vec!["k = 5".to_owned()] };
        assert!(cache.read(&key).is_none());
        cache.write(&key, &predictions, &Silent);
        assert_eq!(cache.read(&key), Some(predictions));
        assert!(cache.read(&PredictionKey { dataset: "b", ..key }).is_none());
        assert!(cache.read(&PredictionKey { seed: 7, ..key }).is_none());
        assert!(PredictionCache::new(None).read(&key).is_none());
    }
}
