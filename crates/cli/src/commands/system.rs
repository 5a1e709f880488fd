//! Models, machine and shell: commands.

pub(crate) mod benchmark;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod info;
pub(crate) mod man;
mod network_text;
