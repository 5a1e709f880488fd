//! Verification of intact and of changed model folders.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::workbench::{SHARED, Workbench, stderr, stdout};

/// A folder with a copy of the shared model, as `name`.
fn with_model(name: &str) -> Workbench {
    let bench = Workbench::new();
    copy_model(&bench.path(name));
    bench
}

/// Copies the files of the shared model.
pub fn copy_model(to: &Path) {
    fs::create_dir_all(to).expect("created");
    for entry in fs::read_dir(&SHARED.model).expect("readable").flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }
}

/// The table and the error of a model that does not verify.
fn failed(bench: &Workbench, line: &str) -> (String, String) {
    let output = bench.command(line).output().expect("starts");
    assert_eq!(output.status.code(), Some(1), "{line}\n{}", stderr(&output));
    (stdout(&output), stderr(&output))
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut json = serde_json::from_str(&fs::read_to_string(path).expect("there")).expect("JSON");
    change(&mut json);
    fs::write(path, serde_json::to_string_pretty(&json).expect("JSON")).expect("written");
}

#[test]
fn verify_trained_model_passes_with_and_without_data() {
    let bench = Workbench::new();
    let table = stdout(&bench.done(&format!("verify {}", SHARED.model())));
    for part in ["checksums   ok    7 files", "predictions ok    40 numbers, largest difference 0.0e0"] {
        assert!(table.contains(part), "{table}");
    }
    let line = format!("verify {} --data {} --json", SHARED.model(), SHARED.data());
    let report: Value = serde_json::from_str(&stdout(&bench.done(&line))).expect("JSON");
    let checks = report["folders"][0]["checks"].as_array().expect("a list");
    let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["checksums", "predictions", "data", "validation"]);
    assert!(checks.iter().all(|check| check["passed"] == true), "{report:#}");
}

#[test]
fn verify_changed_files_are_named() {
    let bench = with_model("m");
    bench.put("m/notes.txt", "mine");
    let table = stdout(&bench.done("verify m"));
    assert!(table.contains("- notes.txt has no checksum"), "{table}");

    edit(&bench.path("m/transform.json"), |json| json["mean"][0] = 9.0.into());
    fs::remove_file(bench.path("m/history.csv")).expect("removed");
    let (table, error) = failed(&bench, "verify m");
    for part in
        ["history.csv is missing", "transform.json differs from the recorded file", "K562 of sequence 1: recorded "]
    {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert!(error.contains("error: m does not verify: checksums, predictions"), "{error}");

    let bench = with_model("m");
    let mut weights = fs::read(bench.path("m/weights.safetensors")).expect("there");
    *weights.last_mut().expect("not empty") ^= 1;
    bench.put("m/weights.safetensors", weights);
    let (table, _) = failed(&bench, "verify m");
    assert!(table.contains("model       FAIL") && table.contains("the file is damaged"), "{table}");
}

#[test]
fn verify_scores_that_differ_from_the_weights_are_named() {
    let bench = with_model("m");
    let evaluate = "evaluate --model m --bootstrap 50 --no-figures --no-report --baselines train-mean -o scores";
    bench.done(&format!("{evaluate} --data {}", SHARED.data()));
    fs::copy(bench.path("scores/metrics.json"), bench.path("m/test_metrics.json")).expect("copied");
    bench.done("verify m --write");
    let line = format!("verify m --data {}", SHARED.data());
    let table = stdout(&bench.done(&line));
    assert!(table.contains("test        ok    m, "), "{table}");
    assert!(table.contains("- rows of other models: train-mean"), "{table}");

    edit(&bench.path("m/test_metrics.json"), |json| json["rows"][0]["pearson"]["interval"]["low"] = 0.75.into());
    edit(&bench.path("m/metrics.json"), |json| {
        json["validation_pearson_by_cell_type"][1] = 0.99.into();
        json["validation_genes"] = 1.into();
    });
    let (table, error) = failed(&bench, &line);
    for part in [
        "! low end of the interval of pearson in K562 of test genes: recorded ",
        "! validation_pearson of HepG2: recorded 0.99, recomputed ",
        "! validation_genes: recorded 1, recomputed ",
    ] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert!(error.contains("checksums, validation, test"), "{error}");
}

#[test]
fn verify_other_data_set_is_not_scored_and_its_differences_are_named() {
    let bench = Workbench::new();
    bench.done("simulate -o other --genes 120 --seed 7 --upstream 210 --downstream 100 --prepare");
    let (table, error) = failed(&bench, &format!("verify {} --data other", SHARED.model()));
    for part in ["data        FAIL", "! expression is ", "! promoters is ", "! windows are -210..+100"] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert!(!table.contains("validation"), "{table}");
    assert!(error.contains("does not verify: data"), "{error}");
}

#[test]
fn verify_data_prepared_from_the_same_files_at_other_paths_passes() {
    let bench = Workbench::new();
    fs::create_dir(bench.path("moved")).expect("created");
    for entry in
        fs::read_dir(SHARED.data.join("prepared")).expect("readable").flatten().filter(|entry| entry.path().is_file())
    {
        fs::copy(entry.path(), bench.path("moved").join(entry.file_name())).expect("copied");
    }
    let manifest = bench.read("moved/dataset.json");
    let json: Value = serde_json::from_str(&manifest).expect("JSON");
    let inputs = json["inputs"].as_array().expect("a list").clone();
    let moved = inputs.iter().zip(0..).fold(manifest.clone(), |text, (input, number)| {
        text.replace(&format!("\"path\": {}", input["path"]), &format!("\"path\": \"/elsewhere/{number}\""))
    });
    assert_ne!(moved, manifest);
    bench.put("moved/dataset.json", &moved);
    let line = format!("verify {} --data moved", SHARED.model());
    let table = stdout(&bench.done(&line));
    assert!(table.contains("the training data, prepared from the same files at other paths"), "{table}");
    assert!(table.contains("validation  ok"), "{table}");

    bench.put("moved/dataset.json", moved.replace("\"seed\": 42", "\"seed\": 43"));
    let (table, _) = failed(&bench, &line);
    assert!(table.contains("prepared from the same files; name, split, other options"), "{table}");
}

#[test]
fn verify_of_emptied_records_fails() {
    let bench = with_model("m");
    let predictions = bench.read("m/check_predictions.tsv");
    bench.put("m/SHA256SUMS", "");
    let (table, error) = failed(&bench, "verify m");
    assert!(table.contains("checksums   FAIL  SHA256SUMS lists no file"), "{table}");
    assert!(error.contains("does not verify: checksums"), "{error}");

    let header = predictions.lines().next().expect("a header");
    bench.put("m/check_predictions.tsv", format!("{header}\n"));
    let message = bench.refused(1, "verify m --write");
    assert!(message.contains("check_predictions.tsv: no rows"), "{message}");
    let (table, _) = failed(&bench, "verify m");
    assert!(table.contains("predictions FAIL"), "{table}");

    bench.put("m/check_predictions.tsv", predictions);
    bench.done("verify m --write");
    let sums: String = bench
        .read("m/SHA256SUMS")
        .lines()
        .filter(|line| !line.ends_with("weights.safetensors"))
        .map(|line| format!("{line}\n"))
        .collect();
    bench.put("m/SHA256SUMS", sums);
    let (table, _) = failed(&bench, "verify m");
    assert!(table.contains("! weights.safetensors has no checksum, and the model needs it"), "{table}");
}

#[test]
fn verify_write_records_missing_files() {
    let bench = with_model("old");
    for name in ["SHA256SUMS", "check_predictions.tsv"] {
        fs::remove_file(bench.path("old").join(name)).expect("removed");
    }
    let before = bench.files();
    let (table, _) = failed(&bench, "verify old");
    assert_eq!(table.matches("`tatabox verify --write`").count(), 2, "{table}");
    assert_eq!(bench.files(), before, "nothing is written without --write");

    let output_text = stderr(&bench.done("verify old --write"));
    assert!(
        output_text.contains("check_predictions.tsv: created") && output_text.contains("SHA256SUMS: created, 7 files"),
        "{output_text}"
    );
    for name in ["SHA256SUMS", "check_predictions.tsv"] {
        let of_training = fs::read(SHARED.model.join(name)).expect("there");
        assert!(fs::read(bench.path("old").join(name)).expect("there") == of_training, "{name}");
    }
    bench.put("old/MODEL_CARD.md", "# mine");
    let output_text = stderr(&bench.done("verify old --write"));
    assert!(output_text.contains("MODEL_CARD.md added"), "{output_text}");
    assert!(!stdout(&bench.done("verify old")).contains("no checksum"));

    // Recorded predictions are never replaced.
    edit(&bench.path("old/transform.json"), |json| json["mean"][0] = 9.0.into());
    let message = bench.refused(1, "verify old --write");
    assert!(
        message.contains("differs from the predictions of the weights") && message.contains("remove it"),
        "{message}"
    );
}

#[test]
fn verify_ensemble_checks_each_member() {
    let bench = Workbench::new();
    bench.done(&format!(
        "train --data {} --cell-type K562 --epochs 1 --ensemble 2 --models-dir . --name both",
        SHARED.data()
    ));
    let table = stdout(&bench.done(&format!("verify both --data {}", SHARED.data())));
    assert_eq!((table.matches("checksums   ok").count(), table.matches("validation  ok").count()), (3, 3), "{table}");
    fs::remove_file(bench.path("both/members/2/history.csv")).expect("removed");
    let (_, error) = failed(&bench, "verify both");
    assert!(error.contains("checksums of both/members/2"), "{error}");
}

#[test]
fn bundled_model_is_found_where_no_folder_has_its_name() {
    let bench = Workbench::new();
    let table = stdout(&bench.done("verify models/human"));
    assert_eq!(table.matches("checksums   ok").count(), 7, "{table}");
    let log = stderr(&bench.done("info --model models/human"));
    assert!(log.contains("model: human, an ensemble of 6"), "{log}");
    bench.done("info --model human/members/2");
    bench.done("ensemble -o both human/members/1 human/members/2");
    let train = format!("train --from human --data {} --cell-type K562 --epochs 1 --name k562", SHARED.data());
    // Its windows are longer than those of the simulated data.
    let message = bench.refused(1, &train);
    assert!(message.contains("model human reads"), "{message}");
}

#[test]
fn verify_model_of_the_repository_passes() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/human");
    Workbench::new().done(&format!("verify {}", shipped.display()));
}
