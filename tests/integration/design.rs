//! `design`: promoters with a target expression.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

const FILES: [&str; 5] = ["designs.fa", "designs.tsv", "edits.tsv", "pareto.tsv", "run.json"];
/// Bases before the TSS that the shared model reads, and from the TSS on.
const UPSTREAM: i64 = 200;
const DOWNSTREAM: i64 = 100;

/// Two promoters whose composition and runs keep to the limits of the tests.
fn bench() -> Workbench {
    let bench = Workbench::new();
    let promoter = |first: u32| {
        let drawn = (first..first + 20).map(|seed| bases(300, seed));
        drawn.into_iter().find(|bases| longest_run(bases) <= 5).expect("most sequences do")
    };
    bench.put("p.fa", format!(">a tss_offset=200\n{}\n>b tss_offset=200\n{}\n", promoter(1), promoter(50)));
    bench
}

fn design(options: &str) -> String {
    format!("design --model {} {options}", SHARED.model())
}

/// Rows by column name.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = table.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    lines.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// Sequences by name.
fn records(fasta: &str) -> BTreeMap<String, String> {
    let record = |text: &str| {
        let (header, bases) = text.split_once('\n').expect("a header line");
        (header.split(' ').next().expect("a name").to_owned(), bases.replace('\n', ""))
    };
    fasta.split('>').skip(1).map(record).collect()
}

fn longest_run(bases: &str) -> usize {
    bases.as_bytes().chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0)
}

fn gc(bases: &str) -> f64 {
    bases.bytes().filter(|base| b"GC".contains(base)).count() as f64 / bases.len() as f64
}

#[test]
fn design_keeps_constraints_and_predictions_match_predict() {
    let bench = bench();
    for search in ["greedy", "beam --beam-width 2", "genetic --population 30 --generations 6"] {
        let options = "--target K562=high,HepG2=low:0.5 --start p.fa --edits 5 --protect -35..+5,+50..+60 \
                       --protect-motif GAT --gc 0.3..0.7 --max-homopolymer 5 -o out --force --search";
        let output = bench.done(&design(&format!("{options} {search}")));
        let report = stderr(&output);
        for part in ["verify designs by experiment", "10.1038/s41588-023-01574-w", "10.1038/s41588-023-01524-6"] {
            assert!(report.contains(part), "{part}\n{report}");
        }
        let sequences = records(&bench.read("out/designs.fa"));
        let edits = rows(&bench.read("out/edits.tsv"));
        let designs = rows(&bench.read("out/designs.tsv"));
        assert_eq!(stdout(&output), bench.read("out/designs.tsv"));
        assert_eq!((sequences.len(), designs.len()), (4, 2));
        let predicted =
            rows(&stdout(&bench.done(&format!("predict --fasta out/designs.fa --wide --model {}", SHARED.model()))));
        for (start, design) in [("a", "a_design"), ("b", "b_design")] {
            let (before, after) = (&sequences[start], &sequences[design]);
            let of_design: Vec<_> = edits.iter().filter(|row| row["design"] == design).collect();
            let mut edited = before.clone().into_bytes();
            for row in &of_design {
                let index = row["index"].parse::<usize>().expect("an index");
                assert_eq!(row["position_bp"].parse::<i64>().expect("a position"), index as i64 - UPSTREAM);
                assert_eq!(edited[index], row["from"].as_bytes()[0]);
                edited[index] = row["to"].as_bytes()[0];
            }
            assert_eq!(edited, after.as_bytes(), "{search}");
            let changed: Vec<usize> =
                (0..before.len()).filter(|&index| before.as_bytes()[index] != after.as_bytes()[index]).collect();
            assert!((1..=5).contains(&changed.len()), "{search}: {changed:?}");
            for &index in &changed {
                let position = index as i64 - UPSTREAM;
                assert!(!(-35..5).contains(&position) && !(50..60).contains(&position), "{search}: {position}");
                for word in ["GAT", "ATC"] {
                    let places = before.match_indices(word).map(|(place, _)| place);
                    assert!(places.into_iter().all(|place| !(place..place + 3).contains(&index)), "{search}: {index}");
                }
            }
            assert!(longest_run(after) <= 5 && (0.3..=0.7).contains(&gc(after)), "{search}");

            let row = designs.iter().find(|row| row["design"] == design).expect("a row");
            let last = of_design.last().expect("an edit");
            let prediction = predicted.iter().find(|row| row["id"] == design).expect("a prediction");
            for column in ["log2_tpm_K562", "log2_tpm_HepG2"] {
                for table in [last, row] {
                    assert!((number(table, column) - number(prediction, column)).abs() < 2e-6, "{search}: {column}");
                }
            }
            let objective = number(prediction, "log2_tpm_K562") - 0.5 * number(prediction, "log2_tpm_HepG2");
            assert!((number(row, "objective") - objective).abs() < 1e-5, "{search}");
            assert!(number(row, "objective") > number(row, "objective_start"), "{search}");
            assert_eq!(row["keeps_limits"], "yes");
        }
        let pareto = rows(&bench.read("out/pareto.tsv"));
        assert_eq!(pareto[0]["edits"], "0");
        for pair in pareto.windows(2) {
            assert!(number(&pair[0], "edits") < number(&pair[1], "edits"), "{search}");
            assert!(number(&pair[0], "objective") < number(&pair[1], "objective"), "{search}");
        }
        let record: Value = serde_json::from_str(&bench.read("out/run.json")).expect("JSON");
        assert_eq!((record["starts"].as_u64(), record["targets"][1].as_str()), (Some(2), Some("HepG2=low:0.5")));
    }
}

#[test]
fn design_target_outweighed_by_the_sum_is_warned_of() {
    let bench = bench();
    // Predictions of both cell types rise and fall together in a network of two epochs, so that one target is missed.
    let output = bench.done(&design("--target K562=high:3,HepG2=low --start p.fa --edits 3 -o out"));
    let rows = rows(&bench.read("out/designs.tsv"));
    let worse = rows.iter().filter(|row| number(row, "log2_tpm_HepG2") > number(row, "log2_tpm_start_HepG2")).count();
    let verb = if worse == 1 { "is" } else { "are" };
    let report = stderr(&output).contains(&format!("HepG2: {worse} of 2 designs {verb} further from the target"));
    assert_eq!(report, worse > 0, "{}", stderr(&output));
}

#[test]
fn design_level_is_approached() {
    let bench = bench();
    bench.done(&design("--target K562=4.5 --start p.fa --edits 6 -o out"));
    for row in rows(&bench.read("out/designs.tsv")) {
        let distance = |column: &str| (number(&row, column) - 4.5).abs();
        assert!(distance("log2_tpm_K562") <= distance("log2_tpm_start_K562"), "{row:?}");
    }
}

#[test]
fn design_is_reproducible_for_a_seed() {
    let bench = bench();
    let run = |seed: u32, threads: u32, out: &str| {
        let options = format!(
            "--target K562=high --random 2 --search genetic --population 20 --generations 4 --seed {seed} \
             --threads {threads} -o {out}"
        );
        bench.done(&design(&options));
        FILES[..4].iter().map(|file| bench.read(&format!("{out}/{file}"))).collect::<Vec<_>>()
    };
    let first = run(42, 1, "x");
    assert_eq!(first, run(42, 2, "y"));
    assert_ne!(first, run(43, 1, "z"));
    assert!(first[0].contains(">random1_design tss_offset=200 start=random1"), "{}", first[0]);
}

#[test]
fn design_starts_are_genes_shuffles_or_short_records() {
    let bench = bench();
    let genes = format!("--target all=low --gene SIM1 --data {} --edits 1 -o genes", SHARED.data());
    bench.done(&design(&genes));
    assert_eq!(rows(&bench.read("genes/designs.tsv")).len(), 1);
    bench.done(&design("--target K562=high --start p.fa --random 2 --edits 1 -o shuffles"));
    let names: Vec<String> = rows(&bench.read("shuffles/designs.tsv")).iter().map(|row| row["start"].clone()).collect();
    assert_eq!(names, ["a_shuffle1", "a_shuffle2", "b_shuffle1", "b_shuffle2"]);
    bench.put("short.fa", format!(">s\n{}\n", bases(100, 3)));
    let output = bench.done(&design("--target K562=high --start short.fa --tss-offset 50 --edits 2 -o short"));
    assert!(stderr(&output).contains("the rest stays N"), "{}", stderr(&output));
    let designed = &records(&bench.read("short/designs.fa"))["s_design"];
    assert_eq!(designed.matches('N').count(), 200);
}

#[test]
fn design_start_outside_the_limits_is_warned_of() {
    let bench = bench();
    let run = "A".repeat(12);
    bench.put("run.fa", format!(">r\n{run}{}\n", bases(288, 4)));
    let options =
        format!("--target K562=high --start run.fa --edits 2 --protect -{UPSTREAM}..-188 --max-homopolymer 5 -o out");
    let output = bench.done(&design(&options));
    assert!(stderr(&output).contains("r: the start is outside the limits"), "{}", stderr(&output));
    assert_eq!(rows(&bench.read("out/designs.tsv"))[0]["keeps_limits"], "no");
    assert!(records(&bench.read("out/designs.fa"))["r_design"].starts_with(&run));
}

#[test]
fn design_invalid_requests_are_refused() {
    let bench = bench();
    let refused = |code: i32, options: &str, report: &str| {
        let message = bench.refused(code, &design(options));
        assert!(message.contains(report), "{options}\n{message}");
    };
    refused(2, "--start p.fa", "--target");
    refused(2, "--target K562=up --start p.fa", "NAME=high");
    refused(2, "--target K562=high", "--start");
    refused(1, "--target K526=high --start p.fa", "did you mean `K562`");
    refused(2, "--target K562=high,K562=low --start p.fa", "K562 has two targets");
    let beyond = format!("--target K562=high --start p.fa --protect -10..+{}", DOWNSTREAM + 1);
    refused(2, &beyond, "is outside -200..+100");
    refused(2, "--target K562=high --start p.fa --protect 5..-5", "such as -300..+100");
    refused(2, "--target K562=high --start p.fa --gc 70..30", "0.3..0.7");
    refused(2, "--target K562=high --start p.fa --beam-width 3", "a setting of --search beam");
    refused(1, "--target K562=high --start p.fa --protect -200..+100", "every base is protected");
    bench.put("twice.fa", format!(">a\n{0}\n>a\n{0}\n", bases(300, 1)));
    refused(1, "--target K562=high --start twice.fa", "two starts have the identifier a");
    bench.put("unknown.fa", format!(">n\n{}\n", "N".repeat(300)));
    refused(1, "--target K562=high --start unknown.fa", "n: no known base");
    bench.done(&design("--target K562=high --start p.fa --edits 1 -o out"));
    refused(1, "--target K562=high --start p.fa -o out", "--force");
}
