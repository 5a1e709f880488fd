//! Which training options were typed, rather than left at their defaults.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

use crate::args::TrainingArgs;

/// The options typed, as flags and values. It takes no option of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExplicitOptions(Vec<Given>);

#[derive(Debug, Clone)]
struct Given {
    flag: String,
    /// None of a flag that takes no value.
    values: Vec<String>,
}

impl ExplicitOptions {
    /// Whether `--flag` was typed; `flag` without the hyphens before it.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|given| given.flag == flag)
    }

    /// What was typed, but for one flag, to be typed again.
    pub(crate) fn words_without(&self, flag: &str) -> Vec<String> {
        let kept = self.0.iter().filter(|given| given.flag != flag);
        let words = |given: &Given| -> Vec<String> {
            let flag = format!("--{}", given.flag);
            if given.values.is_empty() {
                return vec![flag];
            }
            given.values.iter().flat_map(|value| [flag.clone(), value.clone()]).collect()
        };
        kept.flat_map(words).collect()
    }
}

impl FromArgMatches for ExplicitOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let command = TrainingArgs::augment_args(Command::new("train"));
        let given = |argument: &clap::Arg| {
            let id = argument.get_id().as_str();
            let is_typed = matches.value_source(id) == Some(ValueSource::CommandLine);
            let values = matches.get_raw(id).filter(|_| is_typed)?;
            let takes_values = argument.get_action().takes_values();
            let values = values.filter(|_| takes_values).map(|value| value.to_string_lossy().into_owned()).collect();
            Some(Given { flag: argument.get_long()?.to_owned(), values })
        };
        Ok(Self(command.get_arguments().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for ExplicitOptions {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
