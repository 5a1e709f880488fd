//! `truth.json`: ground truth of a simulation and the best score that any model can reach.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tatabox_sequence::{WindowGeometry, is_read_once};

use crate::error::{DatasetError, Result};

/// Name of the ground truth file, next to the simulated promoters.
pub const TRUTH_FILE: &str = "truth.json";

/// Motif of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedMotif {
    /// Name of the promoter element or factor.
    pub name: String,
    /// IUPAC consensus.
    pub consensus: String,
    /// The only cell line in which it is active; `None` for all.
    pub cell_type: Option<String>,
    /// Increase of log2(TPM + 1) by a bound site.
    pub effect_log2_tpm: f64,
    /// Permitted first bases of a site relative to the TSS base, half-open.
    pub start_range_bp: (i32, i32),
    /// Whether the reverse complement is a site as well.
    pub either_strand: bool,
    /// Genes with a planted site.
    pub planted_genes: usize,
    /// Genes in which the motif is bound with a probability above one half, at planted or accidental sites.
    pub bound_genes: usize,
}

/// Ground truth of a simulated data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulationTruth {
    /// Version of tatabox that ran the simulation.
    pub tatabox_version: String,
    /// Random seed.
    pub seed: u64,
    /// Number of genes.
    pub genes: u32,
    /// Window of every gene.
    pub geometry: WindowGeometry,
    /// log2(TPM + 1) of a promoter without CpG and without motifs.
    pub base_log2_tpm: f64,
    /// Factor of the observed/expected CpG ratio (at most 1) in log2(TPM + 1).
    pub cpg_effect_log2_tpm: f64,
    /// Standard deviation of the Gaussian noise on log2(TPM + 1).
    pub noise_sd: f64,
    /// Planted motifs.
    pub motifs: Vec<SimulatedMotif>,
    /// Pearson correlation of the noise-free with the measured log2(TPM + 1) over all genes, by cell line.
    pub best_reachable_pearson: BTreeMap<String, f64>,
    /// The same correlation after centring each gene across cell lines.
    pub best_reachable_pearson_cross_cell_type: BTreeMap<String, f64>,
}

impl SimulationTruth {
    /// Ground truth next to a promoter file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] or [`DatasetError::Json`] if the file exists but cannot be read.
    pub fn next_to(promoters: &Path) -> Result<Option<Self>> {
        let path = promoters.with_file_name(TRUTH_FILE);
        if is_read_once(promoters) || !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(DatasetError::io(&path, "read"))?;
        serde_json::from_str(&text).map(Some).map_err(DatasetError::json(&path))
    }
}
