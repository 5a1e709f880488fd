//! End-to-end tests of preparation from promoter records and from a genome.

mod auxiliary_inputs;
mod excluded_genes;
mod gzip_genomes;
mod other_assemblies;
mod promoter_activity;
mod published_tables;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tatabox_sequence::WindowGeometry;

use super::*;
use crate::prepared::PreparedDataset;
use crate::schema::{GENES_FILE, MANIFEST_FILE, QC_FILE, WINDOWS_FILE};
use crate::simulate::{EXPRESSION_FILE, PROMOTERS_FILE, SimulateConfig, simulate};
use crate::split::{Split, SplitMethod};
use crate::{DatasetError, tpm_to_log2};

const LINES: &str = "gene_id\tgene_name\tK562\tHepG2\n";

fn geometry() -> WindowGeometry {
    WindowGeometry::new(50, 10).expect("valid")
}

/// Window of 60 bases that differs between genes.
fn bases(gene: usize) -> String {
    (0..60).map(|at| char::from(b"ACGT"[(gene >> (2 * (at % 8)) ^ at) & 3])).collect()
}

fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path
}

/// Forty genes on four chromosomes, with `tpm(gene)` in K562 and twice that in HepG2.
fn forty_genes(folder: &Path, tpm: impl Fn(usize) -> f64) -> PrepareConfig {
    let (mut fasta, mut table) = (String::new(), LINES.to_owned());
    for gene in 0..40 {
        writeln!(fasta, ">G{gene:02} chrom=chr{} strand=+\n{}", gene % 4 + 1, bases(gene)).expect("text");
        writeln!(table, "G{gene:02}\tNAME{gene}\t{}\t{}", tpm(gene), 2.0 * tpm(gene)).expect("text");
    }
    let expression = put(folder, "expression.tsv", &table);
    let promoters = Some(put(folder, "promoters.fa", &fasta));
    PrepareConfig { promoters, ..PrepareConfig::new(expression, folder.join("set"), geometry()) }
}

fn run(config: &PrepareConfig) -> Result<(PrepareReport, PreparedDataset)> {
    let report = prepare(config, &mut |_| {})?;
    Ok((report, PreparedDataset::open(&config.out_dir)?))
}

fn qc(config: &PrepareConfig) -> HashMap<String, String> {
    let text = fs::read_to_string(config.out_dir.join(QC_FILE)).expect("qc");
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Some((cells.next()?, cells.nth(1)?))
    };
    text.lines().skip(1).filter_map(row).collect()
}

#[test]
fn prepare_then_open_preserves_inputs() {
    let folder = tempfile::tempdir().expect("folder");
    let (report, dataset) = run(&forty_genes(folder.path(), |gene| gene as f64)).expect("prepared");
    assert_eq!((report.kept, dataset.len(), report.dropped.len()), (40, 40, 0));
    let gene = dataset.find_gene("name7").expect("known");
    assert_eq!((dataset.genes()[gene].gene_id.as_str(), dataset.genes()[gene].chrom.as_deref()), ("G07", Some("chr4")));
    // TPM 7 is log2(8) = 3; HepG2 has 14, log2(15).
    assert!((dataset.log2_tpm(gene, 0) - 3.0).abs() < 1e-6);
    assert!((f64::from(dataset.log2_tpm(gene, 1)) - tpm_to_log2(14.0)).abs() < 1e-6);
    let mut codes = Vec::new();
    dataset.window_codes(gene, 10..60, &mut codes);
    let letters: String = codes.iter().map(|&code| char::from(b"ACGT"[code as usize])).collect();
    assert_eq!(letters, bases(7)[10..]);
    assert_eq!(dataset.extent_of(gene).to_string(), "-50..+10");
    dataset.verify().expect("whole");
}

#[test]
fn prepare_keeps_genes_and_chromosomes_in_one_split() {
    let folder = tempfile::tempdir().expect("folder");
    let (report, dataset) = run(&forty_genes(folder.path(), |gene| gene as f64)).expect("prepared");
    let mut split_of: HashMap<&str, Split> = HashMap::new();
    for gene in dataset.genes() {
        let chrom = gene.chrom.as_deref().expect("every header names one");
        assert_eq!(*split_of.entry(chrom).or_insert(gene.split), gene.split, "{chrom}");
    }
    let mut seen: Vec<usize> = Split::ALL.into_iter().flat_map(|split| dataset.genes_in(split)).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..40).collect::<Vec<_>>());
    assert_eq!(report.split.rule.method, SplitMethod::Chromosomes);
    assert!(Split::ALL.into_iter().all(|split| report.split.part(split).genes > 0));
}

#[test]
fn prepare_fits_transform_on_train_genes_only() {
    let folder = tempfile::tempdir().expect("folder");
    let (_, dataset) = run(&forty_genes(folder.path(), |gene| gene as f64)).expect("prepared");
    let held_out: Vec<String> = [Split::Validation, Split::Test]
        .into_iter()
        .flat_map(|split| dataset.genes_in(split))
        .map(|gene| dataset.genes()[gene].gene_id.clone())
        .collect();
    let is_held_out = |gene: usize| held_out.contains(&format!("G{gene:02}"));
    let other = tempfile::tempdir().expect("folder");
    let changed = |gene: usize| if is_held_out(gene) { 5_000.0 } else { gene as f64 };
    let (_, other) = run(&forty_genes(other.path(), changed)).expect("prepared");
    assert_eq!(dataset.transform(), other.transform());
    let train: Vec<f64> = dataset.genes_in(Split::Train).iter().map(|&gene| dataset.log2_tpm(gene, 0).into()).collect();
    let mean = train.iter().sum::<f64>() / train.len() as f64;
    assert!((dataset.transform().mean[0] - mean).abs() < 1e-9);
}

#[test]
fn prepare_identical_inputs_give_identical_bytes() {
    let folder = tempfile::tempdir().expect("folder");
    let first = forty_genes(folder.path(), |gene| gene as f64);
    let second = PrepareConfig { out_dir: folder.path().join("again"), ..first.clone() };
    let (_, one) = run(&first).expect("prepared");
    let (_, two) = run(&second).expect("prepared");
    for file in [MANIFEST_FILE, GENES_FILE, WINDOWS_FILE, QC_FILE] {
        let bytes = |config: &PrepareConfig| fs::read(config.out_dir.join(file)).expect("read");
        assert_eq!(bytes(&first), bytes(&second), "{file}");
    }
    assert_eq!(one.checksum(), two.checksum());
}

#[test]
fn prepare_lists_dropped_genes_with_reasons() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    let fasta = fs::read_to_string(folder.path().join("promoters.fa")).expect("read");
    let more = format!(
        ">G00 chrom=chr1\n{0}\n>ONLY_WINDOW\n{0}\n>UNMEASURED\n{0}\n>SHORT\nACGT\n>BAD tss_offset=x\n{0}\n>EMPTY\n{1}\n>FEW\n{2}\n",
        bases(1),
        "N".repeat(60),
        "N".repeat(59) + "A"
    );
    config.promoters = Some(put(folder.path(), "more.fa", &(fasta + &more)));
    let table = fs::read_to_string(folder.path().join("expression.tsv")).expect("read");
    let rows = "SHORT\t\t1\t1\nBAD\t\t1\t1\nEMPTY\t\t1\t1\nFEW\t\t1\t1\nUNMEASURED\t\tNA\t\nONLY_TPM\t\t1\t1\n";
    config.expression = put(folder.path(), "more.tsv", &(table + rows)).into();
    let (report, _) = run(&config).expect("prepared");
    let qc = qc(&config);
    let expected = [
        ("G00", "duplicate_gene"),
        ("ONLY_WINDOW", "no_expression_row"),
        ("UNMEASURED", "no_measurement"),
        ("SHORT", "wrong_length"),
        ("BAD", "unreadable_header"),
        ("EMPTY", "no_known_bases"),
        ("FEW", "too_few_known_bases"),
        ("ONLY_TPM", "no_window"),
    ];
    for (gene, reason) in expected {
        assert_eq!(qc.get(gene).map(String::as_str), Some(reason), "{gene}");
    }
    assert_eq!((report.kept, qc.len(), report.dropped.values().sum::<usize>()), (40, 8, 8));
}

#[test]
fn prepare_prefers_genome_windows_and_falls_back_on_promoters() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    let contig = |gene: usize| format!(">chr{}\n{}\n", gene + 1, bases(gene) + &"N".repeat(140));
    config.genome = Some(put(folder.path(), "genome.fa", &(0..3).map(contig).collect::<String>()));
    // The window of TSS 50 on the forward strand is [0, 60): all known. That of 90 is [40, 100): 20 known.
    let bed = "1\t50\t51\tG00\t0\t+\n2\t90\t91\tG01\t0\t+\n3\t200\t201\tG02\t0\t+\nchr9\t5\t6\tG03\t0\t+\n";
    config.tss_bed = Some(put(folder.path(), "tss.bed", bed));
    config.min_known_bp = 10;
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!(report.kept, 40);
    assert_eq!(report.matched_contigs, Some(3));
    assert_eq!(report.unmatched_contigs, BTreeMap::from([("chr9".to_owned(), 1)]));
    let gene = |id: &str| &dataset.genes()[dataset.find_gene(id).expect("kept")];
    assert_eq!((gene("G00").chrom.as_deref(), gene("G00").tss), (Some("chr1"), Some(50)));
    assert_eq!((gene("G01").tss, gene("G01").known_upstream_bp), (None, 50));
    let qc = qc(&config);
    assert_eq!(qc["G01"], "other_source_used");
    assert_eq!(qc["G02"], "tss_outside_contig");
    assert_eq!(qc["G03"], "contig_not_in_genome");
}

#[test]
fn prepare_inputs_without_shared_names_error_lists_both() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    config.expression = put(folder.path(), "other.tsv", "gene_id\tK562\nENSG1\t1\nENSG2\t2\n").into();
    let error = run(&config).expect_err("no common gene").to_string();
    assert!(error.starts_with("no gene of promoters is in expression"), "{error}");
    assert!(error.contains("G00, G01, G02, ...") && error.contains("ENSG1, ENSG2"), "{error}");

    config.expression = put(folder.path(), "other.tsv", "sample\tG00\tG01\tG02\nK562\t1\t2\t3\n").into();
    let error = run(&config).expect_err("samples in rows").to_string();
    assert!(error.contains("the columns are genes, such as G00, G01, G02; ") && error.contains("transpose"), "{error}");

    config.expression = put(folder.path(), "other.tsv", "gene_id\tK562\nENSG1\t1\nENSG2\t2\n").into();
    config.genome = Some(put(folder.path(), "genome.fa", ">scaffold_1\nACGT\n"));
    config.tss_bed = Some(put(folder.path(), "tss.bed", "chr1\t5\t6\tG00\t0\t+\n"));
    let error = run(&config).expect_err("no common contig").to_string();
    assert!(error.contains("chr1") && error.contains("scaffold_1"), "{error}");
    assert!(!config.out_dir.exists());
    let remaining: Vec<_> =
        fs::read_dir(folder.path()).expect("readable").flatten().map(|entry| entry.path()).collect();
    assert!(remaining.iter().all(|path| path.extension().is_none_or(|ending| ending != "partial")), "{remaining:?}");
}

#[test]
fn prepare_records_simulated_data() {
    let folder = tempfile::tempdir().expect("folder");
    let simulation = SimulateConfig { genes: 60, ..SimulateConfig::default() };
    let truth = simulate(&simulation, folder.path()).expect("simulated");
    let config = PrepareConfig {
        promoters: Some(folder.path().join(PROMOTERS_FILE)),
        ..PrepareConfig::new(folder.path().join(EXPRESSION_FILE), folder.path().join("set"), simulation.geometry)
    };
    let (_, dataset) = run(&config).expect("prepared");
    let recorded = dataset.manifest().simulated.as_ref().expect("recorded");
    assert_eq!((recorded.seed, recorded.genes, dataset.len()), (truth.seed, 60, 60));
}

#[test]
fn open_modified_data_set_returns_error() {
    let folder = tempfile::tempdir().expect("folder");
    let config = forty_genes(folder.path(), |gene| gene as f64);
    let (_, dataset) = run(&config).expect("prepared");
    let windows = config.out_dir.join(WINDOWS_FILE);
    let mut bytes = fs::read(&windows).expect("read");
    *bytes.last_mut().expect("not empty") ^= 1;
    // Removed first, so that the new file has another inode: the open data set maps the old one.
    fs::remove_file(&windows).expect("removed");
    fs::write(&windows, &bytes).expect("written");
    assert!(matches!(dataset.verify(), Err(DatasetError::Damaged { .. })));
    bytes.pop();
    fs::write(&windows, &bytes).expect("written");
    assert!(matches!(PreparedDataset::open(&config.out_dir), Err(DatasetError::Damaged { .. })));
    let manifest = config.out_dir.join(MANIFEST_FILE);
    let newer = fs::read_to_string(&manifest).expect("read").replace("\"format_version\": 1", "\"format_version\": 3");
    fs::write(&manifest, newer).expect("written");
    assert!(matches!(PreparedDataset::open(&config.out_dir), Err(DatasetError::FormatVersion { found: 3, .. })));
    fs::remove_file(&manifest).expect("removed");
    assert!(matches!(PreparedDataset::open(&config.out_dir), Err(DatasetError::NotADataset { .. })));
}

#[test]
fn prepared_dataset_is_send_and_sync() {
    fn shared<T: Send + Sync>() {}
    shared::<PreparedDataset>();
}
