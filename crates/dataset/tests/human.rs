//! Preparation of the human data, if available.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so, and the measured numbers are shown")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tatabox_dataset::{PrepareConfig, PrepareReport, PreparedDataset, Split, prepare};
use tatabox_sequence::{WindowGeometry, chromosome_of};

/// Limit of the peak memory of a preparation.
const MEMORY_LIMIT_KIB: u64 = 1024 * 1024;

fn human_data() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/human");
    let folder = std::env::var_os("TATABOX_HUMAN_DATA").map_or(default, PathBuf::from);
    if folder.join("expression.tsv.gz").is_file() {
        return Some(folder);
    }
    eprintln!("skipped: no human data at {}", folder.display());
    None
}

/// Peak memory of this process, if the operating system reports it.
fn peak_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn run(config: &PrepareConfig) -> (PrepareReport, PreparedDataset) {
    let started = Instant::now();
    let report = prepare(config, &mut |_| {}).expect("prepared");
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{}: {seconds:.2} s, peak {:?} KiB, {report:#?}", config.name, peak_memory_kib());
    assert!(peak_memory_kib().is_none_or(|peak| peak < MEMORY_LIMIT_KIB));
    (report, PreparedDataset::open(&config.out_dir).expect("opens"))
}

/// Checks that every dropped gene has a row and that no chromosome is in two splits.
fn check(config: &PrepareConfig, report: &PrepareReport, dataset: &PreparedDataset) {
    let rows = std::fs::read_to_string(dataset.qc_path()).expect("qc").lines().count() - 1;
    assert_eq!(rows, report.dropped.values().sum::<usize>());
    assert_eq!(dataset.len(), report.kept, "{}", config.name);
    let mut split_of: HashMap<String, Split> = HashMap::new();
    for gene in dataset.genes() {
        let chromosome = chromosome_of(gene.chrom.as_deref().expect("every gene has a contig"));
        assert_eq!(*split_of.entry(chromosome).or_insert(gene.split), gene.split);
    }
    let genes: Vec<usize> = (0..dataset.len()).collect();
    let extent = dataset.common_extent(&genes, 0.8);
    let covered = genes.iter().filter(|&&gene| dataset.covers(gene, extent)).count();
    eprintln!("{}: common extent {extent}, covered by {covered} of {}", config.name, dataset.len());
    assert!(covered as f64 >= 0.8 * dataset.len() as f64);
}

#[test]
fn prepare_human_promoters_keeps_13145_genes() {
    let Some(data) = human_data() else { return };
    let folder = tempfile::tempdir().expect("folder");
    let geometry = WindowGeometry::new(250, 50).expect("valid");
    let config = PrepareConfig {
        promoters: Some(data.join("promoters_300bp.fa.gz")),
        ..PrepareConfig::new(data.join("expression.tsv.gz"), folder.path().join("promoters"), geometry)
    };
    let (report, dataset) = run(&config);
    check(&config, &report, &dataset);
    assert_eq!(report.kept, 13_145);

    // GATA1 is expressed in K562 but not in HepG2; its first known base is at -249.
    let gata1 = dataset.find_gene("GATA1").expect("GATA1");
    let [k562, hepg2] = ["K562", "HepG2"].map(|name| dataset.cell_type_index(name).expect("a line"));
    assert!(dataset.log2_tpm(gata1, k562) > dataset.log2_tpm(gata1, hepg2) + 3.0);
    assert_eq!(dataset.extent_of(gata1).to_string(), "-249..+50");
}

#[test]
fn prepare_human_genome_extracts_long_windows() {
    let Some(data) = human_data() else { return };
    let folder = tempfile::tempdir().expect("folder");
    let geometry = WindowGeometry::new(10_000, 1_000).expect("valid");
    let config = PrepareConfig {
        genome: Some(data.join("hg38_sparse.fa.gz")),
        tss_bed: Some(data.join("tss.bed")),
        ..PrepareConfig::new(data.join("expression.tsv.gz"), folder.path().join("genome"), geometry)
    };
    let (report, dataset) = run(&config);
    check(&config, &report, &dataset);
    assert!(report.kept > 1_000);
    assert!(report.unmatched_contigs.is_empty());
}
