//! Models, machine and shell: options.

pub(super) mod benchmark;
pub(super) mod completions;
pub(super) mod demo;
pub(super) mod export;
pub(super) mod import;
pub(super) mod info;
pub(super) mod man;
