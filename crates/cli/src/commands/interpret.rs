//! Interpretation: commands.

pub(crate) mod design;
pub(crate) mod explain;
pub(crate) mod marginalize;
pub(crate) mod motifs;
