//! Tests of preparation from published tables and of gene filters.

use std::fmt::Write as _;
use std::fs;

use super::{forty_genes, put, qc, run};
use crate::drop_reason::DropReason;
use crate::expression::{ExpressionConfig, ExpressionSource, Harmonise, SampleFiles, Scale};
use crate::prepare::PrepareConfig;
use crate::prepared::PreparedDataset;
use crate::split::Split;
use crate::tpm_to_log2;

#[test]
fn prepare_published_tables_are_joined_and_recorded() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    let mut roadmap = String::from("gene_id\tE116\tE003\n");
    for gene in 0..40 {
        writeln!(roadmap, "G{gene:02}\t{}\t{}\t", 0.5 * f64::from(gene), f64::from(gene) + 0.25).expect("text");
    }
    let table = |name: &str| ExpressionSource::Table { path: folder.path().join(name), format: None, scale: None };
    put(folder.path(), "57epigenomes.RPKM.pc", &roadmap);
    let tsv = quantification(&[
        ("gSpikein_ERCC-00002", 9.0),
        ("10904", 0.0),
        ("ENSG00000000000.1_PAR_Y", 0.0),
        ("ENSG00000000001.5", 3.0),
    ]);
    let replicate = put(folder.path(), "a.tsv", &tsv);
    let samples = vec![SampleFiles { cell_type: "A549".to_owned(), files: vec![replicate] }];
    config.expression = ExpressionConfig::of(vec![
        table("expression.tsv"),
        table("57epigenomes.RPKM.pc"),
        ExpressionSource::Samples { samples, format: None, scale: None },
    ]);
    config.expression.cell_types = ["K562", "GM12878", "H1-ESC"].map(str::to_owned).to_vec();
    let (report, dataset) = run(&config).expect("prepared");
    assert_eq!(dataset.cell_types(), ["K562", "GM12878", "H1-ESC"]);
    let gene = dataset.find_gene("G03").expect("kept");
    // 1.5 of the sum 0.5 x 780.
    assert!((f64::from(dataset.log2_tpm(gene, 1)) - tpm_to_log2(1.5 / 390.0 * 1e6)).abs() < 1e-4);
    let recorded = dataset.manifest().expression.as_ref().expect("recorded");
    assert_eq!(recorded, &report.expression);
    assert_eq!(recorded.sources[1].renamed["E003"], "H1-ESC");
    assert!((recorded.sources[1].rpkm_sums["GM12878"] - 390.0).abs() < 1e-9);
    let inputs: Vec<&str> = dataset.manifest().inputs.iter().map(|input| input.role.as_str()).collect();
    assert_eq!(inputs, ["expression", "expression", "expression", "promoters"]);
    let qc = qc(&config);
    let reason = |id: &str| qc.get(id).map(String::as_str);
    assert_eq!(reason("gSpikein_ERCC-00002"), Some("spike_in"));
    assert_eq!(reason("10904"), Some("not_ensembl"));
    assert_eq!(reason("ENSG00000000000_PAR_Y"), Some("par_y_copy"));
    assert_eq!(reason("ENSG00000000001"), Some("no_window"));
}

fn quantification(rows: &[(&str, f64)]) -> String {
    let header = "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n".to_owned();
    rows.iter().fold(header, |text, (gene_id, tpm)| text + &format!("{gene_id}\tT\t9\t8\t1\t{tpm}\t1\n"))
}

#[test]
fn prepare_harmonises_quantiles_on_train_genes() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    let prepare_with = |config: &mut PrepareConfig, held_out_tpm: Option<(&[String], f64)>| {
        let mut table = String::from("gene_id\tA549\n");
        for gene in 0..40 {
            let id = format!("G{gene:02}");
            let tpm = held_out_tpm.filter(|(ids, _)| ids.contains(&id)).map_or(8.0 * f64::from(gene), |(_, tpm)| tpm);
            writeln!(table, "{id}\t{tpm}").expect("text");
        }
        let sources = [folder.path().join("expression.tsv"), put(folder.path(), "second.tsv", &table)];
        let sources = sources.map(|path| ExpressionSource::Table { path, format: None, scale: None }).to_vec();
        config.expression = ExpressionConfig::of(sources);
        config.expression.harmonise = Harmonise::Quantile;
        config.force = true;
        run(config).expect("prepared")
    };
    let (report, dataset) = prepare_with(&mut config, None);
    let train = dataset.genes_in(Split::Train);
    assert_eq!(report.expression.harmonised.map(|record| record.genes_fitted), Some(train.len()));
    // The three columns rank the train genes equally, so quantile normalisation makes them equal.
    for &gene in &train {
        let values = [0, 1, 2].map(|cell_type| dataset.log2_tpm(gene, cell_type));
        assert!((values[0] - values[1]).abs() < 1e-4 && (values[1] - values[2]).abs() < 1e-4, "{values:?}");
    }
    let of_train =
        |dataset: &PreparedDataset| train.iter().map(|&gene| dataset.log2_tpm(gene, 2).to_bits()).collect::<Vec<_>>();
    let before = (of_train(&dataset), dataset.transform().clone());
    let held_out: Vec<String> = [Split::Validation, Split::Test]
        .into_iter()
        .flat_map(|split| dataset.genes_in(split))
        .map(|gene| dataset.genes()[gene].gene_id.clone())
        .collect();
    let (_, changed) = prepare_with(&mut config, Some((&held_out, 5_000.0)));
    assert_eq!(before, (of_train(&changed), changed.transform().clone()));
}

#[test]
fn prepare_excludes_filtered_chromosomes_and_histones() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    let mut table = fs::read_to_string(folder.path().join("expression.tsv")).expect("read");
    table = table.replace("NAME5\t", "H2BC12\t").replace("NAME6\t", "HIST1H4A\t").replace("NAME7\t", "H2AZ1\t");
    config.expression = put(folder.path(), "named.tsv", &table).into();
    config.drop = ["chr4", "histones", "MT"].map(|text| text.parse().expect("a filter")).to_vec();
    let (report, dataset) = run(&config).expect("prepared");
    // Ten genes are on chr4; G05 and G06 are not.
    assert_eq!(report.kept, 28);
    let dropped: Vec<(&str, usize)> =
        report.filters.iter().map(|record| (record.filter.as_str(), record.dropped)).collect();
    assert_eq!(dropped, [("chr4", 10), ("histones", 2), ("chrM", 0)]);
    assert_eq!(dataset.manifest().filters, report.filters);
    assert_eq!(report.dropped[&DropReason::ChromosomeExcluded], 10);
    let qc = qc(&config);
    assert_eq!((qc["G05"].as_str(), qc["G03"].as_str()), ("histone_excluded", "chromosome_excluded"));

    let nameless = table.replace("gene_name", "kind").lines().fold(String::new(), |text, line| {
        let mut cells: Vec<&str> = line.split('\t').collect();
        cells.remove(1);
        text + &cells.join("\t") + "\n"
    });
    config.expression = put(folder.path(), "nameless.tsv", &nameless).into();
    config.force = true;
    let error = run(&config).expect_err("no names").to_string();
    assert!(error.starts_with("drop = histones: no gene has a name"), "{error}");
}

#[test]
fn prepare_transcripts_and_counts_use_the_annotation_without_a_genome() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = forty_genes(folder.path(), |gene| gene as f64);
    let (mut gtf, mut kallisto) = (String::new(), "target_id\tlength\teff_length\test_counts\ttpm\n".to_owned());
    let mut counts = "gene_id\tHepG2\n".to_owned();
    for gene in 0..40 {
        // Genes of 100 and 200 bp in turns, each with two transcripts.
        let end = 100 * (gene % 2 + 1);
        for (kind, transcript) in [("gene", 1), ("transcript", 1), ("exon", 1), ("transcript", 2), ("exon", 2)] {
            let ids = format!("gene_id \"G{gene:02}\"; transcript_id \"T{gene:02}.{transcript}\";");
            writeln!(gtf, "chr1\tx\t{kind}\t1\t{end}\t.\t+\t.\t{ids}").expect("text");
        }
        writeln!(kallisto, "T{gene:02}.1\t9\t9\t1\t{gene}\nT{gene:02}.2\t9\t9\t1\t0.5").expect("text");
        // Three reads per base in half of the genes, one in the others.
        writeln!(counts, "G{gene:02}\t{}", if gene % 8 < 4 { 3 * end } else { end }).expect("text");
    }
    kallisto += "unknown\t9\t9\t1\t7\n";
    config.annotation = Some(put(folder.path(), "a.gtf", &gtf));
    let samples =
        vec![SampleFiles { cell_type: "K562".to_owned(), files: vec![put(folder.path(), "k.tsv", &kallisto)] }];
    config.expression = ExpressionConfig::of(vec![
        ExpressionSource::Samples { samples, format: None, scale: None },
        ExpressionSource::Table {
            path: put(folder.path(), "c.tsv", &counts),
            format: None,
            scale: Some(Scale::Counts),
        },
    ]);
    let error = run(&PrepareConfig { annotation: None, ..config.clone() }).expect_err("no lengths").to_string();
    assert!(error.contains("c.tsv") && error.contains("without the lengths"), "{error}");
    let (report, dataset) = run(&config).expect("prepared");
    let gene = dataset.find_gene("G07").expect("kept");
    assert!((f64::from(dataset.log2_tpm(gene, 0)) - tpm_to_log2(7.5)).abs() < 1e-4);
    // One of 20 x 3 + 20 x 1 reads per base.
    assert!((f64::from(dataset.log2_tpm(gene, 1)) - tpm_to_log2(12_500.0)).abs() < 1e-4);
    let recorded = dataset.manifest().expression.as_ref().expect("recorded");
    assert_eq!(recorded, &report.expression);
    assert_eq!((recorded.sources[0].columns[0].as_str(), recorded.sources[0].scale), ("tpm", None));
    assert_eq!(recorded.sources[1].gene_lengths.as_deref(), Some("exons of the annotation"));
    assert_eq!(recorded.sources[1].unit, "TPM of read counts");
    assert_eq!(qc(&config).get("unknown").map(String::as_str), Some("transcript_not_in_annotation"));
    config.expression = put(folder.path(), "plain.tsv", "gene_id\tK562\nG00\t1.5\n").into();
    config.force = true;
    let error = run(&config).expect_err("an annotation without use").to_string();
    assert!(error.contains("annotation requires the genome"), "{error}");
}
