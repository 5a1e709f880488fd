//! Attributions of a network trained on planted motifs.

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate};
use tatabox_model::{
    DeviceChoice, IntegratedGradients, Predictor, RunDirectory, Start, TrainedModel, TrainingSettings, cpu,
};
use tatabox_sequence::WindowGeometry;

use super::{config, run_config};

const UPSTREAM_BP: i64 = 150;

/// Degenerate motif (YYANWYY) that requires more genes than a test can train on.
const HARD_MOTIF: &str = "initiator";

/// Start and end of each planted, bound site that acts in every cell type, by gene.
fn planted_sites(simulation: &Path) -> BTreeMap<String, Vec<(i64, i64)>> {
    let text = std::fs::read_to_string(simulation.join("motif_sites.tsv")).expect("written by the simulation");
    let mut sites: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        // gene_id, motif, cell_type, start_bp, end_bp, strand, sequence, occupancy, planted
        let fields: Vec<&str> = line.split('\t').collect();
        let occupancy: f64 = fields[7].parse().expect("a number");
        let acts_everywhere = fields[2].is_empty();
        if fields[8] == "true" && acts_everywhere && fields[1] != HARD_MOTIF && occupancy > 0.5 {
            let bp = |field: &str| field.parse::<i64>().expect("a position");
            sites.entry(fields[0].to_owned()).or_default().push((bp(fields[3]), bp(fields[4])));
        }
    }
    sites
}

/// Area under the ROC curve: probability that a planted base has a larger value than another base, ties counted half.
fn area_under_roc(values: &[f64], is_planted: &[bool]) -> f64 {
    let of = |group: bool| values.iter().zip(is_planted).filter(move |(_, planted)| **planted == group);
    let (mut won, mut pairs) = (0.0, 0.0);
    for (planted, _) in of(true) {
        for (other, _) in of(false) {
            won += if planted > other {
                1.0
            } else if planted < other {
                0.0
            } else {
                0.5
            };
            pairs += 1.0;
        }
    }
    won / pairs
}

fn trained(folder: &Path) -> (PreparedDataset, Predictor) {
    let geometry = WindowGeometry::new(UPSTREAM_BP as u32, 50).expect("valid geometry");
    let simulation = folder.join("simulation");
    // Low noise, so that a few thousand genes suffice for training.
    let simulated = SimulateConfig { genes: 5000, geometry, noise_sd: 0.1, ..SimulateConfig::default() };
    simulate(&simulated, &simulation).expect("simulates");
    let mut prepared = PrepareConfig::new(simulation.join("expression.tsv"), folder.join("data"), geometry);
    prepared.promoters = Some(simulation.join("promoters.fa"));
    prepared.seed = 42;
    prepare(&prepared, &mut |_| {}).expect("prepares");
    let dataset = PreparedDataset::open(&folder.join("data")).expect("opens");
    let directory = RunDirectory::new(&folder.join("models"), "planted");
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/settings/simulated.json");
    let settings = TrainingSettings::read(&settings).expect("settings in the repository");
    let config = settings.apply(&config(&dataset, 12)).expect("valid settings");
    run_config(&dataset, &config, &directory, Start::New, &|_| false).expect("trains");
    let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
    (dataset, Predictor::new(TrainedModel::load(directory.path(), &cpu()).expect("loads"), &device))
}

/// Mean area under the ROC curve of planted against other bases, over the test genes that have a site.
fn area_under_roc_of_test_genes(predictor: &Predictor, dataset: &PreparedDataset, simulation: &Path) -> f64 {
    let sites = planted_sites(simulation);
    let test_genes = dataset.genes().iter().enumerate().filter(|(_, gene)| gene.split == Split::Test).take(60);
    let mut areas = Vec::new();
    for (index, gene) in test_genes {
        let Some(sites) = sites.get(&gene.gene_id) else { continue };
        let window = predictor.gene_window(dataset, index).expect("a gene");
        let effects = predictor.substitution_effects(&window, 0..window.len(), &|_| ()).expect("a window of the model");
        let strengths: Vec<f64> = (0..window.len()).map(|position| effects.importance(position, 0).abs()).collect();
        let is_planted: Vec<bool> = (-UPSTREAM_BP..)
            .take(window.len())
            .map(|position_bp| sites.iter().any(|&(start, end)| (start..end).contains(&position_bp)))
            .collect();
        areas.push(area_under_roc(&strengths, &is_planted));
    }
    assert!(areas.len() > 30, "{} genes with a site", areas.len());
    areas.iter().sum::<f64>() / areas.len() as f64
}

/// Mean fraction of the difference in prediction that integrated gradients miss.
fn completeness_delta(predictor: &Predictor, dataset: &PreparedDataset) -> f64 {
    let settings = IntegratedGradients { steps: 64, from_zeros: true, shuffles: 2, seed: 42 };
    let genes = 20;
    let deltas = (0..genes).map(|gene| {
        let window = predictor.gene_window(dataset, gene).expect("a gene");
        let attribution = predictor.integrated_gradients(&window, 0, &settings, &mut |_| ()).expect("convolutions");
        attribution.completeness.expect("integrated gradients").delta()
    });
    deltas.sum::<f64>() / genes as f64
}

#[test]
fn trained_network_recovers_planted_motifs_with_complete_gradients() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let (dataset, predictor) = trained(folder.path());
    let area = area_under_roc_of_test_genes(&predictor, &dataset, &folder.path().join("simulation"));
    assert!(area > 0.9, "area under ROC {area:.3}");
    let delta = completeness_delta(&predictor, &dataset);
    assert!(delta < 0.05, "completeness delta {delta:.4}");
}
