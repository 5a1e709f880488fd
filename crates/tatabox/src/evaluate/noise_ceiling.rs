//! Upper bound of a score: a second laboratory, or the noise of a simulation.

use std::path::PathBuf;

use tatabox_dataset::{ExpressionConfig, ExpressionTable, PredictionTable, PreparedDataset, SimulationTruth, Split};
use tatabox_eval::{Estimate, EvaluateOptions, NoiseCeiling, NoiseCeilingRow, noise_ceiling};

use crate::error::{Context, Result};

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
                noise_ceiling(table, &replicates, &name, options)
                    .with_context(|| format!("cannot use the replicates in {}", path.display()))
            }
            Self::Simulation(simulation) => Ok(of_simulation(table, simulation, options)),
        }
    }
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
