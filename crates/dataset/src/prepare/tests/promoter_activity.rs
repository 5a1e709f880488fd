//! Tests of the choice of promoters by activity.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::auxiliary_inputs::genome_and_annotation;
use super::{bases, forty_genes, put, qc, run};
use crate::prepare::{PrepareConfig, PromoterActivitySource};
use crate::schema::{GENES_FILE, MANIFEST_FILE};
use crate::{ChosenPromoter, PreparedDataset, PromoterChoice};

/// A second record of genes 0 to 3, with the bases of gene 40 and later, and activities of both records:
/// the second is more active in gene 0, less in gene 1, equal in gene 2, and gene 3 has no activity.
fn with_second_records(folder: &Path) -> PrepareConfig {
    let mut config = forty_genes(folder, |gene| gene as f64);
    let mut fasta = String::new();
    for gene in 0..40 {
        writeln!(fasta, ">G{gene:02} promoter=P{gene}_1 chrom=chr{}\n{}", gene % 4 + 1, bases(gene)).expect("text");
    }
    for gene in 0..4 {
        writeln!(fasta, ">P{gene}_2 gene_id=G{gene:02} chrom=chr{}\n{}", gene % 4 + 1, bases(gene + 40)).expect("text");
    }
    config.promoters = Some(put(folder, "two.fa", &fasta));
    let table = "promoter\tcpm\nP0_1\t1\nP0_2\t2\nP1_1\t2\nP1_2\t1\nP2_1\t3\nP2_2\t3\nP3_1\t0\nP3_2\t0\nP4_1\t5\n";
    let table = put(folder, "activity.tsv", table);
    config.promoter_activity = Some(PromoterActivitySource { table, columns: Vec::new() });
    config
}

fn promoter(dataset: &PreparedDataset, gene: &str) -> ChosenPromoter {
    dataset.genes()[dataset.find_gene(gene).expect("known")].promoter.clone().expect("chosen")
}

fn letters(dataset: &PreparedDataset, gene: &str) -> String {
    let mut codes = Vec::new();
    dataset.window_codes(dataset.find_gene(gene).expect("known"), 0..60, &mut codes);
    codes.iter().map(|&code| char::from(b"ACGT"[code as usize])).collect()
}

#[test]
fn prepare_uses_the_most_active_record_of_a_gene() {
    let folder = tempfile::tempdir().expect("folder");
    let config = with_second_records(folder.path());
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!(report.kept, 40);
    let expected = [
        ("G00", 40, Some("P0_2"), PromoterChoice::MostActive),
        ("G01", 1, Some("P1_1"), PromoterChoice::MostActive),
        ("G02", 2, Some("P2_1"), PromoterChoice::Tied),
        ("G03", 3, Some("P3_1"), PromoterChoice::NoActivity),
        ("G04", 4, Some("P4_1"), PromoterChoice::MostActive),
        ("G05", 5, None, PromoterChoice::NoActivity),
    ];
    for (gene, window, name, choice) in expected {
        assert_eq!(letters(&dataset, gene), bases(window), "{gene}");
        let name = name.map(str::to_owned);
        assert_eq!(promoter(&dataset, gene), ChosenPromoter { name, choice }, "{gene}");
    }
    let record = report.promoters.expect("chosen");
    let counts = [(PromoterChoice::MostActive, 3), (PromoterChoice::Tied, 1), (PromoterChoice::NoActivity, 36)];
    assert_eq!((record.choices, record.changed), (BTreeMap::from(counts), 1));
    assert_eq!((record.table.as_str(), &record.columns[..]), ("activity.tsv", &["cpm".to_owned()][..]));
    let qc = qc(&config);
    assert_eq!((qc["G00"].as_str(), qc["G01"].as_str()), ("less_active", "less_active"));
    assert_eq!((qc["G02"].as_str(), qc["G03"].as_str(), qc.len()), ("duplicate_gene", "duplicate_gene", 4));
    let roles: Vec<&str> = dataset.manifest().inputs.iter().map(|input| input.role.as_str()).collect();
    assert!(roles.contains(&"promoter_activity"), "{roles:?}");
}

#[test]
fn prepare_without_activity_writes_no_column_of_promoters() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = with_second_records(folder.path());
    config.promoter_activity = None;
    let (report, dataset) = run(&config).expect("prepared");
    // The first word names the gene, as ever, so that the second records are of unknown genes.
    assert_eq!((report.promoters, letters(&dataset, "G00")), (None, bases(0)));
    assert_eq!(qc(&config)["P0_2"], "no_expression_row");
    assert!(dataset.genes().iter().all(|gene| gene.promoter.is_none()));
    let manifest = std::fs::read_to_string(config.out_dir.join(MANIFEST_FILE)).expect("read");
    let table = std::fs::read(config.out_dir.join(GENES_FILE)).expect("read");
    let has_column = table.windows(15).any(|bytes| bytes == b"promoter_choice");
    assert!(!manifest.contains("\"promoters\": {") && !has_column, "{manifest}");
}

#[test]
fn prepare_activity_of_other_promoters_is_an_error() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = with_second_records(folder.path());
    let table = put(folder.path(), "other.tsv", "promoter\tcpm\nX_1\t1\n");
    config.promoter_activity = Some(PromoterActivitySource { table, columns: Vec::new() });
    let error = run(&config).expect_err("no common promoter").to_string();
    assert!(
        error.contains("no promoter with an activity") && error.contains("P0_1") && error.contains("X_1"),
        "{error}"
    );
}

#[test]
fn prepare_uses_the_most_active_tss_of_a_bed_file() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    config.annotation = None;
    // Gene 000 at 1,000 and 1,100, gene 001 at 2,000 only.
    let bed = "chr1\t1000\t1001\tENSG000\t0\t+\nchr1\t1100\t1101\tENSG000\t0\t+\nchr1\t2000\t2001\tENSG001\t0\t+\n\
               chr2\t3000\t3001\tENSG101\t0\t+\nchr3\t3000\t3001\tENSG201\t0\t+\n";
    config.tss_bed = Some(put(folder.path(), "tss.bed", bed));
    let table = "chrom\ttss_1based\tstrand\tpromoter\tcpm\n1\t1001\t+\ta\t1\n1\t1101\t+\tb\t2\n1\t2001\t-\tc\t3\n";
    let table = put(folder.path(), "activity.tsv", table);
    config.promoter_activity = Some(PromoterActivitySource { table, columns: Vec::new() });
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!(dataset.genes()[dataset.find_gene("ENSG000").expect("known")].tss, Some(1_100));
    let chosen = |name: Option<&str>, choice| ChosenPromoter { name: name.map(str::to_owned), choice };
    assert_eq!(promoter(&dataset, "ENSG000"), chosen(Some("b"), PromoterChoice::MostActive));
    // Its row is on the other strand.
    assert_eq!(promoter(&dataset, "ENSG001"), chosen(None, PromoterChoice::NoActivity));
    assert_eq!((report.promoters.expect("chosen").changed, qc(&config)["ENSG000"].as_str()), (1, "less_active"));
}

#[test]
fn prepare_uses_the_most_active_transcript_start() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    // Every gene has the transcripts `outer` and `coding`, which is MANE Select and 100 bp downstream.
    let table = put(folder.path(), "activity.tsv", "transcript_id\tcpm\nouter\t3\ncoding.2\t9\ncoding\t2\n");
    config.promoter_activity = Some(PromoterActivitySource { table, columns: Vec::new() });
    let (report, dataset) = run(&config).expect("prepared");
    let gene = |id: &str| &dataset.genes()[dataset.find_gene(id).expect("known")];
    // Forward from base 1, reverse from base 600 of the gene.
    assert_eq!((gene("ENSG000").tss, gene("ENSG001").tss), (Some(1_000), Some(2_599)));
    let origin = gene("ENSG000").tss_origin.as_ref().expect("from annotation");
    assert_eq!(origin.transcript_id.as_deref(), Some("outer"));
    assert_eq!(promoter(&dataset, "ENSG000").name.as_deref(), Some("outer"));
    assert_eq!(report.promoters.expect("chosen").changed, 40);

    config.force = true;
    let table = put(folder.path(), "tied.tsv", "transcript_id\tcpm\nouter\t3\ncoding\t3\n");
    config.promoter_activity = Some(PromoterActivitySource { table, columns: Vec::new() });
    let (report, dataset) = run(&config).expect("prepared");
    let gene = |id: &str| &dataset.genes()[dataset.find_gene(id).expect("known")];
    assert_eq!(gene("ENSG000").tss, Some(1_100), "the TSS without activities");
    assert_eq!(report.promoters.expect("chosen").choices, BTreeMap::from([(PromoterChoice::Tied, 40)]));
}
