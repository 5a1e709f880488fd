//! Arguments from Python: choices by name, promoters.

pub(crate) mod names;
pub(crate) mod promoters;
