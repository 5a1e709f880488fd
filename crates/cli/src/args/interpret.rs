//! Interpretation: options.

pub(super) mod design;
pub(super) mod explain;
pub(super) mod marginalize;
pub(super) mod motifs;
