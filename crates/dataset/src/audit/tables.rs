//! Tables of the findings of an audit.

use std::path::Path;

use super::duplicates::DuplicatePair;
use super::overlaps::OverlapPair;
use crate::error::Result;
use crate::io::write_records::write_records;

/// File of the pairs of windows with the same sequence, in the folder of an audit.
pub const DUPLICATES_FILE: &str = "duplicates.tsv";
/// File of the pairs of windows that overlap on the genome, in the folder of an audit.
pub const OVERLAPS_FILE: &str = "overlaps.tsv";

pub(super) fn write_duplicates(path: &Path, pairs: &[DuplicatePair]) -> Result<()> {
    let columns = ["gene_id", "split", "other_gene_id", "other_split", "kind", "shared_bp"];
    let cells = pairs.iter().map(|pair| {
        [
            pair.gene_id.clone(),
            pair.split.to_string(),
            pair.other_gene_id.clone(),
            pair.other_split.to_string(),
            pair.kind.to_string(),
            pair.shared_bp.to_string(),
        ]
    });
    Ok(write_records(path, b'\t', &columns, cells)?)
}

pub(super) fn write_overlaps(path: &Path, pairs: &[OverlapPair]) -> Result<()> {
    let columns = ["gene_id", "split", "other_gene_id", "other_split", "contig", "start", "overlap_bp"];
    let cells = pairs.iter().map(|pair| {
        [
            pair.gene_id.clone(),
            pair.split.to_string(),
            pair.other_gene_id.clone(),
            pair.other_split.to_string(),
            pair.contig.clone(),
            pair.start.to_string(),
            pair.overlap_bp.to_string(),
        ]
    });
    Ok(write_records(path, b'\t', &columns, cells)?)
}
