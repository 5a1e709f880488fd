//! Inputs that can be read only once: named pipes, as process substitution gives them.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use tatabox_dataset::{ExpressionTable, FeatureTable, PrepareConfig, PreparedDataset, Result, prepare, sha256_bytes};
use tatabox_sequence::WindowGeometry;

const GENES: usize = 40;

/// Named pipe into which a thread writes `content` once.
fn pipe(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    let (writer, content) = (path.clone(), content.to_owned());
    thread::spawn(move || {
        let written =
            fs::OpenOptions::new().write(true).open(writer).and_then(|mut file| file.write_all(content.as_bytes()));
        // The reader may refuse the pipe.
        drop(written);
    });
    path
}

fn put(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).expect("written");
    path
}

/// Promoter records, longer than the buffer of a pipe, and their table.
fn promoters_and_table() -> (String, String) {
    let (mut fasta, mut table) = (String::new(), "gene_id\tK562\n".to_owned());
    for gene in 0..GENES {
        let bases: String = (0..5_000).map(|at| char::from(b"ACGT"[(gene + at * at) % 4])).collect();
        writeln!(fasta, ">G{gene:02} chrom=chr{} tss_offset=2500\n{bases}", gene % 4 + 1).expect("text");
        writeln!(table, "G{gene:02}\t{gene}").expect("text");
    }
    (fasta, table)
}

fn run(folder: &Path, name: &str, expression: PathBuf, promoters: PathBuf) -> Result<PreparedDataset> {
    let geometry = WindowGeometry::new(50, 10).expect("valid");
    let mut config = PrepareConfig::new(expression, folder.join(name), geometry);
    config.promoters = Some(promoters);
    prepare(&config, &mut |_| {})?;
    PreparedDataset::open(&folder.join(name))
}

#[test]
fn prepare_from_pipes_equals_prepare_from_files() {
    let folder = tempfile::tempdir().expect("folder");
    let (fasta, table) = promoters_and_table();
    let files = run(folder.path(), "files", put(folder.path(), "e.tsv", &table), put(folder.path(), "p.fa", &fasta));
    let files = files.expect("prepared");
    let pipes = run(folder.path(), "pipes", pipe(folder.path(), "e", &table), pipe(folder.path(), "p", &fasta));
    let pipes = pipes.expect("prepared");
    assert_eq!((pipes.len(), pipes.genes()), (GENES, files.genes()));
    for name in ["genes.parquet", "windows.bin"] {
        let read = |dataset: &PreparedDataset| fs::read(dataset.directory().join(name)).ok();
        assert_eq!(read(&pipes), read(&files), "{name}");
    }
    let checksums: Vec<&str> = pipes.manifest().inputs.iter().map(|input| input.sha256.as_str()).collect();
    assert_eq!(checksums, [sha256_bytes(table.as_bytes()), sha256_bytes(fasta.as_bytes())]);
}

#[test]
fn prepare_one_pipe_for_two_inputs_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let path = pipe(folder.path(), "pipe", "gene_id\tK562\n");
    let message = run(folder.path(), "set", path.clone(), path).expect_err("refused").to_string();
    assert!(message.contains("promoters and expression") && message.contains("same pipe"), "{message}");
}

#[test]
fn prepare_genome_from_a_pipe_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let geometry = WindowGeometry::new(50, 10).expect("valid");
    let mut config =
        PrepareConfig::new(put(folder.path(), "e.tsv", "gene_id\tK562\nG\t1\n"), folder.path().join("set"), geometry);
    config.genome = Some(pipe(folder.path(), "genome.fa", ">chr1\nACGT\n"));
    config.tss_bed = Some(put(folder.path(), "tss.bed", "chr1\t1\t2\tG\t0\t+\n"));
    let message = prepare(&config, &mut |_| {}).expect_err("refused").to_string();
    assert!(message.contains("genome.fa") && message.contains("read only once"), "{message}");
    assert!(!config.out_dir.exists());
}

#[test]
fn tables_from_pipes_are_read_whole() {
    let folder = tempfile::tempdir().expect("folder");
    let (fasta, table) = promoters_and_table();
    let path = pipe(folder.path(), "table", &table);
    assert_eq!(ExpressionTable::read(&path).expect("read").gene_ids.len(), GENES);
    let path = pipe(folder.path(), "features", "gene_id\tx\nG1\t1\nG2\t2\n");
    assert_eq!(FeatureTable::read(&path).expect("read").len(), 2);
    let dataset = run(folder.path(), "set", put(folder.path(), "e.tsv", &table), put(folder.path(), "p.fa", &fasta));
    let path = pipe(folder.path(), "new", &table.replace("K562", "HepG2"));
    let (view, found) = dataset.expect("prepared").expression_view(&path).expect("read");
    assert_eq!((found.by_id, view.cell_types()), (GENES, &["HepG2".to_owned()][..]));
    let recorded = &view.manifest().inputs[0];
    assert_eq!(recorded.sha256, sha256_bytes(table.replace("K562", "HepG2").as_bytes()));
}
