//! Half-life features compared with an independent implementation, on synthetic and on human genes.
//!
//! Tests on human data are skipped if the data are missing.

#[path = "support/human_data.rs"]
mod human_data;

use std::path::Path;

use tatabox_sequence::{
    Annotation, AnnotationDetail, ContigNames, HALF_LIFE_FEATURES, ReferenceGenome, gene_half_life_features,
    open_genome, read_annotation,
};

use human_data::human_data;

/// Largest difference from `golden/half_life.py`, which prints nine digits; single precision has seven.
const TOLERANCE: f64 = 1e-6;

/// Input of `golden/half_life.py` for `golden/half_life.tsv`.
const GTF: &str = include_str!("golden/half_life.gtf");

fn assert_equals_golden(annotation: &Annotation, genome: &dyn ReferenceGenome) {
    let names = ContigNames::new(genome.contigs());
    let golden: Vec<Vec<&str>> =
        include_str!("golden/half_life.tsv").lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(annotation.genes.len(), golden.len());
    for (gene, expected) in annotation.genes.iter().zip(golden) {
        assert_eq!(gene.gene_id, expected[0]);
        let transcript = gene.coding_transcript().map_or(".", |transcript| &transcript.transcript_id);
        assert_eq!(transcript, expected[1], "{}", gene.gene_id);
        match gene_half_life_features(gene, &names, genome).expect("readable genome") {
            Ok(features) => {
                assert_eq!(expected.len(), 2 + HALF_LIFE_FEATURES.len(), "{}", gene.gene_id);
                for ((ours, theirs), name) in features.into_iter().zip(&expected[2..]).zip(HALF_LIFE_FEATURES) {
                    let difference = f64::from(ours) - theirs.parse::<f64>().expect("a number");
                    assert!(difference.abs() < TOLERANCE, "{} {name}: {ours}, expected {theirs}", gene.gene_id);
                }
            }
            Err(missing) => assert_eq!(expected[2..], [missing.name()], "{}", gene.gene_id),
        }
    }
}

fn read(folder: &Path, annotation: &str) -> Annotation {
    let path = folder.join("annotation");
    std::fs::write(&path, annotation).expect("written");
    read_annotation(path, AnnotationDetail::Structure).expect("annotation")
}

#[test]
fn half_life_features_synthetic_genes_match_python_implementation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("genome.fa");
    std::fs::write(&path, include_str!("golden/half_life.fa")).unwrap();
    let genome = open_genome(&path).unwrap();
    assert_equals_golden(&read(folder.path(), GTF), &*genome);
    // The order of rows, other names of contigs and the format (GFF3) do not matter.
    let mut lines: Vec<&str> = GTF.lines().collect();
    lines.sort_by_key(|line| line.contains("\ttranscript\t"));
    assert_equals_golden(&read(folder.path(), &lines.join("\n")), &*genome);
    assert_equals_golden(&read(folder.path(), &GTF.replace("chr1\t", "NC_000001.11\t").replace("chr2", "2")), &*genome);
    assert_equals_golden(&read(folder.path(), &as_gff3(GTF)), &*genome);
}

/// The same rows in the GFF3 of Ensembl, but with separate rows of stop codons as in GENCODE.
fn as_gff3(gtf: &str) -> String {
    let value = |line: &str, key: &str| {
        let after = line.split_once(&format!("{key} \""))?.1;
        Some(after.split('"').next().unwrap_or_default().to_owned())
    };
    let row = |line: &str| {
        let Some((columns, _)) = line.rsplit_once('\t') else { return line.to_owned() };
        let (gene, transcript) = (value(line, "gene_id").expect("every row has a gene"), value(line, "transcript_id"));
        let tags: Vec<&str> =
            line.split("tag \"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
        let tags = if tags.is_empty() { String::new() } else { format!(";tag={}", tags.join(",")) };
        match transcript {
            None => format!("{columns}\tID=gene:{gene};gene_id={gene}"),
            Some(name) if columns.contains("\ttranscript\t") => {
                let columns = columns.replace("\ttranscript\t", "\tmRNA\t");
                format!("{columns}\tID=transcript:{name};Parent=gene:{gene}{tags};transcript_id={name}")
            }
            Some(name) => format!("{columns}\tParent=transcript:{name}"),
        }
    };
    gtf.lines().map(|line| row(line) + "\n").collect()
}

/// Expected numbers: output of `golden/half_life.py --means` for the same two files.
#[test]
fn half_life_features_human_genes_match_python_implementation() {
    let Some(folder) = human_data() else { return };
    let genome = open_genome(folder.join("hg38_sparse.fa.gz")).unwrap();
    let names = ContigNames::new(genome.contigs());
    let annotation = read_annotation(folder.join("annotation.gtf.gz"), AnnotationDetail::Structure).unwrap();
    let features_of = |gene| gene_half_life_features(gene, &names, &*genome).expect("readable genome").ok();
    let found: Vec<[f32; 8]> = annotation.genes.iter().filter_map(features_of).collect();
    assert_eq!(found.len(), 515);
    let golden = [
        2.200_375_779,
        3.232_278_988,
        4.310_179_998,
        2.918_726_993,
        0.666_275_207,
        0.635_979_910,
        0.530_910_154,
        0.444_241_295,
    ];
    for (index, (name, golden)) in HALF_LIFE_FEATURES.iter().zip(golden).enumerate() {
        let mean = found.iter().map(|features| f64::from(features[index])).sum::<f64>() / found.len() as f64;
        assert!((mean - golden).abs() < TOLERANCE, "{name}: {mean}, expected {golden}");
    }
}
