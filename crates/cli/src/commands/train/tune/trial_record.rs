//! What is known of each trial, kept on disk after every rung.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tatabox_dataset::atomic_write;
use tatabox_model::{TrainingConfig, TrainingSettings, TrainingSummary, ranked};

use super::trial_table;

const JSON_FILE: &str = "trials.json";
const TSV_FILE: &str = "trials.tsv";

/// One trial; trials count from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct TrialRecord {
    pub(super) trial: usize,
    pub(super) settings: TrainingSettings,
    /// Weights of the network; 0 until it was trained.
    pub(super) parameters: usize,
    /// What it reached on each rung, first to last.
    pub(super) rungs: Vec<RungScore>,
    /// Why it could not be trained.
    pub(super) failure: Option<String>,
}

/// The best epoch so far at the end of a rung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RungScore {
    /// Epochs trained; fewer than the rung has where training stopped early.
    pub(super) epochs: usize,
    pub(super) best_epoch: usize,
    pub(super) validation_pearson: f64,
    /// None where it is not defined.
    pub(super) validation_pearson_by_cell_type: BTreeMap<String, Option<f64>>,
    /// Seconds spent training, earlier rungs included.
    pub(super) elapsed_s: f64,
}

impl RungScore {
    fn new(summary: &TrainingSummary, cell_types: &[String]) -> Self {
        let metrics = &summary.metrics;
        let scores = cell_types.iter().cloned().zip(metrics.validation_pearson_by_cell_type.iter().copied());
        Self {
            epochs: summary.history.len(),
            best_epoch: metrics.best_epoch,
            validation_pearson: metrics.validation_pearson,
            validation_pearson_by_cell_type: scores.collect(),
            elapsed_s: summary.elapsed_s,
        }
    }
}

impl TrialRecord {
    /// Whether nothing is left to train up to `rung`, from 0.
    pub(super) fn is_through(&self, rung: usize) -> bool {
        self.failure.is_some() || self.rungs.len() > rung
    }

    /// The score at the end of `rung`, from 0.
    pub(super) fn score(&self, rung: usize) -> Option<f64> {
        self.rungs.get(rung).filter(|_| self.failure.is_none()).map(|score| score.validation_pearson)
    }
}

/// The records of all trials, and the files that they stand in.
pub(super) struct TrialRecords {
    records: Vec<TrialRecord>,
    cell_types: Vec<String>,
    folder: PathBuf,
}

impl TrialRecords {
    /// Those that an earlier part of this search left in `folder`, else new ones.
    pub(super) fn open(folder: &Path, trials: &[TrainingConfig]) -> Result<Self> {
        let fresh = |(index, config): (usize, &TrainingConfig)| TrialRecord {
            trial: index + 1,
            settings: TrainingSettings::of(config),
            parameters: 0,
            rungs: Vec::new(),
            failure: None,
        };
        let fresh: Vec<TrialRecord> = trials.iter().enumerate().map(fresh).collect();
        let path = folder.join(JSON_FILE);
        let records = if path.is_file() { read(&path, &fresh)? } else { fresh };
        let cell_types = trials.first().map(|config| config.cell_types.clone()).unwrap_or_default();
        Ok(Self { records, cell_types, folder: folder.to_owned() })
    }

    pub(super) fn all(&self) -> &[TrialRecord] {
        &self.records
    }

    pub(super) fn cell_types(&self) -> &[String] {
        &self.cell_types
    }

    /// The record of a trial, from 1.
    pub(super) fn of(&self, trial: usize) -> &TrialRecord {
        &self.records[trial - 1]
    }

    /// Adds what a trial reached on its next rung.
    pub(super) fn add(&mut self, trial: usize, summary: &TrainingSummary) -> Result<()> {
        let score = RungScore::new(summary, &self.cell_types);
        let record = &mut self.records[trial - 1];
        record.parameters = summary.metrics.parameters;
        record.rungs.push(score);
        self.write()
    }

    /// Notes why a trial is out.
    pub(super) fn fail(&mut self, trial: usize, reason: String) -> Result<()> {
        self.records[trial - 1].failure = Some(reason);
        self.write()
    }

    /// These trials from best to worst on a rung, from 0; failures last.
    pub(super) fn ranked_on(&self, rung: usize, trials: &[usize]) -> Vec<usize> {
        let scores: Vec<_> = trials.iter().map(|&trial| (trial, self.of(trial).score(rung))).collect();
        ranked(&scores)
    }

    /// Trials from best to worst: those of later rungs first, failures last.
    pub(super) fn ranked(&self) -> Vec<usize> {
        let rung = |record: &TrialRecord| if record.failure.is_some() { 0 } else { record.rungs.len() };
        let last = self.records.iter().map(rung).max().unwrap_or(0);
        let of_rung = |wanted: usize| {
            let reached = self.records.iter().filter(move |record| rung(record) == wanted);
            let trials: Vec<usize> = reached.map(|record| record.trial).collect();
            // Nothing was trained on rung 0, whose trials stay in their order.
            self.ranked_on(wanted.checked_sub(1).unwrap_or(usize::MAX), &trials)
        };
        (0..=last).rev().flat_map(of_rung).collect()
    }

    fn write(&self) -> Result<()> {
        let json = serde_json::to_string_pretty(&self.records).context("cannot write JSON")? + "\n";
        let table = trial_table::text(self)?;
        for (name, text) in [(JSON_FILE, json), (TSV_FILE, table)] {
            let path = self.folder.join(name);
            atomic_write(&path, |file| file.write_all(text.as_bytes()))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// Reads records, which have to be of the same trials as `fresh`.
fn read(path: &Path, fresh: &[TrialRecord]) -> Result<Vec<TrialRecord>> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let records: Vec<TrialRecord> = serde_json::from_slice(&text)
        .with_context(|| format!("{} is damaged; give --force to search anew", path.display()))?;
    let same =
        |(found, fresh): (&TrialRecord, &TrialRecord)| found.trial == fresh.trial && found.settings == fresh.settings;
    if records.len() != fresh.len() || !records.iter().zip(fresh).all(same) {
        bail!(
            "{} holds other trials; it was changed, or is of another version; give --force to search anew",
            path.display()
        );
    }
    Ok(records)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Four trials on two rungs: the third is best, the fourth failed.
    pub(in crate::commands::tune) fn records(folder: &Path) -> TrialRecords {
        let score = |epochs, validation_pearson| RungScore {
            epochs,
            best_epoch: 1,
            validation_pearson,
            validation_pearson_by_cell_type: BTreeMap::from([
                ("K562".to_owned(), Some(validation_pearson)),
                ("HepG2".to_owned(), None),
            ]),
            elapsed_s: 1.25,
        };
        let settings = |json: &str| serde_json::from_str(json).expect("settings");
        let record = |trial, rungs, failure: Option<&str>| TrialRecord {
            trial,
            settings: settings(&format!(r#"{{"filters": [32, 48, 64], "batch_size": {}}}"#, 16 * trial)),
            parameters: 100 * trial,
            rungs,
            failure: failure.map(str::to_owned),
        };
        TrialRecords {
            records: vec![
                record(1, vec![score(1, 0.5), score(3, 0.5)], None),
                record(2, vec![score(1, 0.25)], None),
                record(3, vec![score(1, 0.375), score(3, 0.625)], None),
                record(4, vec![score(1, 0.75)], Some("the loss became NaN")),
            ],
            cell_types: vec!["K562".to_owned(), "HepG2".to_owned()],
            folder: folder.to_owned(),
        }
    }

    #[test]
    fn the_last_rung_comes_first_and_failures_last() {
        let records = records(Path::new(""));
        assert_eq!(records.ranked(), [3, 1, 2, 4]);
        assert_eq!(records.ranked_on(0, &[1, 2, 3, 4]), [1, 3, 2, 4]);
    }

    #[test]
    fn records_are_read_back_unless_they_are_of_other_trials() {
        let folder = tempfile::tempdir().expect("folder");
        let records = records(folder.path());
        records.write().expect("written");
        let path = folder.path().join(JSON_FILE);
        assert_eq!(read(&path, &records.records).expect("read"), records.records);
        let message = read(&path, &records.records[..3]).expect_err("fewer").to_string();
        assert!(message.contains("other trials") && message.contains("--force"), "{message}");
    }

    #[test]
    fn a_trial_is_through_when_it_was_trained_or_failed() {
        let records = records(Path::new(""));
        let through = |rung| records.all().iter().map(|record| record.is_through(rung)).collect::<Vec<_>>();
        assert_eq!(through(0), [true, true, true, true]);
        assert_eq!(through(1), [true, false, true, true]);
        assert_eq!((records.of(3).score(1), records.of(4).score(0)), (Some(0.625), None));
    }
}
