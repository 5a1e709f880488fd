//! Summary of marginal effects.

use tatabox_sequence::Strand;

/// Result of a marginalisation task.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::MarginalizeSummary;
///
/// assert!(MarginalizeSummary::default().strongest.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MarginalizeSummary {
    /// Placements of motifs: positions times orientations, over all motifs.
    pub placements: usize,
    /// Background promoters.
    pub backgrounds: usize,
    /// Reported cell types.
    pub cell_types: usize,
    /// Placement with the largest effect of each motif.
    pub strongest: Vec<StrongestPlacement>,
    /// Name of the output; empty where there is none.
    pub destination: String,
}

/// Placement of a motif with the largest mean effect by magnitude.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::StrongestPlacement;
/// use tatabox_sequence::Strand;
///
/// let strongest = StrongestPlacement {
///     motif: "TATAAA".to_owned(),
///     position_bp: -30,
///     strand: Strand::Forward,
///     effect_log2_tpm: 0.6,
/// };
/// assert_eq!(strongest.position_bp, -30);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StrongestPlacement {
    /// Name of the motif.
    pub motif: String,
    /// Position of its first base, relative to the TSS.
    pub position_bp: i64,
    /// Orientation relative to the promoter.
    pub strand: Strand,
    /// Change of log2(TPM + 1), mean over backgrounds and reported cell types.
    pub effect_log2_tpm: f64,
}
