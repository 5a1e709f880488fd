//! Bases around the TSS of a gene of a data set.

use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_sequence::UNKNOWN;

/// Bases of `extent` around the TSS of a gene, shifted by `shift_bp`; N beyond the stored window.
pub(crate) fn shifted_codes(dataset: &PreparedDataset, gene: usize, extent: Extent, shift_bp: i64) -> Vec<u8> {
    let geometry = dataset.geometry();
    let stored = geometry.len() as i64;
    let start = i64::from(geometry.upstream_bp) - i64::from(extent.upstream_bp) + shift_bp;
    let end = start + i64::from(extent.total_bp());
    let inside = start.clamp(0, stored) as usize..end.clamp(0, stored) as usize;

    let mut inner = Vec::new();
    dataset.window_codes(gene, inside, &mut inner);
    let before = (-start).clamp(0, i64::from(extent.total_bp())) as usize;
    let mut codes = vec![UNKNOWN; before];
    codes.append(&mut inner);
    codes.resize(extent.total_bp() as usize, UNKNOWN);
    codes
}
