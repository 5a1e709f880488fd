//! Upper bound of a score: a second laboratory, or the noise of a simulation.

use std::path::{Path, PathBuf};

use tatabox_dataset::{
    ExpressionConfig, ExpressionTable, LOW_AGREEMENT, PredictionTable, PreparedDataset, SimulationTruth, Split,
};
use tatabox_eval::{Estimate, EvaluateOptions, NoiseCeiling, NoiseCeilingRow, noise_ceiling};
use tatabox_sequence::counted;

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

/// Warning of replicates that agree poorly with the measurements, so that no model can be expected to score well.
pub(super) fn low_agreement(ceiling: &NoiseCeiling) -> Option<String> {
    let is_low = |row: &&NoiseCeilingRow| row.pearson.value.is_some_and(|r| r < LOW_AGREEMENT);
    let low: Vec<String> = ceiling
        .rows
        .iter()
        .filter(is_low)
        .map(|row| {
            format!("{} ({:.2} on {})", row.cell_type, row.pearson.value.unwrap_or(f64::NAN), counted(row.n, "gene"))
        })
        .collect();
    (!low.is_empty()).then(|| {
        format!(
            "{}: the replicates agree poorly with the measurements, Pearson below {LOW_AGREEMENT} in {}; check that cell types, \
             genes and scale are the same",
            ceiling.source,
            low.join(", ")
        )
    })
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
    fn low_agreement_names_cell_types_and_values() {
        let row = |cell_type: &str, pearson| NoiseCeilingRow {
            split: Split::Test,
            replicate: cell_type.to_owned(),
            cell_type: cell_type.to_owned(),
            n: 40,
            n_without_replicate: 0,
            pearson: Estimate { value: pearson, ..Estimate::default() },
            spearman: Estimate::default(),
        };
        let ceiling = |rows| NoiseCeiling { source: "r.tsv".to_owned(), rows, ..NoiseCeiling::default() };
        assert_eq!(low_agreement(&ceiling(vec![row("K562", Some(0.9)), row("HepG2", None)])), None);
        let warning = low_agreement(&ceiling(vec![row("K562", Some(0.9)), row("HepG2", Some(0.153))])).expect("low");
        assert!(warning.contains("r.tsv: ") && warning.contains("below 0.5 in HepG2 (0.15 on 40 genes);"), "{warning}");
    }

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
