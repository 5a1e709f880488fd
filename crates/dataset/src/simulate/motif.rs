//! A binding site motif: its weights, where it counts, and how strongly a sequence holds it.

use rand::{Rng, RngExt};
use tatabox_sequence::{Strand, WindowGeometry};

/// Probability of the bases that the consensus allows, shared among them, at a planted site.
const CONSENSUS_PROBABILITY: f64 = 0.97;
/// Bits lost against the best site at which a site is about half as good.
const HALF_OCCUPANCY_LOSS_BITS: f64 = 4.0;
/// Bits over which a site goes from good to bad.
const LOSS_SCALE_BITS: f64 = 1.3;
/// Bits lost beyond which a site counts for nothing.
const MAX_LOSS_BITS: f64 = 12.0;

/// A motif as it is written down.
#[derive(Debug, Clone, Copy)]
pub(super) struct MotifSpec {
    pub(super) name: &'static str,
    /// IUPAC consensus on the strand of transcription.
    pub(super) consensus: &'static str,
    /// The cell line that has the factor; `None` for all of them.
    pub(super) cell_type: Option<&'static str>,
    /// log2(TPM + 1) that a certainly bound site adds.
    pub(super) effect: f64,
    /// First bases of sites that count, relative to the TSS base: from the first up to but without the second.
    pub(super) starts: (i32, i32),
    /// Whether the reverse complement counts too.
    pub(super) either_strand: bool,
    /// Share of genes in which a site is planted, in CpG islands and outside.
    pub(super) planted_fraction: (f64, f64),
}

/// A motif ready to scan and to plant.
#[derive(Debug, Clone)]
pub(super) struct Motif {
    pub(super) spec: MotifSpec,
    /// Base probabilities in the order A, C, G, T.
    probabilities: Vec<[f64; 4]>,
    /// Bits lost against the best base, forward and reverse complement.
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

    /// Window indices at which a site that counts may start; empty if the window does not reach there.
    pub(super) fn start_indices(&self, geometry: WindowGeometry) -> std::ops::Range<usize> {
        let tss = i64::from(geometry.upstream_bp);
        let last = tss + i64::from(geometry.downstream_bp) - self.len() as i64;
        let first = (tss + i64::from(self.spec.starts.0)).max(0);
        let end = (tss + i64::from(self.spec.starts.1)).min(last + 1).max(first);
        first as usize..end as usize
    }

    /// How well a site is bound, from 0 to 1 for the consensus, and on which strand.
    ///
    /// `codes` are as many bases as the motif has.
    pub(super) fn occupancy(&self, codes: &[u8]) -> (f64, Strand) {
        let forward = occupancy_of(&self.forward_loss, codes);
        let reverse = if self.spec.either_strand { occupancy_of(&self.reverse_loss, codes) } else { 0.0 };
        if reverse > forward { (reverse, Strand::Reverse) } else { (forward, Strand::Forward) }
    }

    /// Whether the consensus holds a word, on either strand.
    #[cfg(test)]
    pub(super) fn matches_kmer(&self, kmer: &[u8]) -> bool {
        let losses = [&self.forward_loss, &self.reverse_loss];
        let fits = |rows: &[[f64; 4]]| rows.iter().zip(kmer).all(|(row, &code)| row[usize::from(code)] == 0.0);
        losses.iter().any(|loss| loss.windows(kmer.len()).any(fits))
    }

    /// A site drawn base by base from the probabilities, on the strand of transcription.
    pub(super) fn sample(&self, rng: &mut impl Rng) -> Vec<u8> {
        let draw = |row: &[f64; 4]| {
            let mut left: f64 = rng.random();
            let chosen = row.iter().position(|&probability| {
                left -= probability;
                left < 0.0
            });
            // Rounding may leave a sum of just under one.
            chosen.unwrap_or(3) as u8
        };
        self.probabilities.iter().map(draw).collect()
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
    fn the_consensus_is_bound_on_its_strands_only() {
        // GATA forward; TATC is its reverse complement.
        let (forward_only, either) = (cre(false, "GATA"), cre(true, "GATA"));
        assert_eq!(forward_only.occupancy(&[2, 0, 3, 0]), (1.0, Strand::Forward));
        assert_eq!(either.occupancy(&[3, 0, 3, 1]), (1.0, Strand::Reverse));
        assert!(forward_only.occupancy(&[3, 0, 3, 1]).0 < 0.01);
    }

    #[test]
    fn one_mismatch_leaves_an_eighth() {
        // loss = log2(0.97 / 0.01) = 6.600; logistic((4 - 6.600) / 1.3) = 0.1192; logistic(4 / 1.3) = 0.9559.
        let (occupancy, _) = cre(false, "GATA").occupancy(&[2, 0, 3, 1]);
        assert!((occupancy - 0.1192 / 0.9559).abs() < 1e-3, "{occupancy}");
    }

    #[test]
    fn starts_are_cut_at_the_window() {
        // Starts -30..10 around index 100, the last four-base site of 108 at 104; then around index 20.
        let geometry = WindowGeometry::new(100, 8).expect("a good geometry");
        assert_eq!(cre(false, "GATA").start_indices(geometry), 70..105);
        let geometry = WindowGeometry::new(20, 60).expect("a good geometry");
        assert_eq!(cre(false, "GATA").start_indices(geometry), 0..30);
    }

    #[test]
    fn samples_are_mostly_the_consensus() {
        let motif = cre(false, "GATA");
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let perfect = (0..1000).filter(|_| motif.sample(&mut rng) == [2, 0, 3, 0]).count();
        // 0.97^4 = 0.885; three standard deviations are 30 of 1000.
        assert!((855..=915).contains(&perfect), "{perfect}");
    }
}
