//! Binding site motif: base probabilities, permitted positions and the occupancy of a site.

use rand::{Rng, RngExt};
use tatabox_sequence::{Strand, WindowGeometry};

/// Total probability of the consensus bases at a position of a planted site.
const CONSENSUS_PROBABILITY: f64 = 0.97;
/// Loss in bits, relative to the best site, at which the occupancy is about one half.
const HALF_OCCUPANCY_LOSS_BITS: f64 = 4.0;
/// Width in bits of the transition from high to low occupancy.
const LOSS_SCALE_BITS: f64 = 1.3;
/// Loss in bits above which the occupancy is 0.
const MAX_LOSS_BITS: f64 = 12.0;

/// Definition of a motif.
#[derive(Debug, Clone, Copy)]
pub(super) struct MotifSpec {
    pub(super) name: &'static str,
    /// IUPAC consensus in sense direction.
    pub(super) consensus: &'static str,
    /// Cell line that expresses the factor; `None` for all.
    pub(super) cell_type: Option<&'static str>,
    /// Increase of log2(TPM + 1) by a fully occupied site.
    pub(super) effect: f64,
    /// Permitted first bases of a site relative to the TSS base, half-open.
    pub(super) starts: (i32, i32),
    /// Whether the reverse complement is a site as well.
    pub(super) either_strand: bool,
    /// Fraction of genes with a planted site, in CpG islands and in other promoters.
    pub(super) planted_fraction: (f64, f64),
}

/// Motif prepared for scanning and planting.
#[derive(Debug, Clone)]
pub(super) struct Motif {
    pub(super) spec: MotifSpec,
    /// Base probabilities in the order A, C, G, T.
    probabilities: Vec<[f64; 4]>,
    /// Loss in bits relative to the best base, for the forward strand and the reverse complement.
    forward_loss: Vec<[f64; 4]>,
    reverse_loss: Vec<[f64; 4]>,
}

impl Motif {
    pub(super) fn new(spec: MotifSpec) -> Self {
        let probabilities: Vec<[f64; 4]> = spec.consensus.bytes().map(base_probabilities).collect();
        let loss = |row: &[f64; 4]| {
            let best = row.iter().copied().fold(0.0, f64::max);
            row.map(|probability| (best / probability).log2())
        };
        let forward_loss: Vec<[f64; 4]> = probabilities.iter().map(loss).collect();
        let complement = |&[a, c, g, t]: &[f64; 4]| [t, g, c, a];
        let reverse_loss = forward_loss.iter().rev().map(complement).collect();
        Self { spec, probabilities, forward_loss, reverse_loss }
    }

    /// Base probabilities of a planted site in the order A, C, G, T.
    pub(super) fn probabilities(&self) -> &[[f64; 4]] {
        &self.probabilities
    }

    pub(super) fn len(&self) -> usize {
        self.probabilities.len()
    }

    /// Window indices at which a site may start; empty if the window does not cover them.
    pub(super) fn start_indices(&self, geometry: WindowGeometry) -> std::ops::Range<usize> {
        let tss = i64::from(geometry.upstream_bp);
        let last = tss + i64::from(geometry.downstream_bp) - self.len() as i64;
        let first = (tss + i64::from(self.spec.starts.0)).max(0);
        let end = (tss + i64::from(self.spec.starts.1)).min(last + 1).max(first);
        first as usize..end as usize
    }

    /// Occupancy of a site (0 to 1, 1 for the consensus) and its strand.
    ///
    /// `codes` has the length of the motif.
    pub(super) fn occupancy(&self, codes: &[u8]) -> (f64, Strand) {
        let forward = occupancy_of(&self.forward_loss, codes);
        let reverse = if self.spec.either_strand { occupancy_of(&self.reverse_loss, codes) } else { 0.0 };
        if reverse > forward { (reverse, Strand::Reverse) } else { (forward, Strand::Forward) }
    }

    /// Whether the consensus contains a k-mer on either strand.
    #[cfg(test)]
    pub(super) fn matches_kmer(&self, kmer: &[u8]) -> bool {
        let losses = [&self.forward_loss, &self.reverse_loss];
        let fits = |rows: &[[f64; 4]]| rows.iter().zip(kmer).all(|(row, &code)| row[usize::from(code)] == 0.0);
        losses.iter().any(|loss| loss.windows(kmer.len()).any(fits))
    }

    /// Random site sampled from the base probabilities, in sense direction.
    pub(super) fn sample(&self, rng: &mut impl Rng) -> Vec<u8> {
        let sample_base = |row: &[f64; 4]| {
            let mut remaining: f64 = rng.random();
            let chosen = row.iter().position(|&probability| {
                remaining -= probability;
                remaining < 0.0
            });
            // Rounding may leave a sum slightly below one.
            chosen.unwrap_or(3) as u8
        };
        self.probabilities.iter().map(sample_base).collect()
    }
}

fn occupancy_of(losses: &[[f64; 4]], codes: &[u8]) -> f64 {
    let mut lost = 0.0;
    for (row, &code) in losses.iter().zip(codes) {
        lost += row[usize::from(code)];
        if lost > MAX_LOSS_BITS {
            return 0.0;
        }
    }
    let logistic = |lost: f64| 1.0 / (1.0 + ((lost - HALF_OCCUPANCY_LOSS_BITS) / LOSS_SCALE_BITS).exp());
    logistic(lost) / logistic(0.0)
}

fn base_probabilities(letter: u8) -> [f64; 4] {
    let allowed: [bool; 4] = match letter {
        b'A' => [true, false, false, false],
        b'C' => [false, true, false, false],
        b'G' => [false, false, true, false],
        b'T' => [false, false, false, true],
        b'W' => [true, false, false, true],
        b'Y' => [false, true, false, true],
        _ => return [0.25; 4],
    };
    let count = allowed.iter().filter(|&&is_allowed| is_allowed).count() as f64;
    let (good, bad) = (CONSENSUS_PROBABILITY / count, (1.0 - CONSENSUS_PROBABILITY) / (4.0 - count));
    allowed.map(|is_allowed| if is_allowed { good } else { bad })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn cre(either_strand: bool, consensus: &'static str) -> Motif {
        Motif::new(MotifSpec {
            name: "m",
            consensus,
            cell_type: None,
            effect: 1.0,
            starts: (-30, 10),
            either_strand,
            planted_fraction: (0.5, 0.5),
        })
    }

    #[test]
    fn occupancy_consensus_is_one_on_allowed_strands() {
        // GATA forward; its reverse complement is TATC.
        let (forward_only, either) = (cre(false, "GATA"), cre(true, "GATA"));
        assert_eq!(forward_only.occupancy(&[2, 0, 3, 0]), (1.0, Strand::Forward));
        assert_eq!(either.occupancy(&[3, 0, 3, 1]), (1.0, Strand::Reverse));
        assert!(forward_only.occupancy(&[3, 0, 3, 1]).0 < 0.01);
    }

    #[test]
    fn occupancy_one_mismatch_is_about_one_eighth() {
        // loss = log2(0.97 / 0.01) = 6.600; logistic((4 - 6.600) / 1.3) = 0.1192; logistic(4 / 1.3) = 0.9559.
        let (occupancy, _) = cre(false, "GATA").occupancy(&[2, 0, 3, 1]);
        assert!((occupancy - 0.1192 / 0.9559).abs() < 1e-3, "{occupancy}");
    }

    #[test]
    fn start_indices_are_clipped_to_window() {
        // Starts -30..10 around index 100, the last four-base site of 108 bases at 104; then around index 20.
        let geometry = WindowGeometry::new(100, 8).expect("a good geometry");
        assert_eq!(cre(false, "GATA").start_indices(geometry), 70..105);
        let geometry = WindowGeometry::new(20, 60).expect("a good geometry");
        assert_eq!(cre(false, "GATA").start_indices(geometry), 0..30);
    }

    #[test]
    fn sample_is_mostly_consensus() {
        let motif = cre(false, "GATA");
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let perfect = (0..1000).filter(|_| motif.sample(&mut rng) == [2, 0, 3, 0]).count();
        // 0.97^4 = 0.885; three standard deviations are 30 of 1000.
        assert!((855..=915).contains(&perfect), "{perfect}");
    }
}
