//! Training options that are set explicitly, rather than left at their defaults.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

use crate::args::TrainingArgs;

/// Explicit options as flags and values. It adds no option.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExplicitOptions(Vec<ExplicitOption>);

#[derive(Debug, Clone)]
struct ExplicitOption {
    flag: String,
    /// Empty for a flag without a value.
    values: Vec<String>,
}

impl ExplicitOptions {
    /// Whether `--flag` is set explicitly; `flag` is without the hyphens.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|option| option.flag == flag)
    }

    /// The explicit options as words of a command line, without one flag.
    pub(crate) fn words_without(&self, flag: &str) -> Vec<String> {
        let kept = self.0.iter().filter(|option| option.flag != flag);
        let words = |option: &ExplicitOption| -> Vec<String> {
            let flag = format!("--{}", option.flag);
            if option.values.is_empty() {
                return vec![flag];
            }
            option.values.iter().flat_map(|value| [flag.clone(), value.clone()]).collect()
        };
        kept.flat_map(words).collect()
    }
}

impl FromArgMatches for ExplicitOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let command = TrainingArgs::augment_args(Command::new("train"));
        let explicit = |argument: &clap::Arg| {
            let id = argument.get_id().as_str();
            let is_explicit = matches.value_source(id) == Some(ValueSource::CommandLine);
            let values = matches.get_raw(id).filter(|_| is_explicit)?;
            let takes_values = argument.get_action().takes_values();
            let values = values.filter(|_| takes_values).map(|value| value.to_string_lossy().into_owned()).collect();
            Some(ExplicitOption { flag: argument.get_long()?.to_owned(), values })
        };
        Ok(Self(command.get_arguments().filter_map(explicit).collect()))
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
