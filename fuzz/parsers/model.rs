//! Readers of `tatabox-model`, each run on arbitrary bytes: it gives a model that predicts finite numbers, or an error.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tatabox_model::{
    CheckPredictions, DeviceChoice, FolderChecksums, ImportFiles, ImportedModel, LoadedModel, Predictor, RunDirectory,
    RunRecord, SearchSpace, TrainedModel, TrainingConfig, TrainingSettings, cpu,
};

/// Function that reads bytes as a file of one kind and checks the result.
pub type Parser = fn(&[u8]);

/// Names of the fuzz targets with their parsers.
pub const PARSERS: [(&str, Parser); 4] = [
    ("model_folder", model_folder),
    ("import_weights", import_weights),
    ("settings", settings),
    ("search_space", search_space),
];

/// Files of the model folder that the first byte of an input selects, from `0` on.
const REPLACED: [&str; 10] = [
    "config.json",
    "transform.json",
    "run.json",
    "weights.safetensors",
    "metrics.json",
    "check_predictions.tsv",
    "SHA256SUMS",
    "ensemble.json",
    "ensemble metrics.json",
    "ensemble run.json",
];

/// Largest number in a configuration whose network is built. Larger layers are valid and only take memory and time.
const MAX_LAYER: u64 = 64;

/// Small model of the tests of the crate, as a folder.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("crates/model/tests/golden/exchange"))
        .find(|folder| folder.exists())
        .expect("the repository has the small model")
}

/// Files of the small model's folder.
fn model_files() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("temporary folder");
        let files = ImportFiles {
            config: Some(golden().join("config.json")),
            transform: Some(golden().join("transform.json")),
        };
        let imported = ImportedModel::read(&golden().join("state_dict.safetensors"), &files).expect("the small model");
        let run = RunDirectory::new(folder.path(), "model");
        imported.write(&run, RunRecord { seed: 42, threads: 1, ..RunRecord::default() }, false).expect("written");
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(run.path())
            .expect("a folder")
            .flatten()
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a file")))
            .collect();
        files.sort();
        files
    })
}

fn sha256(bytes: &[u8]) -> String {
    tatabox_dataset::sha256_bytes(bytes)
}

/// Whether a configuration has a size above [`MAX_LAYER`].
fn is_large(json: &[u8]) -> bool {
    fn any_large(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Number(number) => number.as_u64().is_some_and(|number| number > MAX_LAYER),
            serde_json::Value::Array(values) => values.len() > 8 || values.iter().any(any_large),
            serde_json::Value::Object(values) => values.values().any(any_large),
            _ => false,
        }
    }
    let value: Result<serde_json::Value, _> = serde_json::from_slice(json);
    value.is_ok_and(|value| ["network", "data", "inputs"].iter().any(|key| value.get(key).is_some_and(any_large)))
}

/// Model folder, a file of which is replaced: the first byte selects it.
pub fn model_folder(bytes: &[u8]) {
    let Some((selector, content)) = bytes.split_first() else { return };
    let Some(replaced) = REPLACED.get(usize::from(selector.wrapping_sub(b'0'))) else { return };
    if *replaced == "config.json" && is_large(content) {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let is_ensemble = replaced.starts_with("ensemble");
    let member = if is_ensemble { folder.path().join("members/1") } else { folder.path().to_owned() };
    fs::create_dir_all(&member).expect("a folder");
    for (name, original) in model_files() {
        fs::write(member.join(name), original).expect("written");
    }
    if !is_ensemble {
        fs::write(member.join(replaced), content).expect("written");
    }
    let weights = sha256(&fs::read(member.join("weights.safetensors")).expect("weights"));
    if *replaced == "weights.safetensors" {
        let run = member.join("run.json");
        let old = model_files().iter().find(|(name, _)| name == replaced).map(|(_, weights)| sha256(weights));
        let text = fs::read_to_string(&run).expect("JSON").replace(&old.expect("weights"), &weights);
        fs::write(run, text).expect("written");
    }
    if is_ensemble {
        let record =
            format!("{{\"format_version\": 1, \"members\": [{{\"seed\": 42, \"weights_sha256\": \"{weights}\"}}]}}");
        let run = fs::read(member.join("run.json")).expect("JSON");
        let files = [
            ("ensemble.json", record.as_bytes()),
            ("metrics.json", &b"{\"mean\": null, \"members\": [null]}"[..]),
            ("run.json", &run[..]),
        ];
        for (name, original) in files {
            let is_replaced = replaced.strip_prefix("ensemble ").unwrap_or(replaced) == name;
            fs::write(folder.path().join(name), if is_replaced { content } else { original }).expect("written");
        }
    }
    let _ = FolderChecksums::read(folder.path());
    let _ = TrainedModel::load(folder.path(), &cpu());
    if let Ok(model) = LoadedModel::load(folder.path(), &cpu()) {
        predict(model, &member);
    }
}

/// Predicts a window with the first network, and compares the stored predictions of the folder.
fn predict(model: LoadedModel, folder: &Path) {
    let LoadedModel::Network(model) = model else { return };
    let length = model.config.data.extent.total_bp() as usize;
    let device = DeviceChoice::Cpu.select().expect("the CPU is there");
    let predictor = Predictor::new(*model, &device);
    if let Ok(predictions) = predictor.predict(&[vec![0; length]]) {
        assert_eq!(predictions.len(), 1);
    }
    let _ = CheckPredictions::read(folder, &predictor);
}

/// Weights in safetensors, imported with the configuration of the small model, and with that in their metadata.
pub fn import_weights(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("weights.safetensors");
    fs::write(&path, bytes).expect("written");
    let golden = golden();
    let files =
        ImportFiles { config: Some(golden.join("config.json")), transform: Some(golden.join("transform.json")) };
    let _ = ImportedModel::read(&path, &files);
    if !bytes.windows(9).any(|window| window == b"\"network\"") {
        let _ = ImportedModel::read(&path, &ImportFiles::default());
    }
}

fn small_config() -> TrainingConfig {
    serde_json::from_slice(&fs::read(golden().join("config.json")).expect("JSON")).expect("a valid configuration")
}

/// File of `train --settings`.
pub fn settings(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("settings.json");
    fs::write(&path, bytes).expect("written");
    let Ok(settings) = TrainingSettings::read(&path) else { return };
    for name in TrainingSettings::names() {
        let _ = settings.shown(name);
    }
    if let Ok(config) = settings.apply(&small_config()) {
        config.validate().expect("settings that were applied are valid");
    }
}

/// File of `tune --space`.
pub fn search_space(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("space.json");
    fs::write(&path, bytes).expect("written");
    let config = small_config();
    if let Ok(space) = SearchSpace::around(&config).with_file(&path, &config) {
        for config in space.sample(&config, 1, 4).into_iter().flatten() {
            config.validate().expect("sampled configurations are valid");
        }
    }
}
