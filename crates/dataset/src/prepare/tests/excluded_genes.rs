//! Tests of genes that the annotation excludes (gpertea/stringtie#322).

use std::fs;

use super::auxiliary_inputs::genome_and_annotation;
use super::{put, run};
use crate::prepare::GeneFeatureSource;
use crate::schema::{QC_FILE, WINDOWS_FILE};
use crate::{DropReason, PrepareConfig};

/// Rows of `qc.tsv` without their details.
fn rows(config: &PrepareConfig) -> Vec<String> {
    let text = fs::read_to_string(config.out_dir.join(QC_FILE)).expect("qc");
    text.lines().skip(1).map(|line| line.split('\t').take(3).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn prepare_lists_genes_that_the_annotation_excludes() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let gtf = fs::read_to_string(config.annotation.as_ref().expect("annotation")).expect("text");
    let change = |line: &str| {
        let is_gene_row = |id: &str| line.contains("\tgene\t") && line.contains(&format!("\"{id}\""));
        match line {
            _ if is_gene_row("ENSG000") => Some(line.replace("\t+\t", "\t.\t")),
            _ if is_gene_row("ENSG002") => Some(line.replace("\t+\t", "\t?\t")),
            _ if is_gene_row("ENSG004") => None,
            _ if is_gene_row("ENSG006") => Some(line.replace("gene_id \"ENSG006\"; ", "")),
            _ => Some(line.to_owned()),
        }
    };
    let gtf: Vec<String> = gtf.lines().filter_map(change).collect();
    config.annotation = Some(put(folder.path(), "changed.gtf", &(gtf.join("\n") + "\n")));
    let expected = [
        " annotation no_identifier",
        "ENSG000 annotation no_strand",
        "ENSG000 expression no_window",
        "ENSG002 annotation no_strand",
        "ENSG002 expression no_window",
        "ENSG004 annotation no_gene_row",
        "ENSG004 expression no_window",
        "ENSG006 annotation no_gene_row",
        "ENSG006 expression no_window",
    ];
    for features in [None, Some(GeneFeatureSource::HalfLife)] {
        config.gene_features = features;
        config.force = true;
        let (report, _) = run(&config).expect("prepared");
        assert_eq!(report.kept, 36);
        assert_eq!(rows(&config), expected);
        assert_eq!((report.dropped[&DropReason::NoStrand], report.dropped[&DropReason::NoWindow]), (2, 4));
        let text = fs::read_to_string(config.out_dir.join(QC_FILE)).expect("qc");
        assert!(text.contains("ENSG000\texpression\tno_window\texcluded from the annotation: no_strand\n"), "{text}");
    }
}

#[test]
fn prepare_reads_genes_without_rows_in_a_file_without_gene_rows() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome_and_annotation(folder.path());
    let (with_rows, _) = run(&config).expect("prepared");
    let windows = fs::read(config.out_dir.join(WINDOWS_FILE)).expect("windows");
    let gtf = fs::read_to_string(config.annotation.as_ref().expect("annotation")).expect("text");
    let gtf: Vec<&str> = gtf.lines().filter(|line| !line.contains("\tgene\t")).collect();
    config.annotation = Some(put(folder.path(), "transcripts.gtf", &(gtf.join("\n") + "\n")));
    config.force = true;
    let (report, _) = run(&config).expect("prepared");
    assert_eq!((report.kept, report.tss), (with_rows.kept, with_rows.tss));
    assert_eq!(fs::read(config.out_dir.join(WINDOWS_FILE)).expect("windows"), windows);
    assert!(rows(&config).is_empty());
}
