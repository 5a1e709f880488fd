//! Measured and predicted effects of variants.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

/// TSS of the bench, 0-based, on the forward strand.
const TSS: usize = 1_000;
/// Bases of the promoter record before the TSS and from it on.
const RECORD: (usize, usize) = (400, 300);

type Row = BTreeMap<String, String>;

/// Variant by position relative to the TSS, deleted and inserted bases.
struct Change {
    position: i64,
    deleted: usize,
    inserted: &'static str,
}

fn chr1() -> String {
    bases(2_000, 7)
}

/// Substitutions every few bases, deletions and an insertion.
fn changes() -> Vec<Change> {
    let substitution = |number: i64| Change { position: -150 + 9 * number, deleted: 1, inserted: "" };
    let mut changes: Vec<Change> = (0..14).map(substitution).collect();
    changes.push(Change { position: -60, deleted: 7, inserted: "" });
    changes.push(Change { position: 12, deleted: 0, inserted: "GATTACA" });
    changes
}

/// Alleles of a change: substitutions replace a base by the next letter, deletions and insertions have an anchor base.
fn alleles(change: &Change) -> (i64, String, String) {
    let sequence = chr1();
    let at = |position: i64| (TSS as i64 + position) as usize;
    let letters = |from: i64, count: usize| sequence[at(from)..at(from) + count].to_owned();
    if change.deleted == 1 && change.inserted.is_empty() {
        let old = letters(change.position, 1);
        let new = match old.as_str() {
            "A" => "C",
            "C" => "G",
            "G" => "T",
            _ => "A",
        };
        return (change.position, old, new.to_owned());
    }
    let anchor = letters(change.position - 1, 1);
    let deleted = letters(change.position, change.deleted);
    (change.position - 1, format!("{anchor}{deleted}"), format!("{anchor}{}", change.inserted))
}

/// Effect of change number `number`, any number that varies.
fn effect(number: usize) -> f64 {
    ((number * 7) % 11) as f64 / 4.0 - 1.2
}

fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.put("g.fa", format!(">chr1\n{}\n", chr1()));
    bench.put("tss.bed", format!("chr1\t{TSS}\t{}\tG1\t0\t+\n", TSS + 1));
    let record = chr1()[TSS - RECORD.0..TSS + RECORD.1].to_owned();
    bench.put("p.fa", format!(">P1 tss_offset={}\n{record}\n", RECORD.0));
    let mut tables = [
        "id\tchrom\tpos\tref\talt\telement\teffect\ttss\tstrand\n".to_owned(),
        "id\tpromoter\tposition\tref\talt\telement\teffect\n".to_owned(),
        "id\treference_sequence\talternative_sequence\telement\teffect\n".to_owned(),
    ];
    for (number, change) in changes().iter().enumerate() {
        let (position, reference, alternate) = alleles(change);
        let (element, effect) = (format!("E{}", number % 2), effect(number));
        let pos = TSS as i64 + position + 1;
        writeln!(tables[0], "v{number}\tchr1\t{pos}\t{reference}\t{alternate}\t{element}\t{effect}\t{}\t+", TSS + 1)
            .expect("text");
        writeln!(tables[1], "v{number}\tP1\t{position}\t{reference}\t{alternate}\t{element}\t{effect}").expect("text");
        let start = (RECORD.0 as i64 + position) as usize;
        let changed = format!("{}{alternate}{}", &record[..start], &record[start + reference.len()..]);
        writeln!(tables[2], "v{number}\t{record}\t{changed}\t{element}\t{effect}").expect("text");
    }
    for (name, table) in ["genome.tsv", "promoter.tsv", "sequences.tsv"].into_iter().zip(tables) {
        bench.put(name, table);
    }
    bench
}

fn command(rest: &str) -> String {
    format!("evaluate-variants --model {} --bootstrap 50 --min-variants 5 {rest}", SHARED.model())
}

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    lines.map(|cells| columns.iter().cloned().zip(cells).collect()).collect()
}

fn predicted(bench: &Workbench, folder: &str) -> Vec<f64> {
    let of_row = |row: Row| row["predicted_effect"].parse().expect("a number");
    rows(&bench.read(&format!("{folder}/variants.tsv"))).into_iter().map(of_row).collect()
}

#[test]
fn evaluate_variants_three_layouts_and_variants_agree() {
    let bench = bench();
    bench.done(&command("--measured genome.tsv --genome g.fa -o by_genome"));
    bench.done(&command("--measured promoter.tsv --promoters p.fa -o by_promoter --no-figures"));
    bench.done(&command("--measured sequences.tsv --tss-offset 400 -o by_sequences --no-figures --no-report"));
    let by_genome = predicted(&bench, "by_genome");
    assert_eq!(by_genome.len(), changes().len());
    assert!(by_genome.iter().any(|effect| effect.abs() > 1e-4));
    assert_eq!(by_genome, predicted(&bench, "by_promoter"));
    assert_eq!(by_genome, predicted(&bench, "by_sequences"));

    // The effects of `variants`, as means over the cell types.
    let mut vcf = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".to_owned();
    for (number, change) in changes().iter().enumerate() {
        let (position, reference, alternate) = alleles(change);
        let pos = TSS as i64 + position + 1;
        writeln!(vcf, "chr1\t{pos}\tv{number}\t{reference}\t{alternate}\t.\t.\t.").expect("text");
    }
    bench.put("v.vcf", vcf);
    let scored = bench.done(&format!("variants --vcf v.vcf --genome g.fa --tss tss.bed --model {}", SHARED.model()));
    let scored = rows(&stdout(&scored));
    for (number, &effect) in by_genome.iter().enumerate() {
        let of_variant: Vec<f64> = scored
            .iter()
            .filter(|row| row["id"] == format!("v{number}"))
            .map(|row| row["effect"].parse().expect("a number"))
            .collect();
        let mean = of_variant.iter().sum::<f64>() / of_variant.len() as f64;
        assert!((mean - effect).abs() < 2e-6, "v{number}: {mean} and {effect}");
    }
    for name in ["metrics.json", "comparisons.tsv", "excluded.tsv", "report.html", "run.json", "files.txt"] {
        assert!(bench.path(&format!("by_genome/{name}")).is_file(), "{name}");
    }
    assert!(!bench.path("by_sequences/report.html").exists());
    assert!(bench.read("by_genome/run.json").contains("\"sha256\""));
}

#[test]
fn evaluate_variants_same_command_gives_the_same_bytes_and_needs_force() {
    let bench = bench();
    let line = command("--measured promoter.tsv --promoters p.fa -o out");
    let first = stdout(&bench.done(&line));
    let out = bench.path("out");
    let files: Vec<_> = bench.files().into_iter().filter(|path| path.starts_with(&out) && path.is_file()).collect();
    assert!(files.len() > 8, "{files:?}");
    let contents = || files.iter().map(|path| std::fs::read(path).expect("a file")).collect::<Vec<_>>();
    let before = contents();
    assert!(bench.refused(1, &line).contains("--force"));
    let second = stdout(&bench.done(&format!("{line} --force")));
    assert_eq!(first, second);
    for ((path, before), after) in files.iter().zip(before).zip(contents()) {
        // The record and the report state the command.
        let states_command = path.ends_with("run.json") || path.ends_with("report.html");
        assert!(states_command || before == after, "{}", path.display());
    }
    for name in ["kmer-change-ridge", "gc-change", "tss-distance", "constant-decrease", "sign agreement"] {
        assert!(first.contains(name), "{name}\n{first}");
    }
}

#[test]
fn evaluate_variants_excluded_rows_are_counted_and_listed() {
    let bench = bench();
    let (position, reference, alternate) = alleles(&changes()[0]);
    let mut text = "promoter\tposition\tref\talt\teffect\tcell_type\n".to_owned();
    for (number, change) in changes().iter().take(12).enumerate() {
        let (position, reference, alternate) = alleles(change);
        writeln!(text, "P1\t{position}\t{reference}\t{alternate}\t{}\tK562", effect(number)).expect("text");
    }
    let usual = format!("{position}\t{reference}\t{alternate}");
    for row in [
        format!("P1\t{usual}\t\tK562"),
        format!("P1\t{usual}\t1\tMCF8"),
        format!("P2\t{usual}\t1\tK562"),
        format!("P1\t{position}\t{alternate}\t{reference}\t1\tK562"),
        "P1\t-390\t-\tA\t1\tK562".to_owned(),
        format!("P1\t{position}\t{reference}\t{reference}\t1\tK562"),
    ] {
        writeln!(text, "{row}").expect("text");
    }
    bench.put("m.tsv", text);
    let line = command("--measured m.tsv --promoters p.fa -o out");
    let refused = bench.refused(1, &line);
    assert!(refused.contains("m.tsv, line 17: REF is") && refused.contains("--ref-mismatch skip"), "{refused}");
    assert!(refused.contains("promoter P1 has"), "{refused}");

    let output = bench.done(&format!("{line} --ref-mismatch skip"));
    let warning = stderr(&output);
    assert!(warning.contains("6 of 18 variants are not compared"), "{warning}");
    let excluded = rows(&bench.read("out/excluded.tsv"));
    let reasons: Vec<&str> = excluded.iter().map(|row| row["reason"].as_str()).collect();
    let expected =
        ["no_effect", "unknown_output", "unknown_promoter", "alternate_is_genome", "in_no_window", "no_change"];
    assert_eq!(reasons, expected);
    assert_eq!(excluded[1]["line"], "15");
    let report: serde_json::Value =
        serde_json::from_str(&stdout(&bench.done(&format!("{line} --ref-mismatch skip --force --json"))))
            .expect("JSON");
    assert_eq!((report["rows"].as_u64(), report["compared"].as_u64()), (Some(18), Some(12)));
    assert_eq!(report["excluded_by_reason"]["no_effect"], 1);
}

#[test]
fn evaluate_variants_reads_standard_input_and_takes_the_tss_from_genes() {
    let bench = bench();
    let table = bench.read("genome.tsv");
    let without_tss: String = table
        .lines()
        .map(|line| line.split('\t').take(7).collect::<Vec<_>>().join("\t") + "\n")
        .collect::<String>()
        .replacen("effect", "Value", 1);
    let line = command("--measured - --column effect=Value --genome g.fa --tss tss.bed --no-figures -o by_gene");
    let output = bench.command(&line).write_stdin(without_tss).output().expect("starts");
    assert!(output.status.success(), "{}", stderr(&output));
    bench.done(&command("--measured genome.tsv --genome g.fa --no-figures -o by_row"));
    assert_eq!(predicted(&bench, "by_gene"), predicted(&bench, "by_row"));
    assert!(bench.read("by_gene/run.json").contains("\"path\": \"-\""));
}

#[test]
fn evaluate_variants_needs_the_sequences_and_the_tss_of_its_layout() {
    let bench = bench();
    for (code, line, expected) in [
        (2, "--measured genome.tsv", "--genome: none"),
        (2, "--measured promoter.tsv", "--promoters: none"),
        (1, "--measured sequences.tsv", "pass --tss-offset N"),
        (1, "--measured sequences.tsv --tss-offset -5", "in front of the construct"),
        (2, "--measured sequences.tsv --tss-offset 400 --cell-type MCF8", "--cell-type: MCF8 is not among"),
        (2, "--measured sequences.tsv --tss-offset 400 --significance 0", "--significance: 0 is not"),
    ] {
        let message = bench.refused(code, &command(&format!("{line} -o out")));
        assert!(message.contains(expected), "{line}\n{message}");
    }
    let message = bench.refused(2, &command("--measured genome.tsv --column Effect=x -o out"));
    assert!(message.contains("COLUMN is one of"), "{message}");
    assert!(!bench.path("out").exists());
}

#[test]
fn evaluate_variants_two_models_and_a_data_set_are_compared() {
    let bench = bench();
    let human = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/human");
    let line = format!(
        "evaluate-variants --measured genome.tsv --genome g.fa --model {},{human} --data {} --bootstrap 50 \
         --min-variants 5 --cell-type K562 -o out",
        SHARED.model(),
        SHARED.data()
    );
    let text = stdout(&bench.done(&line));
    assert!(text.contains("kmer-ridge") && text.contains("human"), "{text}");
    let comparisons = rows(&bench.read("out/comparisons.tsv"));
    assert!(comparisons.iter().any(|row| row["predictor"] == "human" && row["scope"] == "mean"));
    let variants = bench.read("out/variants.tsv");
    assert!(variants.lines().next().expect("a header").contains("predicted_effect.human"));
}
