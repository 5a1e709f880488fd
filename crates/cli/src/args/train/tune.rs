//! `tatabox tune`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox_model::{ModelError, SearchSpace, SuccessiveHalving};

use crate::args::train::training::{TrainingArgs, TrainingOptions, defaults};
use crate::terminal::failure::usage;

/// Rungs unless told otherwise, or fewer where there are few trials or epochs.
const USUAL_RUNGS: usize = 3;

const EXAMPLES: &str = "\
EXAMPLES
  tatabox tune --cell-type all --data data/human300
  tatabox tune --trials 60 --epochs 40 --seed 7 -o tune/wide
  tatabox tune --preset small --trials 20
  tatabox tune --print-space > space.json
  tatabox tune --space space.json
  tatabox train --settings tune/all-human300/best.json --data data/human300";

const SPACE: &str = r#"SPACE
  A JSON file of settings: a range, choices, one value, or a list with one of these for each stage of convolution.
  Settings that it does not name are searched as always.
    {"gru_hidden": {"low": 32, "high": 96, "step": 16},
     "learning_rate": {"low": 0.0005, "high": 0.005, "log": true},
     "batch_size": {"choices": [64, 128]},
     "kernels": [{"low": 11, "high": 19, "step": 2}, 7, 5],
     "head_hidden": 64}"#;

const FILES: &str = "\
FILES
  trials.tsv   a row for each trial, best first: epochs, validation Pearson, seconds, weights, settings
  trials.json  the same with the scores of every rung
  best.json    settings of the best trial, for train and crossval --settings
  search.json  what was searched
  trials/      the networks of the last rung, whole models";

/// Search for better settings of the network and its training.
///
/// Draws settings at random, trains a network with each for a few epochs, keeps the best third for three times as many, and
/// so on up to --epochs (successive halving). The first trial has the settings that `tatabox train` has with the same
/// options. Networks are compared by the mean Pearson correlation over the validation genes; the
/// test genes are never touched. The best of many is best by luck, too: expect less of it on genes that are new to it.
/// Options that are typed, such as --batch-size 64, stay as they are and are not searched; --preset holds the whole network.
/// An interrupted search goes on where it was when the same command is given again.
#[derive(Debug, Args)]
#[command(after_long_help = after_help())]
pub(crate) struct TuneArgs {
    #[command(flatten)]
    training: TrainingArgs,

    /// Settings to try
    #[arg(long, value_name = "N", help_heading = "Search", default_value_t = 27)]
    trials: usize,
    /// One trial of so many goes on to the next rung, for so many times the epochs
    #[arg(long, value_name = "N", help_heading = "Search", default_value_t = 3)]
    eta: usize,
    /// Rungs; the last trains --epochs epochs [default: 3, or fewer where there are few trials]
    #[arg(long, value_name = "N", help_heading = "Search")]
    rungs: Option<usize>,
    /// Values to search in place of the usual ones, as JSON
    #[arg(long, value_name = "FILE", help_heading = "Search")]
    pub(crate) space: Option<PathBuf>,
    /// Print the values that would be searched, as a file for --space, and do nothing else
    #[arg(long, help_heading = "Search")]
    pub(crate) print_space: bool,

    /// Folder to write [default: tune/NAME, such as tune/all-human300]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Throw away what an earlier search left in the folder
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
    /// Print all trials as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Stop after so many epochs of any trials as Ctrl-C would; for tests
    #[arg(long, value_name = "N", hide = true)]
    pub(crate) stop_after_epoch: Option<usize>,
}

impl TuneArgs {
    /// What to train, checked as far as that goes without the data set.
    pub(crate) fn training_options(&self) -> Result<TrainingOptions> {
        self.training.clone().into_options()
    }

    /// The rungs up to `epochs` epochs.
    pub(crate) fn halving(&self, epochs: usize) -> Result<SuccessiveHalving> {
        let usual = USUAL_RUNGS.min(SuccessiveHalving::max_rungs(self.trials, epochs, self.eta));
        let plan = SuccessiveHalving::new(self.trials, epochs, self.eta, self.rungs.unwrap_or(usual));
        plan.map_err(|error| match error {
            ModelError::InvalidConfig { .. } => usage(format!("--{error}")),
            error => error.into(),
        })
    }

    /// Settings to try.
    pub(crate) fn trials(&self) -> usize {
        self.trials
    }
}

/// With the values searched as they are in the model crate, so that the two cannot differ.
fn after_help() -> String {
    let space = SearchSpace::around(&defaults()).to_string();
    let values: Vec<String> = space.lines().map(|line| format!("  {line}")).collect();
    let values = values.join("\n");
    format!(
        "{EXAMPLES}\n\nVALUES (on windows of 300 bp; only pools depend on the window)\n{values}\n\n{SPACE}\n\n{FILES}"
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: TuneArgs,
    }

    fn rungs(line: &str, epochs: usize) -> Result<Vec<(usize, usize)>> {
        let args = Line::try_parse_from(format!("tune {line}").split_whitespace())?.args;
        Ok(args.halving(epochs)?.rungs().iter().map(|rung| (rung.trials, rung.epochs)).collect())
    }

    #[test]
    fn rungs_fit_trials_and_epochs() {
        assert_eq!(rungs("", 30).expect("valid"), [(27, 3), (9, 10), (3, 30)]);
        assert_eq!(rungs("--trials 4", 30).expect("valid"), [(4, 10), (1, 30)]);
        assert_eq!(rungs("--trials 2", 30).expect("valid"), [(2, 30)]);
        assert_eq!(rungs("--eta 2 --trials 8 --rungs 4", 8).expect("valid"), [(8, 1), (4, 2), (2, 4), (1, 8)]);
        let message = rungs("--trials 4 --rungs 3", 30).expect_err("refused").to_string();
        assert_eq!(message, "--rungs is 3; expected 1 to 2 for 4 trials, 30 epochs and eta 3");
    }
}
