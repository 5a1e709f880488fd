//! Scores of tables that other people made, cross-validation, and figures redrawn.

use std::fs;

use crate::workbench::{SHARED, TRAINING, Workbench, stderr, stdout};

/// A prediction table of one model and cell type.
fn table(genes: usize, model: &str, predicted: impl Fn(usize) -> f64) -> String {
    let row = |gene: usize| {
        let measured = (gene * 37 % 101) as f64 / 10.0;
        format!("G{gene:03}\t\tK562\ttest\t{measured}\t{}\t{model}\n", predicted(gene))
    };
    let header = "gene_id\tgene_name\tcell_type\tsplit\tmeasured\tpredicted\tmodel\n".to_owned();
    [header].into_iter().chain((0..genes).map(row)).collect()
}

/// Grows with the measurement.
fn good(gene: usize) -> f64 {
    (gene * 37 % 101) as f64 / 20.0 + (gene % 7) as f64 / 3.0
}

fn no_nan_in(bench: &Workbench, folder: &str) {
    for entry in fs::read_dir(bench.path(folder)).expect("made").flatten() {
        if let Ok(text) = fs::read_to_string(entry.path()) {
            assert!(!text.contains("NaN"), "{}", entry.path().display());
        }
    }
}

#[test]
fn evaluate_prediction_tables_are_compared_on_shared_genes() {
    let bench = Workbench::new();
    bench.put("mine.tsv", table(80, "mine", good));
    bench.put("theirs.tsv", table(60, "theirs", |gene| (gene * 13 % 17) as f64));
    let output = bench.done("evaluate --predictions mine.tsv,theirs.tsv --bootstrap 200 -o out");
    let text = stdout(&output);
    assert!(text.lines().any(|line| line.starts_with("mine") && line.contains("80")), "{text}");
    assert!(text.lines().any(|line| line.starts_with("theirs") && line.contains("60")), "{text}");
    let comparisons = bench.read("out/comparisons.tsv");
    let header: Vec<&str> = comparisons.lines().next().expect("a header").split('\t').collect();
    let n = header.iter().position(|name| *name == "n").expect("a column n");
    for row in comparisons.lines().skip(1).filter(|line| line.starts_with("mine\ttheirs") || line.starts_with("theirs"))
    {
        assert_eq!(row.split('\t').nth(n), Some("60"), "only genes that both predict are compared: {row}");
    }
    assert!(bench.read("out/report.html").contains("theirs"));
    no_nan_in(&bench, "out");
    let message = bench.refused(2, "evaluate --predictions mine.tsv --reference ours -o other");
    assert!(message.contains("no model ours") && message.contains("mine"), "{message}");
}

#[test]
fn evaluate_constant_predictions_have_no_correlation() {
    let bench = Workbench::new();
    bench.put("p.tsv", table(50, "flat", |_| 1.5));
    let text = stdout(&bench.done("evaluate --predictions p.tsv --bootstrap 50 -o out"));
    let row = text.lines().find(|line| line.starts_with("flat")).expect("a row");
    assert!(row.split_whitespace().any(|cell| cell == "-"), "{text}");
    no_nan_in(&bench, "out");
}

#[test]
fn evaluate_one_gene_has_errors_and_no_correlation() {
    let bench = Workbench::new();
    bench.put("p.tsv", table(1, "m", good));
    let text = stdout(&bench.done("evaluate --predictions p.tsv --bootstrap 50 -o out"));
    assert!(text.lines().any(|line| line.starts_with('m') && line.contains('-')), "{text}");
    no_nan_in(&bench, "out");
}

#[test]
fn evaluate_invalid_prediction_table_is_refused_with_its_line() {
    let bench = Workbench::new();
    let whole = table(20, "m", good);
    let last = whole.lines().last().expect("rows");
    bench.put("twice.tsv", format!("{whole}{last}\n"));
    let message = bench.refused(1, "evaluate --predictions twice.tsv -o out");
    assert!(
        message.contains("twice.tsv, line 22") && message.contains("duplicate") && message.contains("G019"),
        "{message}"
    );
    bench.put("nan.tsv", whole.replacen("\ttest\t0\t", "\ttest\tNaN\t", 1));
    let message = bench.refused(1, "evaluate --predictions nan.tsv -o out");
    assert!(message.contains("nan.tsv, line 2") && message.contains("measured"), "{message}");
    bench.put("short.tsv", whole.replacen("gene_id\t", "gene\t", 1));
    let message = bench.refused(1, "evaluate --predictions short.tsv -o out");
    assert!(message.contains("gene_id"), "{message}");
    let message = bench.refused(1, "evaluate --predictions gone.tsv -o out");
    assert!(message.contains("gone.tsv"), "{message}");
    bench.put("test.tsv", &whole);
    let message = bench.refused(1, "evaluate --predictions test.tsv --split validation -o out");
    assert!(message.contains("20 rows of test"), "{message}");
}

#[test]
fn evaluate_fitted_comparators_are_read_from_the_cache() {
    let bench = Workbench::new();
    let line = format!(
        "evaluate --bootstrap 50 --no-figures --no-report --baselines kmer-mlp,random-forest,svr --data {} --model {}",
        SHARED.data(),
        SHARED.model()
    );
    let first = stderr(&bench.done(&format!("{line} -o first")));
    assert!(first.contains("comparing 1/3: kmer-mlp\n") && !first.contains("from the cache"), "{first}");
    let again = stderr(&bench.done(&format!("{line} -o again")));
    assert_eq!(again.matches("(from the cache)").count(), 3, "{again}");
    assert_eq!(bench.read("first/predictions.tsv"), bench.read("again/predictions.tsv"));
    assert!(bench.read("first/evaluation.json").contains("kmer-mlp: 1"), "how it was trained is noted");
}

#[test]
fn figures_are_redrawn_from_tables() {
    let bench = Workbench::new();
    let line = "evaluate --bootstrap 50 --baselines train-mean,kmer-ridge,model-di-shuffled";
    bench.done(&format!("{line} --data {} --model {} -o out", SHARED.data(), SHARED.model()));
    bench.done("figures out --out again");
    let redrawn: Vec<_> = fs::read_dir(bench.path("again")).expect("made").flatten().collect();
    assert_eq!(redrawn.iter().filter(|file| file.file_name().to_string_lossy().ends_with(".svg")).count(), 5);
    // The list of the files is that of the figures alone.
    for file in redrawn.iter().filter(|file| file.file_name() != "files.txt") {
        let name = file.file_name();
        let first = fs::read(bench.path("out").join(&name)).expect("drawn before");
        assert!(first == fs::read(file.path()).expect("redrawn"), "{}", name.to_string_lossy());
    }
    let message = bench.refused(1, "figures out --out again");
    assert!(message.contains("again is not empty") && message.contains("--force"), "{message}");
    bench.put("out/notes.txt", "mine");
    bench.done("figures out --no-report");
    assert!(!bench.path("out/report.html").exists() && bench.path("out/notes.txt").exists());
    let message = bench.refused(1, &format!("figures {}", SHARED.model()));
    assert!(message.contains("holds no evaluation"), "{message}");
}

#[test]
fn crossval_interrupted_run_resumes_to_the_same_predictions() {
    let bench = Workbench::new();
    let line = format!(
        "crossval --folds 3 --data {} --epochs 2 --bootstrap 50 --baselines train-mean,kmer-ridge {}",
        SHARED.data(),
        TRAINING.join(" ")
    );
    bench.done(&format!("{line} -o whole"));
    let stopped = bench.command(&format!("{line} -o halves --stop-after-epoch 1")).output().expect("starts");
    assert_eq!(stopped.status.code(), Some(1));
    assert!(stderr(&stopped).contains("resume with: tatabox crossval"), "{}", stderr(&stopped));
    assert!(!bench.path("halves/predictions.tsv").exists());
    bench.done(&format!("{line} -o halves"));
    assert_eq!(bench.read("whole/predictions.tsv"), bench.read("halves/predictions.tsv"));
    let again = bench.done(&format!("{line} -o whole"));
    assert_eq!(stderr(&again).matches("already trained").count(), 3, "{}", stderr(&again));

    let predictions = bench.read("whole/predictions.tsv");
    let of_network = |line: &&str| line.contains("\tK562\t") && line.ends_with("\tk562-hepg2-toy");
    let mut genes: Vec<&str> =
        predictions.lines().filter(of_network).filter_map(|line| line.split('\t').next()).collect();
    genes.sort_unstable();
    genes.dedup();
    let listed = bench.read("whole/folds.tsv").lines().filter(|line| line.ends_with("\tpredicted")).count();
    assert_eq!(genes.len(), listed, "every gene is predicted once");
    assert!(bench.read("whole/fold_metrics.tsv").lines().any(|line| line.starts_with("3\tkmer-ridge\tmean\t")));
    assert!(bench.read("whole/comparisons.json").contains("\"folds\": 3"));

    let message = bench.command(&format!("{line} --seed 7 -o whole")).output().expect("starts");
    assert!(stderr(&message).contains("--force"), "{}", stderr(&message));
    let message = bench.refused(1, &format!("crossval --folds 40 --data {} -o many", SHARED.data()));
    assert!(message.contains("40 folds"), "{message}");
}

#[test]
fn crossval_folds_trained_separately_give_the_same_files() {
    // Separate state folders, so that one run does not use the cache of the other.
    let (together, alone) = (Workbench::new(), Workbench::new());
    let baselines = "train-mean,kmer-ridge,model-di-shuffled";
    let options = format!("--data {} --epochs 2 --baselines {baselines} {}", SHARED.data(), TRAINING.join(" "));
    let line = format!("crossval --folds 3 --bootstrap 50 {options} -o cv");
    together.done(&line);

    alone.done(&format!("{line} --fold 3"));
    let stopped = alone.command(&format!("{line} --fold 1 --stop-after-epoch 1")).output().expect("starts");
    assert_eq!(stopped.status.code(), Some(1));
    assert!(stderr(&stopped).contains("--fold 1"), "{}", stderr(&stopped));
    alone.done(&format!("{line} --fold 2"));
    let resumed = stderr(&alone.done(&format!("{line} --fold 1")));
    assert!(resumed.contains("fold 1 is trained"), "{resumed}");
    assert!(!alone.path("cv/predictions.tsv").exists() && alone.path("cv/folds.tsv").exists());
    let merged = stderr(&alone.done(&line));
    assert_eq!(merged.matches("already trained").count(), 3, "{merged}");
    assert_eq!(merged.matches("(from the cache)").count(), 6, "{merged}");

    let timed = ["run.json", "SHA256SUMS"];
    let mut folders = vec!["cv".to_owned()];
    let mut compared = 0;
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(together.path(&folder)).expect("written").flatten() {
            let name = format!("{folder}/{}", file.file_name().to_string_lossy());
            if file.path().is_dir() {
                folders.push(name);
            } else if !timed.iter().any(|timed| name.ends_with(timed)) {
                let same =
                    fs::read(file.path()).expect("written") == fs::read(alone.path(&name)).expect("written, too");
                assert!(same, "{name}");
                compared += 1;
            }
        }
    }
    assert!(compared > 40, "{compared} files");

    let trained_anew = stderr(&alone.done(&format!("{line} --fold 2 --force")));
    assert!(!trained_anew.contains("already trained"), "{trained_anew}");
    assert!(alone.path("cv/fold1").exists() && alone.path("cv/fold2").exists());
    let message = alone.refused(2, &format!("{line} --fold 4"));
    assert!(message.contains("--fold 4: expected at most 3"), "{message}");
}
