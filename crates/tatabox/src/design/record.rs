//! Origin of designs: `run.json`.

use serde::Serialize;
use tatabox_model::DesignSearch;

use super::CAUTION;
use super::designs::{DesignedPromoter, Designs};
use super::request::DesignRequest;
use crate::model_store::Model;

/// Version, model, request and outcome of a run.
#[derive(Debug, Serialize)]
pub(super) struct DesignRecord {
    tatabox_version: &'static str,
    command: Vec<String>,
    seed: u64,
    model: String,
    /// SHA-256 of the model's SHA256SUMS, where it has one.
    model_checksum: Option<String>,
    /// Whether the model was trained on simulated data.
    simulated: bool,
    extent: String,
    targets: Vec<String>,
    max_edits: usize,
    search: SearchRecord,
    /// Positions relative to the TSS, half-open.
    protected_bp: Vec<(i64, i64)>,
    protected_motifs: Vec<String>,
    gc: Option<[f64; 2]>,
    max_homopolymer: Option<usize>,
    windows_predicted: u64,
    starts: usize,
    starts_without_better_sequence: usize,
    designs_outside_limits: usize,
    caution: [&'static str; 3],
}

#[derive(Debug, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
enum SearchRecord {
    Greedy,
    Beam { width: usize },
    Genetic { population: usize, generations: usize, mutation_rate: f64, crossover: f64 },
}

impl DesignRecord {
    pub(super) fn new(request: &DesignRequest, command: Vec<String>, model: &Model, designs: &Designs) -> Self {
        let search = match &request.search {
            DesignSearch::Greedy => SearchRecord::Greedy,
            DesignSearch::Beam { width } => SearchRecord::Beam { width: *width },
            DesignSearch::Genetic(options) => SearchRecord::Genetic {
                population: options.population,
                generations: options.generations,
                mutation_rate: options.mutation_rate,
                crossover: options.crossover,
            },
        };
        let count = |is: fn(&DesignedPromoter) -> bool| designs.designs.iter().filter(|promoter| is(promoter)).count();
        Self {
            tatabox_version: env!("CARGO_PKG_VERSION"),
            command,
            seed: request.seed,
            model: model.name().to_owned(),
            model_checksum: model.checksum(),
            simulated: model.is_simulated(),
            extent: model.extent().to_string(),
            targets: request.targets.iter().map(ToString::to_string).collect(),
            max_edits: request.max_edits,
            search,
            protected_bp: request.protected.iter().map(|range| (range.from_bp, range.to_bp)).collect(),
            protected_motifs: request.protected_motifs.clone(),
            gc: request.limits.gc.as_ref().map(|range| [*range.start(), *range.end()]),
            max_homopolymer: request.limits.longest_run,
            windows_predicted: designs.windows,
            starts: designs.designs.len(),
            starts_without_better_sequence: count(|promoter| promoter.design.steps.is_empty()),
            designs_outside_limits: count(|promoter| !promoter.keeps_limits),
            caution: CAUTION,
        }
    }
}
