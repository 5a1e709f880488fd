//! `motifs` and `marginalize`: motifs of filters, and marginal effects of motifs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::workbench::{SHARED, TRAINING, Workbench, bases, stderr, stdout};

type Row = BTreeMap<String, String>;

/// Folder of the demo data set, with its ground truth.
fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/demo")
}

/// Rows of a table by the names of its columns.
fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let row =
        |line: &str| header.iter().map(|name| (*name).to_owned()).zip(line.split('\t').map(str::to_owned)).collect();
    lines.map(row).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// The planted motifs by name, as JASPAR has counts.
fn planted_database() -> String {
    let truth: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(demo().join("truth.json")).expect("there")).expect("JSON");
    let mut text = String::new();
    for motif in truth["motifs"].as_array().expect("motifs") {
        let consensus = motif["consensus"].as_str().expect("letters");
        writeln!(text, ">{}", motif["name"].as_str().expect("a name").replace(' ', "_")).expect("text");
        for base in ['A', 'C', 'G', 'T'] {
            let count = |letter: char| match letter {
                'N' => 25,
                'Y' if "CT".contains(base) => 48,
                'W' if "AT".contains(base) => 48,
                letter if letter == base => 97,
                _ => 1,
            };
            let counts: Vec<String> = consensus.chars().map(|letter| count(letter).to_string()).collect();
            writeln!(text, "{base} [ {} ]", counts.join(" ")).expect("text");
        }
    }
    text
}

/// A model trained on the demo set for seconds, long enough to learn the strongest planted motifs.
static LEARNED: LazyLock<PathBuf> = LazyLock::new(|| {
    let bench = Workbench::kept("tatabox-motifs");
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/settings/simulated.json");
    bench.done(&format!(
        "train --data {} --name learned --epochs 8 --cell-type all --batch-size 16 --settings {}",
        demo().display(),
        settings.display()
    ));
    bench.path("models/learned")
});

#[test]
fn motifs_filters_match_planted_motifs_whose_ablation_lowers_expression() {
    let bench = Workbench::new();
    bench.put("planted.jaspar", planted_database());
    let line = format!(
        "motifs --model {} --data {} --database planted.jaspar --genes 1000 --effect-genes 40 --shuffles 2 -o m",
        LEARNED.display(),
        demo().display()
    );
    let report = stdout(&bench.done(&line));
    assert!(report.starts_with("filter  consensus") && report.lines().count() == 11, "{report}");

    let matches = rows(&bench.read("m/matches.tsv"));
    let found: BTreeSet<&str> =
        matches.iter().filter(|row| number(row, "q") < 0.05).map(|row| row["target"].as_str()).collect();
    // Filters are initialised with k-mers that are enriched in expressed genes, as the planted motifs are.
    assert!(found.len() >= 8, "{found:?}");
    for name in ["CRE", "HNF4A", "GATA1", "TATA_box"] {
        assert!(found.contains(name), "{name} of {found:?}");
    }

    let filters = rows(&bench.read("m/motifs.tsv"));
    assert_eq!(filters.len(), 64);
    let cre = filters.iter().find(|row| row["match"] == "CRE").expect("found");
    assert!(cre["consensus"].contains("TGACGTCA"), "{cre:?}");
    assert!(number(cre, "high") < -0.5 && number(cre, "control_log2_tpm").abs() < 0.5, "{cre:?}");
    // It is planted from -200 to -40.
    assert!((-200.0..-40.0).contains(&number(cre, "median_bp")), "{cre:?}");

    let marginalize = format!(
        "marginalize --model {} --data {} --motif TGACGTCA,GTGATCAC --positions -100 --orientation both --backgrounds 30",
        LEARNED.display(),
        demo().display()
    );
    let effects = rows(&stdout(&bench.done(&marginalize)));
    assert_eq!(effects.len(), 2 * 2 * 8);
    for row in &effects {
        let (low, high) = (number(row, "low"), number(row, "high"));
        assert!(low <= number(row, "effect_log2_tpm") && number(row, "effect_log2_tpm") <= high, "{row:?}");
        if row["motif"] == "TGACGTCA" {
            // It adds 2.0 where it is planted.
            assert!(low > 0.8 && high < 2.6, "{row:?}");
        } else {
            assert!(high < 0.5, "the same bases in another order: {row:?}");
        }
    }
}

#[test]
fn motifs_tables_are_consistent_and_reproducible() {
    let bench = Workbench::new();
    bench.put("planted.jaspar", planted_database());
    let line = format!("motifs --model {} --data {} --effect-genes 5 --genes 100", SHARED.model(), SHARED.data());
    bench.done(&format!("{line} --database planted.jaspar -o a"));
    bench.done(&format!("{line} --database planted.jaspar -o b --threads 1"));
    for file in ["motifs.meme", "motifs.tsv", "matches.tsv", "positions.tsv", "effects.tsv"] {
        assert_eq!(bench.read(&format!("a/{file}")), bench.read(&format!("b/{file}")), "{file}");
    }
    let filters = rows(&bench.read("a/motifs.tsv"));
    let effects = rows(&bench.read("a/effects.tsv"));
    assert_eq!(effects.len(), 2 * filters.len());
    let mut positions: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows(&bench.read("a/positions.tsv")) {
        assert!((number(&row, "end_bp") - number(&row, "start_bp") - 10.0).abs() < 1e-9, "{row:?}");
        *positions.entry(row["filter"].clone()).or_default() += number(&row, "sites");
    }
    for row in &filters {
        assert!((positions[&row["filter"]] - number(row, "sites")).abs() < 1e-9, "{row:?}");
        let of_filter: Vec<f64> = effects
            .iter()
            .filter(|effect| effect["filter"] == row["filter"])
            .filter_map(|effect| effect["ablation_log2_tpm"].parse().ok())
            .collect();
        if let Ok(mean) = row["ablation_log2_tpm"].parse::<f64>() {
            assert!((of_filter.iter().sum::<f64>() / 2.0 - mean).abs() < 2e-6, "{row:?}");
        } else {
            assert_eq!(row["note"], "active nowhere");
        }
    }
    let meme = bench.read("a/motifs.meme");
    let with_sites = filters.iter().filter(|row| row["sites"] != "0").count();
    assert!(meme.starts_with("MEME version 4\n") && meme.matches("\nMOTIF f").count() == with_sites);
    // The matrices can be read as a database.
    let again = format!("{line} --database a/motifs.meme -o c");
    bench.done(&again);
    for row in rows(&bench.read("c/motifs.tsv")).iter().filter(|row| !row["match"].is_empty()) {
        assert!(number(row, "match_q") < 1e-3, "{row:?}");
    }
    let record: serde_json::Value = serde_json::from_str(&bench.read("a/run.json")).expect("JSON");
    assert_eq!((record["seed"].as_u64(), record["genes_read"].as_u64()), (Some(42), Some(100)));
    assert_eq!(record["database"]["sha256"].as_str().map(str::len), Some(64));

    bench.done(&format!("{line} --effect-genes 0 -o d").replace("--effect-genes 5 ", ""));
    assert!(!bench.path("d/matches.tsv").exists(), "without a database");
    assert!(rows(&bench.read("d/motifs.tsv")).iter().all(|row| row["ablation_log2_tpm"].is_empty()));
}

#[test]
fn marginalize_effect_is_the_difference_of_two_predictions() {
    let bench = Workbench::new();
    let model = SHARED.model();
    let promoters: Vec<String> = (1..4).map(|seed| bases(300, seed)).collect();
    let fasta = |promoters: &[String]| -> String {
        let records = promoters.iter().enumerate().map(|(index, bases)| format!(">p{index}\n{bases}\n"));
        records.collect::<Vec<_>>().concat()
    };
    bench.put("without.fa", fasta(&promoters));
    // The TSS is at index 200, so that -30 is index 170; the reverse complement of TATAAA is TTTATA.
    let with: Vec<String> = promoters.iter().map(|bases| format!("{}TTTATA{}", &bases[..170], &bases[176..])).collect();
    bench.put("with.fa", fasta(&with));
    bench.put("tata.meme", "MEME version 4\nMOTIF MA0108.2 TBP\nletter-probability matrix: w= 6\n0 0 0 1\n.7 .3 0 0\n0 0 0 1\n1 0 0 0\n.9 .1 0 0\n1 0 0 0\n");
    let predicted = |file: &str| rows(&stdout(&bench.done(&format!("predict --fasta {file} --model {model}"))));
    let (without, with) = (predicted("without.fa"), predicted("with.fa"));
    for source in ["--motif tataaa", "--motif-file tata.meme --motif-name tbp", "--motif-file tata.meme"] {
        let line = format!(
            "marginalize {source} --positions -30 --orientation reverse --background without.fa --model {model}"
        );
        let effects = rows(&stdout(&bench.done(&line)));
        assert_eq!(effects.len(), 2);
        for row in &effects {
            let of = |table: &[Row]| -> f64 {
                let values = table.iter().filter(|other| other["cell_type"] == row["cell_type"]);
                values.map(|other| number(other, "log2_tpm")).sum::<f64>() / 3.0
            };
            assert!((number(row, "effect_log2_tpm") - (of(&with) - of(&without))).abs() < 2e-6, "{row:?}");
            assert_eq!(
                (row["position_bp"].as_str(), row["orientation"].as_str(), row["backgrounds"].as_str()),
                ("-30", "reverse", "3")
            );
        }
    }

    let line = format!("marginalize --motif TATAAA --model {model} --data {} --backgrounds 5 --step 50", SHARED.data());
    bench.done(&format!("{line} -o a.tsv"));
    bench.done(&format!("{line} -o b.tsv --threads 1"));
    assert_eq!(bench.read("a.tsv"), bench.read("b.tsv"));
    let positions: Vec<String> =
        rows(&bench.read("a.tsv")).into_iter().step_by(2).map(|row| row["position_bp"].clone()).collect();
    assert_eq!(positions, ["-200", "-150", "-100", "-50", "0", "50"]);
    let shuffled = bench.read("a.tsv");
    bench.done(&format!("{line} -o c.tsv --background promoters"));
    assert_ne!(bench.read("c.tsv"), shuffled);
}

#[test]
fn motifs_and_marginalize_invalid_inputs_are_refused() {
    let bench = Workbench::new();
    let (data, model) = (SHARED.data(), SHARED.model());
    bench.put("two.jaspar", ">a\n1\n0\n0\n0\n>b\n1\n0\n0\n0\n");
    bench.put("bad.meme", "MEME version 4\nMOTIF GATA\nletter-probability matrix: w= 1\n0.5 0.5 0.5 0\n");
    bench.put("short.fa", ">p tss_offset=5\nACGTACGTACGTACGTAC\n");
    let marginalize = format!("marginalize --model {model} --data {data}");
    let usage = [
        ("--motif TATAXA", "'X' at position 4"),
        ("--motif TATAAA --positions -300..0", "--positions: TATAAA (6 bp) at -300 is outside -200..+100"),
        ("--motif TATAAA --positions 95", "its first base can be at -200 to 94"),
        ("--motif-file two.jaspar", "--motif-name: two.jaspar has 2 motifs; expected the name of one or more"),
        ("--motif TATAAA -o x.xlsx", "no format has the extension .xlsx"),
    ];
    for (arguments, report) in usage {
        let message = bench.refused(2, &format!("{marginalize} {arguments}"));
        assert!(message.contains(report), "{arguments}\n{message}");
    }
    let failures = [
        ("--motif-file two.jaspar --motif-name c", "no motif is named c; there are 2"),
        ("--motif-file bad.meme", "bad.meme, line 4 (GATA): row 1 sums to 1.5; expected 1"),
        ("--motif TATAAA --background short.fa", "no record is known over -200..+100"),
        ("--motif TATAAA --background none.fa", "none.fa: no such file"),
    ];
    for (arguments, report) in failures {
        let message = bench.refused(1, &format!("{marginalize} {arguments}"));
        assert!(message.contains(report), "{arguments}\n{message}");
    }

    let motifs = format!("motifs --model {model} --data {data} -o m");
    let message = bench.refused(1, &format!("{motifs} --database bad.meme"));
    assert!(message.contains("bad.meme, line 4 (GATA)"), "{message}");
    let message = bench.refused(1, &format!("{motifs} --database short.fa"));
    assert!(message.contains("short.fa, line 2 (p)"), "{message}");

    let train = format!("train --data {data} --cell-type K562 --architecture kmer-mlp --epochs 1 --name words");
    bench.done(&train);
    let message = bench.refused(1, &format!("motifs --model models/words --data {data} -o m"));
    assert!(message.contains("the network kmer-mlp has no motif convolutions"), "{message}");
    let report =
        stderr(&bench.done(&format!("marginalize --model models/words --data {data} --motif TATAAA --positions -30")));
    assert!(report.contains("TATAAA: largest effect at -30 forward"), "{report}");
}

#[test]
fn motifs_of_an_ensemble_include_the_filters_of_all_members() {
    let bench = Workbench::new();
    let training = TRAINING.join(" ");
    bench.done(&format!("train --data {} --name two --ensemble 2 --epochs 1 {training}", SHARED.data()));
    bench.done(&format!("motifs --model models/two --data {} --effect-genes 2 --genes 50 -o m", SHARED.data()));
    let names: BTreeSet<String> =
        rows(&bench.read("m/motifs.tsv")).into_iter().map(|row| row["filter"].clone()).collect();
    let half = names.len() / 2;
    assert!(names.contains("m1.f00") && names.contains(&format!("m2.f{:02}", half - 1)), "{names:?}");
}
