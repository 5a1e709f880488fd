//! Records of all trials, written after every rung.

use std::fs;
use std::path::{Path, PathBuf};

use tatabox_model::{TrainingConfig, TrainingSettings, TrainingSummary, ranked};

use super::trial_table;
use super::{RungScore, TrialRecord};
use crate::error::{Context, Error, Result};
use crate::json_file;
use crate::remedy::Remedy;

pub(super) const JSON_FILE: &str = "trials.json";
pub(super) const TSV_FILE: &str = "trials.tsv";

/// Records of all trials, and their files.
pub(super) struct TrialRecords {
    records: Vec<TrialRecord>,
    cell_types: Vec<String>,
    folder: PathBuf,
}

impl TrialRecords {
    /// Records that an earlier part of this search wrote to `folder`, else new ones.
    pub(super) fn open(folder: &Path, trials: &[TrainingConfig]) -> Result<Self> {
        let new = |(index, config): (usize, &TrainingConfig)| TrialRecord {
            trial: index + 1,
            settings: TrainingSettings::of(config),
            parameters: 0,
            rungs: Vec::new(),
            failure: None,
        };
        let new: Vec<TrialRecord> = trials.iter().enumerate().map(new).collect();
        let path = folder.join(JSON_FILE);
        let records = if path.is_file() { read(&path, &new)? } else { new };
        let cell_types = trials.first().map(|config| config.cell_types.clone()).unwrap_or_default();
        Ok(Self { records, cell_types, folder: folder.to_owned() })
    }

    pub(super) fn all(&self) -> &[TrialRecord] {
        &self.records
    }

    pub(super) fn into_all(self) -> Vec<TrialRecord> {
        self.records
    }

    pub(super) fn cell_types(&self) -> &[String] {
        &self.cell_types
    }

    /// The record of a trial, from 1.
    pub(super) fn of(&self, trial: usize) -> &TrialRecord {
        &self.records[trial - 1]
    }

    /// Adds the score of a trial at the end of its next rung.
    pub(super) fn add(&mut self, trial: usize, summary: &TrainingSummary) -> Result<()> {
        let score = RungScore::new(summary, &self.cell_types);
        let record = &mut self.records[trial - 1];
        record.parameters = summary.metrics.parameters;
        record.rungs.push(score);
        self.write()
    }

    /// Records the failure of a trial.
    pub(super) fn fail(&mut self, trial: usize, reason: String) -> Result<()> {
        self.records[trial - 1].failure = Some(reason);
        self.write()
    }

    /// These trials from best to worst on a rung, from 0; failed trials last.
    pub(super) fn ranked_on(&self, rung: usize, trials: &[usize]) -> Vec<usize> {
        let scores: Vec<_> = trials.iter().map(|&trial| (trial, self.of(trial).score(rung))).collect();
        ranked(&scores)
    }

    /// Trials from best to worst: those of later rungs first, failed trials last.
    pub(super) fn ranked(&self) -> Vec<usize> {
        let rung = |record: &TrialRecord| if record.failure.is_some() { 0 } else { record.rungs.len() };
        let last = self.records.iter().map(rung).max().unwrap_or(0);
        let of_rung = |number: usize| {
            let reached = self.records.iter().filter(move |record| rung(record) == number);
            let trials: Vec<usize> = reached.map(|record| record.trial).collect();
            // Trials without a rung have no score and keep their order.
            self.ranked_on(number.checked_sub(1).unwrap_or(usize::MAX), &trials)
        };
        (0..=last).rev().flat_map(of_rung).collect()
    }

    fn write(&self) -> Result<()> {
        json_file::write_json(&self.folder.join(JSON_FILE), &self.records)?;
        json_file::write_text(&self.folder.join(TSV_FILE), trial_table::text(self)?.as_bytes())
    }
}

/// Reads records, which must have the trials of `new`.
fn read(path: &Path, new: &[TrialRecord]) -> Result<Vec<TrialRecord>> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let records: Vec<TrialRecord> = serde_json::from_slice(&text).map_err(|error| {
        Error::input_with(Remedy::StartAnew, format!("{}: expected records of trials: {error}", path.display()))
    })?;
    let is_same =
        |(found, new): (&TrialRecord, &TrialRecord)| found.trial == new.trial && found.settings == new.settings;
    if records.len() != new.len() || !records.iter().zip(new).all(is_same) {
        let message =
            format!("{} has other trials than this search: it was edited, or another version wrote it", path.display());
        return Err(Error::input_with(Remedy::StartAnew, message));
    }
    Ok(records)
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Four trials on two rungs: the third is the best, the fourth failed.
    pub(in crate::tune) fn records(folder: &Path) -> TrialRecords {
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
    fn trial_records_rank_later_rungs_first_and_failures_last() {
        let records = records(Path::new(""));
        assert_eq!(records.ranked(), [3, 1, 2, 4]);
        assert_eq!(records.ranked_on(0, &[1, 2, 3, 4]), [1, 3, 2, 4]);
    }

    #[test]
    fn trial_records_of_other_trials_are_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let records = records(folder.path());
        records.write().expect("written");
        let path = folder.path().join(JSON_FILE);
        assert_eq!(read(&path, &records.records).expect("read"), records.records);
        let error = read(&path, &records.records[..3]).expect_err("fewer");
        assert!(error.to_string().contains("other trials"), "{error}");
        assert_eq!(error.remedy(), Some(Remedy::StartAnew));
    }

    #[test]
    fn trial_record_is_done_after_its_rung_or_a_failure() {
        let records = records(Path::new(""));
        let done = |rung| records.all().iter().map(|record| record.is_done(rung)).collect::<Vec<_>>();
        assert_eq!(done(0), [true, true, true, true]);
        assert_eq!(done(1), [true, false, true, true]);
        assert_eq!((records.of(3).score(1), records.of(4).score(0)), (Some(0.625), None));
    }
}
