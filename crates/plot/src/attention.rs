//! Attention along the promoter: profiles averaged over genes, and tracks of example genes.

mod gene_tracks;
mod profile;

pub(crate) use gene_tracks::TrackSection;
pub(crate) use profile::{POSITION, ProfileSection};
