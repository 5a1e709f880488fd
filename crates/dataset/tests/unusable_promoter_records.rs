//! Promoter records that cannot be used: each is listed, and an error shows the first.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tatabox_dataset::{DatasetError, DropReason, PrepareConfig, PrepareReport, Result, prepare};
use tatabox_sequence::WindowGeometry;

const GENES: usize = 24;

fn bases(gene: usize) -> String {
    (0..60).map(|at| char::from(b"ACGT"[(gene + at * at) % 4])).collect()
}

/// Prepares records whose headers and sequences come from `record`.
fn run(folder: &Path, record: impl Fn(usize) -> (String, String)) -> Result<PrepareReport> {
    let (mut fasta, mut table) = (String::new(), "gene_id\tK562\n".to_owned());
    for gene in 0..GENES {
        let (header, bases) = record(gene);
        write!(fasta, ">{header}\n{bases}\n").expect("text");
        writeln!(table, "G{gene:02}\t{gene}").expect("text");
    }
    fs::write(folder.join("p.fa"), fasta).expect("written");
    fs::write(folder.join("e.tsv"), table).expect("written");
    let geometry = WindowGeometry::new(50, 10).expect("valid");
    let mut config = PrepareConfig::new(folder.join("e.tsv"), folder.join("set"), geometry);
    config.promoters = Some(folder.join("p.fa"));
    prepare(&config, &mut |_| {})
}

fn header(gene: usize) -> String {
    format!("G{gene:02} chrom=chr{}", gene % 6 + 1)
}

#[test]
fn prepare_lists_every_invalid_record() {
    let folder = tempfile::tempdir().expect("folder");
    let report = run(folder.path(), |gene| match gene {
        1 => (header(gene), format!("-{}", &bases(gene)[1..])),
        10 => (header(gene), String::new()),
        16 => (header(gene), bases(gene).replacen('A', "*", 1)),
        17 => (String::new(), bases(gene)),
        23 => (header(gene), "\n".to_owned()),
        gene => (header(gene), bases(gene)),
    });
    let report = report.expect("prepared");
    assert_eq!((report.kept, report.dropped[&DropReason::InvalidRecord]), (GENES - 5, 5));
    let qc = fs::read_to_string(folder.path().join("set/qc.tsv")).expect("qc");
    for row in [
        "G01\tpromoters\tinvalid_record\trecord 2: '-'",
        "G10\tpromoters\tinvalid_record\trecord 11: no sequence",
        "G16\tpromoters\tinvalid_record\trecord 17: '*'",
        "record 18\tpromoters\tinvalid_record\trecord 18: no name",
        "G23\tpromoters\tinvalid_record\trecord 24: no sequence",
    ] {
        assert!(qc.contains(row), "{row}: {qc}");
    }
    assert!(report.record_examples[&DropReason::InvalidRecord].contains("G01 (promoters): record 2"));
}

/// arq5x/bedtools2#902, #805.
#[test]
fn prepare_unreadable_headers_error_shows_the_first() {
    let folder = tempfile::tempdir().expect("folder");
    let error = run(folder.path(), |gene| (header(gene) + " strand=plus", bases(gene))).expect_err("none is left");
    let message = error.to_string();
    assert!(message.contains("G00 (promoters): record 1: strand=plus: expected + or -"), "{message}");
    let DatasetError::NoGenesLeft { details: Some(details), .. } = error else { panic!("{message}") };
    assert_eq!(details, folder.path().join("set.qc.tsv"));
    assert_eq!(fs::read_to_string(details).expect("listed").matches("unreadable_header").count(), GENES);
    assert!(!folder.path().join("set").exists());
}

#[test]
fn prepare_wrong_length_error_shows_length_and_window() {
    let folder = tempfile::tempdir().expect("folder");
    fs::write(folder.path().join("set.qc.tsv"), "notes of the user\n").expect("written");
    let error = run(folder.path(), |gene| (header(gene), bases(gene) + "ACGT")).expect_err("none is left");
    let message = error.to_string();
    for part in ["64 bp", "60 bp", "upstream 50 + downstream 10"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(matches!(error, DatasetError::NoGenesLeft { most_frequent: DropReason::WrongLength, details: None, .. }));
    let notes = fs::read_to_string(folder.path().join("set.qc.tsv")).expect("kept");
    assert_eq!(notes, "notes of the user\n");
}
