//! Held-out chromosomes and folds chosen by the user, and dry runs.

use std::fs;

use serde_json::Value;

use crate::workbench::{SHARED, TRAINING, Workbench, stderr, stdout};

const PREPARE: &str =
    "prepare --upstream 200 --downstream 100 --promoters sim/promoters.fa --expression sim/expression.tsv";

fn simulated() -> Workbench {
    let bench = Workbench::new();
    bench.done("simulate -o sim --genes 300 --upstream 200 --downstream 100");
    bench
}

fn split_of(report: &str) -> Value {
    serde_json::from_str::<Value>(report).expect("JSON")["split"].clone()
}

#[test]
fn prepare_named_chromosomes_are_held_out_recorded_and_audited() {
    let bench = simulated();
    bench.done(&format!("{PREPARE} --test-chromosomes chr8,9 --validation-chromosomes chr10 -o set"));
    let split = split_of(&bench.read("set/dataset.json"));
    assert_eq!(split["test"]["chromosomes"], serde_json::json!(["chr8", "chr9"]));
    assert_eq!(split["validation"]["chromosomes"], serde_json::json!(["chr10"]));
    assert_eq!(split["held_out"], serde_json::json!({"validation": ["chr10"], "test": ["chr8", "9"]}));
    let audit: Value = serde_json::from_str(&stdout(&bench.done("audit set --json"))).expect("JSON");
    let text = audit.to_string();
    assert!(text.contains("no chromosome in two splits"), "{text}");
    let message = bench.refused(1, &format!("{PREPARE} --test-chromosomes chr99 -o other"));
    assert!(message.contains("chr99") && message.contains("the genes are on chr1, chr2"), "{message}");
    let message = bench.refused(1, &format!("{PREPARE} --test-chromosomes 8 --validation-chromosomes chr8 -o other"));
    assert!(message.contains("already in the validation split"), "{message}");
}

#[test]
fn prepare_random_split_does_not_record_named_chromosomes() {
    let bench = simulated();
    bench.done(&format!("{PREPARE} -o set"));
    assert!(!bench.read("set/dataset.json").contains("held_out"));
}

#[test]
fn prepare_dry_run_reports_and_writes_nothing() {
    let bench = simulated();
    let before = bench.files();
    let output = bench.done(&format!("{PREPARE} -o set --dry-run"));
    assert!(stdout(&output).contains("set: 300 genes would be kept"), "{}", stdout(&output));
    assert!(stderr(&output).contains("dry run"), "{}", stderr(&output));
    let dry = stdout(&bench.done(&format!("{PREPARE} -o set --dry-run --json")));
    assert_eq!(bench.files(), before);
    assert!(
        stderr(&bench.command("info").output().expect("starts")).find("set").is_none(),
        "no data set became active"
    );
    let real = stdout(&bench.done(&format!("{PREPARE} -o set --json")));
    assert_eq!(split_of(&dry), split_of(&real));
    let output = bench.done(&format!("{PREPARE} -o set --dry-run"));
    assert!(stderr(&output).contains("without a dry run, preparation would stop"), "{}", stderr(&output));
}

#[test]
fn crossval_listed_folds_are_tested_as_listed() {
    let bench = Workbench::new();
    let rows: String = (1..=22)
        .map(|chromosome| chromosome.to_string())
        .chain(["X".to_owned(), "Y".to_owned()])
        .enumerate()
        .map(|(row, chromosome)| format!("chr{chromosome}\t{}\n", row % 3))
        .collect();
    bench.put("folds.tsv", format!("chrom\tfold\n{rows}"));
    let options =
        format!("--data {} --epochs 1 --bootstrap 20 --baselines none --no-figures --no-report", SHARED.data());
    let line = format!("crossval --fold-file folds.tsv {options} {}", TRAINING.join(" "));
    let output = bench.done(&format!("{line} -o cv"));
    assert!(stderr(&output).contains("folds 0 to 2 of the file are folds 1 to 3 here"), "{}", stderr(&output));
    for row in bench.read("cv/folds.tsv").lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let chromosome = cells[2].trim_start_matches("chr");
        let number = chromosome.parse().unwrap_or(if chromosome == "X" { 23 } else { 24 });
        assert_eq!(cells[3], ((number - 1) % 3 + 1).to_string(), "{row}");
    }
    assert!(bench.read("cv/evaluation.json").contains("3 folds listed in folds.tsv"));
    // The list of a cross-validation is a file of folds by gene, and gives the same predictions.
    fs::copy(bench.path("cv/folds.tsv"), bench.path("genes.tsv")).expect("copied");
    bench.done(&format!("{} -o again", line.replace("folds.tsv", "genes.tsv")));
    assert_eq!(bench.read("cv/fold_metrics.tsv"), bench.read("again/fold_metrics.tsv"));
    let message = bench.refused(2, &format!("{line} --fold 4 -o other"));
    assert!(message.contains("expected 1 to 3"), "{message}");
    bench.put("short.tsv", "chrom\tfold\nchr1\t1\nchr2\t2\nchr3\t3\n");
    let message = bench.refused(1, &format!("{} -o other", line.replace("folds.tsv", "short.tsv")));
    assert!(message.contains("short.tsv") && message.contains("chr4"), "{message}");
}
