//! `trials.tsv`: one row per trial, best first.

use tatabox_model::TrainingSettings;

use super::TrialRecord;
use super::trial_records::TrialRecords;
use crate::error::{Error, Result};

const FIRST_COLUMNS: [&str; 8] =
    ["place", "trial", "rung", "epochs", "best_epoch", "elapsed_s", "parameters", "validation_pearson"];

/// The table. Scores are those of the trial's last rung; rungs are numbered from 1.
pub(super) fn text(records: &TrialRecords) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    let settings: Vec<&str> = TrainingSettings::names().filter(|name| *name != "epochs").collect();
    let scores = records.cell_types().iter().map(|cell_type| format!("validation_pearson_{cell_type}"));
    let header = FIRST_COLUMNS.map(str::to_owned).into_iter().chain(scores);
    writer.write_record(header.chain(settings.iter().map(|name| (*name).to_owned())).chain(["failure".to_owned()]))?;
    for (place, trial) in records.ranked().into_iter().enumerate() {
        writer.write_record(row(place + 1, records.of(trial), records.cell_types(), &settings))?;
    }
    let bytes = writer.into_inner().map_err(Error::encoding)?;
    String::from_utf8(bytes).map_err(Error::encoding)
}

fn row(place: usize, record: &TrialRecord, cell_types: &[String], settings: &[&str]) -> Vec<String> {
    let last = record.rungs.last();
    let number = |value: Option<f64>| value.map(|value| format!("{value:.6}")).unwrap_or_default();
    let count = |value: Option<usize>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut row = vec![
        place.to_string(),
        record.trial.to_string(),
        record.rungs.len().to_string(),
        count(last.map(|score| score.epochs)),
        count(last.map(|score| score.best_epoch)),
        last.map(|score| format!("{:.1}", score.elapsed_s)).unwrap_or_default(),
        count(last.map(|_| record.parameters)),
        number(last.map(|score| score.validation_pearson)),
    ];
    let by_cell_type = |cell_type: &String| {
        number(last.and_then(|score| score.validation_pearson_by_cell_type.get(cell_type).copied().flatten()))
    };
    row.extend(cell_types.iter().map(by_cell_type));
    row.extend(settings.iter().map(|name| record.settings.shown(name).unwrap_or_default()));
    row.push(record.failure.clone().unwrap_or_default());
    row
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::trial_records::tests::records;
    use super::*;

    #[test]
    fn trial_table_has_one_row_per_trial_with_its_settings() {
        let text = text(&records(Path::new(""))).expect("a table");
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(rows[0][..3], ["place", "trial", "rung"]);
        assert_eq!(rows[1][..10], ["1", "3", "2", "3", "1", "1.2", "300", "0.625000", "0.625000", ""]);
        let column = |name: &str| rows[0].iter().position(|column| *column == name).expect("a column");
        assert_eq!((rows[1][column("filters")], rows[1][column("batch_size")]), ("32,48,64", "48"));
        assert_eq!(rows[1][column("gru_hidden")], "", "not set");
        assert_eq!((rows[4][1], rows[4][column("failure")]), ("4", "the loss became NaN"));
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    }
}
