//! `tatabox tune`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use tatabox::tune::{self, TuneRequest};

use crate::args::TrainingArgs;
use crate::run_record;

const EXAMPLES: &str = "\
EXAMPLES
  tatabox tune --cell-type all --data data/human300
  tatabox tune --trials 60 --epochs 40 --seed 7 -o tune/wide
  tatabox tune --preset small --trials 20
  tatabox tune --print-space > space.json
  tatabox tune --space space.json
  tatabox train --settings tune/all-human300/best.json --data data/human300";

const SPACE: &str = r#"SPACE
  A JSON file of settings: a range, choices, one value, or a list with one of these for each convolutional stage.
  Settings that it does not name are searched with their default values.
    {"gru_hidden": {"low": 32, "high": 96, "step": 16},
     "learning_rate": {"low": 0.0005, "high": 0.005, "log": true},
     "batch_size": {"choices": [64, 128]},
     "kernels": [{"low": 11, "high": 19, "step": 2}, 7, 5],
     "head_hidden": 64}"#;

const FILES: &str = "\
FILES
  trials.tsv   one row per trial, best first: epochs, validation Pearson, seconds, weights, settings
  trials.json  the same with the scores of every rung
  best.json    settings of the best trial, for train and crossval --settings
  search.json  definition of the search
  trials/      model folders of the trials of the last rung";

/// Search hyperparameters of the network and its training.
///
/// Samples settings at random, trains a network with each for a few epochs, continues the best third for three times as
/// many, and so on up to --epochs (successive halving). The first trial has the settings of `tatabox train` with the same
/// options. Networks are compared by the mean Pearson correlation over the validation genes; the test genes are not used.
/// The score of the best trial is too high, since it was selected by this score: expect a lower one on new genes.
/// Explicit options, such as --batch-size 64, are not searched; --preset fixes the whole network. The same command resumes
/// an interrupted search.
#[derive(Debug, Args)]
#[command(after_long_help = after_help())]
pub(crate) struct TuneArgs {
    #[command(flatten)]
    training: TrainingArgs,

    /// Number of trials
    #[arg(long, value_name = "N", help_heading = "Search", default_value_t = 27)]
    trials: usize,
    /// One in this many trials is continued in the next rung, for this many times the epochs
    #[arg(long, value_name = "N", help_heading = "Search", default_value_t = 3)]
    eta: usize,
    /// Number of rungs; the last one has --epochs epochs [default: 3, or fewer where there are few trials]
    #[arg(long, value_name = "N", help_heading = "Search")]
    rungs: Option<usize>,
    /// Values to search instead of the default ones, as JSON
    #[arg(long, value_name = "FILE", help_heading = "Search")]
    space: Option<PathBuf>,
    /// Print the values to search, as a file for --space, and exit
    #[arg(long, help_heading = "Search")]
    pub(crate) print_space: bool,

    /// Folder to write [default: tune/NAME, such as tune/all-human300]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Discard an earlier search in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Print all trials as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Stop after this many epochs over all trials, as Ctrl-C does; for tests
    #[arg(long, value_name = "N", hide = true)]
    stop_after_epoch: Option<usize>,
}

impl TuneArgs {
    /// The data set, if one is named.
    pub(crate) fn data(&self) -> Option<&Path> {
        self.training.data()
    }

    /// The request, checked without the data set.
    pub(crate) fn request(&self) -> Result<TuneRequest> {
        Ok(TuneRequest {
            options: self.training.options()?,
            fixed: self.training.explicit_settings().into_iter().map(str::to_owned).collect(),
            trials: self.trials,
            eta: self.eta,
            rungs: self.rungs,
            space: self.space.clone(),
            output: self.out.clone(),
            replace: self.force,
            stop_after_epoch: self.stop_after_epoch,
            command: run_record::command(),
        })
    }

    /// The command that trains with the settings of a file, to be pasted into a shell.
    pub(crate) fn train_command(&self, settings: &Path) -> String {
        let words = ["tatabox", "train", "--settings"].map(str::to_owned).into_iter();
        run_record::in_one_line(
            words.chain([settings.display().to_string()]).chain(self.training.words_without_settings()),
        )
    }
}

/// Help with the default values to search, taken from the library.
fn after_help() -> String {
    let space = tune::default_space().to_string();
    let values: Vec<String> = space.lines().map(|line| format!("  {line}")).collect();
    let values = values.join("\n");
    format!(
        "{EXAMPLES}\n\nVALUES (on windows of 300 bp; only pooling depends on the window)\n{values}\n\n{SPACE}\n\n{FILES}"
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

    #[test]
    fn tune_args_defaults_are_those_of_the_library() {
        let request = Line::parse_from(["tune"]).args.request().expect("valid");
        let default = TuneRequest { command: request.command.clone(), ..TuneRequest::default() };
        assert_eq!(format!("{request:?}"), format!("{default:?}"));
    }

    #[test]
    fn tune_args_train_command_repeats_explicit_options() {
        let args = Line::parse_from(["tune", "--batch-size", "32", "--trials", "4"]).args;
        assert_eq!(args.request().expect("valid").fixed, ["batch_size"]);
        let command = args.train_command(Path::new("tune/x/best.json"));
        assert_eq!(command, "tatabox train --settings tune/x/best.json --batch-size 32");
    }
}
