//! Leaks planted in data sets, and whether the audit finds them.

use std::fmt::Write as _;
use std::fs::{self, File};

use polars::prelude::{Column, DataFrame, ParquetReader, ParquetWriter, SerReader};
use serde_json::Value;
use tatabox_dataset::sha256_file;

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

const GENES: u32 = 300;
const CHROMOSOMES: u32 = 10;
const PREPARE: &str = "prepare --promoters p.fa --expression e.tsv --tss-offset 250 --upstream 250 --downstream 50 \
                       -o set --force";

/// A promoter with its expression in TPM.
#[derive(Clone)]
struct Promoter {
    bases: String,
    tss_offset: usize,
    tpm: u32,
}

/// Promoters that have nothing in common, and expression that nothing predicts.
fn strangers() -> Vec<Promoter> {
    let promoter = |gene| Promoter { bases: bases(300, gene * 7_919), tss_offset: 250, tpm: gene * 101 % 307 };
    (0..GENES).map(promoter).collect()
}

fn chromosome(gene: u32) -> String {
    format!("chr{}", gene % CHROMOSOMES + 1)
}

/// A bench with these promoters as the data set `set`.
fn prepared(promoters: &[Promoter]) -> Workbench {
    let bench = Workbench::new();
    let (mut fasta, mut table) = (String::new(), "gene_id\tgene_name\tK562\n".to_owned());
    for (gene, Promoter { bases, tss_offset, tpm }) in (0..).zip(promoters) {
        writeln!(fasta, ">G{gene:03} chrom={} tss_offset={tss_offset}\n{bases}", chromosome(gene)).expect("text");
        writeln!(table, "G{gene:03}\tNAME{gene}\t{tpm}").expect("text");
    }
    bench.put("p.fa", fasta);
    bench.put("e.tsv", table);
    bench.done(PREPARE);
    bench
}

/// Genes of the test split and of the train split; which they are depends on their chromosomes alone.
fn test_and_train() -> (Vec<u32>, Vec<u32>) {
    let manifest: Value = serde_json::from_str(&prepared(&strangers()).read("set/dataset.json")).expect("JSON");
    let genes = |split: &str| {
        let chromosomes = manifest["split"][split]["chromosomes"].as_array().expect("a list").clone();
        (0..GENES).filter(|&gene| chromosomes.contains(&Value::from(chromosome(gene)))).collect()
    };
    (genes("test"), genes("train"))
}

/// Audits `set`, which has to end with `code`; the report as JSON.
fn audited(bench: &Workbench, code: i32) -> Value {
    let output = bench.command("audit set --json").output().expect("starts");
    assert_eq!(output.status.code(), Some(code), "{}\n{}", stdout(&output), stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

/// Checks that did not pass, with their verdicts.
fn found(report: &Value) -> Vec<(&str, &str)> {
    let checks = report["checks"].as_array().expect("a list").iter();
    let named = checks.filter_map(|check| Some((check["name"].as_str()?, check["verdict"].as_str()?)));
    named.filter(|&(_, verdict)| verdict != "PASS").collect()
}

/// Every `step`-th base is another.
fn mutated(bases: &str, step: usize) -> String {
    let other = |base| if base == 'A' { 'C' } else { 'A' };
    bases.chars().enumerate().map(|(at, base)| if at % step == step / 2 { other(base) } else { base }).collect()
}

fn reverse_complement(bases: &str) -> String {
    let pair = |base| match base {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        _ => 'A',
    };
    bases.chars().rev().map(pair).collect()
}

#[test]
fn audit_clean_data_set_passes_every_check() {
    let bench = prepared(&strangers());
    let output = bench.done("audit");
    let table = stdout(&output);
    assert_eq!(table.matches("PASS").count(), 10, "nine checks and the worst verdict\n{table}");
    assert!(!table.contains("WARN") && !table.contains("FAIL"), "{table}");
    assert!(stderr(&output).contains("written to"), "{}", stderr(&output));
    for file in ["audit.json", "similarity.tsv", "duplicates.tsv", "overlaps.tsv"] {
        assert!(bench.path("set/audit").join(file).is_file(), "{file}");
    }
    let similarity = bench.read("set/audit/similarity.tsv");
    assert!(similarity.starts_with("gene_id\tsplit\tnearest_train_gene\tsimilarity\t"), "{similarity}");
    let before = bench.read("set/audit/audit.json");
    assert_eq!(audited(&bench, 0)["verdict"], "PASS");
    assert_eq!(bench.read("set/audit/audit.json"), before, "the same data give the same report");

    bench.done("audit set --no-baselines --out elsewhere");
    let report: Value = serde_json::from_str(&bench.read("elsewhere/audit.json")).expect("JSON");
    assert_eq!(report["checks"].as_array().map(Vec::len), Some(6));
}

#[test]
fn audit_copies_in_two_splits_fail() {
    let (test, train) = test_and_train();
    let mut promoters = strangers();
    promoters[test[0] as usize].bases = promoters[train[0] as usize].bases.clone();
    promoters[test[1] as usize].bases = reverse_complement(&promoters[train[1] as usize].bases);
    let shorter = promoters[train[2] as usize].bases[50..].to_owned();
    promoters[test[2] as usize] = Promoter { bases: shorter, tss_offset: 200, tpm: 5 };
    let bench = prepared(&promoters);
    let report = audited(&bench, 1);
    assert_eq!(found(&report)[..2], [("duplicated windows", "FAIL"), ("similar windows", "FAIL")]);
    let listed = bench.read("set/audit/duplicates.tsv");
    let pairs = [(0, "identical\t300"), (1, "reverse-complement\t300"), (2, "up-to-padding\t250")];
    for (pair, kind) in pairs {
        let ids = [format!("G{:03}", test[pair]), format!("G{:03}", train[pair])];
        let row = |line: &&str| ids.iter().all(|id| line.contains(id.as_str()));
        assert!(listed.lines().find(row).is_some_and(|line| line.ends_with(kind)), "{kind}\n{listed}");
    }

    let output = bench.command("audit set").output().expect("starts");
    let output_text = stderr(&output);
    assert!(output_text.contains("error: set fails the audit: duplicated windows, similar windows"), "{output_text}");
    assert!(stdout(&output).contains("FAIL"), "the table is printed all the same");
    bench.done("audit set --no-fail");
}

#[test]
fn audit_similarly_expressed_paralogues_fail_nearest_neighbour() {
    let (test, train) = test_and_train();
    let mut promoters = strangers();
    for (&test, &train) in test.iter().zip(&train) {
        let Promoter { bases, tpm, .. } = promoters[train as usize].clone();
        promoters[test as usize] = Promoter { bases: mutated(&bases, 60), tpm: tpm + 1, tss_offset: 250 };
    }
    let bench = prepared(&promoters);
    let report = audited(&bench, 1);
    assert_eq!(found(&report), [("similar windows", "FAIL"), ("nearest neighbour", "FAIL")]);
    let similarity = bench.read("set/audit/similarity.tsv");
    let (gene, nearest) = (format!("G{:03}\ttest\t", test[5]), format!("G{:03}", train[5]));
    let row = similarity.lines().find_map(|line| line.strip_prefix(&gene)).expect("every test gene has a row");
    assert!(row.starts_with(&nearest), "{row}");
}

#[test]
fn audit_padding_of_unequal_windows_warns_and_padding_within_them_fails() {
    let mut unequal = strangers();
    for promoter in unequal.iter_mut().step_by(7) {
        promoter.bases.replace_range(..150, "");
        (promoter.tss_offset, promoter.tpm) = (100, 5_000);
    }
    let report = audited(&prepared(&unequal), 0);
    assert_eq!(found(&report), [("padding, windows", "WARN")]);

    // Runs of unknown bases that are too short to end a window's known sequence.
    let mut gaps = strangers();
    for promoter in gaps.iter_mut().step_by(3) {
        promoter.bases.replace_range(100..110, "NNNNNNNNNN");
        promoter.tpm = 5_000;
    }
    let report = audited(&prepared(&gaps), 1);
    assert_eq!(found(&report), [("padding, network", "FAIL"), ("padding, windows", "WARN")]);
}

/// Changes `genes.parquet` behind the back of the data set, and its record with it.
fn tamper(bench: &Workbench, change: impl FnOnce(&mut DataFrame)) {
    let path = bench.path("set/genes.parquet");
    let mut frame = ParquetReader::new(File::open(&path).expect("there")).finish().expect("parquet");
    change(&mut frame);
    ParquetWriter::new(File::create(&path).expect("writable")).finish(&mut frame).expect("written");
    let mut manifest: Value = serde_json::from_str(&bench.read("set/dataset.json")).expect("JSON");
    let files = manifest["files"].as_array_mut().expect("a list");
    let file = files.iter_mut().find(|file| file["name"] == "genes.parquet").expect("recorded");
    file["bytes"] = fs::metadata(&path).expect("there").len().into();
    file["sha256"] = sha256_file(&path).expect("readable").into();
    bench.put("set/dataset.json", manifest.to_string());
}

#[test]
fn audit_windows_overlapping_on_the_genome_fail() {
    let (test, train) = test_and_train();
    let bench = prepared(&strangers());
    tamper(&bench, |frame| {
        let ids: Vec<String> =
            frame.column("gene_id").expect("there").str().expect("text").iter().flatten().map(str::to_owned).collect();
        let place = |gene: u32| ids.iter().position(|id| *id == format!("G{gene:03}")).expect("kept");
        let mut chrom: Vec<String> = ids.iter().map(|id| chromosome(id[1..].parse().expect("a number"))).collect();
        let mut tss: Vec<u64> = (0..u64::from(GENES)).map(|gene| 1_000_000 + 1_000 * gene).collect();
        for (gene, at) in [(test[0], 5_000), (train[0], 5_100)] {
            chrom[place(gene)] = "chr11".to_owned();
            tss[place(gene)] = at;
        }
        for column in [
            Column::new("chrom".into(), chrom),
            Column::new("tss".into(), tss),
            Column::new("strand".into(), vec!["-"; ids.len()]),
        ] {
            frame.with_column(column).expect("as long as the others");
        }
    });
    let report = audited(&bench, 1);
    assert_eq!(found(&report), [("chromosomes", "FAIL"), ("overlapping windows", "FAIL")]);
    // On the reverse strand 4,951..5,251 and 5,051..5,351.
    let overlaps = bench.read("set/audit/overlaps.tsv");
    assert!(overlaps.contains("\tchr11\t5051\t200\n"), "{overlaps}");
}

#[test]
fn audit_invalid_input_is_refused() {
    let bench = Workbench::new();
    bench.put("file", "");
    let message = bench.refused(1, "audit file");
    assert!(message.contains("not a prepared data set"), "{message}");
    let message = bench.refused(1, &format!("audit {} --no-baselines --out file/audit", SHARED.data()));
    assert!(message.contains("file/audit") && message.contains("--out"), "{message}");
    let message = bench.refused(2, "audit --near-duplicates 2");
    assert!(message.contains("expected a fraction from 0 to 1"), "{message}");
}
