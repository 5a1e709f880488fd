//! Tree ensembles: the random forest.

pub(crate) mod random_forest;
