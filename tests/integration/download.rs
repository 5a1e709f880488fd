//! Downloads through the program, from servers on this machine.

#[path = "../../crates/download/tests/support/server.rs"]
mod server;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use server::{Reply, Request, Server};

use crate::workbench::{Workbench, bases, stderr, stdout};

/// MD5 of `GENES`, by md5sum.
const GENES_MD5: &str = "d4f7032b141f4b1e2d7656e443f83df5";
const GENES: &[u8] = b"chr1\ttest\tgene\t1\t9\t.\t+\t.\tgene_id \"G1\";\n";
const PEAKS: &[u8] = b"chr1\t10\t20\tp1\n";

/// Gives two files, the first one in two parts, and a list of checksums.
fn publisher() -> Server {
    Server::start(|request: &Request| match (request.path.as_str(), request.nth) {
        ("/pub/genes.gtf", 0) => Reply::file(request, GENES, "\"g\"").cut_after(17),
        ("/pub/genes.gtf", _) => Reply::file(request, GENES, "\"g\""),
        ("/pub/MD5SUMS", _) => Reply::whole(format!("{GENES_MD5}  genes.gtf\n").as_bytes()),
        ("/pub/peaks.bed", _) => Reply::file(request, PEAKS, "\"p\""),
        _ => Reply::new(404, "nothing here"),
    })
}

/// A workbench with a list of sources at `root`.
fn bench_with(root: &str) -> Workbench {
    let bench = Workbench::new();
    let common =
        "licence = \"free\"\ncitation = \"Nobody 2020\"\nhomepage = \"https://example.org\"\nfetched = false\n";
    let list = format!(
        "[[set]]\nname = \"toy\"\nabout = \"a toy\"\nsources = [\"genes\", \"peaks\"]\n\
         next = \"tatabox prepare --annotation {{genes}} --tss {{peaks}} -o {{DEST}}/out\"\n\
         [[source]]\nname = \"genes\"\nabout = \"genes\"\nurl = \"{root}/pub/genes.gtf\"\n\
         checksums = \"{root}/pub/MD5SUMS\"\nbytes = {}\n{common}\
         [[source]]\nname = \"peaks\"\nabout = \"peaks\"\nurl = \"{root}/pub/peaks.bed\"\n{common}",
        GENES.len(),
    );
    bench.put("list.toml", list);
    bench
}

/// The program without the proxies of this machine, which cannot reach local servers.
fn command(bench: &Workbench, line: &str) -> assert_cmd::Command {
    let mut command = bench.command(line);
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

/// Runs the program; its exit code, standard output and standard error.
fn run(bench: &Workbench, line: &str) -> (Option<i32>, String, String) {
    let output = command(bench, line).output().expect("the program starts");
    (output.status.code(), stdout(&output), stderr(&output))
}

#[test]
fn download_set_is_fetched_verified_and_not_fetched_again() {
    let server = publisher();
    let bench = bench_with(&server.url(""));
    let line = "download toy --sources list.toml";
    let (code, table, output_text) = run(&bench, line);
    assert_eq!(code, Some(0), "{output_text}");
    assert_eq!(fs::read(bench.path("data/downloads/toy/genes.gtf")).expect("there"), GENES);
    assert_eq!(fs::read(bench.path("data/downloads/toy/peaks.bed")).expect("there"), PEAKS);
    assert!(table.contains("genes  fetched") && table.contains("data/downloads/toy/peaks.bed"), "{table}");
    assert!(output_text.contains("the connection ended after 17 of 39 bytes; retrying in 1 s"), "{output_text}");
    assert!(output_text.contains("peaks: no checksum is published"), "{output_text}");
    let next = "next: tatabox prepare --annotation data/downloads/toy/genes.gtf --tss data/downloads/toy/peaks.bed";
    assert!(output_text.contains(next), "{output_text}");
    assert!(server.asked().contains(&("/pub/genes.gtf".to_owned(), Some(17))), "{:?}", server.asked());
    let record: Value = serde_json::from_str(&bench.read("data/downloads/toy/downloads.json")).expect("JSON");
    assert_eq!(record["files"]["genes.gtf"]["checked_against"]["checksum"]["hex"], GENES_MD5);
    assert_eq!(record["files"]["peaks.bed"]["checked_against"]["origin"], "first_seen");

    let before = server.asked().len();
    let (code, table, _) = run(&bench, &format!("{line} --json --quiet"));
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_str(&table).expect("JSON");
    assert_eq!(report["files"][0]["outcome"], "present");
    let (_, plan, _) = run(&bench, &format!("{line} --dry-run"));
    assert!(plan.contains("nothing to do") && plan.contains("to fetch: 0 B"), "{plan}");
    let (code, table, _) = run(&bench, &format!("{line} --verify"));
    assert!(code == Some(0) && table.contains("peaks  verified"), "{table}");
    assert_eq!(server.asked().len(), before, "nothing was asked for");

    bench.put("data/downloads/toy/peaks.bed", b"chr1\t10\t20\tp2\n");
    let (code, table, output_text) = run(&bench, &format!("{line} --verify"));
    assert!(code == Some(1) && table.contains("peaks  failed"), "{table}");
    assert!(output_text.contains("move or delete the file to download it again"), "{output_text}");
}

#[test]
fn download_failed_file_does_not_stop_others() {
    let server = publisher();
    let bench = bench_with(&server.url(""));
    let line = format!("download toy --sources list.toml --dest d --url genes={}", server.url("/pub/v2/genes.gtf"));
    let (code, table, output_text) = run(&bench, &line);
    assert_eq!(code, Some(1));
    assert!(table.contains("genes  failed") && table.contains("peaks  fetched"), "{table}");
    assert!(
        output_text.contains("cannot download genes") && output_text.contains("the server answers 404"),
        "{output_text}"
    );
    assert!(output_text.contains("1 of 2 files failed: genes"), "{output_text}");
    assert!(!output_text.contains("next:"), "{output_text}");
    assert!(!bench.path("d/genes.gtf").exists() && bench.path("d/peaks.bed").exists());
}

#[test]
fn download_mirror_replaces_publisher() {
    let server = publisher();
    // Port 9 is the discard service, if anything listens there.
    let bench = bench_with("http://127.0.0.1:9");
    let line = format!("download toy --sources list.toml --dest d --only genes --mirror {}", server.url("/"));
    let (code, table, output_text) = run(&bench, &line);
    assert_eq!(code, Some(0), "{output_text}");
    assert!(table.contains("genes  fetched") && !table.contains("peaks"), "{table}");
}

#[test]
fn download_uses_proxies_of_the_environment() {
    let proxy = Server::start(|request| match request.path.as_str() {
        "/pub/peaks.bed" => Reply::file(request, PEAKS, "\"p\""),
        _ => Reply::new(404, "nothing here"),
    });
    let bench = bench_with("http://unknown.invalid");
    let line = "download toy --sources list.toml --dest d --only peaks --attempts 1";
    let proxied = command(&bench, line).env("HTTP_PROXY", proxy.url("")).output().expect("starts");
    assert!(proxied.status.success(), "{}", stderr(&proxied));
    assert_eq!(proxy.asked()[0].0, "unknown.invalid:80", "a tunnel to the publisher");
    assert_eq!(fs::read(bench.path("d/peaks.bed")).expect("there"), PEAKS);
}

#[test]
fn download_concurrent_run_is_refused() {
    let server = publisher();
    let bench = bench_with(&server.url(""));
    fs::create_dir(bench.path("d")).expect("a new folder");
    let lock = fs::File::create(bench.path("d/.downloads.lock")).expect("written");
    lock.lock().expect("nobody else has it");
    let message = bench.refused(1, "download toy --sources list.toml --dest d");
    assert!(message.contains("another download into this folder is in progress"), "{message}");
}

#[test]
fn download_list_and_plan_describe_sources() {
    let bench = Workbench::new();
    let list = stdout(&bench.done("download --list"));
    for part in ["hg38", "gencode.v49.annotation.gtf.gz", "CC BY 4.0", "doi:10.1038/nature14248", "it was not tested"] {
        assert!(list.contains(part), "{part}\n{list}");
    }
    let catalogue: Value =
        serde_json::from_str(&stdout(&bench.done("download expression --list --json"))).expect("JSON");
    assert_eq!(catalogue["sources"].as_array().map(Vec::len), Some(2));
    let plan = stdout(&bench.done("download hg38 --dry-run"));
    assert!(plan.contains("data/downloads/hg38/hg38.2bit") && plan.contains("and 2 of unknown size"), "{plan}");
    assert!(!Path::new(&bench.path("data")).exists(), "a plan writes nothing");
}

#[test]
fn download_unknown_names_are_reported() {
    let bench = Workbench::new();
    bench.put("bad.toml", "[[source]]\nname = \"a\"\n");
    let cases = [
        (2, "download", "required"),
        (2, "download mm10", "unknown set mm10; use one of: hg38, hg38-fasta, expression"),
        (2, "download hg38 --only genes", "unknown source genes in set hg38; use one of: genome-2bit"),
        (2, "download hg38 --url gencode", "expected NAME=URL"),
        (2, "download hg38 --url genes=https://h/x", "--url genes: not among the requested files"),
        (2, "download hg38 --mirror nowhere", "nowhere is not a URL"),
        (1, "download x --sources none.toml", "cannot read none.toml"),
        (1, "download x --sources bad.toml", "missing field"),
    ];
    for (code, line, output_text) in cases {
        let message = bench.refused(code, line);
        assert!(message.contains(output_text), "{line}\n{message}");
    }
}

/// A genome, TSSs and expression of four chromosomes.
fn small_genome(request: &Request) -> Reply {
    let mut files = [String::new(), String::new(), String::from("gene_id\tK562\n")];
    for contig in 1..=4 {
        writeln!(files[0], ">chr{contig}\n{}", bases(4_000, contig)).expect("text");
        for gene in 0..8 {
            let (id, start) = (format!("ENSG{contig}{gene}"), 300 + 400 * gene);
            writeln!(files[1], "chr{contig}\t{start}\t{}\t{id}\t0\t+", start + 1).expect("text");
            writeln!(files[2], "{id}\t{}", gene * 3).expect("text");
        }
    }
    match request.path.as_str() {
        "/genome.fa" => Reply::file(request, files[0].as_bytes(), "\"g\""),
        "/tss.bed" => Reply::file(request, files[1].as_bytes(), "\"t\""),
        "/tpm.tsv" => Reply::file(request, files[2].as_bytes(), "\"e\""),
        _ => Reply::new(404, "nothing here"),
    }
}

#[test]
fn download_and_train_reach_a_model_in_two_commands() {
    let server = Server::start(small_genome);
    let bench = Workbench::new();
    let common =
        "licence = \"free\"\ncitation = \"Nobody 2020\"\nhomepage = \"https://example.org\"\nfetched = false\n";
    let source = |name: &str, file: &str| {
        format!("[[source]]\nname = \"{name}\"\nabout = \"{name}\"\nurl = \"{}\"\n{common}", server.url(file))
    };
    let set = "[[set]]\nname = \"toy\"\nabout = \"a toy\"\nsources = [\"genome\", \"tss\", \"tpm\"]\n\
        next = \"tatabox prepare --genome {genome} --tss {tss} --expression {tpm} --upstream 200 --downstream 100 -o set\"\n";
    let sources = [source("genome", "/genome.fa"), source("tss", "/tss.bed"), source("tpm", "/tpm.tsv")].concat();
    bench.put("list.toml", format!("{set}{sources}"));
    // A folder whose name is two words.
    let output = command(&bench, "download toy --sources list.toml --prepare").args(["--dest", "my files"]).output();
    let output = output.expect("the program starts");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("set: 32 genes kept"), "{}", stdout(&output));
    bench.done("train --epochs 1 --batch-size 8 --name toy");
    assert!(bench.path("models/toy/weights.safetensors").is_file());

    let list = format!("{}{sources}", set.replace("tatabox prepare", "gunzip {genome} && tatabox prepare"));
    bench.put("list.toml", list);
    let (code, _, output_text) = run(&bench, "download toy --sources list.toml --prepare");
    assert_eq!(code, Some(2), "{output_text}");
    assert!(output_text.contains("alone but: gunzip"), "{output_text}");
}
