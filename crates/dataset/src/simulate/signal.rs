//! Expression as a function of sequence: the truth that a model is to find.

use tatabox_sequence::{Strand, WindowGeometry};

use super::background::cpg_ratio;
use super::motif::Motif;
use super::motif_library::{CELL_TYPES, motif_library};

/// log2(TPM + 1) of a promoter without CpG and without motifs.
pub(super) const BASE_LOG2_TPM: f64 = 1.5;
/// log2(TPM + 1) that CpG as frequent as expected adds; rarer CpG adds in proportion.
pub(super) const CPG_EFFECT: f64 = 2.0;
/// Sites at least this well bound are listed.
const MIN_LISTED_OCCUPANCY: f64 = 0.1;

/// A site of a motif, planted or there by accident.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MotifSite {
    /// Index in the library.
    pub(super) motif: usize,
    /// Window index of its first base.
    pub(super) start: usize,
    pub(super) strand: Strand,
    /// How well it is bound, 0 to 1.
    pub(super) occupancy: f64,
}

/// What a window holds and what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signal {
    /// log2(TPM + 1) without noise, a value a cell line.
    pub(super) log2_tpm: [f64; CELL_TYPES.len()],
    /// Probability that a motif is bound somewhere, a value a motif.
    pub(super) bound: Vec<f64>,
    /// Sites worth listing, by motif and place.
    pub(super) sites: Vec<MotifSite>,
}

/// Expression of a window from its bases alone.
///
/// log2_tpm(line) = base + cpg_effect * min(cpg_ratio, 1) + sum over motifs active in the line of
/// effect * (1 - product over sites of (1 - occupancy)).
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

/// log2(TPM + 1) without noise that the simulation gives to a window of its own or any other, by cell line.
///
/// # Panics
///
/// If the window is not as long as the geometry says.
pub fn true_log2_tpm(codes: &[u8], geometry: WindowGeometry) -> Vec<(&'static str, f64)> {
    assert_eq!(codes.len(), geometry.len(), "a window has the length of its geometry");
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
    fn a_gata_site_raises_k562_alone() {
        let blank = "A".repeat(80);
        let with_site = format!("{}AGATAAGG{}", "A".repeat(20), "A".repeat(52));
        let (without, with) = (signal(&blank, 60), signal(&with_site, 60));
        let gain = with.log2_tpm[0] - without.log2_tpm[0];
        // The effect of a bound factor is 3; the blank has no site to speak of.
        assert!((gain - 3.0).abs() < 0.05, "{gain}");
        for (line, name) in CELL_TYPES.iter().enumerate().skip(1) {
            let change = (with.log2_tpm[line] - without.log2_tpm[line]).abs();
            assert!(change < 0.2, "{name}: {change}");
        }
        assert!(with.sites.iter().any(|site| site.start == 20 && (site.occupancy - 1.0).abs() < 1e-9));
    }

    #[test]
    fn a_tata_box_counts_near_minus_thirty_only() {
        let with_box = |start: usize| format!("{}TATAAA{}", "CA".repeat(start / 2), "CA".repeat(47 - start / 2));
        let far = signal(&with_box(20), 80);
        let near = signal(&with_box(50), 80);
        for line in 0..CELL_TYPES.len() {
            let gain = near.log2_tpm[line] - far.log2_tpm[line];
            assert!((gain - 2.0).abs() < 0.1, "{gain}");
        }
    }
}
