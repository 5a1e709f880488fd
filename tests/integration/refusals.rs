//! Invalid inputs are refused with an error that names them, and leave no output.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use crate::workbench::{SHARED, Workbench, bases, stderr};

const PREPARE: &str = "prepare --promoters p.fa --expression e.tsv --upstream 50 --downstream 10 -o set";

/// Forty genes on four chromosomes.
fn bench() -> Workbench {
    let bench = Workbench::new();
    let (mut fasta, mut table) = (String::new(), "gene_id\tgene_name\tK562\tHepG2\n".to_owned());
    for gene in 0..40 {
        writeln!(fasta, ">G{gene:02} chrom=chr{} strand=+\n{}", gene % 4 + 1, bases(60, gene)).expect("text");
        writeln!(table, "G{gene:02}\tNAME{gene}\t{}\t{}", gene, 40 - gene).expect("text");
    }
    bench.put("p.fa", fasta);
    bench.put("e.tsv", table);
    bench
}

/// The refusal, which has to name each of `parts`.
fn assert_refused(bench: &Workbench, line: &str, parts: &[&str]) {
    let message = bench.refused(1, line);
    let error = message.lines().find(|line| line.starts_with("error:")).unwrap_or_default();
    for part in parts {
        assert!(error.contains(part), "{line}\nexpected: {part}\n{message}");
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut child = std::process::Command::new("gzip")
        .arg("-c")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("gzip is installed");
    let mut stdin = child.stdin.take().expect("piped");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("gzip ends");
    writer.join().expect("no panic").expect("written");
    output.stdout
}

#[test]
fn workbench_inputs_are_valid() {
    let bench = bench();
    bench.done(PREPARE);
    assert!(bench.path("set/dataset.json").is_file());
    assert_refused(&bench, PREPARE, &["set", "already exists", "--force"]);
    bench.done(&format!("{PREPARE} --force"));
}

#[test]
fn predict_unreadable_promoter_files_are_refused() {
    let bench = bench();
    bench.put("empty.fa", "");
    bench.put("protein.fa", ">p53\nMEEPQSDPSV\n");
    bench.put("bases.txt", "ACGT\n");
    let whole = gzip(&format!(">a\n{}\n", bases(100_000, 1)));
    bench.put("cut.fa.gz", &whole[..whole.len() / 2]);
    let with = |file: &str| PREPARE.replace("p.fa", file);
    assert_refused(&bench, &with("no.fa"), &["no.fa"]);
    assert_refused(&bench, &with("empty.fa"), &["empty.fa", "the file is empty"]);
    let output = bench.command(&with("protein.fa")).output().expect("the program starts");
    let message = stderr(&output);
    for part in ["p53", "record 1", "is an amino acid", "set.qc.tsv"] {
        assert!(message.contains(part), "{part}\n{message}");
    }
    assert!(bench.read("set.qc.tsv").contains("invalid_record"), "unusable records are listed");
    assert_refused(&bench, &with("bases.txt"), &["bases.txt", "not FASTA"]);
    assert_refused(&bench, &with("cut.fa.gz"), &["cut.fa.gz", "incomplete"]);
}

#[test]
fn prepare_invalid_expression_tables_are_refused() {
    let bench = bench();
    let cases = [
        ("headless", "G00\t1.5\t2.5\nG01\t3\t4\n", vec!["header"]),
        ("twice", "gene_id\tK562\nG00\t1\nG00\t2\n", vec!["G00", "line 3"]),
        ("negative", "gene_id\tK562\nG00\t1\nG01\t-2\n", vec!["G01", "K562", "-2"]),
        ("infinite", "gene_id\tK562\nG00\tInf\nG01\t2\n", vec!["G00", "K562", "leave the cell empty"]),
        ("words", "gene_id\tK562\nG00\t1\nG01\thigh\n", vec!["G01", "K562", "high"]),
        ("ragged", "gene_id\tK562\tHepG2\nG00\t1\n", vec!["line 2"]),
        ("nothing", "", vec!["empty"]),
        ("other", "gene_id\tK562\nENSG1\t1\nENSG2\t2\n", vec!["G00", "ENSG1", "same identifiers"]),
    ];
    for (name, table, parts) in cases {
        bench.put(&format!("{name}.tsv"), table);
        let mut parts = parts;
        let file = format!("{name}.tsv");
        if name != "other" {
            parts.push(&file);
        }
        assert_refused(&bench, &PREPARE.replace("e.tsv", &file), &parts);
    }
    assert_refused(&bench, &PREPARE.replace("e.tsv", "no.tsv"), &["no.tsv"]);
}

#[test]
fn prepare_mismatched_genomes_are_refused() {
    let bench = bench();
    bench.put("g.fa", format!(">scaffold_1\n{}\n", bases(500, 3)));
    bench.put("tss.bed", "chr1\t100\t101\tG00\t0\t+\n");
    bench.put("three.bed", "chr1\t100\t101\n");
    bench.put("introns.gtf", "chr1\tx\tintron\t1\t9\t.\t+\t.\tgene_id \"G00\";\n");
    bench.put("short.fa.gz", gzip(">chr1\nACGT\n"));
    let with = |genome: &str, sites: &str| {
        format!("prepare --genome {genome} {sites} --expression e.tsv --upstream 50 --downstream 10 -o set")
    };
    assert_refused(&bench, &with("g.fa", "--tss tss.bed"), &["chr1", "scaffold_1", "assembly"]);
    assert_refused(&bench, &with("g.fa", "--tss three.bed"), &["three.bed", "line 1"]);
    assert_refused(&bench, &with("g.fa", "--annotation introns.gtf"), &["introns.gtf", "no genes"]);
    assert_refused(&bench, &with("short.fa.gz", "--tss tss.bed"), &["short.fa.gz", "past the end of the contig"]);
    assert_refused(&bench, &with("no.fa", "--tss tss.bed"), &["no.fa"]);
}

#[test]
fn unknown_names_suggest_the_nearest() {
    let bench = bench();
    let data = SHARED.data();
    assert_refused(&bench, &format!("train --data {data} --cell-type K526"), &["K526", "did you mean `K562`"]);
    let gene = format!("predict --data {data} --model {} --gene NOSUCHGENE", SHARED.model());
    assert_refused(&bench, &gene, &["no gene \"NOSUCHGENE\""]);
}

#[test]
fn mismatched_data_and_models_are_refused() {
    let bench = bench();
    bench.done(PREPARE);
    let model = SHARED.model();
    // The model reads 300 bases, the windows hold 60.
    assert_refused(&bench, &format!("evaluate --data set --model {model} -o out"), &["the windows of", "--upstream"]);
    assert_refused(&bench, &format!("predict --data set --model {model} --gene NAME3"), &["the windows of"]);
    assert_refused(&bench, "train --data set --extent -100..+10", &["-100..+10", "-50..+10"]);
    assert_refused(&bench, "predict --fasta p.fa --model set", &["set", "not a trained model"]);
    assert_refused(&bench, "train --data no-such-set", &["no-such-set", "not a prepared data set"]);
}

#[test]
fn damaged_model_is_refused() {
    let bench = bench();
    fs::create_dir(bench.path("model")).expect("created");
    for entry in fs::read_dir(&SHARED.model).expect("readable").flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), bench.path("model").join(entry.file_name())).expect("copied");
        }
    }
    let mut weights = fs::read(bench.path("model/weights.safetensors")).expect("there");
    *weights.last_mut().expect("not empty") ^= 1;
    bench.put("model/weights.safetensors", weights);
    assert_refused(&bench, "predict --fasta p.fa --model model", &["weights.safetensors", "damaged"]);
}

#[test]
fn predict_promoters_without_tss_are_refused() {
    let bench = bench();
    let model = SHARED.model();
    let predict = |file: &str, options: &str| format!("predict --fasta {file} --model {model} -o out.tsv {options}");
    bench.put("short.fa", format!(">first\n{}\n>second\n{}\n", bases(300, 1), bases(299, 2)));
    assert_refused(&bench, &predict("short.fa", ""), &["record 2 (second)", "299 bp", "-200..+100", "--tss-offset"]);
    assert_refused(
        &bench,
        &predict("short.fa", "--tss-offset 299"),
        &["record 2 (second)", "the requested TSS offset is 299"],
    );
    bench.put("empty.fa", "");
    assert_refused(&bench, &predict("empty.fa", ""), &["the file is empty"]);
    bench.put("protein.fa", ">p53\nMEEPQSDPSV\n");
    assert_refused(&bench, &predict("protein.fa", ""), &["looks like protein"]);
    assert_refused(&bench, &predict("no.fa", ""), &["no.fa", "no such file"]);
    bench.put("g.fa", format!(">scaffold_1\n{}\n", bases(500, 3)));
    bench.put("tss.bed", "chr1\t100\t101\tG00\t0\t+\n");
    let bed = format!("predict --bed tss.bed --genome g.fa --model {model} -o out.tsv");
    assert_refused(&bench, &bed, &["chr1", "scaffold_1", "assembly"]);
}

#[test]
fn unwritable_outputs_are_refused() {
    let bench = bench();
    let model = SHARED.model();
    bench.put("ok.fa", format!(">p\n{}\n", bases(300, 1)));
    let to = |output: &str| format!("predict --fasta ok.fa --model {model} --format tsv -o {output}");
    assert_refused(&bench, &to("no/out.tsv"), &["cannot write no/out.tsv"]);
    assert_refused(&bench, &to("ok.fa/out.tsv"), &["cannot write ok.fa/out.tsv"]);
    assert_refused(&bench, &to("."), &["it is a folder"]);
    if cfg!(target_os = "linux") {
        assert_refused(&bench, &to("/dev/full"), &["/dev/full", "No space left"]);
        let full = format!("predict --fasta ok.fa --model {model} --format parquet -o /dev/full");
        assert_refused(&bench, &full, &["No space left"]);
    }
    assert_refused(&bench, &PREPARE.replace("-o set", "-o p.fa/set"), &["p.fa"]);
    let evaluate = format!("evaluate --data {} --model {model} -o p.fa/out", SHARED.data());
    assert_refused(&bench, &evaluate, &["p.fa/out"]);
    let train = format!("train --data {} --models-dir p.fa/models --epochs 1", SHARED.data());
    assert_refused(&bench, &train, &["p.fa/models"]);
    assert_refused(&bench, "simulate --genes 40 -o p.fa/sim", &["p.fa"]);
}
