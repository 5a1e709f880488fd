//! What was used for a training run.

use std::time::{SystemTime, UNIX_EPOCH};

use tatabox_dataset::PreparedDataset;
use tatabox_model::{RunRecord, SelectedDevice, TrainingConfig};

/// The tensor library that the model crate is pinned to; a test compares it with the lock file.
const BURN_VERSION: &str = "0.22.1";

/// The record of a run that starts now; training fills in what is known at its end.
pub(crate) fn start(dataset: &PreparedDataset, device: &SelectedDevice, seed: u64) -> RunRecord {
    RunRecord {
        device: device.to_string(),
        dataset_checksum: dataset.checksum().to_owned(),
        dataset_inputs: dataset.manifest().inputs.clone(),
        split: Some(dataset.manifest().split.clone()),
        ..of_this_program(seed)
    }
}

/// The record of weights that were made elsewhere; of their training it knows what the configuration tells.
pub(crate) fn of_import(config: &TrainingConfig) -> RunRecord {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    RunRecord {
        device: "not known: the weights were imported".to_owned(),
        dataset_checksum: config.data.checksum.clone(),
        ended_unix_s: now,
        ..of_this_program(config.seed)
    }
}

fn of_this_program(seed: u64) -> RunRecord {
    RunRecord {
        tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
        burn_version: BURN_VERSION.to_owned(),
        command: command(),
        seed,
        threads: rayon::current_num_threads(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        ..RunRecord::default()
    }
}

/// The command as typed, the program by its name alone.
pub(crate) fn command() -> Vec<String> {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once("tatabox".to_owned()).chain(arguments).collect()
}

/// What is said of work that the same command goes on with.
pub(crate) fn interrupted() -> String {
    format!("interrupted; go on with: {}", repeated_command(&command()))
}

/// The command that goes on with an interrupted run, to be pasted into a shell.
pub(crate) fn resume_command(command: &[String]) -> String {
    repeated_command(command) + " --resume"
}

/// The command without what would throw away the work done so far, to be pasted into a shell.
fn repeated_command(command: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut arguments = command.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--resume" | "--force" => {}
            "--stop-after-epoch" => {
                arguments.next();
            }
            _ => words.push(argument.clone()),
        }
    }
    in_one_line(words)
}

/// Words as a command to be pasted into a shell.
pub(crate) fn in_one_line(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resume_command_repeats_the_options() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let typed = words("tatabox train --cell-type K562 --force --stop-after-epoch 1 --extent -249..+50");
        let resumed = "tatabox train --cell-type K562 --extent -249..+50 --resume";
        assert_eq!(resume_command(&typed), resumed);
        assert_eq!(resume_command(&words(resumed)), resumed);
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
