//! Upper bound of a score: a second laboratory, or the noise of a simulation.

use std::path::{Path, PathBuf};

use tatabox_dataset::{ExpressionConfig, ExpressionTable, PredictionTable, PreparedDataset, SimulationTruth, Split};
use tatabox_eval::{Estimate, EvaluateOptions, NoiseCeiling, NoiseCeilingRow, noise_ceiling};

use crate::error::{Context, Error, Result};

/// Source of the noise ceiling, the correlation that measurement noise allows.
///
/// # Examples
///
/// ```
/// use tatabox::evaluate::NoiseCeilingSource;
///
/// let source = NoiseCeilingSource::choose(Some(&"replicates.tsv".into()), None);
/// assert!(matches!(source, Some(NoiseCeilingSource::Replicates(_))));
/// assert!(NoiseCeilingSource::choose(None, None).is_none());
/// ```
#[derive(Clone, Debug)]
pub enum NoiseCeilingSource {
    /// Expression of the same cell types from a second laboratory.
    Replicates(ExpressionConfig),
    /// A simulation, of which the noise is known.
    Simulation(SimulationTruth),
}

impl NoiseCeilingSource {
    /// The requested replicates, else the simulation of a simulated data set.
    pub fn choose(replicates: Option<&ExpressionConfig>, dataset: Option<&PreparedDataset>) -> Option<Self> {
        let simulation = dataset.and_then(|dataset| dataset.manifest().simulated.clone());
        replicates.map(|tables| Self::Replicates(tables.clone())).or_else(|| simulation.map(Self::Simulation))
    }

    /// Ceiling of each scored cell type.
    pub(super) fn ceiling(&self, table: &PredictionTable, options: &EvaluateOptions) -> Result<NoiseCeiling> {
        match self {
            Self::Replicates(tables) => {
                let replicates = ExpressionTable::read(tables.clone())?;
                let path = tables.paths().first().map_or_else(PathBuf::new, |path| path.to_path_buf());
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                let ceiling = noise_ceiling(table, &replicates, &name, options)
                    .with_context(|| format!("cannot use the replicates in {}", path.display()))?;
                if !ceiling.rows.is_empty() && ceiling.rows.iter().all(|row| row.n == 0) {
                    return Err(no_common_gene(&path, table, &replicates));
                }
                Ok(ceiling)
            }
            Self::Simulation(simulation) => Ok(of_simulation(table, simulation, options)),
        }
    }
}

/// Error of replicates that measure no scored gene, such as transcripts whose genes are unknown.
fn no_common_gene(path: &Path, table: &PredictionTable, replicates: &ExpressionTable) -> Error {
    let scored: Vec<&str> = table.rows.iter().map(|row| row.gene_id.as_str()).take(3).collect();
    let listed: Vec<&str> = replicates.gene_ids.iter().map(String::as_str).take(3).collect();
    Error::input(format!(
        "{}: no scored gene has a replicate; scored are {}, the replicates list {}; use a table of genes, or an annotation \
         for a table of transcripts",
        path.display(),
        scored.join(", "),
        listed.join(", ")
    ))
}

/// Correlation of the simulated signal with the simulated measurements, which include noise, over all genes.
fn of_simulation(table: &PredictionTable, simulation: &SimulationTruth, options: &EvaluateOptions) -> NoiseCeiling {
    let row = |split: Split, cell_type: String| {
        let best = simulation.best_reachable_pearson.get(&cell_type).copied();
        NoiseCeilingRow {
            split,
            replicate: cell_type.clone(),
            cell_type,
            n: simulation.genes as usize,
            n_without_replicate: 0,
            pearson: Estimate { value: best, ..Estimate::default() },
            spearman: Estimate::default(),
        }
    };
    let rows = |&split: &Split| table.cell_types().into_iter().map(move |cell_type| row(split, cell_type));
    NoiseCeiling {
        source: "the noise-free signal of the simulation".to_owned(),
        rows: options.splits.iter().flat_map(rows).collect(),
        ..NoiseCeiling::default()
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::PredictionRow;

    use super::*;

    #[test]
    fn ceiling_of_replicates_without_a_scored_gene_returns_error() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("replicates.tsv");
        let rows: String = (0..20).map(|row| format!("T{row}\t{row}\n")).collect();
        std::fs::write(&path, format!("transcript_id\tK562\n{rows}")).expect("written");
        let row = |gene: u32| PredictionRow {
            gene_id: format!("ENSG{gene:011}"),
            gene_name: None,
            cell_type: "K562".to_owned(),
            split: Split::Test,
            measured: f64::from(gene),
            predicted: f64::from(gene),
            model: "m".to_owned(),
        };
        let table = PredictionTable::new((0..20).map(row).collect()).expect("a table");
        let source = NoiseCeilingSource::Replicates(ExpressionConfig::from(&path));
        let options = EvaluateOptions { resamples: 10, ..EvaluateOptions::default() };
        let message = source.ceiling(&table, &options).expect_err("no gene in common").to_string();
        assert!(message.contains("ENSG00000000000") && message.contains("T0, T1, T2"), "{message}");
    }
}
