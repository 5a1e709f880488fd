//! Assays: outputs and rows of their own, transfers between groups of outputs, and ensembles of networks with different
//! outputs.

use std::fmt::Write as _;
use std::path::Path;

use tatabox_dataset::{
    AssayScale, PrepareConfig, PreparedDataset, SimulateConfig, Split, find_assay, prepare, simulate,
};
use tatabox_model::{
    AssayTraining, Ensemble, ModelError, Predictor, RunDirectory, Start, TrainedModel, TrainingConfig, TrainingEvent,
    TransferConfig, cpu,
};
use tatabox_sequence::WindowGeometry;

use super::{config, file, run_config};

/// Simulated genes, and 160 reporter constructs whose activity is the number of G among 60 bases.
fn with_reporters(folder: &Path) -> PreparedDataset {
    let geometry = WindowGeometry::new(80, 40).expect("valid geometry");
    let simulation = folder.join("simulation");
    simulate(&SimulateConfig { genes: 240, geometry, ..SimulateConfig::default() }, &simulation).expect("simulates");
    let mut table = "id\tsequence\tactivity\n".to_owned();
    let mut state = 7_u64;
    for row in 0..160 {
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            b"ACGT"[(state >> 33) as usize % 4] as char
        };
        let bases: String = (0..60).map(|_| letter()).collect();
        let activity = bases.matches('G').count();
        writeln!(table, "r{row}\t{bases}\t{activity}").expect("text");
    }
    let reporters = folder.join("reporters.tsv");
    std::fs::write(&reporters, table).expect("written");
    let mut config = PrepareConfig::new(simulation.join("expression.tsv"), folder.join("data"), geometry);
    config.promoters = Some(simulation.join("promoters.fa"));
    let right = "TATAAGGCTAGCATCGTACGATCGGCTAGCTTAGCTAGGA";
    let source = format!("MPRA={},scale=log2,right={right},tss=-40", reporters.display());
    config.assays = vec![source.parse().expect("valid")];
    prepare(&config, &mut |_| {}).expect("prepares");
    PreparedDataset::open(&folder.join("data")).expect("opens")
}

fn mpra() -> AssayTraining {
    AssayTraining { share: Some(0.3), ..AssayTraining::new("MPRA", 1, AssayScale::Log2) }
}

/// Configuration for two cell types and the assay.
fn joint(dataset: &PreparedDataset, epochs: usize) -> TrainingConfig {
    config(dataset, epochs).with_assays(vec![mpra()], ["MPRA".to_owned()])
}

/// Configuration for the assay alone.
fn reporters_only(dataset: &PreparedDataset, epochs: usize) -> TrainingConfig {
    let mut config = config(dataset, epochs);
    config.cell_types.clear();
    config.with_assays(vec![AssayTraining { share: None, ..mpra() }], ["MPRA".to_owned()])
}

fn trained(dataset: &PreparedDataset, models: &Path, name: &str, config: &TrainingConfig) -> RunDirectory {
    let run = RunDirectory::new(models, name);
    run_config(dataset, config, &run, Start::New, &|_| false).expect("trains");
    run
}

fn load(run: &RunDirectory) -> TrainedModel {
    TrainedModel::load(run.path(), &cpu()).expect("loads")
}

fn predictor(model: impl Into<tatabox_model::LoadedModel>) -> Predictor {
    Predictor::new(model, &tatabox_model::DeviceChoice::Cpu.select().expect("the CPU"))
}

#[test]
fn train_with_assay_resumes_to_the_same_bytes_and_predicts_both() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = with_reporters(folder.path());
    let models = folder.path().join("models");
    let whole = trained(&dataset, &models, "whole", &joint(&dataset, 3));
    let resumed = RunDirectory::new(&models, "resumed");
    let in_second = |event: &TrainingEvent| matches!(event, TrainingEvent::Step { epoch: 2, .. });
    let error = run_config(&dataset, &joint(&dataset, 3), &resumed, Start::New, &in_second).expect_err("interrupted");
    assert!(matches!(error, ModelError::Interrupted { epoch: 1 }), "{error}");
    run_config(&dataset, &joint(&dataset, 3), &resumed, Start::Resume, &|_| false).expect("resumes");
    for name in ["weights.safetensors", "history.csv", "metrics.json", "transform.json", "config.json"] {
        assert!(file(&whole, name) == file(&resumed, name), "{name} differs after a resume");
    }
    let predictor = predictor(load(&whole));
    assert_eq!(predictor.cell_types(), ["K562", "HepG2", "MPRA"]);
    assert_eq!(predictor.expression_outputs(), ["K562", "HepG2"]);
    assert_eq!(predictor.assay_of_output(2).map(|assay| assay.name.as_str()), Some("MPRA"));
    assert!(predictor.assay_of_output(1).is_none());
    let of_expression = self::predictor(load(&whole)).of_expression().expect("two cell types");
    assert_eq!(of_expression.cell_types(), ["K562", "HepG2"]);
    // Predictions of the genes have rows of cell types alone, and scores of both kinds of rows are those of training.
    let split = predictor.predict_split(&dataset, Split::Validation, "m", &mut |_, _| ()).expect("predicts");
    assert!(split.rows.iter().all(|row| row.cell_type != "MPRA"));
    let stored = load(&whole).metrics.expect("trained");
    let scores = predictor.validation_metrics(&dataset, stored.best_epoch, &mut |_, _| ()).expect("scores");
    let pairs = scores.validation_pearson_by_cell_type.iter().zip(&stored.validation_pearson_by_cell_type);
    for (recomputed, stored) in pairs {
        let (recomputed, stored) = (recomputed.expect("defined"), stored.expect("defined"));
        assert!((recomputed - stored).abs() < 1e-5, "{recomputed} and {stored}");
    }
    assert!((scores.validation_pearson - stored.validation_pearson).abs() < 1e-5);
    // The mean over expression, itself the mean of two cell types, and the assay.
    let by_output: Vec<f64> = stored.validation_pearson_by_cell_type.iter().flatten().copied().collect();
    let expected = f64::midpoint(f64::midpoint(by_output[0], by_output[1]), by_output[2]);
    assert!((stored.validation_pearson - expected).abs() < 1e-12);
}

#[test]
fn train_on_assay_alone_learns_it_and_is_a_start_for_expression() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = with_reporters(folder.path());
    let models = folder.path().join("models");
    let run = trained(&dataset, &models, "reporters", &reporters_only(&dataset, 12));
    let model = load(&run);
    let metrics = model.metrics.clone().expect("trained");
    assert!(metrics.validation_pearson > 0.6, "the number of G is easy to learn: {}", metrics.validation_pearson);
    assert_eq!((metrics.train_genes, metrics.validation_genes), (0, 0));

    let assay = find_assay(&dataset, "mpra").expect("known");
    let rows = dataset.assay_rows_in(assay, Split::Test);
    let predictions = predictor(load(&run)).predict_rows(&dataset, &rows).expect("predicts");
    assert!(predictions.len() == rows.len() && predictions.iter().all(|one| one.log2_tpm.len() == 1));

    let weights_sha256 = model.record.weights_sha256;
    let mut transfer = config(&dataset, 2);
    transfer.transfer = Some(TransferConfig { frozen_epochs: 1, ..TransferConfig::new(run.path(), weights_sha256) });
    let genes = trained(&dataset, &models, "genes", &transfer);
    assert_eq!(predictor(load(&genes)).cell_types(), ["K562", "HepG2"]);
}

#[test]
fn ensemble_of_networks_with_different_outputs_predicts_each_by_its_own_networks() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = with_reporters(folder.path());
    let models = folder.path().join("models");
    let genes = trained(&dataset, &models, "genes", &config(&dataset, 1));
    let more = trained(&dataset, &models, "more", &config(&dataset, 1).with_seed(7));
    let reporters = trained(&dataset, &models, "reporters", &reporters_only(&dataset, 1));
    let members = || Vec::from([&genes, &more, &reporters].map(|run| (run.path().to_owned(), load(run))));
    let all = predictor(Ensemble::of(members()).expect("compatible"));
    assert_eq!(all.cell_types(), ["K562", "HepG2", "MPRA"]);

    let window: Vec<u8> = (0..all.extent().total_bp()).map(|base| (base * base % 7 % 4) as u8).collect();
    let one = |predictor: &Predictor| predictor.predict_one(&window).expect("predicts");
    let [first, second, third] = [&genes, &more, &reporters].map(|run| one(&predictor(load(run))).log2_tpm);
    let joined = one(&all);
    assert!((joined.log2_tpm[0] - f64::midpoint(first[0], second[0])).abs() < 1e-9);
    assert!((joined.log2_tpm[2] - third[0]).abs() < 1e-9);
    assert!(joined.log2_tpm_sd.as_ref().expect("an ensemble")[2].is_nan(), "one network has no spread");

    // Effects of substitutions and gradients come from the networks that have the output.
    let effects = all.substitution_effects(&window, 60..64, &|_| ()).expect("effects");
    let alone = predictor(load(&reporters)).substitution_effects(&window, 60..64, &|_| ()).expect("effects");
    let pairs = effects.at(1, 2).into_iter().zip(alone.at(1, 0));
    assert!(pairs.into_iter().all(|(joined, alone)| (joined - alone).abs() < 1e-12));
    let members_of = all.predict_members(std::slice::from_ref(&window)).expect("predicts").swap_remove(0);
    assert_eq!((members_of.of_cell_type(0).len(), members_of.of_cell_type(2).len()), (2, 1));

    let of_reporters = predictor(Ensemble::of(members()).expect("compatible")).with_outputs(&["MPRA".to_owned()]);
    let of_reporters = of_reporters.expect("known");
    assert_eq!((of_reporters.cell_types(), of_reporters.members().len()), (&["MPRA".to_owned()][..], 1));
    assert!((one(&of_reporters).log2_tpm[0] - third[0]).abs() < 1e-9);
    let unknown = predictor(load(&genes)).with_outputs(&["MPRA".to_owned()]).err().expect("unknown").to_string();
    assert!(unknown.contains("MPRA was requested; the outputs of the model are K562, HepG2"), "{unknown}");
}
