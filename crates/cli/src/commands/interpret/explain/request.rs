//! What is to be explained, and how.

use std::ops::Range;

use anyhow::Result;
use tatabox_model::IntegratedGradients;

use super::motif_site::MotifSites;
use crate::args::{ExplainArgs, Method};

/// Options, checked against the model.
pub(super) struct Request {
    /// Ways to explain, attention left out.
    pub(super) methods: Vec<Method>,
    /// Indices of cell types.
    pub(super) cell_types: Vec<usize>,
    /// Indices of bases in the window.
    pub(super) region: Range<usize>,
    pub(super) integrated_gradients: IntegratedGradients,
    /// Bases of a deletion, and from one deletion to the next.
    pub(super) deletions: Option<(usize, usize)>,
    /// Motifs whose sites are looked for.
    pub(super) motifs: Option<MotifSites>,
}

impl Request {
    pub(super) fn of(args: &ExplainArgs, model: &tatabox::Model) -> Result<Self> {
        let extent = model.extent();
        let whole = 0..extent.total_bp() as usize;
        let mut methods = args.methods();
        methods.retain(|&method| method != Method::Attention);
        Ok(Self {
            methods,
            cell_types: model.select_cell_types(args.cell_types.names())?,
            region: args.region.map_or(Ok(whole), |region| region.indices(extent, "region"))?,
            integrated_gradients: args.integrated_gradients()?,
            motifs: args.motifs.as_deref().map(|path| MotifSites::read(path, args.motif_p)).transpose()?,
            deletions: args.deletions.map(|bases| (bases as usize, args.deletion_step.unwrap_or(bases) as usize)),
        })
    }
}
