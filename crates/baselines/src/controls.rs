//! Controls: baselines that read less than a promoter, or more, and show which other causes a score can have.

pub(crate) mod gene_features;
pub(crate) mod nearest_neighbour;
pub(crate) mod other_cell_types;
pub(crate) mod padding_only;
