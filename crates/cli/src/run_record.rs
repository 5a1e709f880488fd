//! The command as typed, for records of runs and for hints on how to resume.

use std::ffi::OsString;
use std::sync::OnceLock;

use tatabox::ErrorKind;

/// The command as typed, the first word of which is the name of the program.
static ARGUMENTS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Sets the command of this process, once.
pub(crate) fn set_arguments(arguments: Vec<OsString>) -> &'static [OsString] {
    ARGUMENTS.get_or_init(|| arguments)
}

/// The command as typed, the program by its name alone.
pub(crate) fn command() -> Vec<String> {
    let arguments = ARGUMENTS.get().into_iter().flatten().skip(1);
    let words = arguments.map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once("tatabox".to_owned()).chain(words).collect()
}

/// The error; a cancelled run with the command that resumes it, which is the same command with `--resume`.
pub(crate) fn resumed_by_option(error: tatabox::Error) -> anyhow::Error {
    with_command(error, |command| repeated_command(command) + " --resume")
}

/// The error; a cancelled task with the command that resumes it, which is the same command.
pub(crate) fn resumed_by_repetition(error: tatabox::Error) -> anyhow::Error {
    with_command(error, repeated_command)
}

fn with_command(error: tatabox::Error, resume_command: impl Fn(&[String]) -> String) -> anyhow::Error {
    match error.kind() {
        ErrorKind::Cancelled => anyhow::anyhow!("{error}; resume with: {}", resume_command(&command())),
        _ => error.into(),
    }
}

/// The command without the options that discard earlier work or stop early, to be pasted into a shell.
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

/// A word with quotes where a shell needs them.
pub(crate) fn quoted(word: &str) -> String {
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
    fn repeated_command_keeps_options_and_quotes_words() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let typed = words("tatabox train --cell-type K562 --force --stop-after-epoch 1 --resume --extent -249..+50");
        assert_eq!(repeated_command(&typed), "tatabox train --cell-type K562 --extent -249..+50");
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn resume_command_is_added_to_cancelled_tasks_only() {
        let cancelled = resumed_by_option(tatabox::Error::Cancelled("interrupted after epoch 1".to_owned()));
        assert!(cancelled.to_string().starts_with("interrupted after epoch 1; resume with: tatabox "), "{cancelled}");
        assert!(cancelled.to_string().ends_with(" --resume"), "{cancelled}");
        let closed = resumed_by_repetition(tatabox::Error::OutputClosed);
        assert!(!closed.to_string().contains("resume"), "{closed}");
    }
}
