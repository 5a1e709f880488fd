//! What is printed when a search is over.

use std::fmt::Write;

use anyhow::Result;

use super::trial_record::TrialRecords;

/// Trials shown; all are in the table on disk.
const MOST_TRIALS: usize = 15;

/// The best trials, the settings of the best one, and how to train with them.
pub(super) struct Summary<'a> {
    pub(super) records: &'a TrialRecords,
    /// Settings that were searched.
    pub(super) names: Vec<&'static str>,
    pub(super) best: usize,
    /// Folder of the best network.
    pub(super) model: String,
    pub(super) command: String,
}

impl Summary<'_> {
    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "place  trial  rung  epochs  validation Pearson  seconds  weights")?;
        let ranked = self.records.ranked();
        for (place, &trial) in ranked.iter().enumerate().take(MOST_TRIALS) {
            let record = self.records.of(trial);
            let rung = record.rungs.len();
            write!(text, "{:>5}  {trial:>5}  {rung:>4}  ", place + 1)?;
            match record.rungs.last().filter(|_| record.failure.is_none()) {
                Some(last) => {
                    let (epochs, pearson, elapsed_s) = (last.epochs, last.validation_pearson, last.elapsed_s);
                    writeln!(text, "{epochs:>6}  {pearson:>18.4}  {elapsed_s:>7.1}  {:>7}", record.parameters)?;
                }
                None => writeln!(text, "failed: {}", record.failure.as_deref().unwrap_or("not trained"))?,
            }
        }
        if ranked.len() > MOST_TRIALS {
            writeln!(text, "and {} more in trials.tsv", ranked.len() - MOST_TRIALS)?;
        }
        writeln!(text, "\nsettings of trial {}, in brackets those of trial 1:", self.best)?;
        let (best, first) = (&self.records.of(self.best).settings, &self.records.of(1).settings);
        for name in &self.names {
            let (value, usual) = (best.shown(name).unwrap_or_default(), first.shown(name).unwrap_or_default());
            let usual = if value == usual { String::new() } else { format!("  ({usual})") };
            writeln!(text, "  {name:16}  {value}{usual}")?;
        }
        writeln!(text, "\nits network is in {}; the same is trained by:\n  {}", self.model, self.command)?;
        writeln!(
            text,
            "chosen as the best of {} on validation genes, so its score there is too high; no test gene was used",
            ranked.len()
        )?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::trial_record::tests::records;
    use super::*;

    #[test]
    fn the_text_tells_trials_settings_and_the_command() {
        let records = records(Path::new(""));
        let summary = Summary {
            records: &records,
            names: vec!["filters", "batch_size"],
            best: 3,
            model: "tune/toy/trials/trial003".to_owned(),
            command: "tatabox train --settings tune/toy/best.json".to_owned(),
        };
        let text = summary.to_text().expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "    1      3     2       3              0.6250      1.2      300");
        assert_eq!(lines[4], "    4      4     1  failed: the loss became NaN");
        assert!(lines.contains(&"  filters           32,48,64"), "{text}");
        assert!(lines.contains(&"  batch_size        48  (16)"), "{text}");
        assert!(lines.contains(&"  tatabox train --settings tune/toy/best.json"), "{text}");
    }
}
