//! What bounds a score from above: a second laboratory, or the truth behind a simulation.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tatabox_dataset::{ExpressionTable, PredictionTable, PreparedDataset, SimulationTruth, Split};
use tatabox_eval::{NoiseCeilingRow, Estimate, EvaluateOptions, NoiseCeiling, noise_ceiling};

/// Where a ceiling comes from.
pub(crate) enum CeilingSource {
    /// A second measurement of the same cell types.
    Replicates(PathBuf),
    /// A simulation, which knows the noise that was added.
    Simulation(SimulationTruth),
}

impl CeilingSource {
    /// The replicates that the user names, else the truth behind simulated data.
    pub(crate) fn choose(replicates: Option<&Path>, dataset: Option<&PreparedDataset>) -> Option<Self> {
        let simulation = dataset.and_then(|dataset| dataset.manifest().simulated.clone());
        replicates.map(|path| Self::Replicates(path.to_owned())).or_else(|| simulation.map(Self::Simulation))
    }

    /// The ceiling of the scored cell types.
    pub(super) fn ceiling(&self, table: &PredictionTable, options: &EvaluateOptions) -> Result<NoiseCeiling> {
        match self {
            Self::Replicates(path) => {
                let replicates = ExpressionTable::read(path)?;
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                noise_ceiling(table, &replicates, &name, options)
                    .with_context(|| format!("cannot use the replicates in {}", path.display()))
            }
            Self::Simulation(note) => Ok(best_reachable(table, note, options)),
        }
    }
}

/// Correlation of the simulated signal with what was measured, noise included, over all genes of the simulation.
fn best_reachable(table: &PredictionTable, note: &SimulationTruth, options: &EvaluateOptions) -> NoiseCeiling {
    let row = |split: Split, cell_type: String| {
        let best = note.best_reachable_pearson.get(&cell_type).copied();
        NoiseCeilingRow {
            split,
            replicate: cell_type.clone(),
            cell_type,
            n: note.genes as usize,
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
