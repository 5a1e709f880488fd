//! Demonstration of the whole tool: simulated promoters, a network, its evaluation, its motifs and explanations.
//!
//! The truth of a simulation is known, so that every result can be compared with it: the upper bound of the correlation, and
//! the motifs that determine expression.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tatabox_baselines::Baseline;
use tatabox_dataset::simulate::{MOTIFS_FILE, meme_name};
use tatabox_dataset::{PreparedDataset, SimulateConfig, SimulationTruth};
use tatabox_eval::Interval;
use tatabox_model::{DEFAULT_SEED, Start, TrainingSettings};

use crate::comparators::{Comparator, ComparatorChoice};
use crate::error::{Error, Result};
use crate::evaluate::{self, EvaluateRequest, Evaluation, EvaluationSettings};
use crate::explain::{self, ExplainFolderRequest, MotifSearch};
use crate::inputs::PromoterSource;
use crate::model_store::Model;
use crate::motifs::{self, AblationOptions, FilterMotifs, MotifDatabase, MotifsOutput, MotifsRequest};
use crate::observer::Observer;
use crate::output_folder::check_empty;
use crate::simulate::{self, SimulateRequest};
use crate::train::{self, NameSelection, SettingsFile, TrainRequest, Trained};

/// Simulated genes. With fewer, the network scores less than 90% of the upper bound.
const GENES: u32 = 10_000;
/// Cell types of the network; a separate motif is active in each.
const CELL_TYPES: [&str; 2] = ["K562", "HepG2"];
const EPOCHS: usize = 12;
/// Settings for sparse motifs in random sequence.
const SETTINGS: &str = include_str!("demo/settings.json");
/// Resamples of each bootstrap interval.
const RESAMPLES: u32 = 500;
/// Largest q-value of a filter that matches a planted motif.
const MAX_Q_VALUE: f64 = 0.05;
/// Explained promoters per cell type.
const EXPLAINED: usize = 2;
const MODEL: &str = "demo";

/// Output folder and seed of a demonstration.
///
/// # Examples
///
/// ```
/// use tatabox::demo::DemoRequest;
///
/// let request = DemoRequest::new("tatabox-demo");
/// assert_eq!(request.report(), std::path::Path::new("tatabox-demo/evaluation/report.html"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoRequest {
    /// Folder of all results.
    pub out_dir: PathBuf,
    /// Seed of the simulation and the training.
    pub seed: u64,
    /// Whether the results of an earlier demonstration are replaced.
    pub overwrite: bool,
    /// Command as typed, for the records.
    pub command: Vec<String>,
}

impl DemoRequest {
    /// A demonstration with the default seed in a new folder.
    pub fn new(out_dir: impl Into<PathBuf>) -> Self {
        Self { out_dir: out_dir.into(), seed: DEFAULT_SEED, overwrite: false, command: Vec::new() }
    }

    /// The report.
    pub fn report(&self) -> PathBuf {
        self.out_dir.join("evaluation/report.html")
    }
}

/// Results of a demonstration, compared with the known truth.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Demo {
    /// Always true: no number says anything about real genes.
    pub simulated: bool,
    /// Genes trained on.
    pub train_genes: usize,
    /// Genes scored.
    pub test_genes: usize,
    /// Mean Pearson correlation of the network over the cell types, on test genes.
    pub pearson: DemoScore,
    /// That of a ridge regression on k-mers.
    pub kmer_ridge_pearson: DemoScore,
    /// Mean over the cell types of the best Pearson correlation that any model can reach.
    pub best_reachable_pearson: f64,
    /// Planted motifs that are active in the cell types.
    pub motifs: Vec<PlantedMotif>,
    /// Report of the evaluation.
    pub report: PathBuf,
    /// Folder of the figures of explained promoters.
    pub explanations: PathBuf,
}

/// Score with its 95% interval over genes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DemoScore {
    /// The score.
    pub value: f64,
    /// Its interval.
    pub interval: Option<Interval>,
}

/// Planted motif, and whether a filter of the network matches it at q < 0.05.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlantedMotif {
    /// Name of the motif.
    pub name: String,
    /// Whether a filter matches it.
    pub is_found: bool,
}

impl Demo {
    /// Score of the network as a fraction of the best that any model can reach.
    pub fn fraction_of_best(&self) -> f64 {
        self.pearson.value / self.best_reachable_pearson
    }
}

impl fmt::Display for Demo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "SIMULATED promoters: the numbers say nothing about real genes")?;
        writeln!(formatter, "Pearson on {} test genes, mean of {}:", self.test_genes, CELL_TYPES.join(" and "))?;
        let percent = 100.0 * self.fraction_of_best();
        writeln!(formatter, "  network       {}, {percent:.0}% of the upper bound", self.pearson)?;
        writeln!(formatter, "  k-mer ridge   {}", self.kmer_ridge_pearson)?;
        writeln!(formatter, "  upper bound   {:.3}", self.best_reachable_pearson)?;
        let (found, missed): (Vec<&PlantedMotif>, Vec<&PlantedMotif>) =
            self.motifs.iter().partition(|motif| motif.is_found);
        let names =
            |motifs: &[&PlantedMotif]| motifs.iter().map(|motif| motif.name.clone()).collect::<Vec<_>>().join(", ");
        let (count, planted) = (found.len(), self.motifs.len());
        writeln!(formatter, "{count} of {planted} planted motifs are among the filters: {}", names(&found))?;
        if !missed.is_empty() {
            writeln!(formatter, "  not found     {}", names(&missed))?;
        }
        writeln!(formatter, "report          {}", self.report.display())?;
        writeln!(formatter, "explanations    {}", self.explanations.display())
    }
}

impl fmt::Display for DemoScore {
    /// `0.827 [0.811, 0.842]`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}", self.value)?;
        match self.interval {
            Some(interval) => write!(formatter, " [{:.3}, {:.3}]", interval.low, interval.high),
            None => Ok(()),
        }
    }
}

/// Simulates promoters, prepares a data set, trains a network, evaluates it on test genes, compares its filters with the
/// planted motifs, and explains some promoters. It takes about a minute on two cores.
///
/// # Errors
/// The folder is not empty and `overwrite` is not set, a file cannot be written, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::demo::{self, DemoRequest};
///
/// let demo = demo::run(&DemoRequest::new("tatabox-demo"), &Silent)?;
/// assert!(demo.fraction_of_best() > 0.9);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(request: &DemoRequest, observer: &dyn Observer) -> Result<Demo> {
    if request.out_dir.is_dir() && !request.overwrite {
        check_empty(&request.out_dir)?;
    }
    observer.note(&format!("simulating {GENES} promoters with planted motifs"));
    let simulation_dir = request.out_dir.join("simulation");
    let simulate = SimulateRequest {
        config: SimulateConfig {
            genes: GENES,
            seed: request.seed,
            force: request.overwrite,
            ..SimulateConfig::default()
        },
        prepare: true,
        ..SimulateRequest::new(&simulation_dir)
    };
    let truth = simulate::run(&simulate, observer)?.truth;
    let dataset = PreparedDataset::open(&simulate.dataset_folder())?;

    let Trained::Network(trained) = train::run(&dataset, &training(request), observer)? else {
        unreachable!("the request is for one network")
    };
    let open_model = || Model::open(&trained.directory);
    let evaluation = evaluate::run(open_model()?, &dataset, &evaluation(request), observer)?;
    let model = open_model()?;
    let motif_file = simulation_dir.join(MOTIFS_FILE);
    let filters =
        motifs::run(&model, &dataset, &motif_request(request, &motif_file)?, &motif_output(request), observer)?;

    let explanations = request.out_dir.join("explained");
    let promoters = PromoterSource::Genes { names: most_different_genes(&evaluation), dataset: Box::new(dataset) };
    let mut explained = ExplainFolderRequest::new(promoters, &explanations);
    explained.explain.motifs = Some(MotifSearch::read(&motif_file)?);
    explained.output.overwrite = request.overwrite;
    explained.command.clone_from(&request.command);
    explain::run(&model, explained, observer)?;

    let best = CELL_TYPES.map(|cell_type| truth.best_reachable_pearson[cell_type]);
    let (pearson, test_genes) = score(&evaluation, MODEL)?;
    Ok(Demo {
        simulated: true,
        train_genes: trained.train_genes,
        test_genes,
        pearson,
        kmer_ridge_pearson: score(&evaluation, Baseline::KmerRidge.name())?.0,
        best_reachable_pearson: best.iter().sum::<f64>() / best.len() as f64,
        motifs: planted_motifs(&truth, &filters),
        report: request.report(),
        explanations: explanations.join("figures"),
    })
}

fn training(request: &DemoRequest) -> TrainRequest {
    let mut training = TrainRequest::new(request.out_dir.join("models"));
    training.name = Some(MODEL.to_owned());
    training.start = if request.overwrite { Start::Replace } else { Start::New };
    training.command.clone_from(&request.command);
    training.options.cell_types = NameSelection::Only(CELL_TYPES.map(str::to_owned).to_vec());
    training.options.epochs = EPOCHS;
    training.options.seed = request.seed;
    let settings: TrainingSettings = serde_json::from_str(SETTINGS).expect("the settings are valid JSON");
    training.options.settings = Some(SettingsFile { path: "settings of the demonstration".into(), settings });
    training
}

fn evaluation(request: &DemoRequest) -> EvaluateRequest {
    let baselines = [Baseline::KmerRidge, Baseline::TrainMean];
    EvaluateRequest {
        settings: EvaluationSettings {
            resamples: RESAMPLES,
            seed: request.seed,
            out_dir: Some(request.out_dir.join("evaluation")),
            overwrite: request.overwrite,
            command: request.command.clone(),
            ..EvaluationSettings::default()
        },
        comparators: baselines.map(|baseline| ComparatorChoice::One(Comparator::Baseline(baseline))).to_vec(),
        cache: None,
    }
}

fn motif_request(request: &DemoRequest, motif_file: &Path) -> Result<MotifsRequest> {
    Ok(MotifsRequest {
        database: Some(MotifDatabase::read(motif_file)?),
        ablation: AblationOptions { max_genes: 0, ..AblationOptions::default() },
        seed: request.seed,
        ..MotifsRequest::default()
    })
}

fn motif_output(request: &DemoRequest) -> MotifsOutput {
    let mut output = MotifsOutput::new(request.out_dir.join("motifs"));
    output.overwrite = request.overwrite;
    output.command.clone_from(&request.command);
    output
}

/// Mean score of a model over the cell types, and the number of genes.
fn score(evaluation: &Evaluation, model: &str) -> Result<(DemoScore, usize)> {
    let row = evaluation.metrics.rows.iter().find(|row| row.is_mean() && row.model == model);
    let score = row.and_then(|row| Some((row, row.pearson.value?)));
    let Some((row, value)) = score else {
        return Err(Error::input(format!("{model} has no Pearson correlation with the simulated expression")));
    };
    Ok((DemoScore { value, interval: row.pearson.interval }, row.n))
}

/// Planted motifs that are active in the cell types of the network.
fn planted_motifs(truth: &SimulationTruth, filters: &FilterMotifs) -> Vec<PlantedMotif> {
    let is_found = |name: &str| {
        let matches = |filter| filters.best_match_name(filter) == Some(name);
        let q_value = |filter: &motifs::FilterMotif| filter.matches.first().map_or(1.0, |best| best.q_value);
        filters.filters.iter().any(|filter| matches(filter) && q_value(filter) < MAX_Q_VALUE)
    };
    let is_active =
        |cell_type: &Option<String>| cell_type.as_deref().is_none_or(|cell_type| CELL_TYPES.contains(&cell_type));
    let active = truth.motifs.iter().filter(|motif| is_active(&motif.cell_type));
    active.map(|motif| PlantedMotif { name: motif.name.clone(), is_found: is_found(&meme_name(&motif.name)) }).collect()
}

/// Test genes with the largest predicted differences between the two cell types, in either direction.
fn most_different_genes(evaluation: &Evaluation) -> Vec<String> {
    let [first, second] = CELL_TYPES.map(|cell_type| evaluation.table.select(MODEL, cell_type));
    let differences = first.predicted.iter().zip(&second.predicted).map(|(first, second)| first - second);
    let mut genes: Vec<(&String, f64)> = first.gene_ids.iter().zip(differences).collect();
    genes.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
    let ends = genes.iter().take(EXPLAINED).chain(genes.iter().rev().take(EXPLAINED));
    ends.map(|(gene, _)| (*gene).clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Silent;

    #[test]
    fn demo_refuses_a_folder_with_other_files() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("mine.txt"), "").expect("written");
        let error = run(&DemoRequest::new(folder.path()), &Silent).expect_err("not empty");
        assert!(error.to_string().contains("is not empty"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    }

    #[test]
    fn demo_settings_are_those_of_the_repository() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/settings/simulated.json");
        let settings: TrainingSettings = serde_json::from_str(SETTINGS).expect("valid");
        assert_eq!(settings, TrainingSettings::read(&path).expect("readable"));
    }

    #[test]
    fn demo_text_names_found_and_missed_motifs() {
        let score = |value| DemoScore { value, interval: None };
        let motif = |name: &str, is_found| PlantedMotif { name: name.to_owned(), is_found };
        let demo = Demo {
            simulated: true,
            train_genes: 7_000,
            test_genes: 1_500,
            pearson: score(0.81),
            kmer_ridge_pearson: score(0.6),
            best_reachable_pearson: 0.9,
            motifs: vec![motif("CRE", true), motif("GATA1", false)],
            report: "d/report.html".into(),
            explanations: "d/figures".into(),
        };
        let text = demo.to_string();
        for part in [
            "0.810, 90% of the upper bound",
            "1 of 2 planted motifs are among the filters: CRE\n",
            "not found     GATA1",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
