//! What was asked for and what came of it: `run.json`.

use serde::Serialize;
use tatabox_dataset::sha256_file;
use tatabox_model::DesignSearch;

use super::FinishedDesign;
use crate::args::{DesignArgs, DesignPlan};
use crate::run_record;
use tatabox::Model;

/// What designs are worth; printed and written with them.
pub(super) const CAUTION: [&str; 3] = [
    "designs are what the network likes: far from natural sequence its predictions are not to be trusted, and networks \
     of this kind often get the direction of single variants wrong (Huang et al. 2023, \
     https://doi.org/10.1038/s41588-023-01574-w; Sasse et al. 2023, https://doi.org/10.1038/s41588-023-01524-6)",
    "cell types without a target were not held; see off_target in designs.tsv",
    "verify designs by experiment",
];

/// See the module.
#[derive(Debug, Serialize)]
pub(super) struct DesignRecord {
    tatabox_version: &'static str,
    /// The command as typed.
    command: Vec<String>,
    seed: u64,
    model: String,
    /// SHA-256 of the model's SHA256SUMS, where it has one.
    model_checksum: Option<String>,
    /// Whether the model was trained on simulated data.
    simulated: bool,
    extent: String,
    targets: Vec<String>,
    most_edits: usize,
    search: SearchRecord,
    /// Positions relative to the TSS, the end left out.
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
    pub(super) fn new(
        args: &DesignArgs,
        plan: &DesignPlan,
        model: &Model,
        windows_predicted: u64,
        designs: &[FinishedDesign],
    ) -> Self {
        let search = match &plan.search {
            DesignSearch::Greedy => SearchRecord::Greedy,
            DesignSearch::Beam { width } => SearchRecord::Beam { width: *width },
            DesignSearch::Genetic(options) => SearchRecord::Genetic {
                population: options.population,
                generations: options.generations,
                mutation_rate: options.mutation_rate,
                crossover: options.crossover,
            },
        };
        let count = |is: fn(&FinishedDesign) -> bool| designs.iter().filter(|design| is(design)).count();
        Self {
            tatabox_version: env!("CARGO_PKG_VERSION"),
            command: run_record::command(),
            seed: plan.seed,
            model: model.name().to_owned(),
            model_checksum: sha256_file(&model.folder().join("SHA256SUMS")).ok(),
            simulated: model.is_simulated(),
            extent: model.predictor().extent().to_string(),
            targets: args.targets.iter().map(ToString::to_string).collect(),
            most_edits: plan.most_edits,
            search,
            protected_bp: plan.protected.clone(),
            protected_motifs: plan.protected_motifs.clone(),
            gc: plan.limits.gc.as_ref().map(|range| [*range.start(), *range.end()]),
            max_homopolymer: plan.limits.longest_run,
            windows_predicted,
            starts: designs.len(),
            starts_without_better_sequence: count(|design| design.design.steps.is_empty()),
            designs_outside_limits: count(|design| !design.keeps_limits),
            caution: CAUTION,
        }
    }
}
