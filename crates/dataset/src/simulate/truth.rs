//! `truth.json`: what was planted in a simulation, and the best score that anything can reach on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tatabox_sequence::WindowGeometry;

use crate::error::{DatasetError, Result};

/// Name of the note beside the simulated promoters.
pub const TRUTH_FILE: &str = "truth.json";

/// A motif of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedMotif {
    /// Name of the element or factor.
    pub name: String,
    /// IUPAC consensus.
    pub consensus: String,
    /// The one cell line in which it acts; `None` for all.
    pub cell_type: Option<String>,
    /// log2(TPM + 1) that a bound site adds.
    pub effect_log2_tpm: f64,
    /// First bases of sites that count, relative to the TSS base, half-open.
    pub start_range_bp: (i32, i32),
    /// Whether the reverse complement counts too.
    pub either_strand: bool,
    /// Genes in which a site was planted.
    pub planted_genes: usize,
    /// Genes in which it is more likely bound than not, by planted or accidental sites.
    pub bound_genes: usize,
}

/// The truth behind a simulated data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulationTruth {
    /// Version of tatabox that simulated it.
    pub tatabox_version: String,
    /// Seed of every draw.
    pub seed: u64,
    /// Number of genes.
    pub genes: u32,
    /// Window of every gene.
    pub geometry: WindowGeometry,
    /// log2(TPM + 1) of a promoter without CpG and motifs.
    pub base_log2_tpm: f64,
    /// log2(TPM + 1) times the observed over expected CpG, up to one.
    pub cpg_effect_log2_tpm: f64,
    /// Standard deviation of the Gaussian noise on log2(TPM + 1).
    pub noise_sd: f64,
    /// What was planted.
    pub motifs: Vec<SimulatedMotif>,
    /// Pearson of the noise-free signal with the measured log2(TPM + 1) as written, over all genes, by cell line.
    pub best_reachable_pearson: BTreeMap<String, f64>,
    /// The same after the mean over cell lines is taken off each gene.
    pub best_reachable_pearson_cross_cell_type: BTreeMap<String, f64>,
}

impl SimulationTruth {
    /// The note beside a promoter file, if that file was simulated.
    ///
    /// # Errors
    ///
    /// A note that is there but cannot be read.
    pub fn next_to(promoters: &Path) -> Result<Option<Self>> {
        let path = promoters.with_file_name(TRUTH_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(DatasetError::io(&path, "read"))?;
        serde_json::from_str(&text).map(Some).map_err(DatasetError::json(&path))
    }
}
