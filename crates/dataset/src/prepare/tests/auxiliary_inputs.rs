//! Tests of TSS selection, gene features and signal tracks.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bigtools::beddata::BedParserStreamingIterator;
use bigtools::{BigWigWrite, Value};
use tatabox_sequence::{TssChoice, TssSource, WindowGeometry};

use super::{put, qc, run};
use crate::prepare::{GeneFeatureSource, PrepareConfig, TrackSource, TssSettings};
use crate::split::Split;
use crate::{PreparedDataset, TssOrigin};

/// Genes per contig. Each has a noncoding transcript and a coding one that starts 100 bases downstream.
const GENES: u64 = 10;
const CONTIGS: [&str; 4] = ["chr1", "chr2", "chr3", "chr4"];

fn start_of(gene: u64) -> u64 {
    1_000 * (gene + 1)
}

fn gene_id(contig: usize, gene: u64) -> String {
    format!("ENSG{contig}{gene:02}")
}

/// Four contigs of 12,000 bases with ten genes each; odd gene numbers are on the reverse strand.
pub(super) fn genome_and_annotation(folder: &Path) -> PrepareConfig {
    let (mut fasta, mut gtf, mut table) = (String::new(), String::new(), "gene_id\tK562\n".to_owned());
    for (at, contig) in CONTIGS.into_iter().enumerate() {
        let bases: String =
            (0..12_000).map(|base: usize| char::from(b"ACGGT"[(base * 7 + base / 3 + at) % 5])).collect();
        writeln!(fasta, ">{contig}\n{bases}").expect("text");
        for gene in 0..GENES {
            let id = gene_id(at, gene);
            let strand = if gene % 2 == 0 { '+' } else { '-' };
            // Exons of the coding transcript, 1-based: 101 to 200 and 301 to 450; CDS from 151 to 400.
            let from = start_of(gene);
            let mut row = |kind: &str, start: u64, end: u64, transcript: &str| {
                writeln!(
                    gtf,
                    "{contig}\tx\t{kind}\t{}\t{}\t.\t{strand}\t.\tgene_id \"{id}\"; gene_name \"N{at}{gene}\"; {transcript}",
                    from + start,
                    from + end
                )
                .expect("text");
            };
            row("gene", 1, 600, "");
            row("transcript", 1, 600, "transcript_id \"outer\";");
            row("exon", 1, 600, "transcript_id \"outer\";");
            row("transcript", 101, 450, "transcript_id \"coding\"; tag \"MANE_Select\";");
            row("exon", 101, 200, "transcript_id \"coding\";");
            row("exon", 301, 450, "transcript_id \"coding\";");
            // The last gene of a contig is noncoding.
            if gene + 1 < GENES {
                row("CDS", 151, 200, "transcript_id \"coding\";");
                row("CDS", 301, 400, "transcript_id \"coding\";");
            }
            writeln!(table, "{id}\t{}", gene + 10 * at as u64).expect("text");
        }
    }
    let geometry = WindowGeometry::new(80, 40).expect("valid");
    PrepareConfig {
        genome: Some(put(folder, "genome.fa", &fasta)),
        annotation: Some(put(folder, "genes.gtf", &gtf)),
        ..PrepareConfig::new(put(folder, "tpm.tsv", &table), folder.join("set"), geometry)
    }
}

fn position(dataset: &PreparedDataset, gene_id: &str) -> u64 {
    dataset.genes()[dataset.find_gene(gene_id).expect("known")].tss.expect("from a genome")
}

fn origin<'a>(dataset: &'a PreparedDataset, gene_id: &str) -> &'a TssOrigin {
    dataset.genes()[dataset.find_gene(gene_id).expect("known")].tss_origin.as_ref().expect("from annotation")
}

#[test]
fn prepare_records_tss_origin_per_gene() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let (report, dataset) = run(&config).expect("prepared");
    // The coding transcript begins at base 101 of the gene on the forward strand, and at base 450 on the reverse one.
    assert_eq!((position(&dataset, "ENSG000"), position(&dataset, "ENSG001")), (1_100, 2_449));
    assert_eq!(origin(&dataset, "ENSG000").transcript_id.as_deref(), Some("coding"));
    assert_eq!(report.tss.expect("annotation").sources, BTreeMap::from([(TssSource::ManeSelect, 40)]));

    config.tss.choice = TssChoice::MostUpstream;
    config.force = true;
    let (_, dataset) = run(&config).expect("prepared");
    assert_eq!((position(&dataset, "ENSG000"), position(&dataset, "ENSG001")), (1_000, 2_599));
    assert_eq!(origin(&dataset, "ENSG000").source, TssSource::MostUpstreamTranscript);
}

#[test]
fn prepare_matches_refseq_genes_by_symbol() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let (mut gff, mut table) = ("##gff-version 3\n".to_owned(), "gene_id\tgene_name\tK562\n".to_owned());
    for (contig, accession) in (1..).zip(CONTIGS.map(|contig| format!("NC_00000{}.12", &contig[3..]))) {
        writeln!(gff, "{accession}\tRefSeq\tregion\t1\t12000\t.\t+\t.\tID=r{contig};chromosome={contig}")
            .expect("text");
        for gene in 0..GENES {
            let (from, symbol) = (start_of(gene) + 1, format!("SYM{contig}x{gene}"));
            let mut row = |kind: &str, start: u64, end: u64, more: &str| {
                writeln!(gff, "{accession}\tBestRefSeq\t{kind}\t{start}\t{end}\t.\t-\t.\t{more};gene={symbol}")
                    .expect("text");
            };
            row("gene", from, from + 500, &format!("ID=gene-{symbol};Name={symbol}"));
            row("mRNA", from, from + 500, &format!("ID=rna-{symbol};Parent=gene-{symbol};tag=MANE Select"));
            row("exon", from, from + 500, &format!("ID=exon-{symbol};Parent=rna-{symbol}"));
            row("CDS", from + 100, from + 399, &format!("ID=cds-{symbol};Parent=rna-{symbol}"));
            writeln!(table, "ENSG{contig}{gene:02}\t{symbol}\t{gene}").expect("text");
        }
    }
    config.annotation = Some(put(folder.path(), "genes.gff3", &gff));
    config.expression = put(folder.path(), "named.tsv", &table).into();
    config.gene_features = Some(GeneFeatureSource::HalfLife);
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!((report.kept, report.gene_match.by_symbol), (40, 40));
    let gene = &dataset.genes()[dataset.find_gene("SYM2x3").expect("by its symbol")];
    assert_eq!((gene.gene_id.as_str(), gene.chrom.as_deref(), gene.tss), ("ENSG203", Some("chr2"), Some(4_500)));
    let features = dataset.gene_features(dataset.find_gene("ENSG203").expect("known")).expect("coding");
    // On the reverse strand the 5' UTR is at higher coordinates than the CDS: 501 - 400 bases; the CDS has 300, no
    // intron.
    assert!((features[0] - 101.1f32.log10()).abs() < 1e-5 && (features[1] - 300.1f32.log10()).abs() < 1e-5);
    assert!((features[2] + 1.0).abs() < 1e-6);
}

#[test]
fn prepare_moves_tss_to_cage_peak() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let peaks = "chr1\t1110\t1130\tp1@N00\t7\t+\t1120\t1121\t0\n2\t1110\t1130\tpeak\t7\t+\t1125\t1126\t0\n";
    config.tss = TssSettings { cage: Some(put(folder.path(), "cage.bed", peaks)), ..TssSettings::default() };
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!((position(&dataset, "ENSG000"), position(&dataset, "ENSG100")), (1_120, 1_125));
    assert_eq!(origin(&dataset, "ENSG000").cage_peak.as_deref(), Some("p1@N00"));
    let expected = BTreeMap::from([(TssSource::ManeSelect, 38), (TssSource::CagePeak, 2)]);
    assert_eq!(report.tss.expect("annotation").sources, expected);
    assert!(dataset.manifest().inputs.iter().any(|input| input.role == "cage"));
}

#[test]
fn prepare_alternative_tss_rows_are_in_no_split() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let (alone, without) = run(&config).expect("prepared");
    config.tss.alternative_distance_bp = Some(50);
    config.force = true;
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!((dataset.len(), report.tss.expect("annotation").alternative_tss), (80, 40));
    assert_eq!(report.split, alone.split, "alternative TSSs do not change the split");
    assert_eq!(dataset.transform(), without.transform());
    let in_splits: usize = Split::ALL.into_iter().map(|split| dataset.genes_in(split).len()).sum();
    assert_eq!(in_splits, 40);
    let alternative = dataset.find_gene("ENSG000@2").expect("kept");
    let entry = &dataset.genes()[alternative];
    assert_eq!((entry.tss, entry.alternative_of.as_deref()), (Some(1_000), Some("ENSG000")));
    let own = dataset.find_gene("N00").expect("the name is that of the chosen TSS");
    assert_eq!(dataset.log2_tpm_row(alternative), dataset.log2_tpm_row(own));
    assert_eq!(dataset.genes()[own].split, entry.split);

    let (folds, folds_alone) =
        (dataset.folds(3, 42).expect("four contigs"), without.folds(3, 42).expect("four contigs"));
    assert_eq!(folds.fold_of(alternative), folds.fold_of(own));
    for (gene, entry) in without.genes().iter().enumerate() {
        let same = dataset.find_gene(&entry.gene_id).expect("there");
        assert_eq!(folds.fold_of(same), folds_alone.fold_of(gene), "{}", entry.gene_id);
    }
    let [view, view_alone] = [(&dataset, &folds), (&without, &folds_alone)]
        .map(|(dataset, folds)| dataset.fold_view(folds, 0).expect("enough genes").manifest().split.clone());
    assert_eq!(view, view_alone);
}

#[test]
fn prepare_half_life_features_use_coding_transcript() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    config.gene_features = Some(GeneFeatureSource::HalfLife);
    let (report, dataset) = run(&config).expect("prepared");
    let record = report.gene_features.expect("asked for");
    assert_eq!((record.genes, record.missing), (36, BTreeMap::from([("non_coding".to_owned(), 4)])));
    let of = |gene: &str| dataset.gene_features(dataset.find_gene(gene).expect("known"));
    // 5' UTR 50 bp, CDS 150 bp, intron 100 bp, 3' UTR 50 bp, one junction in 0.15 kb, each + 0.1. On the reverse strand
    // the UTRs are exchanged and have the same lengths.
    let expected = [50.1f32, 150.1, 100.1, 50.1, 1.0 / 0.15 + 0.1].map(f32::log10);
    for gene in ["ENSG000", "ENSG001"] {
        let features = of(gene).expect("coding");
        assert!(features.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-5), "{features:?}");
        assert!(features[5..].iter().all(|fraction| (0.3..0.9).contains(fraction)));
    }
    assert_eq!(of("ENSG009"), None);
    assert_eq!(dataset.gene_feature_names()[0], "utr5_log10_bp");

    config.require_features = true;
    config.force = true;
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!((report.kept, qc(&config)["ENSG009"].as_str()), (36, "no_gene_features"));
    assert!((0..36).all(|gene| dataset.gene_features(gene).is_some()));
    dataset.verify().expect("whole");
}

#[test]
fn prepare_joins_feature_table_by_gene() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let table = put(folder.path(), "features.tsv", "gene_id\tstability\nENSG000.7\t0.5\nOTHER\t1\n");
    config.gene_features = Some(GeneFeatureSource::Table(table));
    config.tss.alternative_distance_bp = Some(50);
    let (report, dataset) = run(&config).expect("prepared");
    for gene in ["ENSG000", "ENSG000@2"] {
        assert_eq!(dataset.gene_features(dataset.find_gene(gene).expect("known")), Some(&[0.5][..]));
    }
    let record = report.gene_features.expect("asked for");
    assert_eq!((record.genes, record.source.as_str(), record.missing["not_named"]), (2, "features.tsv", 78));
    config.gene_features = Some(GeneFeatureSource::Table(put(folder.path(), "none.tsv", "gene_id\tx\nOTHER\t1\n")));
    config.force = true;
    assert!(run(&config).expect_err("no gene").to_string().contains("OTHER"));
}

/// BigWig of the contigs; base `b` of the first has the value `b / 1000`.
fn ramp(path: &Path, contigs: &[&str]) -> PathBuf {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("runtime");
    let values: Vec<(String, Value)> = (0..12_000)
        .map(|base| (contigs[0].to_owned(), Value { start: base, end: base + 1, value: base as f32 / 1_000.0 }))
        .collect();
    let sizes: HashMap<String, u32> = contigs.iter().map(|contig| ((*contig).to_owned(), 12_000)).collect();
    let values = BedParserStreamingIterator::wrap_infallible_iter(values.into_iter(), true);
    BigWigWrite::create_file(path, sizes).expect("created").write(values, runtime).expect("written");
    path.to_owned()
}

#[test]
fn prepare_reads_signals_along_windows() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let track = |name: &str, path: PathBuf| TrackSource { name: name.to_owned(), path };
    config.tracks = vec![track("dnase", ramp(&folder.path().join("x.bw"), &["1"]))];
    let (report, dataset) = run(&config).expect("prepared");
    // The file has one of four contigs.
    assert_eq!((report.kept, qc(&config)["ENSG100"].as_str()), (10, "no_signal"));
    assert_eq!((report.tracks[0].name.as_str(), report.tracks[0].covered), ("dnase", 1.0));
    let mut values = [0.0; 2];
    // The TSS base of the first gene is base 1,100; that of the second, on the reverse strand, 2,449.
    for (gene, expected) in [("ENSG000", [1.1f32, 1.101]), ("ENSG001", [2.449, 2.448])] {
        dataset.track_values(dataset.find_gene(gene).expect("kept"), 0, 80..82, &mut values);
        let expected = expected.map(f32::asinh);
        assert!(values.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-3), "{values:?}");
    }
    dataset.verify().expect("whole");

    config.force = true;
    config.tracks = vec![track("dnase", ramp(&folder.path().join("y.bw"), &["scaffold_1"]))];
    let error = run(&config).expect_err("no contig").to_string();
    assert!(error.contains("scaffold_1") && error.contains("track dnase"), "{error}");
    config.tracks = vec![track("a", "x".into()), track("a", "y".into())];
    assert!(run(&config).expect_err("one name").to_string().contains("a unique name"));
}

#[test]
fn prepare_structure_features_need_no_genome() {
    let folder = tempfile::tempdir().expect("folder");
    let with_genome = genome_and_annotation(folder.path());
    let mut fasta = String::new();
    for (at, contig) in CONTIGS.into_iter().enumerate() {
        for gene in 0..GENES {
            writeln!(fasta, ">{} chrom={contig}\n{}", gene_id(at, gene), super::bases(10 * at + gene as usize))
                .expect("text");
        }
    }
    let geometry = WindowGeometry::new(50, 10).expect("valid");
    let mut config = PrepareConfig {
        promoters: Some(put(folder.path(), "promoters.fa", &fasta)),
        genome: None,
        gene_features: Some(GeneFeatureSource::Structure),
        geometry,
        ..with_genome.clone()
    };
    let (report, dataset) = run(&config).expect("prepared");
    let record = report.gene_features.expect("asked for");
    assert_eq!(
        (record.feature_set.as_deref(), record.source.as_str(), record.genes),
        (Some("structure"), "annotation", 36)
    );
    assert_eq!(record.names, ["cds_log10_bp", "utr5_log10_bp", "utr3_log10_bp", "intron_log10_bp", "junction_density"]);
    assert_eq!(record.missing, BTreeMap::from([("non_coding".to_owned(), 4)]));
    // Exons of 100 and 150 bp, an intron of 100; the CDS has the last 50 bp of the first and 100 bp of the second.
    let expected = [150.1f64.log10(), 50.1f64.log10(), 50.1f64.log10(), 101f64.log10(), 1_000.0 / 150.0];
    for gene in ["ENSG000", "ENSG301"] {
        let found = dataset.gene_features(dataset.find_gene(gene).expect("known")).expect("coding");
        let is_near = |(found, expected): (&f32, &f64)| (f64::from(*found) - expected).abs() < 1e-5;
        assert!(found.iter().zip(&expected).all(is_near), "{gene}: {found:?}, expected {expected:?}");
    }

    config.require_features = true;
    config.force = true;
    assert_eq!(run(&config).expect("prepared").0.kept, 36);
    assert_eq!(qc(&config)["ENSG009"], "no_gene_features");

    // The same features where the windows are those of the genome.
    let of_genome = PrepareConfig {
        gene_features: Some(GeneFeatureSource::Structure),
        out_dir: folder.path().join("genome"),
        ..with_genome
    };
    let (_, other) = run(&of_genome).expect("prepared");
    let of = |dataset: &PreparedDataset| {
        dataset.gene_features(dataset.find_gene("ENSG202").expect("known")).expect("coding").to_vec()
    };
    assert_eq!(of(&other), of(&dataset));

    config.annotation = None;
    let error = run(&config).expect_err("no annotation").to_string();
    assert!(error.contains("structure features require annotation"), "{error}");
}
