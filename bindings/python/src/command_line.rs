//! The command `tatabox`, which the package installs.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line; returns its exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| tatabox_cli::run(arguments))
}
