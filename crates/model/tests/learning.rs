//! Training on a small simulated data set: reproducibility, resuming and prediction.

#[path = "learning/assays.rs"]
mod assays;
#[path = "learning/auxiliary_inputs.rs"]
mod auxiliary_inputs;
#[path = "learning/effect_background.rs"]
mod effect_background;
#[path = "learning/ensembles.rs"]
mod ensembles;
#[path = "learning/explanations.rs"]
mod explanations;
#[path = "learning/transfer.rs"]
mod transfer;

use std::ops::ControlFlow;
use std::path::Path;

use tatabox_dataset::{
    AttentionExamples, Extent, PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate,
};
use tatabox_model::{
    Architecture, DeviceChoice, EpochRecord, GeneSelection, KmerSearch, ModelError, NetworkConfig, Precision,
    Predictor, Preset, RunDirectory, RunRecord, Start, TrainedModel, TrainingConfig, TrainingData, TrainingEvent,
    attention_examples, cpu, default_extent, train,
};
use tatabox_sequence::WindowGeometry;

fn simulated(folder: &Path) -> PreparedDataset {
    let geometry = WindowGeometry::new(80, 40).expect("valid geometry");
    let simulation = folder.join("simulation");
    let config = SimulateConfig { genes: 240, geometry, ..SimulateConfig::default() };
    simulate(&config, &simulation).expect("simulates");
    let mut config = PrepareConfig::new(simulation.join("expression.tsv"), folder.join("data"), geometry);
    config.promoters = Some(simulation.join("promoters.fa"));
    config.seed = 42;
    prepare(&config, &mut |_| {}).expect("prepares");
    PreparedDataset::open(&folder.join("data")).expect("opens")
}

fn config(dataset: &PreparedDataset, epochs: usize) -> TrainingConfig {
    let cell_types = vec!["K562".to_owned(), "HepG2".to_owned()];
    let extent: Extent = default_extent(dataset, 0.8);
    let data = TrainingData {
        name: dataset.name().to_owned(),
        checksum: dataset.checksum().to_owned(),
        geometry: dataset.geometry(),
        extent,
        simulated: true,
    };
    let network = NetworkConfig::preset(Preset::Small, extent.total_bp() as usize, cell_types.len());
    TrainingConfig::new(network, cell_types, data).with_epochs(epochs).with_batch_size(32).with_learning_rate(3e-3)
}

fn record() -> RunRecord {
    RunRecord {
        tatabox_version: "test".to_owned(),
        burn_version: "test".to_owned(),
        seed: 42,
        device: "cpu".to_owned(),
        threads: 1,
        platform: "test".to_owned(),
        ..RunRecord::default()
    }
}

/// Trains until the end, or until `stop` returns true.
fn run(
    dataset: &PreparedDataset,
    run: &RunDirectory,
    start: Start,
    stop: &dyn Fn(&TrainingEvent) -> bool,
) -> Result<(), ModelError> {
    run_config(dataset, &config(dataset, 4), run, start, stop)
}

fn run_config(
    dataset: &PreparedDataset,
    config: &TrainingConfig,
    run: &RunDirectory,
    start: Start,
    stop: &dyn Fn(&TrainingEvent) -> bool,
) -> Result<(), ModelError> {
    let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    let mut observer =
        |event: TrainingEvent| if stop(&event) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    train(dataset, config, run, start, &device, record(), &mut observer).map(|_| ())
}

fn file(run: &RunDirectory, name: &str) -> Vec<u8> {
    std::fs::read(run.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn train_same_seed_or_resumed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");

    let whole = RunDirectory::new(&models, "whole");
    run(&dataset, &whole, Start::New, &|_| false).expect("trains");
    let again = RunDirectory::new(&models, "again");
    run(&dataset, &again, Start::New, &|_| false).expect("trains");

    // Interrupted in the middle of the third epoch: the second is the last complete one.
    let interrupted = RunDirectory::new(&models, "interrupted");
    let in_third_epoch =
        |event: &TrainingEvent| matches!(event, TrainingEvent::Step { epoch: 3, windows, .. } if *windows > 60);
    let error = run(&dataset, &interrupted, Start::New, &in_third_epoch).expect_err("interrupted");
    assert!(matches!(error, ModelError::Interrupted { epoch: 2 }), "{error}");
    assert!(!interrupted.path().exists(), "an unfinished run does not carry its final name");
    run(&dataset, &interrupted, Start::Resume, &|_| false).expect("resumes");

    for name in ["weights.safetensors", "history.csv", "metrics.json", "transform.json", "config.json"] {
        assert!(file(&whole, name) == file(&again, name), "{name} differs between two runs of one seed");
        assert!(file(&whole, name) == file(&interrupted, name), "{name} differs after a resume");
    }
}

#[test]
fn train_every_architecture_resumes_and_predicts() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    for architecture in Architecture::ALL.into_iter().filter(|&architecture| architecture != Architecture::Hybrid) {
        let mut config = config(&dataset, 2);
        config.network = config.network.with_architecture(architecture);
        let whole = RunDirectory::new(&models, &format!("{architecture}-whole"));
        run_config(&dataset, &config, &whole, Start::New, &|_| false).expect("trains");
        let interrupted = RunDirectory::new(&models, &format!("{architecture}-cut"));
        let after_first_epoch = |event: &TrainingEvent| matches!(event, TrainingEvent::Epoch { .. });
        run_config(&dataset, &config, &interrupted, Start::New, &after_first_epoch).expect_err("interrupted");
        run_config(&dataset, &config, &interrupted, Start::Resume, &|_| false).expect("resumes");
        for name in ["weights.safetensors", "history.csv", "metrics.json", "config.json"] {
            assert!(file(&whole, name) == file(&interrupted, name), "{architecture}: {name} differs after a resume");
        }

        let predictor = Predictor::new(TrainedModel::load(whole.path(), &cpu()).expect("loads"), &device);
        let predictions = predictor.predict_split(&dataset, Split::Test, "m", &mut |_, _| {}).expect("predicts");
        assert!(predictions.rows.iter().all(|row| row.predicted.is_finite()), "{architecture}");
        let genes = &predictions.selection.genes;
        let examples = attention_examples(&predictor, &dataset, genes, &predictions.windows, &KmerSearch::default());
        let examples = examples.expect("no attention, no examples");
        assert_eq!(examples != AttentionExamples::default(), architecture.has_attention(), "{architecture}");
    }
}

#[test]
fn predict_split_genes_and_edited_genes_agree() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let finished = RunDirectory::new(&folder.path().join("models"), "small");
    run_config(&dataset, &config(&dataset, 1), &finished, Start::New, &|_| false).expect("trains");
    let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    let predictor = Predictor::new(TrainedModel::load(finished.path(), &cpu()).expect("loads"), &device);

    let split = predictor.predict_split(&dataset, Split::Test, "m", &mut |_, _| {}).expect("predicts");
    let genes = &split.selection.genes;
    assert_eq!(
        GeneSelection::of_genes(&dataset, genes, predictor.extent(), predictor.auxiliary_inputs()).genes,
        *genes
    );
    let listed = predictor.predict_genes(&dataset, genes, "m", &mut |_, _| {}).expect("predicts");
    assert_eq!((&listed.rows, &listed.windows), (&split.rows, &split.windows));
    let unedited = predictor.predict_genes_edited(&dataset, genes, "m", &|_, _| {}, &mut |_, _| {}).expect("predicts");
    assert_eq!(unedited, split.rows);

    let examples = attention_examples(&predictor, &dataset, genes, &split.windows, &KmerSearch::default());
    let tracks = examples.expect("attention").tracks;
    assert_eq!(tracks.len(), 3);
    assert!(tracks[0].measured >= tracks[1].measured && tracks[1].measured >= tracks[2].measured);
    for track in tracks {
        assert_eq!(track.sequence.len(), track.weights.len() * track.bin_bp as usize);
        assert!((track.weights.iter().sum::<f64>() - 1.0).abs() < 1e-5);
    }

    // The window of one gene is reversed: only its rows change.
    let gene = genes[2];
    let reverse = |edited: usize, window: &mut [u8]| {
        if edited == gene {
            window.reverse();
        }
    };
    let edited = predictor.predict_genes_edited(&dataset, genes, "m", &reverse, &mut |_, _| {}).expect("predicts");
    for (edited, row) in edited.iter().zip(&split.rows) {
        let is_reversed = row.gene_id == dataset.genes()[gene].gene_id;
        assert_eq!((edited.predicted - row.predicted).abs() > 1e-6, is_reversed, "{}", row.gene_id);
        assert!((edited.measured - row.measured).abs() < f64::EPSILON);
    }
}

#[test]
fn load_damaged_weights_returns_error() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let finished = RunDirectory::new(&folder.path().join("models"), "small");
    run(&dataset, &finished, Start::New, &|_| false).expect("trains");
    let model = TrainedModel::load(finished.path(), &cpu()).expect("loads");
    assert_eq!(model.transform.cell_types, ["K562", "HepG2"]);
    assert!(model.metrics.is_some_and(|metrics| metrics.validation_pearson.is_finite()));

    let error = run(&dataset, &finished, Start::New, &|_| false).expect_err("the name exists");
    assert!(matches!(error, ModelError::RunExists { .. }), "{error}");

    let weights = finished.path().join("weights.safetensors");
    let mut bytes = std::fs::read(&weights).expect("weights");
    *bytes.last_mut().expect("not empty") ^= 1;
    std::fs::write(&weights, bytes).expect("written");
    let error = TrainedModel::load(finished.path(), &cpu()).expect_err("damaged");
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[test]
fn resume_with_another_configuration_returns_error() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let interrupted = RunDirectory::new(&folder.path().join("models"), "interrupted");
    let after_first_epoch = |event: &TrainingEvent| matches!(event, TrainingEvent::Epoch { .. });
    run(&dataset, &interrupted, Start::New, &after_first_epoch).expect_err("interrupted");
    let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    let other = config(&dataset, 4).with_learning_rate(1e-4);
    let error =
        train(&dataset, &other, &interrupted, Start::Resume, &device, record(), &mut |_| ControlFlow::Continue(()))
            .expect_err("other options");
    assert!(matches!(error, ModelError::CannotResume { .. }), "{error}");
}

#[test]
fn train_over_an_unfinished_run_requires_replace() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let run_directory = RunDirectory::new(&folder.path().join("models"), "interrupted");
    let after_first_epoch = |event: &TrainingEvent| matches!(event, TrainingEvent::Epoch { .. });
    run(&dataset, &run_directory, Start::New, &after_first_epoch).expect_err("interrupted");
    let history = run_directory.partial_path().join("history.csv");
    let before = std::fs::read(&history).expect("history");
    let error = run(&dataset, &run_directory, Start::New, &|_| false).expect_err("unfinished");
    assert!(matches!(error, ModelError::UnfinishedRun { .. }), "{error}");
    assert_eq!(std::fs::read(&history).expect("history"), before);
    run(&dataset, &run_directory, Start::Replace, &|_| false).expect("starts over");
    assert!(run_directory.path().is_dir() && !run_directory.partial_path().exists());
}

#[test]
fn resume_from_a_damaged_checkpoint_returns_error() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let run_directory = RunDirectory::new(&folder.path().join("models"), "interrupted");
    let after_first_epoch = |event: &TrainingEvent| matches!(event, TrainingEvent::Epoch { .. });
    run(&dataset, &run_directory, Start::New, &after_first_epoch).expect_err("interrupted");
    let network = run_directory.partial_path().join("checkpoint-00001/network.bpk");
    let saved = std::fs::read(&network).expect("a checkpoint");
    let mut flipped = saved.clone();
    flipped[saved.len() / 2] ^= 16;
    for damaged in [&flipped[..], &saved[..saved.len() / 2], &[]] {
        std::fs::write(&network, damaged).expect("written");
        let error = run(&dataset, &run_directory, Start::Resume, &|_| false).expect_err("damaged");
        assert!(matches!(&error, ModelError::DamagedCheckpoint { path, .. } if *path == network), "{error}");
    }
    std::fs::write(&network, saved).expect("written");
    run(&dataset, &run_directory, Start::Resume, &|_| false).expect("undamaged");
}

#[test]
fn train_cell_type_with_few_measured_genes_is_named() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    // HepG2 is measured in three train genes and in all others.
    let mut measured = 0;
    let mut table = "gene_id\tK562\tHepG2\n".to_owned();
    for (gene, entry) in dataset.genes().iter().enumerate() {
        let is_measured = entry.split != Split::Train || measured < 3;
        measured += usize::from(entry.split == Split::Train);
        let value = if is_measured { (gene % 9).to_string() } else { String::new() };
        table.extend([&*entry.gene_id, "\t", &(gene % 7).to_string(), "\t", &value, "\n"]);
    }
    let path = folder.path().join("few.tsv");
    std::fs::write(&path, table).expect("written");
    let (dataset, _) = dataset.expression_view(&path).expect("a view");
    let run_directory = RunDirectory::new(&folder.path().join("models"), "few");
    let error = run(&dataset, &run_directory, Start::New, &|_| false).expect_err("three genes");
    let message = error.to_string();
    assert!(message.starts_with("the train split has 3 usable genes; at least 8 are required"), "{message}");
    assert!(message.ends_with("more have no measurement in cell type HepG2"), "{message}");
    assert!(!run_directory.partial_path().exists());
}

/// Epochs of a run of `config` on the CPU, used as `devices` devices.
fn trained(dataset: &PreparedDataset, config: &TrainingConfig, run: &RunDirectory, devices: usize) -> Vec<EpochRecord> {
    let mut device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    device.others = vec![cpu(); devices - 1];
    let start = if run.path().exists() { Start::Replace } else { Start::New };
    let mut observer = |_: TrainingEvent| ControlFlow::Continue(());
    train(dataset, config, run, start, &device, record(), &mut observer).expect("trains").history
}

#[test]
fn train_on_several_devices_equals_one() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let mut config = config(&dataset, 2);
    // Each device would use different dropout masks.
    (config.network.trunk_dropout, config.network.head_dropout) = (0.0, 0.0);
    let run = RunDirectory::new(folder.path(), "run");
    let alone = trained(&dataset, &config, &run, 1);
    for devices in [2, 3] {
        let shared = trained(&dataset, &config, &run, devices);
        for (alone, shared) in alone.iter().zip(&shared) {
            assert!((alone.train_loss - shared.train_loss).abs() < 1e-4, "{alone:?} and {shared:?}");
            assert!((alone.validation_loss - shared.validation_loss).abs() < 1e-4, "{alone:?} and {shared:?}");
        }
    }
    assert_eq!(trained(&dataset, &config, &run, 2), trained(&dataset, &config, &run, 2));
}

#[test]
fn train_in_half_precision_reaches_a_similar_loss() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let run = RunDirectory::new(folder.path(), "run");
    let mut config = config(&dataset, 2);
    let full = trained(&dataset, &config, &run, 1);
    for precision in [Precision::Bf16, Precision::F16] {
        config.precision = Some(precision);
        let reduced = trained(&dataset, &config, &run, 1);
        assert_ne!(reduced, full, "{precision} has other rounding errors");
        for (reduced, full) in reduced.iter().zip(&full) {
            assert!((reduced.train_loss - full.train_loss).abs() < 0.03, "{precision}: {reduced:?} and {full:?}");
            assert!((reduced.validation_loss - full.validation_loss).abs() < 0.03, "{precision}: {reduced:?}");
        }
    }
}
