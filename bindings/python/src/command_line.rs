//! The command `tatabox`, which the package installs.

use std::ffi::OsString;
use std::io::Write;

use pyo3::prelude::*;

/// Runs the command line; returns its exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| {
        let code = tatabox_cli::run(arguments);
        // The caller ends the process without Rust's own shutdown. Whoever closed the output has enough of it.
        let _ = std::io::stdout().flush();
        code
    })
}
