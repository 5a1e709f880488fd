//! Genes, TSSs and half-life features of published annotation files, compared with values of independent readers.
//!
//! Skipped if the files are missing.

#[path = "support/real_files.rs"]
mod real_files;

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_sequence::{
    AnnotationDetail, ContigNames, ExclusionReason, HALF_LIFE_FEATURES, TssChoice, gene_half_life_features,
    open_genome, read_annotation,
};

/// Largest difference from the expected features, which have seven digits after the point.
const TOLERANCE: f64 = 2e-6;

/// Annotation files, the genome of each, and the numbers of genes, coding genes and genes with features.
const FILES: [(&str, Option<&str>, usize, usize, usize); 8] = [
    ("arabidopsis.gff3.gz", Some("arabidopsis.fa.gz"), 380, 343, 343),
    ("worm.gff3.gz", Some("worm.fa.gz"), 260, 154, 154),
    ("fly.gff3.gz", Some("fly.fa.gz"), 108, 76, 76),
    ("ensembl_chr9.gtf.gz", Some("ensembl_chr9.fa.gz"), 23, 8, 8),
    ("refseq_chr21.gff.gz", None, 38, 9, 0),
    ("gencode34.gtf.gz", None, 656, 286, 0),
    ("stringtie.gtf", None, 4, 0, 0),
    ("NT_187562.gff.gz", Some("NT_187562.fa.gz"), 4, 3, 3),
];

/// Rows of an expected table by gene.
fn expected(folder: &Path, file: &str, table: &str) -> BTreeMap<String, Vec<String>> {
    let stem = file.split('.').next().expect("a name");
    let path = folder.join("expected").join(format!("{stem}.{table}.tsv"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (row[0].clone(), row)).collect()
}

#[test]
fn read_annotation_published_files_match_independent_tss() {
    let Some(folder) = real_files::real_files() else { return };
    for (file, _, genes, coding, _) in FILES {
        let expected = expected(&folder, file, "tss");
        for detail in [AnnotationDetail::Sites, AnnotationDetail::Structure] {
            let annotation = read_annotation(folder.join(file), detail).unwrap();
            assert_eq!((annotation.genes.len(), expected.len()), (genes, genes), "{file}");
            let accession = |chrom: &str| annotation.chromosome_accessions.get(chrom).cloned();
            for gene in &annotation.genes {
                let chosen = gene.choose_tss(TssChoice::Canonical);
                let found = [
                    gene.gene_id.clone(),
                    gene.gene_name.clone().unwrap_or_default(),
                    accession(&chosen.tss.chrom).unwrap_or(chosen.tss.chrom),
                    chosen.tss.position.to_string(),
                    chosen.tss.strand.to_string(),
                    chosen.source.to_string(),
                ];
                assert_eq!(expected[&gene.gene_id], found, "{file}");
            }
            if detail == AnnotationDetail::Structure {
                let found = annotation.genes.iter().filter(|gene| gene.coding_transcript().is_some()).count();
                assert_eq!(found, coding, "{file}");
            }
        }
    }
}

#[test]
fn half_life_features_published_files_match_independent_features() {
    let Some(folder) = real_files::real_files() else { return };
    for (file, genome, _, _, with_features) in FILES {
        let Some(genome) = genome else { continue };
        let expected = expected(&folder, file, "half_life");
        let copy = tempfile::tempdir().unwrap();
        // The folder of the files may be read-only, and the index is written next to the genome.
        std::fs::copy(folder.join(genome), copy.path().join(genome)).unwrap();
        let genome = open_genome(copy.path().join(genome)).unwrap();
        let names = ContigNames::new(genome.contigs());
        let annotation = read_annotation(folder.join(file), AnnotationDetail::Structure).unwrap();
        let names = names.with_accessions(&annotation.chromosome_accessions);
        let mut found = 0;
        for gene in &annotation.genes {
            let Ok(features) = gene_half_life_features(gene, &names, &*genome).unwrap() else {
                assert!(!expected.contains_key(&gene.gene_id), "{file}: {} has no features", gene.gene_id);
                continue;
            };
            found += 1;
            let row = &expected[&gene.gene_id];
            assert_eq!(row[1], gene.coding_transcript().unwrap().transcript_id, "{file}: {}", gene.gene_id);
            for ((name, ours), theirs) in HALF_LIFE_FEATURES.iter().zip(features).zip(&row[2..]) {
                let difference = f64::from(ours) - theirs.parse::<f64>().unwrap();
                assert!(difference.abs() < TOLERANCE, "{file}: {} {name}: {ours}, expected {theirs}", gene.gene_id);
            }
        }
        assert_eq!((found, expected.len()), (with_features, with_features), "{file}");
    }
}

#[test]
fn read_annotation_excerpts_exclude_what_was_cut_off() {
    let Some(folder) = real_files::real_files() else { return };
    let excluded = |file: &str| {
        let annotation = read_annotation(folder.join(file), AnnotationDetail::Sites).unwrap();
        annotation.excluded.into_iter().map(|one| (one.id, one.reason)).collect::<Vec<_>>()
    };
    // Two transcripts of RBP7 have rows from exon 2 on.
    assert_eq!(excluded("gencode34.gtf.gz"), [("ENSG00000162444".to_owned(), ExclusionReason::NoGeneRow)]);
    // Every CDS has the transcript and its protein as parents. Some transcripts are outside the excerpt.
    assert!(excluded("arabidopsis.gff3.gz").iter().all(|(_, reason)| *reason == ExclusionReason::NoTranscriptRow));
    assert_eq!(excluded("ensembl_chr9.gtf.gz"), []);
    assert_eq!(excluded("refseq_chr21.gff.gz"), []);
}

/// Rows of a GTF file without those of some types.
fn without_types(path: &Path, types: &[&str]) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("readable");
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut text).expect("gzip");
    let keeps = |line: &&str| line.split('\t').nth(2).is_none_or(|row_type| !types.contains(&row_type));
    text.lines().filter(keeps).map(|line| format!("{line}\n")).collect()
}

#[test]
fn read_annotation_without_gene_and_transcript_rows_gives_the_same_tss() {
    let Some(folder) = real_files::real_files() else { return };
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("x.gtf");
    // GENCODE repeats tags in the rows of exons. The gene that is cut off is incomplete in either form.
    for file in ["gencode34.gtf.gz", "ensembl_chr9.gtf.gz"] {
        let whole = read_annotation(folder.join(file), AnnotationDetail::Structure).unwrap();
        for types in [&["gene"][..], &["gene", "transcript"]] {
            std::fs::write(&path, without_types(&folder.join(file), types)).unwrap();
            let annotation = read_annotation(&path, AnnotationDetail::Structure).unwrap();
            assert_eq!(
                annotation.excluded.len(),
                usize::from(file.starts_with("gencode")),
                "{:?}",
                annotation.excluded
            );
            let found: BTreeMap<&str, _> = annotation.genes.iter().map(|gene| (gene.gene_id.as_str(), gene)).collect();
            assert_eq!(found.len(), whole.genes.len(), "{file}");
            for gene in &whole.genes {
                let other = found[gene.gene_id.as_str()];
                assert_eq!(other.tss(), gene.tss(), "{file}");
                let exons = |gene: &tatabox_sequence::Gene| {
                    let transcript = gene.coding_transcript()?;
                    Some((transcript.transcript_id.clone(), transcript.exons.clone(), transcript.cds.clone()))
                };
                assert_eq!(exons(other), exons(gene), "{file}");
            }
        }
    }
}
