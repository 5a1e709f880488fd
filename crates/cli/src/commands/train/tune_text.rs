//! Text on a hyperparameter search.

use std::fmt::Write;

use anyhow::Result;
use tatabox::tune::TuneSummary;

/// Largest number of trials in the text; the table on disk has all.
const MAX_TRIALS: usize = 15;

/// The best trials, the settings of the best one, and the command that trains with them.
pub(super) fn text(summary: &TuneSummary, command: &str) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "place  trial  rung  epochs  validation Pearson  seconds  weights")?;
    let TuneSummary { trials, ranking, best, .. } = summary;
    for (place, &trial) in (1..).zip(ranking).take(MAX_TRIALS) {
        let record = &trials[trial - 1];
        write!(text, "{place:>5}  {trial:>5}  {:>4}  ", record.rungs.len())?;
        match record.rungs.last().filter(|_| record.failure.is_none()) {
            Some(last) => {
                let (epochs, pearson, elapsed_s) = (last.epochs, last.validation_pearson, last.elapsed_s);
                writeln!(text, "{epochs:>6}  {pearson:>18.4}  {elapsed_s:>7.1}  {:>7}", record.parameters)?;
            }
            None => writeln!(text, "failed: {}", record.failure.as_deref().unwrap_or("not trained"))?,
        }
    }
    if ranking.len() > MAX_TRIALS {
        writeln!(text, "and {} more in trials.tsv", ranking.len() - MAX_TRIALS)?;
    }
    writeln!(text, "\nsettings of trial {best}, with those of trial 1 in brackets:")?;
    let (settings, first) = (&trials[best - 1].settings, &trials[0].settings);
    for name in &summary.searched {
        let (value, default) = (settings.shown(name).unwrap_or_default(), first.shown(name).unwrap_or_default());
        let default = if value == default { String::new() } else { format!("  ({default})") };
        writeln!(text, "  {name:16}  {value}{default}")?;
    }
    writeln!(text, "\nits network is in {}; the same network is trained by:\n  {command}", summary.model.display())?;
    writeln!(
        text,
        "selected as the best of {} on validation genes, so its validation score is too high; no test gene was used",
        ranking.len()
    )?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tatabox::tune::{RungScore, TrialRecord};

    use super::*;

    fn trial(trial: usize, pearsons: &[f64], failure: Option<&str>) -> TrialRecord {
        let settings = format!(r#"{{"filters": [32, 48, 64], "batch_size": {}}}"#, 16 * trial);
        let rung = |&validation_pearson: &f64| RungScore {
            epochs: 3,
            best_epoch: 1,
            validation_pearson,
            validation_pearson_by_cell_type: BTreeMap::new(),
            elapsed_s: 1.25,
        };
        TrialRecord {
            trial,
            settings: serde_json::from_str(&settings).expect("settings"),
            parameters: 100 * trial,
            rungs: pearsons.iter().map(rung).collect(),
            failure: failure.map(str::to_owned),
        }
    }

    #[test]
    fn tune_text_has_trials_settings_and_the_training_command() {
        let summary = TuneSummary {
            trials: vec![
                trial(1, &[0.5], None),
                trial(2, &[0.75], Some("the loss became NaN")),
                trial(3, &[0.375, 0.625], None),
            ],
            ranking: vec![3, 1, 2],
            best: 3,
            searched: vec!["filters", "batch_size"],
            model: "tune/toy/trials/trial003".into(),
            settings_file: "tune/toy/best.json".into(),
            directory: "tune/toy".into(),
        };
        let text = text(&summary, "tatabox train --settings tune/toy/best.json").expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "    1      3     2       3              0.6250      1.2      300");
        assert_eq!(lines[3], "    3      2     1  failed: the loss became NaN");
        assert!(lines.contains(&"  filters           32,48,64"), "{text}");
        assert!(lines.contains(&"  batch_size        48  (16)"), "{text}");
        assert!(lines.contains(&"  tatabox train --settings tune/toy/best.json"), "{text}");
    }
}
