//! Hyperparameter search, complete and interrupted, and training with its result.

use std::fs;

use serde_json::Value;

use crate::workbench::{SHARED, Workbench, stderr, stdout};

/// A small space around a small network, so that a trial takes a second.
const SPACE: &str = r#"{
    "filters": {"low": 8, "high": 16, "step": 8},
    "gru_hidden": {"choices": [8, 16]},
    "attention_heads": 2,
    "head_hidden": 16,
    "max_shift_bp": {"low": 0, "high": 4}
}"#;

fn tune(options: &str) -> String {
    let search = "--trials 4 --epochs 4 --eta 2 --space space.json --cell-type K562,HepG2 --seed 7";
    format!("tune --data {} {search} {options}", SHARED.data())
}

fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.put("space.json", SPACE);
    bench
}

/// Trials without their times.
fn trials(bench: &Workbench, folder: &str) -> Vec<Value> {
    let mut trials: Vec<Value> =
        serde_json::from_str(&bench.read(&format!("{folder}/trials.json"))).expect("a list of trials");
    for rung in trials.iter_mut().flat_map(|trial| trial["rungs"].as_array_mut().expect("rungs")) {
        assert!(rung["elapsed_s"].take().as_f64().expect("seconds") > 0.0);
    }
    trials
}

#[test]
fn tune_interrupted_search_resumes_to_the_same_table() {
    let bench = bench();
    let table = stdout(&bench.done(&tune("--rungs 2 -o whole")));
    assert!(table.contains("tatabox train --settings whole/best.json"), "{table}");
    assert!(table.contains("no test gene was used"), "{table}");
    let whole = trials(&bench, "whole");
    let rungs: Vec<usize> = whole.iter().map(|trial| trial["rungs"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!((rungs.len(), rungs.iter().filter(|rungs| **rungs == 2).count()), (4, 2), "two of four are continued");
    assert_eq!(bench.read("whole/trials.tsv").lines().count(), 5);

    // 4 trials x 2 epochs, then 2 trials x 2 more: in the middle of the second trial, then of the first on the second rung.
    for epochs in [3, 6] {
        let stopped =
            bench.command(&tune(&format!("--rungs 2 -o parts --stop-after-epoch {epochs}"))).output().expect("starts");
        assert_eq!(stopped.status.code(), Some(1));
        assert!(stderr(&stopped).contains("; resume with: tatabox tune"), "{}", stderr(&stopped));
        assert!(!bench.path("parts/best.json").exists());
    }
    let done = bench.done(&tune("--rungs 2 -o parts"));
    assert!(stderr(&done).contains("4 of them trained earlier"), "{}", stderr(&done));
    assert_eq!(trials(&bench, "parts"), whole);
    assert_eq!(bench.read("parts/best.json"), bench.read("whole/best.json"));

    let again = bench.done(&tune("--rungs 2 -o whole"));
    assert_eq!(stdout(&again), table, "nothing is trained again, not even the seconds change");
    let message = bench.refused(1, &tune("--rungs 2 -o whole --batch-size 64"));
    assert!(message.contains("holds another search") && message.contains("--force"), "{message}");
    bench.refused(1, &tune(&format!("--force -o {}", SHARED.model())));
}

#[test]
fn train_with_settings_of_tune_gives_the_network_of_the_trial() {
    let bench = bench();
    let table = stdout(&bench.done(&tune("-o found --batch-size 32 --rungs 1")));
    let command = table.lines().find_map(|line| line.trim().strip_prefix("tatabox train ")).expect("a command");
    assert!(command.contains("--settings found/best.json") && command.contains("--batch-size 32"), "{command}");
    bench.done(&format!("train {command} --name again"));
    let folder = table.lines().find_map(|line| line.strip_prefix("its network is in ")?.split(';').next());
    for file in ["weights.safetensors", "config.json", "history.csv"] {
        let found = fs::read(bench.path(folder.expect("a folder")).join(file)).expect("a whole model");
        assert!(found == fs::read(bench.path("models/again").join(file)).expect("trained again"), "{file}");
    }
    let settings: Value = serde_json::from_str(&bench.read("found/best.json")).expect("JSON");
    assert_eq!((&settings["batch_size"], &settings["attention_heads"]), (&32.into(), &2.into()));

    bench.done(&format!("train {command} --name other --learning-rate 0.01"));
    let config: Value = serde_json::from_str(&bench.read("models/other/config.json")).expect("JSON");
    assert_eq!(config["learning_rate"], 0.01, "explicit options override settings");
    assert_eq!(config["network"]["head_hidden"], 16);
}

#[test]
fn tune_invalid_space_or_settings_are_refused() {
    let bench = bench();
    let refused = |code, line: &str, part: &str| {
        let message = bench.refused(code, line);
        assert!(message.contains(part), "{line}\n{message}");
    };
    bench.put("even.json", r#"{"kernels": [4, 7, 5]}"#);
    bench.put("wide.json", r#"{"mutation_rate": {"low": 0, "high": 1.5}}"#);
    bench.put("name.json", r#"{"dropout": 0.5}"#);
    bench.put("text.json", "dropout: 0.5");
    let with = |file: &str| format!("tune --data {} --space {file}", SHARED.data());
    refused(1, &with("even.json"), "even.json: kernels: stages.kernel is 4; expected an odd number");
    refused(1, &with("wide.json"), "mutation_rate is 1.5; expected at least 0 and below 1");
    refused(1, &with("name.json"), "unknown setting \"dropout\"; expected one of architecture");
    refused(1, &with("text.json"), "text.json");
    refused(2, &format!("{} --max-shift 2", with("space.json")), "searches max_shift_bp, which an option fixes");
    refused(2, &tune("--rungs 4 -o out"), "--rungs: 4 is not valid; expected 1 to 3 for 4 trials, 4 epochs and eta 2");
    refused(1, &format!("train --data {} --settings name.json", SHARED.data()), "unknown setting \"dropout\"");
    refused(1, &format!("train --data {} --settings none.json", SHARED.data()), "none.json");

    let printed = stdout(&bench.done(&format!("tune --data {} --print-space", SHARED.data())));
    bench.put("printed.json", &printed);
    assert_eq!(stdout(&bench.done(&format!("{} --print-space", with("printed.json")))), printed);
}
