//! Commands, one module each, grouped as in the help.

pub(crate) mod data;
pub(crate) mod evaluate;
pub(crate) mod interpret;
pub(crate) mod predict;
pub(crate) mod system;
pub(crate) mod train;
