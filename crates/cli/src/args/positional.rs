//! Files and folders that are given without their option.

use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use tatabox::Model;

/// Extensions of files, without that of a compression, and the options that read such files, best first.
const FILES: [(&[&str], &[&str]); 5] = [
    (&["fa", "fasta", "fna"], &["fasta", "start", "background", "promoters", "genome"]),
    (&["vcf", "bcf"], &["vcf"]),
    (&["bed"], &["bed", "tss"]),
    (&["gtf", "gff", "gff3"], &["annotation"]),
    (&["tsv", "csv", "txt", "parquet", "gct"], &["measured", "predictions", "expression"]),
];
/// Options that read a model folder.
const MODEL: &[&str] = &["model", "from"];
/// Options that read a data set.
const DATA: &[&str] = &["data"];

/// `error`, with a tip that names the option of a file or folder that was given without one.
pub(super) fn with_tip(mut error: Error, command: &Command, arguments: &[String]) -> Error {
    let verb = arguments.iter().skip(1).find_map(|argument| command.find_subcommand(argument));
    let option = |value: &String| Some((option_of(verb?, value)?, value.clone()));
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidArg)
        && let Some((option, value)) = option(value)
    {
        let tip = StyledStr::from(format!("use `--{option} {value}`"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// Option of `verb` that reads a file or folder.
fn option_of(verb: &Command, value: &str) -> Option<&'static str> {
    let path = Path::new(value.trim_end_matches(".gz"));
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_model =
        ["ensemble.json", "config.json"].iter().any(|file| path.join(file).is_file()) || Model::is_bundled(path);
    let of_file = FILES.iter().find(|(extensions, _)| extensions.contains(&extension)).map(|(_, options)| *options);
    let options = match of_file {
        _ if value.starts_with('-') => return None,
        Some(options) => options,
        None if is_model => MODEL,
        None => DATA,
    };
    let has = |option: &&&str| verb.get_arguments().any(|argument| argument.get_long() == Some(**option));
    options.iter().find(has).copied()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn positional_file_gets_the_option_that_reads_it() {
        for (line, expected) in [
            ("predict promoters.fa", "use `--fasta promoters.fa`"),
            ("variants my.vcf.gz --genome g.fa", "use `--vcf my.vcf.gz`"),
            ("train human", "use `--from human`"),
            ("train data/human", "use `--data data/human`"),
            ("evaluate models/human", "use `--model models/human`"),
            ("evaluate theirs.tsv", "use `--predictions theirs.tsv`"),
            ("prepare tpm.csv", "use `--expression tpm.csv`"),
        ] {
            let arguments: Vec<String> = format!("tatabox {line}").split(' ').map(str::to_owned).collect();
            let mut command = Cli::command();
            let error = command.try_get_matches_from_mut(&arguments).expect_err("no such argument");
            let message = with_tip(error, &command, &arguments).to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
