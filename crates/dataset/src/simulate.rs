//! Simulated promoters with planted motifs: a data set with known ground truth.
//!
//! Expression is a function of the final sequence plus noise, so the best possible score is known exactly. Chromosomes
//! are labels only; the sequences are not taken from a genome.
//!
//! # Examples
//!
//! ```
//! use tatabox_dataset::{SimulateConfig, simulate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let truth = simulate(&SimulateConfig { genes: 30, ..SimulateConfig::default() }, folder.path())?;
//! assert_eq!(truth.motifs.len(), 13);
//! assert!(truth.best_reachable_pearson["K562"] < 1.0, "noise limits every model");
//! assert!(folder.path().join("promoters.fa").exists());
//! # Ok(())
//! # }
//! ```

mod background;
mod gene;
mod motif;
mod motif_library;
mod output;
mod signal;
mod simulation;
mod truth;

use std::path::Path;

use tatabox_sequence::WindowGeometry;

use crate::error::{DatasetError, Result};
pub use output::{EXPRESSION_FILE, MOTIF_SITES_FILE, MOTIFS_FILE, PROMOTERS_FILE, SIGNAL_FILE, meme_name};
pub use signal::true_log2_tpm;
use simulation::Simulation;
pub use truth::{SimulatedMotif, SimulationTruth, TRUTH_FILE};

const MIN_GENES: u32 = 30;
const MAX_GENES: u32 = 100_000;

/// Settings of [`simulate`](fn@simulate).
#[derive(Debug, Clone, PartialEq)]
pub struct SimulateConfig {
    /// Number of genes, 30 to 100,000.
    pub genes: u32,
    /// Window of every gene.
    pub geometry: WindowGeometry,
    /// Random seed; the same seed gives the same bytes.
    pub seed: u64,
    /// Standard deviation of the Gaussian noise on log2(TPM + 1), 0 or more.
    pub noise_sd: f64,
    /// Whether to overwrite the files of an earlier simulation.
    pub force: bool,
}

impl Default for SimulateConfig {
    /// 2,000 genes from -249 to +51, and a best reachable Pearson of about 0.9.
    fn default() -> Self {
        let geometry = WindowGeometry::new(249, 51).expect("300 bp is a valid window length");
        Self { genes: 2_000, geometry, seed: 42, noise_sd: 0.95, force: false }
    }
}

impl SimulateConfig {
    fn validate(&self) -> Result<()> {
        let invalid =
            |field, value: String, expected: String| Err(DatasetError::InvalidSetting { field, value, expected });
        if !(MIN_GENES..=MAX_GENES).contains(&self.genes) {
            return invalid("genes", self.genes.to_string(), format!("expected {MIN_GENES} to {MAX_GENES}"));
        }
        if !(self.noise_sd.is_finite() && self.noise_sd >= 0.0) {
            return invalid("noise_sd", self.noise_sd.to_string(), "expected 0 or more".to_owned());
        }
        Ok(())
    }
}

/// Simulates a data set in `out_dir`: `promoters.fa`, `expression.tsv`, `signal.tsv`, `motif_sites.tsv`, `motifs.meme`
/// and `truth.json`, whose content is returned.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for a setting out of range, [`DatasetError::OutputExists`] for an existing file
/// without `force`, [`DatasetError::Io`] for a folder that cannot be written.
pub fn simulate(config: &SimulateConfig, out_dir: &Path) -> Result<SimulationTruth> {
    config.validate()?;
    if !config.force {
        output::check_free(out_dir)?;
    }
    let simulation = Simulation::sample(config);
    let truth = simulation.truth(config);
    output::write_all(out_dir, &simulation, &truth)?;
    tracing::info!(genes = config.genes, seed = config.seed, out = %out_dir.display(), "simulated");
    Ok(truth)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tatabox_sequence::{FastaRecords, Sequence};

    use super::motif_library::{CELL_TYPES, motif_library};
    use super::*;
    use crate::expression::ExpressionTable;

    fn small(genes: u32) -> SimulateConfig {
        SimulateConfig { genes, ..SimulateConfig::default() }
    }

    fn files(dir: &Path) -> Vec<Vec<u8>> {
        let names = [PROMOTERS_FILE, EXPRESSION_FILE, SIGNAL_FILE, MOTIF_SITES_FILE, MOTIFS_FILE, TRUTH_FILE];
        names.map(|name| fs::read(dir.join(name)).expect("written")).to_vec()
    }

    #[test]
    fn simulate_same_seed_gives_same_bytes() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (a, b, c) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("c"));
        simulate(&small(60), &a).expect("simulated");
        simulate(&small(60), &b).expect("simulated");
        simulate(&SimulateConfig { seed: 43, ..small(60) }, &c).expect("simulated");
        assert_eq!(files(&a), files(&b));
        assert_ne!(files(&a)[0], files(&c)[0]);
        assert_eq!(fs::read_dir(&a).expect("readable").count(), 6);
    }

    #[test]
    fn simulate_files_reproduce_signal_and_best_pearson() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let config = small(80);
        let truth = simulate(&config, dir.path()).expect("simulated");
        let promoters = dir.path().join(PROMOTERS_FILE);
        let read = SimulationTruth::next_to(&promoters).expect("readable").expect("there");
        assert_eq!((read.motifs, read.seed, read.geometry), (truth.motifs, truth.seed, truth.geometry));
        // The JSON reader may change the last bit of a float.
        for (name, best) in &read.best_reachable_pearson {
            assert!((best - truth.best_reachable_pearson[name]).abs() < 1e-15);
        }
        let expression = ExpressionTable::read(dir.path().join(EXPRESSION_FILE)).expect("readable");
        let signal = ExpressionTable::read(dir.path().join(SIGNAL_FILE)).expect("readable");
        assert_eq!(expression.cell_types, CELL_TYPES);
        let motifs = motif_library();
        let mut count = 0;
        let mut pairs = vec![(Vec::new(), Vec::new()); CELL_TYPES.len()];
        for record in FastaRecords::open(&promoters).expect("readable") {
            let record = record.expect("a good record");
            assert_eq!(record.id, expression.gene_ids[count]);
            assert_eq!(record.header_field("tss_offset"), Some("249"));
            assert_eq!(record.header_field("gene_name"), Some(format!("SIM{}", count + 1).as_str()));
            assert!(record.header_field("chrom").is_some_and(|chrom| chrom.starts_with("chr")));
            assert!(record.header_field("strand").is_some_and(|strand| strand == "+" || strand == "-"));
            let sequence: &Sequence = &record.sequence;
            let again = signal::signal_of(sequence.codes(), config.geometry, &motifs).log2_tpm;
            let truth = true_log2_tpm(sequence.codes(), config.geometry);
            assert_eq!(truth, CELL_TYPES.into_iter().zip(again).collect::<Vec<_>>());
            for (line, value) in again.into_iter().enumerate() {
                assert!((value - f64::from(signal.row(count)[line])).abs() < 1e-5);
                pairs[line].0.push(value);
                pairs[line].1.push((f64::from(expression.row(count)[line]) + 1.0).log2());
            }
            count += 1;
        }
        assert_eq!(count, 80);
        for (name, (truth, measured)) in CELL_TYPES.iter().zip(&pairs) {
            let score = crate::pearson(truth, measured).expect("both vary");
            assert!((score - read.best_reachable_pearson[*name]).abs() < 1e-12, "{name}: {score}");
        }
    }

    #[test]
    fn simulate_motif_file_is_readable_as_meme() {
        let dir = tempfile::tempdir().expect("a folder");
        let truth =
            simulate(&SimulateConfig { genes: 30, ..SimulateConfig::default() }, dir.path()).expect("simulates");
        let motifs = tatabox_sequence::MotifFile::read(dir.path().join(MOTIFS_FILE)).expect("MEME").motifs;
        assert_eq!(motifs.len(), truth.motifs.len());
        assert_eq!((motifs[0].name(), motifs[0].consensus().as_str()), ("TATA_box", "TATAAA"));
    }

    #[test]
    fn simulate_existing_files_without_force_returns_error() {
        let dir = tempfile::tempdir().expect("temporary folder");
        simulate(&small(30), dir.path()).expect("simulated");
        let error = simulate(&small(30), dir.path()).expect_err("there already").to_string();
        assert!(error.contains("promoters.fa: already exists"), "{error}");
        simulate(&SimulateConfig { force: true, ..small(30) }, dir.path()).expect("overwritten");
    }

    #[test]
    fn simulate_settings_out_of_range_return_error() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let error = simulate(&small(3), dir.path()).expect_err("too few").to_string();
        assert_eq!(error, "genes = 3: expected 30 to 100000");
        let config = SimulateConfig { noise_sd: f64::NAN, ..small(30) };
        let error = simulate(&config, dir.path()).expect_err("NaN").to_string();
        assert_eq!(error, "noise_sd = NaN: expected 0 or more");
    }

    /// The default data set is small enough for the repository's demonstration data.
    #[test]
    #[expect(clippy::print_stderr, reason = "the measured numbers are shown")]
    fn simulate_default_files_are_small() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let truth = simulate(&SimulateConfig::default(), dir.path()).expect("simulated");
        for (name, bytes) in [(PROMOTERS_FILE, 1_500_000), (EXPRESSION_FILE, 250_000), (MOTIF_SITES_FILE, 2_500_000)] {
            let size = fs::metadata(dir.path().join(name)).expect("written").len();
            eprintln!("{name}: {size} bytes");
            assert!(size < bytes, "{name}: {size} bytes");
        }
        eprintln!("{:#?}\n{:#?}", truth.best_reachable_pearson, truth.best_reachable_pearson_cross_cell_type);
    }

    #[test]
    fn simulate_accepts_shortest_and_longest_windows() {
        for (upstream_bp, downstream_bp) in [(59, 1), (1, 59), (10_000, 1_000)] {
            let dir = tempfile::tempdir().expect("temporary folder");
            let geometry = WindowGeometry::new(upstream_bp, downstream_bp).expect("a good geometry");
            let config = SimulateConfig { geometry, ..small(30) };
            simulate(&config, dir.path()).expect("simulated");
        }
    }
}
