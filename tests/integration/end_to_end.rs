//! From simulation to evaluation, and runs that are interrupted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::workbench::{SHARED, TRAINING, Workbench, bases, stderr, stdout};

/// Rows of a table by the names of its columns.
fn rows(text: &str, separator: char) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(separator).collect();
    lines
        .map(|line| {
            header.iter().map(|name| (*name).to_owned()).zip(line.split(separator).map(str::to_owned)).collect()
        })
        .collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn simulate_reports_the_upper_bound() {
    let table = rows(&SHARED.simulate_stdout, '\t');
    assert_eq!(table.len(), 8);
    for row in table {
        let best: f64 = row["best_reachable_pearson"].parse().expect("a number");
        assert!((0.5..1.0).contains(&best), "{row:?}");
    }
}

#[test]
fn train_writes_a_complete_model_and_a_summary() {
    for file in ["config.json", "history.csv", "metrics.json", "run.json", "transform.json", "weights.safetensors"] {
        assert!(SHARED.model.join(file).is_file(), "{file}");
    }
    let summary = json(&SHARED.train_stdout);
    assert_eq!((summary["epochs"].as_u64(), summary["simulated"].as_bool()), (Some(2), Some(true)));
    assert_eq!(summary["validation_pearson_by_cell_type"].as_array().map(Vec::len), Some(2));
    let record = json(&fs::read_to_string(SHARED.model.join("run.json")).expect("a record"));
    assert_eq!(record["command"][1], "train");
}

#[test]
fn predict_formats_hold_the_same_predictions() {
    let bench = Workbench::new();
    let model = SHARED.model();
    let fasta = format!(
        ">whole\n{}\n>header tss_offset=250\n{}\n>short tss_offset=20\n{}\n",
        bases(300, 1),
        bases(500, 2),
        bases(50, 3)
    );
    bench.put("p.fa", &fasta);
    let output_text = bench.done(&format!("predict --fasta p.fa --model {model} -o p.tsv"));
    assert_eq!(stdout(&output_text), "");
    assert!(stderr(&output_text).contains("1 of 3 promoters is shorter"), "{}", stderr(&output_text));
    let table = rows(&bench.read("p.tsv"), '\t');
    let ids: Vec<&str> = table.iter().map(|row| row["id"].as_str()).collect();
    assert_eq!(ids, ["whole", "whole", "header", "header", "short", "short"]);
    let known: Vec<&str> = table.iter().map(|row| row["n_acgt"].as_str()).collect();
    assert_eq!(known, ["300", "300", "300", "300", "50", "50"]);
    assert!(table[4]["note"].contains("known over -20..+30 of -200..+100"), "{:?}", table[4]);
    for row in &table {
        let (log2, tpm): (f64, f64) =
            (row["log2_tpm"].parse().expect("a number"), row["tpm"].parse().expect("a number"));
        assert!((log2.exp2() - 1.0 - tpm).abs() < 1e-4 * tpm.max(1.0) || tpm == 0.0, "{row:?}");
        assert!(row["note"].contains("simulated data"), "{row:?}");
    }

    bench.done(&format!("predict --fasta p.fa --model {model} -o p.csv"));
    assert_eq!(rows(&bench.read("p.csv"), ','), table);

    bench.done(&format!("predict --fasta p.fa --model {model} -o p.jsonl"));
    for (line, row) in bench.read("p.jsonl").lines().zip(&table) {
        let object = json(line);
        assert_eq!(object["id"], row["id"].as_str());
        assert_eq!(object["log2_tpm"].as_f64().map(|value| value.to_string()).as_ref(), Some(&row["log2_tpm"]));
    }

    let piped = bench.command(&format!("predict --fasta - --model {model}")).write_stdin(fasta).output();
    assert_eq!(stdout(&piped.expect("starts")), bench.read("p.tsv"));

    bench.done(&format!("predict --fasta p.fa --model {model} -o p.parquet"));
    let parquet = fs::read(bench.path("p.parquet")).expect("there");
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));

    let wide = stdout(&bench.done(&format!("predict --fasta p.fa --model {model} --wide")));
    assert!(wide.starts_with("id\tlog2_tpm_K562\tlog2_tpm_HepG2\tn_acgt\tnote\n"), "{wide}");
    assert_eq!(rows(&wide, '\t')[2]["log2_tpm_HepG2"], table[5]["log2_tpm"]);
}

#[test]
fn predict_malformed_records_are_an_error_or_rows_with_the_reason() {
    let bench = Workbench::new();
    let line = format!("predict --fasta p.fa --model {}", SHARED.model());
    let whole = format!(">whole\n{}\n", bases(300, 1));
    bench.put("p.fa", &whole);
    let alone = stdout(&bench.done(&line));
    let broken = [">dash\nAC-GT\n", ">\nACGT\n", ">empty\n", ">short\nACGT\n"];
    for record in broken {
        bench.put("p.fa", format!("{record}{whole}"));
        bench.refused(1, &line);
        bench.refused(1, &format!("{line} --on-malformed error"));
    }
    bench.put("p.fa", format!("{}{whole}", broken.concat()));
    let output = bench.done(&format!("{line} --on-malformed skip"));
    assert!(stderr(&output).contains("4 of 5 promoters are malformed"), "{}", stderr(&output));
    let output = stdout(&output);
    assert!(output.ends_with(alone.split_once('\n').expect("a header").1), "{output}");
    let table = rows(&output, '\t');
    let expected = [
        ("dash", "malformed record: '-' at position 2"),
        ("record 2", "malformed record: no name after '>'"),
        ("empty", "malformed record: no sequence"),
        ("short", "malformed record: the position of the TSS is unknown"),
    ];
    for (pair, (id, note)) in table.chunks(2).zip(expected) {
        for row in pair {
            assert_eq!((row["id"].as_str(), row["log2_tpm"].as_str(), row["n_acgt"].as_str()), (id, "", "0"));
            assert!(row["note"].starts_with(note), "{row:?}");
        }
    }
    let parts = ["1/2", "2/2"].map(|part| stdout(&bench.done(&format!("{line} --on-malformed skip --shard {part}"))));
    assert_eq!(parts[0].clone() + parts[1].split_once('\n').expect("a header").1, output);
    bench.refused(2, &line.replace("--fasta p.fa", "--gene GATA1 --on-malformed skip"));
}

#[test]
fn predict_agrees_between_data_set_fasta_and_genome() {
    let bench = Workbench::new();
    let (data, model) = (SHARED.data(), SHARED.model());
    let promoters = fs::read_to_string(SHARED.data.join("promoters.fa")).expect("simulated");
    let mut lines = promoters.lines();
    let header = lines.next().expect("a record").trim_start_matches('>');
    let sequence: String = lines.take_while(|line| !line.starts_with('>')).collect();
    let id = header.split_whitespace().next().expect("an identifier");
    bench.put("one.fa", format!(">{header}\n{sequence}\n"));
    // 40 bases before the promoter; its TSS is base 200 of it, 240 of the contig.
    bench.put("g.fa", format!(">chrZ\n{}{sequence}{}\n", bases(40, 7), bases(60, 8)));
    bench.put("tss.bed", format!("Z\t240\t241\t{id}\t0\t+\nchrY\t5\t6\tELSEWHERE\t0\t+\n"));

    let gene = rows(&stdout(&bench.done(&format!("predict --gene {id} --data {data} --model {model}"))), '\t');
    let fasta = rows(&stdout(&bench.done(&format!("predict --fasta one.fa --model {model}"))), '\t');
    let bed = rows(&stdout(&bench.done(&format!("predict --bed tss.bed --genome g.fa --model {model}"))), '\t');
    for row in 0..2 {
        assert_eq!(gene[row]["log2_tpm"], fasta[row]["log2_tpm"]);
        assert_eq!(bed[row]["log2_tpm"], fasta[row]["log2_tpm"]);
        assert!(gene[row]["measured_log2_tpm"].parse::<f64>().is_ok(), "{:?}", gene[row]);
        assert!(gene[row]["note"].contains(" gene; "), "{:?}", gene[row]);
    }
    assert_eq!((bed[2]["id"].as_str(), bed[2]["log2_tpm"].as_str()), ("ELSEWHERE", ""));
    assert!(bed[2]["note"].contains("chrY is not in the genome"), "{:?}", bed[2]);
}

#[test]
fn evaluate_compares_models_on_the_same_genes_and_draws_figures() {
    let bench = Workbench::new();
    let (data, model) = (SHARED.data(), SHARED.model());
    let output = bench.done(&format!("evaluate --data {data} --model {model} --bootstrap 100 -o out"));
    let table = stdout(&output);
    for name in ["toy", "train-mean", "kmer-ridge"] {
        assert!(table.lines().any(|line| line.starts_with(name)), "{name}\n{table}");
    }
    for file in ["predictions.tsv", "attention.tsv", "metrics.tsv", "comparisons.tsv", "report.html", "report.json"] {
        assert!(bench.path("out").join(file).is_file(), "{file}");
    }
    let figures: Vec<String> = bench
        .files()
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .filter(|name| name.starts_with("fig"))
        .collect();
    for extension in [".svg", ".png"] {
        let count = figures.iter().filter(|name| name.ends_with(extension)).count();
        assert_eq!(count, 5, "five figures: {figures:?}");
    }
    assert!(figures.contains(&"fig4_model_comparison.csv".to_owned()), "and the tables behind them: {figures:?}");
    let caption = bench.read("out/fig1_predicted_measured.svg");
    assert!(caption.contains("Simulated data"), "every figure says so");

    let predictions = rows(&bench.read("out/predictions.tsv"), '\t');
    let genes_of = |model: &str| {
        let of_model = predictions.iter().filter(|row| row["model"] == model);
        of_model.map(|row| (row["gene_id"].clone(), row["cell_type"].clone())).collect::<Vec<_>>()
    };
    assert!(genes_of("toy").len() > 20);
    assert_eq!(genes_of("toy"), genes_of("kmer-ridge"));
    assert!(predictions.iter().all(|row| row["split"] == "test"));

    let line = format!(
        "evaluate --data {data} --model {model} --bootstrap 10 --baselines none --no-figures --no-report --json -o bare"
    );
    let metrics = json(&stdout(&bench.done(&line)));
    assert_eq!(metrics["rows"].as_array().map(Vec::len), Some(4), "K562, HepG2, their mean and both pooled");
    let drawn = |name: &str| name.starts_with("fig") || name.starts_with("report");
    let files = fs::read_dir(bench.path("bare")).expect("made").flatten();
    assert!(!files.map(|file| file.file_name()).any(|name| drawn(&name.to_string_lossy())), "nothing is drawn");
}

#[test]
fn evaluate_other_data_set_gives_a_warning() {
    let bench = Workbench::new();
    bench.done("simulate -o other --genes 120 --seed 7 --upstream 200 --downstream 100 --prepare");
    let line = format!("evaluate --model {} --bootstrap 10 --no-figures --baselines none -o out", SHARED.model());
    let message = stderr(&bench.done(&line));
    assert!(message.contains("warning: model toy was TRAINED ON "), "{message}");
}

/// The files that the same run must leave byte for byte.
fn outcome(model: &Path) -> (Vec<u8>, String) {
    let weights = fs::read(model.join("weights.safetensors")).expect("weights");
    (weights, fs::read_to_string(model.join("history.csv")).expect("a history"))
}

fn train(name: &str) -> String {
    format!("train --data {} --name {name} --epochs 3 {}", SHARED.data(), TRAINING.join(" "))
}

#[test]
fn train_interrupted_run_resumes_to_the_same_weights() {
    let bench = Workbench::new();
    bench.done(&train("whole"));
    bench.done(&train("again"));
    let whole = outcome(&bench.path("models/whole"));
    assert!(whole == outcome(&bench.path("models/again")), "the same seed gives the same model");

    let stopped = bench.command(&format!("{} --stop-after-epoch 1", train("halves"))).output().expect("starts");
    assert_eq!(stopped.status.code(), Some(1));
    let message = stderr(&stopped);
    assert!(message.contains("interrupted after epoch 1; resume with: tatabox train"), "{message}");
    assert!(message.trim_end().ends_with("--max-shift 2 --resume"), "{message}");
    assert!(!bench.path("models/halves").exists());
    let over = bench.command(&train("halves")).output().expect("starts");
    let message = stderr(&over);
    assert!(over.status.code() == Some(1) && message.contains("--resume") && message.contains("--force"), "{message}");
    let unfinished = bench.command("predict --fasta x.fa --model models/halves").output().expect("starts");
    assert!(stderr(&unfinished).contains("--resume"), "{}", stderr(&unfinished));

    let other = bench.command(&format!("{} --resume --seed 7", train("halves"))).output().expect("starts");
    assert!(stderr(&other).contains("other options") || stderr(&other).contains("differ"), "{}", stderr(&other));
    bench.done(&format!("{} --resume", train("halves")));
    assert!(whole == outcome(&bench.path("models/halves")), "interruption changes nothing");
    assert!(!bench.path("models/halves.partial").exists());

    let message = bench.refused(1, &train("whole"));
    assert!(message.contains("already exists") && message.contains("--force"), "{message}");
}

#[cfg(unix)]
#[test]
fn train_interrupt_signal_reports_the_resume_command() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let bench = Workbench::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tatabox"))
        .args(train("stopped").replace("--epochs 3", "--epochs 500").split_whitespace())
        .current_dir(bench.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("epoch ")), "the first epoch ends");
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(signalled.success());
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().expect("ends").code(), Some(1));
    let last = rest.last().expect("a last word");
    assert!(last.starts_with("error: interrupted after epoch") && last.ends_with("--resume"), "{rest:?}");
    assert!(bench.path("models/stopped.partial/history.csv").is_file());
    assert!(!bench.path("models/stopped").exists());
}
