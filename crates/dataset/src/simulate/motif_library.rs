//! Motifs of simulated promoters.
//!
//! # Source
//!
//! Core promoter elements with consensus and position: Haberle and Stark 2018, doi:10.1038/s41580-018-0028-8. Sites of
//! transcription factors are their published consensus sequences. The effects are arbitrary.

use super::motif::{Motif, MotifSpec};

/// Cell lines of a simulation, in column order.
pub(super) const CELL_TYPES: [&str; 8] = ["K562", "HepG2", "GM12878", "H1-ESC", "MCF7", "HeLa-S3", "A549", "Jurkat"];

/// Increase of log2(TPM + 1) by a factor's site in the cell line that expresses the factor.
const FACTOR_EFFECT: f64 = 3.0;
/// Fraction of genes with a planted site of each factor.
const FACTOR_FRACTION: f64 = 0.3;

/// All motifs; those active in every cell line come first.
pub(super) fn motif_library() -> Vec<Motif> {
    let shared = [
        ("TATA box", "TATAAA", 2.0, (-36, -23), false, (0.10, 0.50)),
        // The TSS base is the A of the initiator.
        ("initiator", "YYANWYY", 1.0, (-3, 0), false, (0.50, 0.50)),
        ("GC box", "GGGCGG", 1.2, (-150, -40), true, (0.50, 0.25)),
        ("CRE", "TGACGTCA", 2.0, (-200, -40), true, (0.30, 0.30)),
        ("CCAAT box", "CCAAT", 1.5, (-100, -60), true, (0.40, 0.30)),
    ];
    let shared = shared.map(|(name, consensus, effect, starts, either_strand, planted_fraction)| MotifSpec {
        name,
        consensus,
        cell_type: None,
        effect,
        starts,
        either_strand,
        planted_fraction,
    });
    let factors = [
        ("GATA1", "AGATAAGG", "K562", (-300, 0)),
        ("HNF4A", "CAAAGTCCA", "HepG2", (-300, 0)),
        ("PU.1", "GAGGAAGT", "GM12878", (-300, 0)),
        ("POU5F1", "ATGCAAAT", "H1-ESC", (-300, 0)),
        ("ESR1", "GGTCANNNTGACC", "MCF7", (-300, 0)),
        ("AP-1", "TGAGTCA", "HeLa-S3", (-200, 0)),
        // Six informative positions: in a wider range, accidental sites would outnumber the planted ones.
        ("NRF2", "TGACNNNGC", "A549", (-120, 0)),
        ("RUNX1", "TGTGGTTT", "Jurkat", (-300, 0)),
    ];
    let factors = factors.map(|(name, consensus, cell_type, starts)| MotifSpec {
        name,
        consensus,
        cell_type: Some(cell_type),
        effect: FACTOR_EFFECT,
        starts,
        either_strand: true,
        planted_fraction: (FACTOR_FRACTION, FACTOR_FRACTION),
    });
    shared.into_iter().chain(factors).map(Motif::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motif_library_has_one_factor_per_cell_line() {
        let motifs = motif_library();
        let lines: Vec<&str> = motifs.iter().filter_map(|motif| motif.spec.cell_type).collect();
        assert_eq!(lines, CELL_TYPES);
    }
}
