//! One module a verb.

pub(crate) mod audit;
pub(crate) mod benchmark;
pub(crate) mod completions;
pub(crate) mod crossval;
pub(crate) mod data;
pub(crate) mod design;
pub(crate) mod download;
pub(crate) mod ensemble;
pub(crate) mod evaluate;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod figures;
pub(crate) mod half_life;
pub(crate) mod import;
pub(crate) mod info;
pub(crate) mod insert;
pub(crate) mod motifs;
pub(crate) mod predict;
pub(crate) mod prepare;
pub(crate) mod simulate;
pub(crate) mod train;
pub(crate) mod transfer_trial;
pub(crate) mod tune;
pub(crate) mod variants;
pub(crate) mod verify;
