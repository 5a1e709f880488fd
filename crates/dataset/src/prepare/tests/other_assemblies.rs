//! Tests of inputs that are of another assembly than the genome.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bigtools::beddata::BedParserStreamingIterator;
use bigtools::{BigWigWrite, Value};

use super::auxiliary_inputs::genome_and_annotation;
use super::{put, run};
use crate::prepare::{PrepareConfig, TrackSource, TssSettings};

/// BigWig of chr1 to chr4 of the given length, with values from base 0 to base `covered`.
fn signal(path: &Path, length: u32, covered: u32) -> PathBuf {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("runtime");
    let contigs = ["chr1", "chr2", "chr3", "chr4"];
    let values = contigs.map(|contig| (contig.to_owned(), Value { start: 0, end: covered, value: 1.5 }));
    let sizes = contigs.map(|contig| (contig.to_owned(), length));
    let values = BedParserStreamingIterator::wrap_infallible_iter(values.into_iter(), true);
    BigWigWrite::create_file(path, HashMap::from(sizes)).expect("created").write(values, runtime).expect("written");
    path.to_owned()
}

fn refusal(config: &PrepareConfig) -> String {
    run(config).expect_err("another assembly").to_string()
}

#[test]
fn prepare_track_with_other_contig_lengths_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let track = |path| vec![TrackSource { name: "dnase".to_owned(), path }];
    config.tracks = track(signal(&folder.path().join("long.bw"), 12_400, 12_000));
    let message = refusal(&config);
    for part in ["track dnase", "long.bw", "chr1 has a length of 12400 bp", "genome.fa has 12000 bp"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!config.out_dir.exists());
    config.tracks = track(signal(&folder.path().join("right.bw"), 12_000, 12_000));
    assert_eq!(run(&config).expect("prepared").0.warnings, [""; 0]);
    config.force = true;
    config.tracks = track(signal(&folder.path().join("ends.bw"), 12_000, 200));
    let warnings = run(&config).expect("prepared").0.warnings;
    assert_eq!(warnings, ["track dnase: ends.bw has no value in any window"]);
}

#[test]
fn prepare_cage_peaks_of_other_contigs_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let mut prepared = |peaks: &str| {
        config.tss = TssSettings { cage: Some(put(folder.path(), "cage.bed", peaks)), ..TssSettings::default() };
        config.force = true;
        run(&config).map(|(report, _)| report.warnings).map_err(|error| error.to_string())
    };
    let message = prepared("scaffold_1\t1110\t1130\tp1@N00\t7\t+\n").expect_err("no contig");
    assert!(message.contains("cage.bed: no contig of it is in") && message.contains("it has scaffold_1"), "{message}");
    let warnings = prepared("1\t1110\t1130\tp\t7\t+\nKI1\t5\t6\tp\t7\t+\n").expect("one is on chr1");
    assert!(warnings[0].contains("cage.bed: 1 of 2 CAGE peaks is on contigs that"), "{warnings:?}");
    let warnings = prepared("chr1\t20\t21\tp\t7\t+\n").expect("on chr1");
    assert!(warnings[0].contains("no gene has a CAGE peak within 500 bp"), "{warnings:?}");
    let message = prepared("chr1\t12000\t12001\tp\t7\t+\n").expect_err("past the end");
    assert!(message.contains("1 of 1 CAGE peak is past the end of the contig"), "{message}");
}

#[test]
fn prepare_annotation_of_other_assembly_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let annotation = std::fs::read_to_string(config.annotation.as_ref().expect("given")).expect("text");
    config.annotation = Some(put(folder.path(), "renamed.gtf", &annotation.replace("chr", "scaffold_")));
    let message = refusal(&config);
    assert!(message.contains("renamed.gtf: no contig") && message.contains("scaffold_1"), "{message}");
    config.annotation = Some(put(folder.path(), "roman.gtf", &{
        let roman = [("chr1\t", "I\t"), ("chr2\t", "II\t"), ("chr3\t", "chr3\t"), ("chr4\t", "IV\t")];
        roman.iter().fold(annotation.clone(), |text, (from, to)| text.replace(from, to))
    }));
    let (report, _) = run(&config).expect("one contig is shared");
    assert_eq!(report.kept, 10);
    assert!(report.warnings[0].contains("roman.gtf: 30 of 40 genes are on contigs that"), "{:?}", report.warnings);
}

#[test]
fn prepare_drop_takes_any_contig() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    config.drop = vec!["2".parse().expect("a contig")];
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!((report.kept, report.filters[0].dropped), (30, 10));
    assert!(dataset.genes().iter().all(|gene| gene.chrom.as_deref() != Some("chr2")));
    config.force = true;
    config.drop = vec!["scaffold_9".parse().expect("a name")];
    assert!(refusal(&config).contains("no contig of this name; they have chr1, chr2, chr3, chr4"));
}
