//! Import of PyTorch state dicts, safetensors round trips and predictions of onnxruntime.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tatabox_model::{
    CheckPredictions, ChecksumDifferences, DeviceChoice, FolderChecksums, ImportFiles, ImportedModel, Predictor,
    RunDirectory, RunRecord, TrainedModel, cpu,
};
use tatabox_sequence::Sequence;

/// Predictions of PyTorch and onnxruntime, written by `golden/exchange.py`.
#[derive(Deserialize)]
struct Golden {
    sequences: Vec<String>,
    onnxruntime: Vec<Vec<f64>>,
    whole_sequences: Vec<String>,
    pytorch: Vec<Vec<f64>>,
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/exchange").join(name)
}

fn files() -> ImportFiles {
    ImportFiles { config: Some(golden("config.json")), transform: Some(golden("transform.json")) }
}

fn record() -> RunRecord {
    RunRecord {
        tatabox_version: "test".to_owned(),
        burn_version: "test".to_owned(),
        seed: 42,
        device: "unknown".to_owned(),
        threads: 1,
        platform: "test".to_owned(),
        ..RunRecord::default()
    }
}

/// Model folder imported from the PyTorch state dict.
fn imported(folder: &Path) -> RunDirectory {
    let imported = ImportedModel::read(&golden("state_dict.safetensors"), &files()).expect("readable");
    assert!(imported.from_torch);
    let run = RunDirectory::new(folder, "torch");
    imported.write(&run, record(), false).expect("written");
    run
}

fn predictor(run: &RunDirectory) -> Predictor {
    Predictor::new(TrainedModel::load(run.path(), &cpu()).expect("loads"), &DeviceChoice::Cpu.select().expect("CPU"))
}

fn assert_predicted(predictor: &Predictor, sequences: &[String], expected: &[Vec<f64>]) {
    let codes = |letters: &String| Sequence::from_ascii(letters.as_bytes()).expect("bases").into_codes();
    let predictions = predictor.predict(&sequences.iter().map(codes).collect::<Vec<_>>()).expect("predicts");
    assert_eq!(predictions.len(), expected.len());
    for (prediction, expected) in predictions.iter().zip(expected) {
        for (found, expected) in prediction.log2_tpm.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} differs from {expected}");
        }
    }
}

#[test]
fn imported_state_dict_matches_pytorch_and_onnxruntime() {
    let folder = tempfile::tempdir().expect("folder");
    let run = imported(folder.path());
    let golden = fs::read_to_string(golden("predictions.json")).expect("golden predictions");
    let golden: Golden = serde_json::from_str(&golden).expect("JSON");
    assert!(golden.sequences.iter().any(|sequence| sequence.contains('N')));
    let predictor = predictor(&run);
    assert_predicted(&predictor, &golden.whole_sequences, &golden.pytorch);
    assert_predicted(&predictor, &golden.sequences, &golden.onnxruntime);
}

#[test]
fn safetensors_export_imports_to_identical_folder() {
    let folder = tempfile::tempdir().expect("folder");
    let first = imported(folder.path());
    let file = folder.path().join("model.safetensors");
    let model = TrainedModel::load(first.path(), &cpu()).expect("loads");
    let bytes = model.to_safetensors().expect("exportable");
    assert!(bytes == model.to_safetensors().expect("exportable"), "two exports differ");
    fs::write(&file, bytes).expect("written");

    let again = ImportedModel::read(&file, &ImportFiles::default()).expect("complete");
    assert!(!again.from_torch);
    let second = RunDirectory::new(folder.path(), "again");
    again.write(&second, record(), false).expect("written");
    for name in ["weights.safetensors", "config.json", "transform.json", CheckPredictions::FILE] {
        let read = |run: &RunDirectory| fs::read(run.path().join(name)).expect("readable");
        assert!(read(&first) == read(&second), "{name}");
    }
    let record = TrainedModel::load(second.path(), &cpu()).expect("loads").record;
    assert_eq!(record.imported.expect("recorded").path, file.display().to_string());

    let message = ImportedModel::read(&file, &files()).expect_err("superfluous files").to_string();
    assert!(message.contains("the file contains its configuration"), "{message}");
}

#[test]
fn import_without_config_or_transform_is_rejected() {
    let weights = golden("state_dict.safetensors");
    let message = ImportedModel::read(&weights, &ImportFiles::default()).expect_err("no configuration").to_string();
    assert!(message.contains("config.json of the model is required"), "{message}");
    let no_transform = ImportFiles { transform: None, ..files() };
    let message = ImportedModel::read(&weights, &no_transform).expect_err("no transform").to_string();
    assert!(message.contains("transform.json of the model is required"), "{message}");
}

#[test]
fn imported_folder_passes_verification() {
    let folder = tempfile::tempdir().expect("folder");
    let run = imported(folder.path());
    let recorded = FolderChecksums::read(run.path()).expect("readable").expect("present");
    let now = FolderChecksums::of_folder(run.path()).expect("readable");
    assert_eq!((recorded.differences(&now), recorded.len()), (ChecksumDifferences::default(), 5));

    let predictor = predictor(&run);
    let stored = CheckPredictions::read(run.path(), &predictor).expect("readable").expect("present");
    let differences = stored.differences(&stored.recompute(&predictor).expect("the same model"));
    assert_eq!((stored.len(), differences.len()), (20, 60));
    assert!(differences.iter().all(|difference| difference.size() < 1e-12), "recomputed predictions differ");
}
