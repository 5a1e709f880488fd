//! Defaults: the data set, model and files that a command uses where none is named.

pub(crate) mod dataset;
pub(crate) mod locations;
pub(crate) mod model;
pub(crate) mod promoters;
