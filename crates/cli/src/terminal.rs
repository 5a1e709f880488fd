//! The terminal: messages, bars, logs, failures and standard output.

pub(crate) mod console;
pub(crate) mod failure;
pub(crate) mod interrupt;
pub(crate) mod logging;
mod progress_bar;
pub(crate) mod stdout;
