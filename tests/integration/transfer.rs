//! Transfer of a model to a new cell type.

use std::fmt::Write as _;
use std::fs;

use crate::workbench::{SHARED, TRAINING, Workbench, stderr, stdout};

/// A table of one new cell type: the mean of simulated K562 and MCF7, and some rows that do not match.
fn expression(bench: &Workbench) {
    let simulated = fs::read_to_string(SHARED.data.join("expression.tsv")).expect("simulated");
    let mut lines = simulated.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let column = |name: &str| header.iter().position(|&found| found == name).expect("a cell type");
    let (one, other) = (column("K562"), column("MCF7"));
    let mut table = "gene_id\tMYLINE\n".to_owned();
    for (row, cells) in lines.enumerate().filter(|(row, _)| row % 10 != 9) {
        let tpm = |column: usize| cells[column].parse::<f64>().expect("TPM");
        let gene = if row == 0 { format!("{}\t", cells[0]).to_lowercase() } else { format!("{}\t", cells[0]) };
        writeln!(table, "{gene}{}", f64::midpoint(tpm(one), tpm(other))).expect("text");
    }
    table += "ELSEWHERE\t5\n";
    bench.put("my.tsv", table);
}

fn transfer(options: &str) -> String {
    let (data, model) = (SHARED.data(), SHARED.model());
    let [.., batch, batch_size, shift, shift_bp] = TRAINING;
    format!(
        "train --from {model} --expression my.tsv --cell-type MYLINE --data {data} --epochs 4 --frozen-epochs 2 \
         {batch} {batch_size} {shift} {shift_bp} {options}"
    )
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn transfer_learns_a_cell_type_of_an_expression_table() {
    let bench = Workbench::new();
    expression(&bench);
    let output = bench.done(&transfer("--json"));
    let log = stderr(&output);
    assert!(log.contains("270 of 300 genes are in my.tsv (269 by identifier, 1 by name)"), "{log}");
    assert!(log.contains("not used, no_expression_row: 30 ("), "{log}");
    assert!(log.contains("not used, no_window: 1 (ELSEWHERE)"), "{log}");
    assert!(!log.contains("TRAINED ON"), "the split is that of the model\n{log}");
    let name = "myline-toy-with-my-tsv-from-toy";
    let summary = json(&stdout(&output));
    assert_eq!(summary["name"], name);

    let record = json(&bench.read(&format!("models/{name}/run.json")));
    let source = json(&fs::read_to_string(SHARED.model.join("run.json")).expect("a record"));
    assert_eq!(record["transfer"]["from"], SHARED.model());
    assert_eq!(record["transfer"]["source"]["weights_sha256"], source["weights_sha256"]);
    assert_eq!(record["transfer"]["held_out_genes_seen"]["test"], 0);
    assert_eq!(record["dataset_inputs"][0]["path"], "my.tsv");
    let config = json(&bench.read(&format!("models/{name}/config.json")));
    assert_eq!(config["transfer"]["frozen_epochs"], 2);
    assert_eq!(config["learning_rate"], 0.0002);
    assert_eq!(config["network"]["outputs"], 1);

    let evaluate = format!(
        "evaluate --model models/{name} --data {} --expression my.tsv --bootstrap 10 --baselines none --no-figures -o out",
        SHARED.data()
    );
    let log = stderr(&bench.done(&evaluate));
    assert!(!log.contains("another data set"), "{log}");
    // Other measurements of the same genes; a stated scale is part of the identity of the measurements.
    let log = stderr(&bench.done(&format!("{evaluate} --scale tpm --force")));
    assert!(!log.contains("another data set") && !log.contains("TRAINED ON"), "{log}");
    let message = bench.refused(1, &evaluate.replace("--expression my.tsv ", "--force "));
    assert!(message.contains("MYLINE"), "{message}");
}

#[test]
fn transfer_interrupted_run_resumes_to_the_same_weights() {
    let bench = Workbench::new();
    expression(&bench);
    bench.done(&transfer("--name whole"));
    let weights = |name: &str| fs::read(bench.path(&format!("models/{name}/weights.safetensors"))).expect("there");
    for epoch in [1, 3] {
        let name = format!("cut{epoch}");
        let stopped = bench.command(&transfer(&format!("--name {name} --stop-after-epoch {epoch}"))).output();
        assert!(stderr(&stopped.expect("starts")).contains("--resume"));
        bench.done(&transfer(&format!("--name {name} --resume")));
        assert!(weights(&name) == weights("whole"), "cut after epoch {epoch}");
    }
}

#[test]
fn transfer_invalid_options_are_refused() {
    let bench = Workbench::new();
    expression(&bench);
    bench.put("other.tsv", "gene_id\tMYLINE\nMOUSE1\t1\nMOUSE2\t2\n");
    let refused = |code, line: &str, part: &str| {
        let message = bench.refused(code, line);
        assert!(message.contains(part), "{line}\n{message}");
    };
    refused(2, &transfer("--preset base"), "cannot be used with");
    refused(2, &transfer("--extent -100..+50"), "cannot be used with");
    refused(
        2,
        &transfer("--frozen-epochs 5").replace("--frozen-epochs 2 ", ""),
        "--frozen-epochs: 5 is not valid; expected at most",
    );
    refused(2, &transfer("--genes-fraction 0"), "--genes-fraction: 0 is not valid; expected above 0");
    refused(2, &format!("train --data {} --frozen-epochs 2", SHARED.data()), "--from");
    refused(1, &transfer("").replace("MYLINE", "YOURLINE"), "did you mean `MYLINE`");
    refused(1, &transfer("").replace("my.tsv", "other.tsv"), "no gene of other.tsv");
    refused(1, &transfer("").replace(SHARED.model(), "no-such-model"), "no-such-model");
    refused(1, &transfer("--genes-fraction 0.01"), "raise --genes-fraction");

    let kmers = format!("train --data {} --name kmers --architecture kmer-mlp --epochs 1", SHARED.data());
    bench.done(&kmers);
    refused(2, &transfer("").replace(SHARED.model(), "models/kmers"), "--from: kmer-mlp is not valid");
    bench.done("simulate -o short --genes 60 --upstream 100 --downstream 50 --prepare");
    let short = format!("train --from {} --data short", SHARED.model());
    refused(1, &short, "--upstream 200 --downstream 100");
}

#[test]
fn transfer_model_trained_on_held_out_genes_gives_a_warning() {
    let bench = Workbench::new();
    bench.done("simulate -o other --genes 120 --seed 7 --upstream 200 --downstream 100 --prepare");
    let line = format!("train --from {} --data other --cell-type MCF7 --epochs 3 --name seen", SHARED.model());
    let log = stderr(&bench.done(&line));
    assert!(log.contains("TRAINED ON"), "{log}");
    let record = json(&bench.read("models/seen/run.json"));
    assert!(record["transfer"]["held_out_genes_seen"]["test"].as_u64() > Some(0), "{record}");
}

#[test]
fn transfer_benchmark_compares_with_scratch_and_mean_and_resumes() {
    let bench = Workbench::new();
    let line = format!(
        "transfer-benchmark --data {} --cell-type K562,HepG2,MCF7 --leave-out MCF7 --genes-fraction 0.2,1 --epochs 3 \
         --bootstrap 10 -o trial",
        SHARED.data()
    );
    let table = stdout(&bench.done(&line));
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let models: Vec<(&str, &str)> = rows.iter().filter(|row| row[2] == "MCF7").map(|row| (row[0], row[1])).collect();
    let of_fraction =
        |fraction| ["transfer", "from-scratch", "mean-of-other-cell-types"].map(|model| (fraction, model));
    assert_eq!(models, [of_fraction("0.2"), of_fraction("1")].concat());
    assert_eq!(bench.read("trial/validation.tsv"), table);
    for file in
        ["validation-20pct/comparisons.tsv", "validation-100pct/predictions.tsv", "models/mcf7-held-out/config.json"]
    {
        assert!(bench.path("trial").join(file).is_file(), "{file}");
    }
    let files = bench.files();
    assert_eq!(stdout(&bench.done(&line)), table, "nothing is trained again");
    assert_eq!(bench.files(), files);
    let other = line.replace("--epochs 3", "--epochs 2");
    let message = bench.refused(1, &other);
    assert!(message.contains("--force"), "{message}");
    bench.done(&format!("{other} --force"));
    assert_ne!(bench.read("trial/validation.tsv"), table);
    let message = bench.refused(2, &format!("transfer-benchmark --data {} --cell-type K562", SHARED.data()));
    assert!(message.contains("two or more"), "{message}");
    for (option, expected) in [
        ("--genes-fraction 0.5,2", "--genes-fraction: 2 is not valid; expected above 0"),
        ("--frozen-epochs 61 --genes-fraction 1", "--frozen-epochs: 61 is not valid; expected at most 60, the epochs"),
        ("--architecture kmer-mlp", "whose architecture reads bases"),
    ] {
        let message = bench.refused(2, &format!("transfer-benchmark --data {} {option}", SHARED.data()));
        assert!(message.contains(expected), "{option}\n{message}");
    }
}
