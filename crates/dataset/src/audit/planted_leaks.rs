//! Tests with planted leaks, each detected by one check.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tatabox_sequence::{Sequence, Strand, WindowGeometry};
use tempfile::TempDir;

use super::{
    AUDIT_DIR, AUDIT_FILE, AuditCheck, AuditOptions, AuditReport, DuplicateKind, Verdict, audit, audit_verified,
};
use crate::assay::Assay;
use crate::expression::TargetTransform;
use crate::io::checksum::sha256_file;
use crate::prepare::{PrepareConfig, prepare};
use crate::prepared::{DatasetManifest, Extent, GeneTable, PreparedDataset};
use crate::schema::{GENES_FILE, MANIFEST_FILE};
use crate::split::Split;

const GENES: usize = 120;

/// Promoters of 300 bp on six chromosomes, which a test may modify before preparation.
struct Promoters {
    folder: TempDir,
    /// Header fields and bases of each gene.
    records: Vec<(String, String)>,
    /// Assays in their text form.
    assays: Vec<String>,
}

/// Pseudorandom bases that are the same in every run.
fn bases(length: usize, seed: usize) -> String {
    let mut state = seed as u64 * 2 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"ACGT"[(state >> 62) as usize])
    };
    (0..length + 8).map(|_| next()).skip(8).collect()
}

impl Promoters {
    fn new() -> Self {
        let record = |gene: usize| (format!("chrom=chr{}", gene % 6 + 1), bases(300, gene));
        Self {
            folder: tempfile::tempdir().expect("folder"),
            records: (0..GENES).map(record).collect(),
            assays: Vec::new(),
        }
    }

    fn prepare(&self) -> PreparedDataset {
        let (mut fasta, mut table) = (String::new(), "gene_id\tgene_name\tK562\n".to_owned());
        for (gene, (header, sequence)) in self.records.iter().enumerate() {
            writeln!(fasta, ">G{gene:03} {header}\n{sequence}").expect("text");
            writeln!(table, "G{gene:03}\tNAME{gene}\t{gene}").expect("text");
        }
        let path = |name: &str| self.folder.path().join(name);
        fs::write(path("p.fa"), fasta).expect("written");
        fs::write(path("e.tsv"), table).expect("written");
        let geometry = WindowGeometry::new(250, 50).expect("valid");
        let config = PrepareConfig {
            promoters: Some(path("p.fa")),
            tss_offset: Some(250),
            force: true,
            assays: self.assays.iter().map(|text| text.parse().expect("valid")).collect(),
            ..PrepareConfig::new(path("e.tsv"), path("set"), geometry)
        };
        prepare(&config, &mut |_| {}).expect("prepared");
        PreparedDataset::open(&config.out_dir).expect("opens")
    }

    /// Numbers of a test and a train gene; the splits depend on the chromosomes only.
    fn test_and_train(&self) -> (usize, usize) {
        let dataset = self.prepare();
        let first = |split| {
            let gene = dataset.genes_in(split)[0];
            dataset.genes()[gene].gene_id[1..].parse().expect("a number")
        };
        (first(Split::Test), first(Split::Train))
    }
}

/// Modifies the genes and the manifest of a prepared data set.
fn tampered(
    directory: &Path,
    genes: impl FnOnce(&mut GeneTable),
    manifest: impl FnOnce(&mut DatasetManifest),
) -> PreparedDataset {
    let (genes_path, manifest_path) = (directory.join(GENES_FILE), directory.join(MANIFEST_FILE));
    let bytes = fs::read(&manifest_path).expect("there");
    let mut record: DatasetManifest = serde_json::from_slice(&bytes).expect("a record");
    let mut table = GeneTable::read(&genes_path, &record.cell_types).expect("genes");
    genes(&mut table);
    table.write(&genes_path, &record.cell_types).expect("written");
    manifest(&mut record);
    let file = record.files.iter_mut().find(|file| file.name == GENES_FILE).expect("recorded");
    file.bytes = fs::metadata(&genes_path).expect("there").len();
    file.sha256 = sha256_file(&genes_path).expect("readable");
    fs::write(&manifest_path, serde_json::to_vec(&record).expect("JSON")).expect("written");
    PreparedDataset::open(directory).expect("opens")
}

fn audited(dataset: &PreparedDataset) -> AuditReport {
    audit(dataset, &AuditOptions::default(), &mut |_| {}).expect("audited")
}

/// Checks with a finding and their verdicts.
fn found(report: &AuditReport) -> Vec<(&str, Verdict)> {
    let checks = report.checks().iter().filter(|check| check.verdict != Verdict::Pass);
    checks.map(|check| (check.name.as_str(), check.verdict)).collect()
}

#[test]
fn audit_clean_data_set_passes() {
    let report = audited(&Promoters::new().prepare());
    assert_eq!(found(&report), []);
    assert_eq!((report.verdict(), report.checks().len()), (Verdict::Pass, 6));
    let held_out: usize = report.similarity_summary.iter().map(|summary| summary.genes).sum();
    assert_eq!((report.kmer_bp, report.similarity.rows.len()), (12, held_out));
    assert!(report.similarity.rows.iter().all(|row| row.similarity < 0.1), "{:?}", report.similarity.most_similar(1));
}

#[test]
fn audit_same_window_in_two_splits_fails() {
    let mut promoters = Promoters::new();
    let (test, train) = promoters.test_and_train();
    let original = promoters.records[train].1.clone();
    let reverse = Sequence::from_ascii(original.as_bytes()).expect("bases").reverse_complement().to_ascii();
    let (header, own) = promoters.records[test].clone();
    let cases = [
        (original.clone(), String::new(), DuplicateKind::Identical, 300),
        (original[60..280].to_owned(), " tss_offset=190".to_owned(), DuplicateKind::UpToPadding, 220),
        // Shifted by 40 bases within the window: another position, the same sequence.
        (original[..260].to_owned(), " tss_offset=250".to_owned(), DuplicateKind::UpToPadding, 260),
        (reverse, String::new(), DuplicateKind::ReverseComplement, 300),
    ];
    for (sequence, word, kind, shared_bp) in cases {
        promoters.records[test] = (header.clone() + &word, sequence);
        let report = audited(&promoters.prepare());
        assert_eq!(found(&report)[0], ("duplicated windows", Verdict::Fail));
        let pair = &report.duplicates[..];
        assert_eq!((pair.len(), pair[0].kind, pair[0].shared_bp), (1, kind, shared_bp));
        let (one, two) = (format!("G{test:03}"), format!("G{train:03}"));
        let ids = [pair[0].gene_id.as_str(), pair[0].other_gene_id.as_str()];
        assert!(ids.contains(&one.as_str()) && ids.contains(&two.as_str()), "{ids:?}");
    }
    promoters.records[test] = (header, own);
    assert_eq!(audited(&promoters.prepare()).verdict(), Verdict::Pass);
}

#[test]
fn audit_duplicate_within_split_is_counted_and_passes() {
    let mut promoters = Promoters::new();
    let (_, train) = promoters.test_and_train();
    promoters.records[(train + 6) % GENES].1 = promoters.records[train].1.clone();
    let report = audited(&promoters.prepare());
    assert_eq!(found(&report), []);
    let check = report.checks().iter().find(|check| check.name == "duplicated windows").expect("made");
    assert!((check.numbers["pairs_within_a_split"] - 1.0).abs() < 1e-12, "{}", check.finding);
}

#[test]
fn audit_near_duplicates_above_one_percent_fail() {
    let mut promoters = Promoters::new();
    let (test, train) = promoters.test_and_train();
    // Every fortieth base is substituted.
    let copy: String = promoters.records[train]
        .1
        .chars()
        .enumerate()
        .map(|(at, base)| {
            let other = if base == 'A' { 'C' } else { 'A' };
            if at % 40 == 20 { other } else { base }
        })
        .collect();
    promoters.records[test].1 = copy;
    let report = audited(&promoters.prepare());
    assert_eq!(found(&report), [("similar windows", Verdict::Fail)], "one of some twenty test genes");
    let nearest = &report.similarity.most_similar(1)[0];
    assert_eq!(nearest.gene_id, format!("G{test:03}"));
    assert_eq!(nearest.nearest_train_gene, Some(format!("G{train:03}")));
    let identity = nearest.identity.expect("alike");
    assert!((0.94..1.0).contains(&identity) && nearest.aligned_fraction > 0.9, "{nearest:?}");

    let strict = AuditOptions { near_identity: 0.999, ..AuditOptions::default() };
    let report = audit(&promoters.prepare(), &strict, &mut |_| {}).expect("audited");
    assert_eq!(found(&report), []);
}

#[test]
fn audit_similarity_is_limited_to_extent() {
    let mut promoters = Promoters::new();
    let (test, train) = promoters.test_and_train();
    // The first 160 bases are those of the train gene; the TSS at 250 and its surroundings are not.
    let far = promoters.records[train].1[..160].to_owned();
    promoters.records[test].1.replace_range(..160, &far);
    let dataset = promoters.prepare();
    assert_eq!(found(&audited(&dataset)), [("similar windows", Verdict::Fail)]);
    let near_tss = Extent { upstream_bp: 60, downstream_bp: 50 };
    let options = AuditOptions { extent: Some(near_tss), ..AuditOptions::default() };
    let report = audit(&dataset, &options, &mut |_| {}).expect("audited");
    assert_eq!(found(&report), []);
    assert_eq!(report.extent, near_tss);
    // Nothing can be compared without known bases in the extent.
    promoters.records[test].1.replace_range(180.., &"N".repeat(120));
    let report = audit(&promoters.prepare(), &options, &mut |_| {}).expect("audited");
    let check = report.checks().iter().find(|check| check.name == "similar windows").expect("made");
    assert!(check.finding.ends_with("1 window too short to be compared"), "{}", check.finding);
}

#[test]
fn audit_windows_overlapping_on_genome_fail() {
    let promoters = Promoters::new();
    let dataset = promoters.prepare();
    let (test, train) = (dataset.genes_in(Split::Test)[0], dataset.genes_in(Split::Train)[0]);
    let positions = |train_tss, train_contig: &'static str| {
        move |table: &mut GeneTable| {
            for (gene, entry) in table.genes.iter_mut().enumerate() {
                (entry.tss, entry.strand) = (Some(1_000_000 + 1_000 * gene as u64), Some(Strand::Forward));
            }
            let contigs = [(test, "chr9", 5_000), (train, train_contig, train_tss)];
            for (gene, contig, tss) in contigs {
                (table.genes[gene].chrom, table.genes[gene].tss) = (Some(contig.to_owned()), Some(tss));
            }
        }
    };
    // 4,750..5,050 and 5,049..5,349 share one base.
    let report = audited(&tampered(dataset.directory(), positions(5_299, "9"), |_| {}));
    assert_eq!(found(&report), [("chromosomes", Verdict::Fail), ("overlapping windows", Verdict::Fail)]);
    let pair = &report.overlaps[0];
    assert_eq!((pair.contig.as_str(), pair.start, pair.overlap_bp), ("chr9", 5_049, 1));
    assert_eq!((pair.split, pair.other_split), (Split::Test, Split::Train));
    let report = audited(&tampered(dataset.directory(), positions(5_300, "9"), |_| {}));
    assert_eq!(found(&report), [("chromosomes", Verdict::Fail)]);
    let report = audited(&tampered(dataset.directory(), positions(5_000, "chr9_alt"), |_| {}));
    assert_eq!(found(&report), [("chromosomes", Verdict::Fail), ("overlapping windows", Verdict::Warn)]);
}

#[test]
fn audit_identifier_in_two_splits_fails_and_name_warns() {
    let promoters = Promoters::new();
    let dataset = promoters.prepare();
    let (test, train) = (dataset.genes_in(Split::Test)[0], dataset.genes_in(Split::Train)[0]);
    let same_name = |table: &mut GeneTable| table.genes[test].gene_name = table.genes[train].gene_name.clone();
    let report = audited(&tampered(dataset.directory(), same_name, |_| {}));
    assert_eq!(found(&report), [("gene identifiers", Verdict::Warn)]);
    let same_id = |table: &mut GeneTable| table.genes[test].gene_id = table.genes[train].gene_id.to_lowercase();
    let report = audited(&tampered(dataset.directory(), same_id, |_| {}));
    assert_eq!(found(&report), [("gene identifiers", Verdict::Fail)]);
}

#[test]
fn audit_transform_fitted_on_all_genes_fails() {
    let promoters = Promoters::new();
    let dataset = promoters.prepare();
    let of_all = |record: &mut DatasetManifest| {
        let log2_tpm: Vec<f32> = (0..dataset.len()).map(|gene| dataset.log2_tpm(gene, 0)).collect();
        let every_gene: Vec<usize> = (0..dataset.len()).collect();
        record.transform = TargetTransform::fit(&record.cell_types, &log2_tpm, &every_gene).expect("fits");
    };
    let report = audited(&tampered(dataset.directory(), |_| {}, of_all));
    assert_eq!(found(&report), [("target scaling", Verdict::Fail)]);
}

#[test]
fn audit_assay_row_in_another_split_fails() {
    let mut promoters = Promoters::new();
    let (test, train) = promoters.test_and_train();
    let reverse =
        |letters: &str| Sequence::from_ascii(letters.as_bytes()).expect("bases").reverse_complement().to_ascii();
    let mut text = "id\tseq\tvalue\n".to_owned();
    let row = |id: &str, sequence: &str, value: usize| format!("{id}\t{sequence}\t{value}\n");
    text += &row("of_test", &reverse(&promoters.records[test].1[50..250]), 1);
    text += &row("of_train", &promoters.records[train].1[50..250], 2);
    text += &row("tile", &bases(200, 700), 3);
    text += &row("tile_reversed", &reverse(&bases(200, 700)), 4);
    (0..40).for_each(|other| text += &row(&format!("other{other}"), &bases(200, 800 + other), other));
    fs::write(promoters.folder.path().join("m.tsv"), text).expect("written");
    promoters.assays = vec![format!("m={}/m.tsv,scale=log2,tss=-1", promoters.folder.path().display())];
    let dataset = promoters.prepare();
    let report = audited(&dataset);
    assert_eq!((found(&report), report.checks().len()), (Vec::new(), 7));

    let leaked = |id: &str, split: Split| {
        let assay = &dataset.assays()[0];
        let mut rows = assay.rows.to_vec();
        rows.iter_mut().find(|row| row.id == id).expect("a row").split = Some(split);
        let assay = Assay { rows: rows.into(), ..assay.clone() }.refitted(dataset.genes()).expect("fits");
        let mut leaky = dataset.clone();
        leaky.assays = vec![assay].into();
        let report = audit_verified(&leaky, &AuditOptions::default(), &mut |_| {}).expect("audited");
        let check = report.checks().iter().find(|check| check.name == "assays").expect("made").clone();
        assert_eq!(check.verdict, Verdict::Fail);
        check.finding
    };
    let finding = leaked("of_test", Split::Train);
    assert_eq!(
        finding,
        "1 row like a gene of another split (m/of_test); 1 row on a chromosome of another split (m/of_test)"
    );
    let of_tiles = dataset.assays()[0].rows[2].split;
    let other = Split::ALL.into_iter().find(|&split| Some(split) != of_tiles).expect("three splits");
    assert_eq!(leaked("tile", other), "2 rows like a row of another split (m/tile, m/tile_reversed)");
}

#[test]
fn audit_report_round_trip_is_independent_of_threads() {
    let promoters = Promoters::new();
    let dataset = promoters.prepare();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| audited(&dataset))
    };
    let mut report = on(1);
    assert_eq!(report, on(4));
    report.push(AuditCheck::new("padding only", Verdict::Warn, "found by the caller"));
    let folder = dataset.directory().join(AUDIT_DIR);
    report.write(&folder).expect("written");
    let read = AuditReport::read(&folder).expect("readable");
    assert_eq!(read, report);
    assert_eq!(read.verdict(), Verdict::Warn);
    assert!(read.matches(dataset.checksum()) && !read.matches("another"));
    assert_eq!(fs::read_dir(&folder).expect("made").count(), 4);

    let newer = fs::read_to_string(folder.join(AUDIT_FILE)).expect("there").replacen(": 1", ": 2", 1);
    fs::write(folder.join(AUDIT_FILE), newer).expect("written");
    let error = AuditReport::read(&folder).expect_err("newer").to_string();
    assert!(error.contains("repeat the audit"), "{error}");
}

#[test]
fn audit_limits_out_of_range_return_error() {
    let options = AuditOptions { near_identity: 1.5, ..AuditOptions::default() };
    let error = audit(&Promoters::new().prepare(), &options, &mut |_| {}).expect_err("refused").to_string();
    assert_eq!(error, "near_identity = 1.5: expected a fraction from 0 to 1");
    let beyond = Extent { upstream_bp: 251, downstream_bp: 50 };
    let options = AuditOptions { extent: Some(beyond), ..AuditOptions::default() };
    let error = audit(&Promoters::new().prepare(), &options, &mut |_| {}).expect_err("refused").to_string();
    assert!(error.contains("-251..+50") && error.contains("-250..+50"), "{error}");
}
