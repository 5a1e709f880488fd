//! Ensembles, as their users meet them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::workbench::{SHARED, TRAINING, Workbench, bases, stderr, stdout};

fn train(name: &str) -> String {
    format!("train --ensemble 2 --data {} --name {name} --epochs 2 {}", SHARED.data(), TRAINING.join(" "))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The numbers of a column.
fn column(table: &str, name: &str) -> Vec<f64> {
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let index = header.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name} in {header:?}"));
    lines.map(|row| row[index].parse().expect("a number")).collect()
}

#[test]
fn ensemble_is_trained_resumed_and_used_as_any_model() {
    let bench = Workbench::new();
    let summary = json(&stdout(&bench.done(&format!("{} --json", train("pair")))));
    assert_eq!(summary["members"].as_array().map(Vec::len), Some(2));
    assert!(summary["validation_pearson"].is_f64());
    let weights = |model: &Path| fs::read(model.join("weights.safetensors")).expect("weights");
    assert!(weights(&bench.path("models/pair/members/1")) == weights(&SHARED.model), "the first has the seed itself");

    let stopped = bench.command(&format!("{} --stop-after-epoch 1", train("halves"))).output().expect("starts");
    let message = stderr(&stopped);
    assert!(message.contains("interrupted after epoch 1 of member 1 of 2; resume with: tatabox train"), "{message}");
    let message = bench.refused(1, &format!("{} --resume", train("halves").replace("--ensemble 2 ", "")));
    assert!(message.contains("it is an ensemble"), "{message}");
    let message = stderr(&bench.done(&format!("{} --resume", train("halves"))));
    assert!(message.contains("member 2 of 2, seed") && message.contains("member 2/2, epoch  2/2"), "{message}");
    for file in ["ensemble.json", "metrics.json"] {
        let [whole, halves] = ["pair", "halves"].map(|name| bench.read(&format!("models/{name}/{file}")));
        assert_eq!(whole, halves, "{file}");
    }
    let message = bench.refused(1, &train("pair"));
    assert!(message.contains("already exists"), "{message}");

    bench.put("p.fa", format!(">a\n{}\n>b\n{}\n", bases(300, 1), bases(300, 2)));
    let predict =
        |model: &str, options: &str| stdout(&bench.done(&format!("predict --fasta p.fa --model {model} {options}")));
    let together = predict("models/pair", "");
    assert!(together.starts_with("id\tcell_type\tlog2_tpm\ttpm\tlog2_tpm_sd\tn_acgt\tnote\n"), "{together}");
    let members = ["models/pair/members/1", "models/pair/members/2"].map(|member| predict(member, ""));
    assert!(members[0].starts_with("id\tcell_type\tlog2_tpm\ttpm\tn_acgt\tnote\n"), "{}", members[0]);
    let [first, second] = members.map(|table| column(&table, "log2_tpm"));
    let (means, spreads) = (column(&together, "log2_tpm"), column(&together, "log2_tpm_sd"));
    for (row, (a, b)) in first.iter().zip(&second).enumerate() {
        // Of two values the standard deviation is their distance by the root of 2.
        assert!((means[row] - (a + b) / 2.0).abs() < 2e-6 && (spreads[row] - (a - b).abs() / 2f64.sqrt()).abs() < 2e-6);
    }
    let wide = predict("models/pair", "--wide");
    assert_eq!(column(&wide, "log2_tpm_sd_HepG2"), [spreads[1], spreads[3]]);
    let line = predict("models/pair", "--format jsonl").lines().next().map(json).expect("a line");
    assert_eq!(line["log2_tpm_sd"].as_f64(), Some(spreads[0]));
    predict("models/pair", "-o p.parquet");
    assert!(fs::read(bench.path("p.parquet")).expect("there").windows(11).any(|bytes| bytes == b"log2_tpm_sd"));

    let info = stdout(&bench.done("info --model models/pair --flops"));
    for part in ["pair (ensemble of 2 hybrid)", "member 2", "of the mean prediction over", "roofline"] {
        assert!(info.contains(part), "{part}\n{info}");
    }
    let info = json(&stdout(&bench.done("info --model models/pair --json")));
    assert_eq!((&info["network"]["members"], &info["ensemble"]["configs"][0]["seed"]), (&2.into(), &42.into()));
    assert!(info["model"].is_null());
    bench.done("benchmark --model models/pair --batch 4 --seconds 0.05");

    let evaluate = "evaluate --bootstrap 50 --baselines cnn,model-di-shuffled --model models/pair -o out";
    let output_text = bench.done(&format!("{evaluate} --data {}", SHARED.data()));
    assert!(stderr(&output_text).contains("pair, an ensemble of 2, reads"), "{}", stderr(&output_text));
    assert!(stdout(&output_text).lines().any(|line| line.starts_with("pair")), "{}", stdout(&output_text));
    let record = bench.read("out/evaluation.json");
    assert!(record.contains("an ensemble of 2 networks"), "{record}");
    assert_eq!(record.matches("cnn: ").count(), 2, "as many of the simpler networks: {record}");
    assert!(bench.path("out/fig5_attention.svg").is_file());
}

#[test]
fn crossval_folds_can_be_ensembles_and_members_of_one() {
    let bench = Workbench::new();
    let line = format!(
        "crossval --ensemble 2 --folds 3 --data {} --epochs 1 --bootstrap 50 --baselines none -o cv --no-figures {}",
        SHARED.data(),
        TRAINING.join(" ")
    );
    bench.done(&line);
    assert!(bench.read("cv/predictions.tsv").contains("\tk562-hepg2-toy-ensemble2\n"));
    assert!(bench.read("cv/evaluation.json").contains("an ensemble of 2 networks"));
    assert!(bench.path("cv/fold3/members/2/weights.safetensors").is_file());
    let again = stderr(&bench.done(&line));
    assert_eq!(again.matches("already trained").count(), 3, "{again}");
    let message = bench.command(&line.replace("--ensemble 2", "--ensemble 3")).output().expect("starts");
    assert!(stderr(&message).contains("--force"), "{}", stderr(&message));

    let text = stdout(&bench.done("ensemble -o folds cv/fold1 cv/fold2 cv/fold3"));
    assert!(text.contains("an ensemble of 6") && text.contains("the mean was not scored"), "{text}");
    let evaluate =
        format!("evaluate --bootstrap 10 --baselines none --no-figures --no-report --data {}", SHARED.data());
    let message = stderr(&bench.done(&format!("{evaluate} --model folds -o out")));
    assert!(message.contains("TRAINED ON 45 validation and 45 test genes of toy"), "{message}");
    let message = bench.refused(1, &format!("ensemble -o scored cv/fold1 cv/fold2 --data {}", SHARED.data()));
    assert!(message.contains("omit --data"), "{message}");
}

#[test]
fn ensemble_of_different_models_is_refused() {
    let bench = Workbench::new();
    let model = SHARED.model();
    bench.done(&format!("train --data {} --cell-type K562 --epochs 1 --batch-size 32 --name one", SHARED.data()));
    // An output is the mean over the networks that have it.
    let notes = stderr(&bench.done(&format!("ensemble -o joined {model} models/one")));
    assert!(notes.contains("networks per output: K562 2, HepG2 1"), "{notes}");
    let extent = "--extent -100..+40 --epochs 1 --batch-size 32 --name short";
    bench.done(&format!("train --data {} --cell-type K562 {extent}", SHARED.data()));
    let message = bench.refused(1, &format!("ensemble -o out {model} models/short"));
    assert!(message.contains("models/short cannot be a member of the ensemble: it reads -100..+40"), "{message}");
    let message = bench.refused(1, &format!("ensemble -o out {model} {model}"));
    assert!(message.contains("it has the same weights as"), "{message}");
    let message = bench.refused(2, &format!("ensemble -o models {model} models/one --force"));
    assert!(message.contains("models would replace models/one, an input (model)"), "{message}");
    assert!(bench.refused(2, &format!("ensemble -o out {model}")).contains("2 values required"));
    assert!(bench.refused(2, "train --ensemble 1").contains("2..=100"));
}

#[test]
fn ensemble_is_not_exported_to_safetensors_and_transfers_from_its_first_member() {
    let bench = Workbench::new();
    let train = format!("train --data {} --cell-type K562 --epochs 1 {}", SHARED.data(), TRAINING.join(" "));
    bench.done(&format!("{train} --ensemble 2 --models-dir . --name both"));
    let message = bench.refused(1, "export --model both -o both.safetensors");
    assert!(message.contains("both is an ensemble of 2 networks") && message.contains("both/members/1"), "{message}");
    assert!(!bench.path("both.safetensors").exists());
    bench.done("export --model both/members/2 -o second.safetensors");
    let line = format!(
        "train --data {} --from both --cell-type HepG2 --epochs 1 --frozen-epochs 1 --models-dir .",
        SHARED.data()
    );
    let notes = stderr(&bench.done(&line));
    assert!(notes.contains("both is an ensemble; training begins from both/members/1"), "{notes}");
    assert!(bench.path("hepg2-toy-from-both/weights.safetensors").is_file(), "{notes}");
}
