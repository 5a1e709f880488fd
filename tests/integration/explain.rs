//! `explain`: effects agree with `predict`, and genome coordinates with the genome.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

/// Rows of a TSV by column name.
fn rows(table: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    lines.map(|line| names.iter().copied().zip(line.split('\t')).collect()).collect()
}

fn number(row: &BTreeMap<&str, &str>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is \"{}\"", row[column]))
}

#[test]
fn explain_substitution_effects_match_predictions_of_mutants() {
    let bench = Workbench::new();
    let promoter = bases(300, 7);
    let mut fasta = format!(">wild tss_offset=200\n{promoter}\n");
    let positions = [-150i64, -31, 0, 60];
    for position in positions {
        let mut mutant = promoter.clone().into_bytes();
        let place = (200 + position) as usize;
        mutant[place] = if mutant[place] == b'A' { b'C' } else { b'A' };
        let mutant = String::from_utf8(mutant).expect("letters");
        writeln!(fasta, ">{position} tss_offset=200\n{mutant}").expect("a string");
    }
    bench.put("mutants.fa", &fasta);
    bench.put("wild.fa", format!(">wild tss_offset=200\n{promoter}\n"));
    let model = SHARED.model();
    let predicted = stdout(&bench.done(&format!("predict --fasta mutants.fa --model {model}")));
    let predicted: BTreeMap<(&str, &str), f64> =
        rows(&predicted).iter().map(|row| ((row["id"], row["cell_type"]), number(row, "log2_tpm"))).collect();

    bench.done(&format!("explain --fasta wild.fa --model {model} -o out --figures 1"));
    let table = bench.read("out/substitutions.tsv");
    for row in rows(&table) {
        let position = row["position_bp"];
        let wanted = if row["base"] == "A" { "C" } else { "A" };
        if positions.map(|position| position.to_string()).contains(&position.to_owned()) && row["substitute"] == wanted
        {
            let cell_type = row["cell_type"];
            let expected = predicted[&(position, cell_type)] - predicted[&("wild", cell_type)];
            assert!((number(&row, "effect") - expected).abs() < 1e-5, "{position} in {cell_type}");
        }
    }
    assert_eq!(rows(&table).len(), 2 * 3 * 300);
    // Only the first of the two cell types has a figure, and the promoter has no genome coordinates.
    for file in ["out/figures/wild.HepG2.svg", "out/tracks"] {
        assert!(!bench.path(file).exists(), "{file}");
    }
    for file in ["out/figures/wild.K562.svg", "out/figures/wild.K562.png", "out/arrays/one_hot.npz", "out/run.json"] {
        assert!(bench.path(file).is_file(), "{file}");
    }
    assert!(rows(&table).iter().all(|row| row["chrom"].is_empty() && row["pos"].is_empty()));
}

#[test]
fn explain_genome_coordinates_are_correct_on_both_strands() {
    let bench = Workbench::new();
    let contig = bases(1000, 3);
    bench.put("genome.fa", format!(">chr1\n{contig}\n"));
    bench.put("tss.bed", "chr1\t400\t401\tplus\t0\t+\nchr1\t620\t621\tminus\t0\t-\n");
    bench.put("sizes", "chr1\t1000\n");
    let line = "explain --bed tss.bed --genome genome.fa --region -100..+50 --cell-type K562 --deletions 7 --figures 0";
    bench.done(&format!("{line} --chrom-sizes sizes --model {} -o out", SHARED.model()));
    let table = bench.read("out/substitutions.tsv");
    let complement = |letter: &str| ["T", "G", "C", "A"]["ACGT".find(letter).expect("a base")];
    for row in rows(&table) {
        let pos: usize = row["pos"].parse().expect("a position");
        assert_eq!(row["ref"], &contig[pos - 1..pos], "pos is 1-based and ref the forward strand");
        let (sense, position_bp) = (row["base"], number(&row, "position_bp") as i64);
        if row["id"] == "plus" {
            assert_eq!((row["ref"], pos as i64), (sense, 401 + position_bp));
        } else {
            assert_eq!((row["ref"], pos as i64), (complement(sense), 621 - position_bp));
        }
    }
    // The promoters do not overlap: each line of the track is the contribution of one base.
    let contributions = bench.read("out/contributions.tsv");
    let track = bench.read("out/tracks/ism.K562.bedgraph");
    let track: BTreeMap<&str, f64> = track
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|fields| (fields[1], fields[3].parse().expect("a number")))
        .collect();
    assert_eq!(track.len(), 300);
    for row in rows(&contributions) {
        assert!((track[row["start"]] - number(&row, "contribution")).abs() < 1e-5, "{}", row["start"]);
    }
    for row in rows(&bench.read("out/deletions.tsv")) {
        assert_eq!(number(&row, "end") as i64 - number(&row, "start") as i64, 7);
    }
    assert!(bench.path("out/tracks/ism.K562.bw").is_file() && bench.path("out/tracks/attention.bw").is_file());
}

#[test]
fn explain_integrated_gradients_are_reproducible_and_nearly_complete() {
    let bench = Workbench::new();
    bench.put("p.fa", format!(">p tss_offset=200\n{}\n", bases(300, 11)));
    let line = format!(
        "explain --fasta p.fa --model {} --method integrated-gradients,gradient-input --cell-type HepG2 --figures 0",
        SHARED.model()
    );
    bench.done(&format!("{line} -o one"));
    bench.done(&format!("{line} -o two"));
    bench.done(&format!("{line} -o three --seed 7"));
    let read = |folder: &str| bench.read(&format!("{folder}/contributions.tsv"));
    assert_eq!(read("one"), read("two"));
    assert_ne!(read("one"), read("three"));
    let summary = bench.read("one/summary.tsv");
    let summary = rows(&summary);
    let methods: Vec<&str> = summary.iter().map(|row| row["method"]).collect();
    assert_eq!(methods, ["gradient-input", "integrated-gradients"]);
    assert_eq!(summary[0]["completeness_delta"], "");
    assert!(number(&summary[1], "completeness_delta") < 0.05);
    assert!(number(&summary[1], "attention_agreement").abs() <= 1.0);
}

#[test]
fn explain_promoters_without_known_bases_and_attention_alone_are_warned_of() {
    let bench = Workbench::new();
    bench
        .put("p.fa", format!(">known tss_offset=200\n{}\n>empty tss_offset=200\n{}\n", bases(300, 1), "N".repeat(300)));
    let output = bench.done(&format!("explain --fasta p.fa --model {} --method attention -o out", SHARED.model()));
    let said = stderr(&output);
    assert!(
        said.contains("not explained: 1 promoter without a known base")
            && said.contains("attention alone is no explanation"),
        "{said}"
    );
    let summary = bench.read("out/summary.tsv");
    let empty = rows(&summary).into_iter().find(|row| row["id"] == "empty").expect("one row per promoter");
    assert_eq!((empty["predicted_log2_tpm"], empty["note"]), ("", "no known base"));
    assert!(!bench.path("out/substitutions.tsv").exists());
}

#[test]
fn explain_motif_sites_sum_the_contributions_of_their_bases() {
    let bench = Workbench::new();
    let mut promoter = bases(300, 5);
    promoter.replace_range(165..173, "TATAAAAG");
    bench.put("p.fa", format!(">p tss_offset=200\n{promoter}\n"));
    let column =
        |base: usize| (0..4).map(|other| if other == base { "0.97" } else { "0.01" }).collect::<Vec<_>>().join(" ");
    let matrix: Vec<String> =
        "TATAAAAG".bytes().map(|letter| column("ACGT".find(char::from(letter)).expect("a base"))).collect();
    let meme = format!(
        "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF TATA\nletter-probability matrix: alength= 4 w= 8 nsites= 100\n{}\n",
        matrix.join("\n")
    );
    bench.put("motifs.meme", meme);
    bench
        .done(&format!("explain --fasta p.fa --model {} --motifs motifs.meme --cell-type K562 -o out", SHARED.model()));
    let hits = bench.read("out/motif_hits.tsv");
    let contributions = bench.read("out/contributions.tsv");
    let hit = rows(&hits).into_iter().find(|row| row["start_bp"] == "-35").expect("the planted site");
    assert_eq!((hit["end_bp"], hit["orientation"]), ("-27", "forward"));
    let sum: f64 = rows(&contributions)
        .iter()
        .filter(|row| (-35.0..-27.0).contains(&number(row, "position_bp")))
        .map(|row| number(row, "contribution"))
        .sum();
    assert!((number(&hit, "contribution") - sum).abs() < 1e-4);
}

#[test]
fn explain_invalid_requests_are_refused_with_a_remedy() {
    let bench = Workbench::new();
    bench.put("p.fa", format!(">p tss_offset=200\n{}\n", bases(300, 1)));
    let model = SHARED.model();
    let cases = [
        ("--region -999..+10", "--region: -999..+10 is outside -200..+100"),
        ("--region 10..-10", "such as -300..+100"),
        ("--cell-type Jurkat", "--cell-type: Jurkat is not among those of the model: K562, HepG2"),
        ("--method integrated-gradients --no-zeros --shuffles 0", "need a baseline"),
        ("--method saliency", "gradient-input"),
    ];
    for (options, expected) in cases {
        let said = bench.refused(2, &format!("explain --fasta p.fa --model {model} {options}"));
        assert!(said.contains(expected), "{options}: {said}");
    }
    let said = bench.refused(1, &format!("explain --fasta none.fa --model {model}"));
    assert!(said.contains("none.fa"), "{said}");
}
