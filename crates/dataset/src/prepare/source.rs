//! Inputs of a preparation in addition to expression: genome, promoter records, TSSs, gene features and signal tracks.

pub(crate) mod feature_table;
pub(crate) mod gene_features;
pub(crate) mod gene_tss;
pub(crate) mod genome;
pub(crate) mod promoter_activity;
pub(crate) mod promoters;
pub(crate) mod tracks;
