//! Noise-free expression as a function of the sequence.

use tatabox_sequence::{Strand, WindowGeometry};

use super::background::cpg_ratio;
use super::motif::Motif;
use super::motif_library::{CELL_TYPES, motif_library};

/// log2(TPM + 1) of a promoter without CpG and without motifs.
pub(super) const BASE_LOG2_TPM: f64 = 1.5;
/// Increase of log2(TPM + 1) at an observed/expected CpG ratio of 1; proportional below.
pub(super) const CPG_EFFECT: f64 = 2.0;
/// Minimum occupancy of a listed site.
const MIN_LISTED_OCCUPANCY: f64 = 0.1;

/// Planted or accidental site of a motif.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MotifSite {
    /// Index in the library.
    pub(super) motif: usize,
    /// Window index of its first base.
    pub(super) start: usize,
    pub(super) strand: Strand,
    /// Occupancy, 0 to 1.
    pub(super) occupancy: f64,
}

/// Noise-free expression of a window and its sites.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signal {
    /// Noise-free log2(TPM + 1), one value per cell line.
    pub(super) log2_tpm: [f64; CELL_TYPES.len()],
    /// Probability that the motif is bound at least once, one value per motif.
    pub(super) bound: Vec<f64>,
    /// Listed sites, by motif and position.
    pub(super) sites: Vec<MotifSite>,
}

/// Noise-free expression of a window, computed from its bases.
///
/// log2_tpm(cell line) = base + cpg_effect * min(cpg_ratio, 1) + sum over the motifs active in the cell line of effect
/// * (1 - product over sites of (1 - occupancy)).
pub(super) fn signal_of(codes: &[u8], geometry: WindowGeometry, motifs: &[Motif]) -> Signal {
    let shared = BASE_LOG2_TPM + CPG_EFFECT * cpg_ratio(codes).min(1.0);
    let mut signal = Signal { log2_tpm: [shared; CELL_TYPES.len()], bound: Vec::new(), sites: Vec::new() };
    for (index, motif) in motifs.iter().enumerate() {
        let mut unbound = 1.0;
        for start in motif.start_indices(geometry) {
            let (occupancy, strand) = motif.occupancy(&codes[start..start + motif.len()]);
            unbound *= 1.0 - occupancy;
            if occupancy >= MIN_LISTED_OCCUPANCY {
                signal.sites.push(MotifSite { motif: index, start, strand, occupancy });
            }
        }
        signal.bound.push(1.0 - unbound);
        for (value, cell_type) in signal.log2_tpm.iter_mut().zip(CELL_TYPES) {
            if motif.spec.cell_type.is_none_or(|active| active == cell_type) {
                *value += motif.spec.effect * (1.0 - unbound);
            }
        }
    }
    signal
}

/// Noise-free log2(TPM + 1) that the simulation model assigns to any window, by cell line.
///
/// # Panics
///
/// If the length of the window differs from the geometry.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::simulate::true_log2_tpm;
/// use tatabox_sequence::{Sequence, WindowGeometry};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let geometry = WindowGeometry::new(60, 20)?;
/// let without = Sequence::from_ascii("A".repeat(80).as_bytes())?;
/// let with_gata = Sequence::from_ascii(format!("{}AGATAAGG{}", "A".repeat(20), "A".repeat(52)).as_bytes())?;
/// let k562 = |sequence: &Sequence| true_log2_tpm(sequence.codes(), geometry)[0];
/// assert_eq!(k562(&without).0, "K562");
/// assert!((k562(&with_gata).1 - k562(&without).1 - 3.0).abs() < 0.05, "a GATA1 site adds 3");
/// # Ok(())
/// # }
/// ```
pub fn true_log2_tpm(codes: &[u8], geometry: WindowGeometry) -> Vec<(&'static str, f64)> {
    assert_eq!(codes.len(), geometry.len(), "the window has the length of the geometry");
    CELL_TYPES.into_iter().zip(signal_of(codes, geometry, &motif_library()).log2_tpm).collect()
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    fn signal(ascii: &str, tss: u32) -> Signal {
        let codes = Sequence::from_ascii(ascii.as_bytes()).expect("DNA").codes().to_vec();
        let geometry = WindowGeometry::new(tss, ascii.len() as u32 - tss).expect("a good geometry");
        signal_of(&codes, geometry, &motif_library())
    }

    #[test]
    fn signal_gata_site_raises_k562_only() {
        let blank = "A".repeat(80);
        let with_site = format!("{}AGATAAGG{}", "A".repeat(20), "A".repeat(52));
        let (without, with) = (signal(&blank, 60), signal(&with_site, 60));
        let gain = with.log2_tpm[0] - without.log2_tpm[0];
        // A bound factor adds 3; the sequence without the site has no relevant other site.
        assert!((gain - 3.0).abs() < 0.05, "{gain}");
        for (line, name) in CELL_TYPES.iter().enumerate().skip(1) {
            let change = (with.log2_tpm[line] - without.log2_tpm[line]).abs();
            assert!(change < 0.2, "{name}: {change}");
        }
        assert!(with.sites.iter().any(|site| site.start == 20 && (site.occupancy - 1.0).abs() < 1e-9));
    }

    #[test]
    fn signal_tata_box_counts_only_near_minus_30() {
        let with_box = |start: usize| format!("{}TATAAA{}", "CA".repeat(start / 2), "CA".repeat(47 - start / 2));
        let far = signal(&with_box(20), 80);
        let near = signal(&with_box(50), 80);
        for line in 0..CELL_TYPES.len() {
            let gain = near.log2_tpm[line] - far.log2_tpm[line];
            assert!((gain - 2.0).abs() < 0.1, "{gain}");
        }
    }
}
