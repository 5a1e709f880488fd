//! Genes of a simulation, their measurements and the best reachable score.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use tatabox_sequence::WindowGeometry;

use super::SimulateConfig;
use super::gene::SimulatedGene;
use super::motif::Motif;
use super::motif_library::{CELL_TYPES, motif_library};
use super::signal::{BASE_LOG2_TPM, CPG_EFFECT, Signal, signal_of};
use super::truth::{SimulatedMotif, SimulationTruth};
use crate::expression::pearson;

/// Random stream of the noise; gene numbers, the other streams, are smaller.
const NOISE_STREAM: u64 = 1 << 32;

/// One value per cell line for each gene.
type Rows = Vec<[f64; CELL_TYPES.len()]>;

/// Genes with their expression.
pub(super) struct Simulation {
    pub(super) geometry: WindowGeometry,
    pub(super) motifs: Vec<Motif>,
    pub(super) genes: Vec<SimulatedGene>,
    pub(super) signals: Vec<Signal>,
    /// Linear TPM as written to the file, so that scores match the file.
    pub(super) tpm_texts: Vec<[String; CELL_TYPES.len()]>,
}

impl Simulation {
    pub(super) fn sample(config: &SimulateConfig) -> Self {
        let motifs = motif_library();
        let genes: Vec<SimulatedGene> = (1..=config.genes)
            .map(|number| SimulatedGene::sample(number, config.seed, config.geometry, &motifs))
            .collect();
        let signals: Vec<Signal> =
            genes.iter().map(|gene| signal_of(gene.sequence.codes(), config.geometry, &motifs)).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(NOISE_STREAM);
        let noise = Normal::new(0.0, config.noise_sd).expect("the standard deviation was checked");
        let tpm_texts = signals
            .iter()
            .map(|signal| signal.log2_tpm.map(|value| tpm_text(value + noise.sample(&mut rng))))
            .collect();
        Self { geometry: config.geometry, motifs, genes, signals, tpm_texts }
    }

    pub(super) fn truth(&self, config: &SimulateConfig) -> SimulationTruth {
        let signal: Rows = self.signals.iter().map(|signal| signal.log2_tpm).collect();
        let measured: Rows = self.tpm_texts.iter().map(|texts| texts.each_ref().map(|text| log2_of(text))).collect();
        SimulationTruth {
            tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: config.seed,
            genes: config.genes,
            geometry: config.geometry,
            base_log2_tpm: BASE_LOG2_TPM,
            cpg_effect_log2_tpm: CPG_EFFECT,
            noise_sd: config.noise_sd,
            motifs: (0..self.motifs.len()).map(|index| self.describe(index)).collect(),
            best_reachable_pearson: by_cell_type(&signal, &measured),
            best_reachable_pearson_cross_cell_type: by_cell_type(&centred(&signal), &centred(&measured)),
        }
    }

    fn describe(&self, index: usize) -> SimulatedMotif {
        let spec = self.motifs[index].spec;
        let was_planted = |gene: &&SimulatedGene| gene.planted.iter().any(|&(motif, _)| motif == index);
        SimulatedMotif {
            name: spec.name.to_owned(),
            consensus: spec.consensus.to_owned(),
            cell_type: spec.cell_type.map(str::to_owned),
            effect_log2_tpm: spec.effect,
            start_range_bp: spec.starts,
            either_strand: spec.either_strand,
            planted_genes: self.genes.iter().filter(was_planted).count(),
            bound_genes: self.signals.iter().filter(|signal| signal.bound[index] > 0.5).count(),
        }
    }
}

/// Linear TPM for the file, at least zero.
fn tpm_text(log2_tpm: f64) -> String {
    format!("{:.4}", log2_tpm.max(0.0).exp2() - 1.0)
}

/// log2(TPM + 1) of a cell of the file, as computed by a reader that stores TPM in f32.
fn log2_of(text: &str) -> f64 {
    let tpm: f32 = text.parse().expect("a number written by this program");
    (f64::from(tpm) + 1.0).log2()
}

fn centred(rows: &[[f64; CELL_TYPES.len()]]) -> Rows {
    let centre = |row: &[f64; CELL_TYPES.len()]| {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        row.map(|value| value - mean)
    };
    rows.iter().map(centre).collect()
}

fn by_cell_type(x: &[[f64; CELL_TYPES.len()]], y: &[[f64; CELL_TYPES.len()]]) -> BTreeMap<String, f64> {
    let column = |rows: &[[f64; CELL_TYPES.len()]], line: usize| rows.iter().map(|row| row[line]).collect::<Vec<_>>();
    // 0 for constant values, which cannot be predicted.
    let score = |line| pearson(&column(x, line), &column(y, line)).unwrap_or(0.0);
    CELL_TYPES.iter().enumerate().map(|(line, &name)| (name.to_owned(), score(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_simulation() -> (Simulation, SimulationTruth) {
        let config = SimulateConfig::default();
        let simulation = Simulation::sample(&config);
        let truth = simulation.truth(&config);
        (simulation, truth)
    }

    #[test]
    fn tpm_text_negative_value_is_zero() {
        assert_eq!(tpm_text(-0.7), "0.0000");
        assert_eq!(tpm_text(2.0), "3.0000");
        assert!((log2_of("3.0000") - 2.0).abs() < 1e-12);
    }

    #[test]
    fn best_reachable_pearson_default_simulation_is_about_0_9() {
        let (simulation, truth) = default_simulation();
        for (line, best) in &truth.best_reachable_pearson {
            assert!((0.88..0.92).contains(best), "{line}: {best}");
        }
        for (line, best) in &truth.best_reachable_pearson_cross_cell_type {
            assert!((0.7..0.92).contains(best), "{line}: {best}");
        }
        let zeros = simulation.tpm_texts.iter().flatten().filter(|text| *text == "0.0000").count();
        assert!(zeros < 16_000 / 50, "{zeros} of 16000 values are cut at zero");
    }

    /// An oracle with known consensus, position and effect that counts perfect sites only and ignores CpG.
    #[test]
    fn oracle_with_perfect_sites_reaches_most_of_best_pearson() {
        let (simulation, truth) = default_simulation();
        for (line, &name) in CELL_TYPES.iter().enumerate() {
            let flawless = |signal: &Signal, index: usize| {
                signal.sites.iter().any(|site| site.motif == index && site.occupancy > 0.99)
            };
            let acts = |motif: &Motif| motif.spec.cell_type.is_none_or(|active| active == name);
            let guess = |signal: &Signal| -> f64 {
                let motifs = simulation.motifs.iter().enumerate();
                motifs
                    .filter(|(index, motif)| acts(motif) && flawless(signal, *index))
                    .map(|(_, motif)| motif.spec.effect)
                    .sum()
            };
            let guesses: Vec<f64> = simulation.signals.iter().map(guess).collect();
            let measured: Vec<f64> = simulation.tpm_texts.iter().map(|texts| log2_of(&texts[line])).collect();
            let score = pearson(&guesses, &measured).expect("both vary");
            let best = truth.best_reachable_pearson[name];
            assert!((0.75..best).contains(&score), "{name}: {score} of {best}");
        }
    }

    /// For each cell line, the 6-mer whose presence correlates best with the cell-type-specific part of expression
    /// belongs to the motif of that cell line's factor. Hence 1,400 genes suffice for motif discovery.
    #[test]
    fn best_six_mer_of_each_cell_line_matches_its_factor() {
        const K: usize = 6;
        let (simulation, _) = default_simulation();
        let genes = &simulation.genes[..1_400];
        let measured: Rows =
            simulation.tpm_texts[..1_400].iter().map(|texts| texts.each_ref().map(|text| log2_of(text))).collect();
        let measured = centred(&measured);
        let mut holders: Vec<Vec<usize>> = vec![Vec::new(); 1 << (2 * K)];
        for (index, gene) in genes.iter().enumerate() {
            for strand in [gene.sequence.clone(), gene.sequence.reverse_complement()] {
                for kmer in strand.codes().windows(K) {
                    let holder = &mut holders[kmer.iter().fold(0, |number, &code| number * 4 + usize::from(code))];
                    if holder.last() != Some(&index) {
                        holder.push(index);
                    }
                }
            }
        }
        for (line, name) in CELL_TYPES.iter().enumerate() {
            // Mean over the genes with the k-mer in units of its standard error, up to a factor common to all k-mers.
            let strength = |holder: &Vec<usize>| {
                let sum: f64 = holder.iter().map(|&gene| measured[gene][line]).sum();
                sum / (holder.len().max(1) as f64).sqrt()
            };
            let best = (0..holders.len()).max_by(|&a, &b| strength(&holders[a]).total_cmp(&strength(&holders[b])));
            let letters = |number: usize| (0..K).rev().map(|position| (number >> (2 * position) & 3) as u8).collect();
            let kmer: Vec<u8> = best.map(letters).expect("there are words");
            let factor = simulation.motifs.iter().find(|motif| motif.spec.cell_type == Some(*name)).expect("a factor");
            // ESR1 binds two half-sites of five bases, so the sixth base may be an adjacent one.
            let is_found = factor.matches_kmer(&kmer[1..]) || factor.matches_kmer(&kmer[..K - 1]);
            assert!(is_found, "{name}: {kmer:?} is not of {}", factor.spec.consensus);
        }
    }
}
