//! How a failure is told, and which exit code it has.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// A combination or value of options that cannot be meant; ends with exit code 2, as clap's own refusals do.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl fmt::Display for UsageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for UsageError {}

/// A [`UsageError`] in one word.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// 2 for usage, 1 for everything else.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.downcast_ref::<UsageError>().is_some() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

/// What an output says whose reader went away; polars keeps the words of an error and drops its kind.
pub(crate) const READER_WENT_AWAY: &str = "the reader of the output went away";

/// Whether the reader of our output went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        kind == Some(io::ErrorKind::BrokenPipe) || cause.to_string().contains(READER_WENT_AWAY)
    })
}

/// The causes in one line, leaving out those that the one before already tells.
pub(crate) fn in_one_line(error: &anyhow::Error) -> String {
    let mut causes = error.chain().map(ToString::to_string);
    let mut last = causes.next().unwrap_or_default();
    let mut line = last.clone();
    for cause in causes {
        if !last.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
        last = cause;
    }
    line
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let refused = || io::Error::new(io::ErrorKind::PermissionDenied, "permission denied");
        let repeated: anyhow::Result<()> = Err(refused()).context("x.tsv: permission denied");
        assert_eq!(in_one_line(&repeated.expect_err("refused")), "x.tsv: permission denied");
        let added: anyhow::Result<()> = Err(refused()).context("cannot write x.tsv");
        assert_eq!(in_one_line(&added.expect_err("refused")), "cannot write x.tsv: permission denied");
    }

    #[test]
    fn a_closed_pipe_is_found_below_its_context() {
        let closed: anyhow::Result<()> = Err(io::Error::from(io::ErrorKind::BrokenPipe)).context("cannot write");
        assert!(is_broken_pipe(&closed.expect_err("closed")));
        assert!(is_broken_pipe(&anyhow::anyhow!("parquet: standard output: {READER_WENT_AWAY}")));
        assert!(!is_broken_pipe(&usage("no")));
    }
}
