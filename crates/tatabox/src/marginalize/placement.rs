//! Placements of motifs: position and orientation.

use tatabox_dataset::Extent;
use tatabox_sequence::Strand;

use super::motif_pattern::MotifPattern;
use super::request::MarginalizeRequest;
use crate::error::{Error, Result};

/// Orientations in which motifs are placed.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::Orientation;
///
/// assert_eq!(Orientation::default(), Orientation::Forward);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// As given, in the direction of transcription.
    #[default]
    Forward,
    /// Reverse complement.
    Reverse,
    /// Both, one after the other.
    Both,
}

/// Placement of a motif in a promoter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MotifPlacement {
    /// Index of the motif.
    pub(super) motif: usize,
    /// Position of its first base, relative to the TSS.
    pub(super) position_bp: i64,
    pub(super) strand: Strand,
}

/// All requested placements.
///
/// # Errors
/// A placement reaches beyond the extent of the model.
pub(super) fn placements(request: &MarginalizeRequest, extent: Extent) -> Result<Vec<MotifPlacement>> {
    let strands: &[Strand] = match request.orientation {
        Orientation::Forward => &[Strand::Forward],
        Orientation::Reverse => &[Strand::Reverse],
        Orientation::Both => &[Strand::Forward, Strand::Reverse],
    };
    let mut placements = Vec::new();
    for (index, motif) in request.motifs.iter().enumerate() {
        let positions = positions(motif, request, extent)?;
        for &strand in strands {
            let positions = positions.iter();
            placements.extend(positions.map(|&position_bp| MotifPlacement { motif: index, position_bp, strand }));
        }
    }
    Ok(placements)
}

fn positions(motif: &MotifPattern, request: &MarginalizeRequest, extent: Extent) -> Result<Vec<i64>> {
    let (name, width) = (motif.name(), motif.len());
    let first = -i64::from(extent.upstream_bp);
    let end = i64::from(extent.downstream_bp) - width as i64 + 1;
    if end <= first {
        let problem = format!("{name} has {width} bp; the model reads {} bp", extent.total_bp());
        return Err(Error::request("motif", problem));
    }
    let range = request.positions.map_or(first..end, |positions| positions.from_bp..positions.to_bp);
    let positions: Vec<i64> = range.step_by(request.step_bp).collect();
    let outside = positions.iter().find(|position| !(first..end).contains(position));
    if let Some(outside) = outside {
        let problem = format!(
            "{name} ({width} bp) at {outside} is outside {extent}, which the model reads around the TSS; its first base \
             can be at {first} to {}",
            end - 1
        );
        return Err(Error::request("positions", problem));
    }
    Ok(positions)
}

#[cfg(test)]
mod tests {
    use super::super::backgrounds::Backgrounds;
    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 20, downstream_bp: 10 };

    fn request(positions: Option<&str>) -> MarginalizeRequest {
        let motif = MotifPattern::from_letters("TATAAA").expect("letters");
        let positions = positions.map(|text| text.parse().expect("a range"));
        MarginalizeRequest { positions, ..MarginalizeRequest::new(vec![motif], Backgrounds::Windows(Vec::new())) }
    }

    #[test]
    fn placements_cover_the_extent_by_default() {
        let placements = placements(&request(None), EXTENT).expect("inside");
        let positions: Vec<i64> = placements.iter().map(|placement| placement.position_bp).collect();
        // The last first base of six bases in -20..+10 is 4; steps of 10 from -20.
        assert_eq!(positions, [-20, -10, 0]);
    }

    #[test]
    fn placements_outside_the_extent_are_refused() {
        let message = placements(&request(Some("5")), EXTENT).expect_err("outside").to_string();
        assert!(message.contains("TATAAA (6 bp) at 5 is outside -20..+10"), "{message}");
        assert!(message.contains("its first base can be at -20 to 4"), "{message}");
        let narrow = Extent { upstream_bp: 2, downstream_bp: 2 };
        let message = placements(&request(None), narrow).expect_err("too long").to_string();
        assert!(message.contains("motif: TATAAA has 6 bp; the model reads 4 bp"), "{message}");
    }
}
