//! Layouts of annotation files of other sources than Ensembl and GENCODE.
//!
//! Reports: gpertea/stringtie#103 and #322, tderrien/FEELnc#56, jorvis/biocode#32, foerstner-lab/gffpandas#9,
//! FunctionLab/selene#196, and the test files of NBISweden/AGAT and daler/gffutils.

use std::ops::Range;

use tatabox_sequence::{Annotation, AnnotationDetail, SequenceError, TssChoice, TssSource, read_annotation};

fn try_read(rows: &str, detail: AnnotationDetail) -> Result<Annotation, SequenceError> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("x");
    std::fs::write(&path, rows).expect("written");
    read_annotation(path, detail)
}

/// Annotation with structure. Rows are given as `contig type start end strand attributes`.
fn read(rows: &[&str]) -> Annotation {
    let sites = try_read(&text(rows), AnnotationDetail::Sites).expect("annotation");
    let structure = try_read(&text(rows), AnnotationDetail::Structure).expect("annotation");
    // Genes, their TSSs and exclusions are independent of the detail.
    assert_eq!(sites.excluded, structure.excluded);
    assert_eq!(sites.genes.len(), structure.genes.len());
    for (one, other) in sites.genes.iter().zip(&structure.genes) {
        assert_eq!(one.gene_id, other.gene_id);
        assert_eq!(one.choose_tss(TssChoice::Canonical), other.choose_tss(TssChoice::Canonical));
    }
    structure
}

fn text(rows: &[&str]) -> String {
    let row = |row: &&str| {
        if row.starts_with(['#', '>']) || !row.contains(' ') {
            return format!("{row}\n");
        }
        let columns: Vec<&str> = row.splitn(6, ' ').collect();
        let [contig, kind, start, end, strand, attributes] = columns[..] else { panic!("{row}") };
        format!("{contig}\tx\t{kind}\t{start}\t{end}\t.\t{strand}\t.\t{attributes}\n")
    };
    rows.iter().map(row).collect()
}

/// Identifiers of the genes, with their TSSs.
fn sites(annotation: &Annotation) -> Vec<String> {
    annotation.genes.iter().map(|gene| format!("{} {}", gene.gene_id, gene.tss())).collect()
}

/// Exclusions as `identifier reason`.
fn excluded(annotation: &Annotation) -> Vec<String> {
    annotation.excluded.iter().map(|one| format!("{} {}", one.id, one.reason)).collect()
}

/// Exons and coding sequence of the only transcript of the only gene.
fn structure(annotation: &Annotation) -> (Vec<Range<u64>>, Vec<Range<u64>>) {
    let [gene] = &annotation.genes[..] else { panic!("{annotation:?}") };
    let [transcript] = &gene.transcripts[..] else { panic!("{gene:?}") };
    (transcript.exons.clone(), transcript.cds.clone())
}

const NONE: [&str; 0] = [];

#[test]
fn sequences_end_rows_only_at_their_own_line() {
    let gene = "1 gene 11 90 + ID=gene:A;Name=A";
    let other = "1 gene 111 190 + ID=gene:B";
    for rows in [
        vec![gene, "##FASTA files of this annotation are elsewhere", other],
        vec![gene, other, "##FASTA", ">1", "ACGT", "acgt"],
        vec![gene, other, "##FASTA ", ">1 a b c d e f g h i", "ACGT"],
        vec![gene, other, ">1", "ACGT"],
        // Joined files.
        vec![gene, "##FASTA", ">1", "ACGT", "##gff-version 3", other],
    ] {
        assert_eq!(sites(&read(&rows)), ["A 1:10(+)", "B 1:110(+)"], "{rows:?}");
    }
}

#[test]
fn wormbase_prefixes_are_removed() {
    let annotation = read(&[
        "I gene 11 90 - ID=Gene:WBGene1;Name=WBGene1;locus=toy-1",
        "I mRNA 11 80 - ID=Transcript:Y7.1;Parent=Gene:WBGene1",
        "I exon 11 80 - Parent=Transcript:Y7.1",
        "I gene 111 190 + ID=Gene:WBGene2",
        "I pseudogenic_transcript 121 190 + ID=Pseudogene:Y7.2;Parent=Gene:WBGene2",
    ]);
    assert_eq!(sites(&annotation), ["WBGene1 I:79(-)", "WBGene2 I:120(+)"]);
    let names: Vec<&str> = annotation.genes.iter().map(|gene| gene.transcripts[0].transcript_id.as_str()).collect();
    assert_eq!(names, ["Y7.1", "Y7.2"]);
    assert_eq!(excluded(&annotation), NONE);
}

#[test]
fn rows_below_a_gene_are_transcripts_whatever_their_type() {
    let annotation = read(&[
        "1 transposable_element_gene 11 90 + ID=A",
        "1 mRNA_TE_gene 21 90 + ID=A.1;Parent=A",
        "1 exon 21 90 + Parent=A.1",
        "1 RNA 111 190 + ID=gene:B;gene_id=B",
        "1 transcript 121 190 + ID=transcript:B1;Parent=gene:B",
        "1 exon 121 190 + Parent=transcript:B1",
        "1 processed_transcript 211 290 + ID=C",
        "1 NMD_transcript_variant 221 290 + ID=C1;Parent=C",
        "1 exon 221 290 + Parent=C1",
        "1 pseudogene 311 390 - ID=gene:D",
        "1 processed_pseudogene 311 380 - ID=transcript:D1;Parent=gene:D",
        "1 oddity 411 490 + ID=E",
        "1 mRNA 421 490 + ID=E1;Parent=E",
        "1 telomerase_RNA_gene 511 590 + ID=F",
        "1 oddity 521 590 + ID=F1;Parent=F",
        "1 noncoding_exon 521 590 + Parent=F1",
        "1 polypeptide 531 590 + ID=F2;Parent=F",
    ]);
    let expected = ["A 1:20(+)", "B 1:120(+)", "C 1:220(+)", "D 1:379(-)", "E 1:420(+)", "F 1:520(+)"];
    assert_eq!(sites(&annotation), expected);
    assert!(annotation.genes.iter().all(|gene| gene.transcripts.len() == 1), "{annotation:?}");
    assert_eq!(excluded(&annotation), NONE);
}

#[test]
fn row_with_one_known_parent_is_kept() {
    let annotation = read(&[
        "1 gene 11 90 + ID=A",
        "1 mRNA 11 90 + ID=A.1;Parent=A",
        "1 protein 21 80 + ID=A.1-Protein;Derives_from=A.1",
        "1 exon 11 90 + Parent=A.1",
        "1 CDS 21 80 + Parent=A.1,A.1-Protein",
        "1 CDS 21 80 + Parent=gone,absent",
    ]);
    assert_eq!(structure(&annotation), (vec![10..90], vec![20..80]));
    assert_eq!(excluded(&annotation), ["gone no_transcript_row"]);
}

#[test]
fn parts_of_a_gene_are_one_transcript() {
    let annotation = read(&[
        "1 gene 11 90 - ID=gene-b1;gene=toyA;locus_tag=b1",
        "1 CDS 61 90 - ID=cds-1;Parent=gene-b1",
        "1 CDS 11 40 - ID=cds-1;Parent=gene-b1",
    ]);
    assert_eq!(structure(&annotation), (vec![10..40, 60..90], vec![10..40, 60..90]));
    assert_eq!(annotation.genes[0].choose_tss(TssChoice::LongestCds).source, TssSource::GeneStart);
    // Exons have the start of their transcript: pseudogenes of RefSeq.
    let annotation = read(&["1 pseudogene 11 90 + ID=gene-P", "1 exon 11 40 + ID=id-P;Parent=gene-P"]);
    assert_eq!(structure(&annotation), (vec![10..40], vec![]));
    assert_eq!(annotation.genes[0].choose_tss(TssChoice::Canonical).source, TssSource::MostUpstreamTranscript);
    // Overlapping products are separate; parts with different identifiers that do not overlap are one.
    let annotation = read(&[
        "1 gene 11 90 + ID=gene-b2",
        "1 CDS 11 60 + ID=cds-1;Parent=gene-b2",
        "1 CDS 41 90 + ID=cds-2;Parent=gene-b2",
        "1 gene 111 190 + ID=gene-b3",
        "1 CDS 111 140 + ID=cds-3;Parent=gene-b3",
        "1 CDS 161 190 + ID=cds-4;Parent=gene-b3",
    ]);
    let coding: Vec<Vec<_>> = annotation
        .genes
        .iter()
        .map(|gene| gene.transcripts.iter().map(|transcript| transcript.cds.clone()).collect())
        .collect();
    assert_eq!(coding, [vec![vec![10..60], vec![40..90]], vec![vec![110..140, 160..190]]]);
    // Of several transcripts, none can be chosen.
    let annotation = read(&[
        "1 gene 11 90 + ID=A",
        "1 mRNA 11 90 + ID=A1;Parent=A",
        "1 exon 11 90 + Parent=A1",
        "1 mRNA 21 90 + ID=A2;Parent=A",
        "1 exon 21 90 + Parent=A2",
        "1 CDS 31 60 + Parent=A",
    ]);
    assert_eq!(excluded(&annotation), ["A no_transcript_row"]);
    assert!(annotation.genes[0].transcripts.iter().all(|transcript| transcript.cds.is_empty()));
    // The only transcript, whose identifier may be that of the gene.
    for id in ["A1", "A"] {
        let transcript = format!("1 mRNA 11 90 + ID={id};Parent=A");
        let annotation =
            read(&["1 gene 11 90 + ID=A", &transcript, "1 exon 11 90 + Parent=A", "1 CDS 31 60 + Parent=A"]);
        assert_eq!(structure(&annotation), (vec![10..90], vec![30..60]));
        let annotation =
            read(&[&transcript, "1 exon 11 90 + Parent=A", "1 CDS 31 60 + Parent=A", "1 gene 11 90 + ID=A"]);
        assert_eq!(structure(&annotation), (vec![10..90], vec![30..60]));
    }
}

#[test]
fn exons_without_rows_are_coding_sequence_and_utrs() {
    let gene = ["1 gene 11 90 + ID=A", "1 mRNA 11 90 + ID=A1;Parent=A"];
    let parts = ["1 five_prime_UTR 11 20 + Parent=A1", "1 CDS 21 40 + Parent=A1", "1 CDS 61 80 + Parent=A1"];
    let utr3 = ["1 three_prime_UTR 81 90 + Parent=A1"];
    let annotation = read(&[&gene[..], &parts, &utr3].concat());
    assert_eq!(structure(&annotation), (vec![10..40, 60..90], vec![20..40, 60..80]));
    // The end of the transcript is not covered: its exons are unknown.
    let annotation = read(&[&gene[..], &parts].concat());
    assert_eq!(structure(&annotation), (vec![], vec![20..40, 60..80]));
    // Exon rows are sufficient.
    let annotation = read(&[&gene[..], &parts, &["1 exon 11 40 + Parent=A1", "1 exon 61 90 + Parent=A1"]].concat());
    assert_eq!(structure(&annotation), (vec![10..40, 60..90], vec![20..40, 60..80]));
}

#[test]
fn genes_without_rows_are_made_from_their_transcripts() {
    // StringTie: transcripts and exons. Others: exons only, or coding sequence only.
    let annotation = read(&[
        "1 transcript 11 90 - transcript_id \"A.1\"; gene_id \"A\"; ref_gene_name \"TOY\";",
        "1 exon 11 90 - transcript_id \"A.1\"; gene_id \"A\";",
        "1 exon 151 190 + gene_id \"B\"; transcript_id \"B.1\"; exon_number \"2\";",
        "1 exon 111 130 + gene_id \"B\"; transcript_id \"B.1\"; exon_number \"1\";",
        "1 exon 121 190 + gene_id B; transcript_id B.2",
        "1 CDS 211 287 + gene_id \"C\"; transcript_id \"C.1\";",
        "1 stop_codon 288 290 + gene_id \"C\"; transcript_id \"C.1\";",
        "2 exon 11 90 + gene_id \"D\";",
    ]);
    assert_eq!(sites(&annotation), ["A 1:89(-)", "B 1:110(+)", "C 1:210(+)", "D 2:10(+)"]);
    assert_eq!(annotation.genes[0].gene_name.as_deref(), Some("TOY"));
    assert_eq!(annotation.genes[1].transcripts[0].exons, [110..130, 150..190]);
    assert_eq!(annotation.genes[2].transcripts[0].cds, [210..290]);
    assert_eq!(excluded(&annotation), NONE);
    // GFF3 of gffread and of Prokka.
    let annotation = read(&[
        "1 transcript 11 90 + ID=A.1;geneID=A;gene_name=TOY",
        "1 exon 11 90 + Parent=A.1",
        "1 transcript 21 99 + ID=A.2;geneID=A",
        "1 CDS 111 190 - ID=P_1;locus_tag=P_1;gene=dnaA",
        "1 tRNA 211 290 + ID=P_2;locus_tag=P_2",
        "1 mRNA 311 390 + ID=B.1;Parent=B",
    ]);
    assert_eq!(sites(&annotation), ["A 1:10(+)", "P_1 1:189(-)", "P_2 1:210(+)", "B 1:310(+)"]);
    assert_eq!(annotation.genes[1].gene_name.as_deref(), Some("dnaA"));
    assert_eq!(annotation.genes[1].transcripts[0].cds, [110..190]);
    assert_eq!(annotation.genes[0].end, 99);
    assert_eq!(excluded(&annotation), NONE);
}

#[test]
fn genes_without_rows_at_several_places_are_excluded() {
    let exon = |place: &str, gene: &str, transcript: &str| {
        format!("{place} gene_id \"{gene}\"; transcript_id \"{transcript}\";")
    };
    let rows = [
        exon("1 exon 11 90 +", "KEPT", "K"),
        exon("2 exon 11 90 -", "KEPT", "K"),
        exon("1 exon 111 190 +", "STRANDS", "S1"),
        exon("1 exon 111 190 -", "STRANDS", "S2"),
        exon("1 exon 211 290 +", "COPIES", "C"),
        exon("1 exon 611 690 +", "COPIES", "C_dup1"),
        exon("1 exon 311 320 +", "SPLICED", "T"),
        exon("1 exon 331 340 -", "SPLICED", "T"),
        exon("1 exon 411 420 .", "BARE", "B"),
        exon("1 exon 511 520 +", "PART", "P"),
        exon("1 exon 511 520 .", "PART", "Q"),
        exon("1 exon 711 720 +", "CUT", "U") + " exon_number 2;",
        exon("1 exon 811 820 +", "AGAIN", "V") + " exon_number \"1\";",
        exon("1 exon 911 920 +", "AGAIN", "V") + " exon_number \"1\";",
    ];
    let annotation = read(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(sites(&annotation), ["KEPT 1:10(+)", "KEPT 2:89(-)", "PART 1:510(+)"]);
    let expected = [
        "STRANDS both_strands",
        "COPIES several_loci",
        "SPLICED both_strands",
        "BARE no_strand",
        "PART no_strand",
        "CUT incomplete_transcript",
        "AGAIN several_loci",
    ];
    assert_eq!(excluded(&annotation), expected);
}

#[test]
fn genes_without_row_among_genes_with_rows_are_excluded() {
    let annotation = read(&[
        "1 gene 11 90 + gene_id \"A\";",
        "1 transcript 111 190 + gene_id \"B\"; transcript_id \"B1\";",
        "1 exon 111 190 + gene_id \"B\"; transcript_id \"B1\";",
    ]);
    assert_eq!(
        (sites(&annotation), excluded(&annotation)),
        (vec!["A 1:10(+)".to_owned()], vec!["B no_gene_row".to_owned()])
    );
    let annotation = read(&[
        "1 gene 11 90 + ID=A;locus_tag=T1",
        // Rows without a parent belong to the gene that they name.
        "1 CDS 11 90 + locus_tag=T1",
        "1 mRNA 111 190 + ID=B1;Parent=B",
        "1 exon 211 290 + Parent=C1",
        "1 tRNA 311 390 + ID=D1",
    ]);
    assert_eq!(structure(&annotation), (vec![10..90], vec![10..90]));
    assert_eq!(excluded(&annotation), ["C1 no_transcript_row", "B no_gene_row", "D1 no_gene_row"]);
}

#[test]
fn genes_without_strand_or_identifier_are_excluded() {
    for strand in [".", "?"] {
        let unknown = format!("1 gene 111 190 {strand} gene_id \"B\";");
        let annotation = read(&["1 gene 11 90 + gene_id \"A\";", &unknown, "1 gene 211 290 + gene_name \"C\";"]);
        assert_eq!(sites(&annotation), ["A 1:10(+)"]);
        assert_eq!(excluded(&annotation), [" no_identifier", "B no_strand"]);
        assert!(annotation.excluded[0].detail.contains("line 3: column 9 has no gene_id"), "{annotation:?}");
    }
    let annotation = read(&["1 gene 11 90 + ID=A", "1 gene 111 190 + locus_tag=B", "1 gene 211 290 + note=C"]);
    assert_eq!(sites(&annotation), ["A 1:10(+)", "B 1:110(+)"]);
    assert_eq!(excluded(&annotation), [" no_identifier"]);
}

#[test]
fn genes_on_both_strands_are_excluded() {
    // Rows of a trans-spliced gene, in RefSeq; one gene on two overlapping rows is one gene.
    let annotation = read(&[
        "1 gene 11 90 + ID=gene-rps12;part=1",
        "1 gene 211 290 - ID=gene-rps12;part=2",
        "1 gene 311 390 + ID=A",
        "1 gene 351 399 + ID=A",
        "1 gene 411 420 + ID=B",
        "1 gene 511 520 + ID=B",
    ]);
    assert_eq!(sites(&annotation), ["A 1:310(+)"]);
    assert_eq!(excluded(&annotation), ["rps12 both_strands", "B several_loci"]);
    // Transcripts of a gene in FlyBase: one is trans-spliced, one is on the other strand.
    let annotation = read(&[
        "1 gene 11 190 - gene_id \"M\";",
        "1 mRNA 11 90 - gene_id \"M\"; transcript_id \"M1\";",
        "1 exon 11 90 - gene_id \"M\"; transcript_id \"M1\";",
        "1 mRNA 11 190 - gene_id \"M\"; transcript_id \"M2\";",
        "1 exon 11 90 - gene_id \"M\"; transcript_id \"M2\";",
        "1 exon 111 190 + gene_id \"M\"; transcript_id \"M2\";",
        "1 mRNA 11 190 + gene_id \"M\"; transcript_id \"M3\";",
    ]);
    assert_eq!(sites(&annotation), ["M 1:89(-)"]);
    assert_eq!(excluded(&annotation), ["M both_strands", "M both_strands"]);
    assert!(annotation.excluded[0].detail.contains("transcript M2"), "{annotation:?}");
}

#[test]
fn flybase_gtf_transcripts_have_their_own_types() {
    let annotation = read(&[
        "1 gene 11 90 - gene_id \"FBgn1\"; gene_symbol \"toy\";",
        "1 mRNA 11 80 - gene_id \"FBgn1\"; transcript_id \"FBtr1\";",
        "1 5UTR 71 80 - gene_id \"FBgn1\"; transcript_id \"FBtr1\";",
        "1 exon 11 80 - gene_id \"FBgn1\"; transcript_id \"FBtr1\";",
        "1 start_codon 68 70 - gene_id \"FBgn1\"; transcript_id \"FBtr1\";",
        "1 CDS 24 70 - gene_id \"FBgn1\"; transcript_id \"FBtr1\";",
        "1 stop_codon 21 23 - gene_id \"FBgn1\"; transcript_id \"FBtr1\";",
        "1 gene 111 190 + gene_id \"FBgn2\";",
        "1 pseudogene 121 190 + gene_id \"FBgn2\"; transcript_id \"FBtr2\";",
    ]);
    assert_eq!(sites(&annotation), ["FBgn1 1:79(-)", "FBgn2 1:120(+)"]);
    assert_eq!(annotation.genes[0].gene_name.as_deref(), Some("toy"));
    assert_eq!(annotation.genes[0].transcripts[0].cds, [20..70]);
}

#[test]
fn identifiers_link_rows_in_any_order_and_spelling() {
    let annotation = read(&[
        "1 exon 11 90 + Parent=t%201",
        "1 CDS 21 80 + ID=c;Parent=t 1",
        "1 mRNA 11 90 + ID=t 1;Parent=gene%3AA",
        "1 gene 11 90 + ID=gene:A;Note=a%3B b;",
    ]);
    assert_eq!(structure(&annotation), (vec![10..90], vec![20..80]));
    assert_eq!(annotation.genes[0].gene_id, "A");
    let rows = "1\tx\tgene\t11\t90\t.\t+\t.\tgene_id \"A;B\"; note \"x; gene_id y\"; tag a; tag b\r\n\r\n\
        1\tx\ttranscript\t21\t90\t.\t+\t.\t gene_id \"A;B\" ; transcript_id \"T\" \r\n";
    let annotation = try_read(rows, AnnotationDetail::Structure).unwrap();
    assert_eq!(sites(&annotation), ["A;B 1:20(+)"]);
    // Native output of AUGUSTUS: single words name genes and transcripts.
    let annotation = read(&[
        "1 gene 11 90 + g1",
        "1 transcript 11 90 + g1.t1",
        "1 CDS 11 87 + transcript_id \"g1.t1\"; gene_id \"g1\";",
        "1 stop_codon 88 90 + transcript_id \"g1.t1\"; gene_id \"g1\";",
    ]);
    assert_eq!(structure(&annotation), (vec![10..90], vec![10..90]));
    assert_eq!((sites(&annotation), excluded(&annotation)), (vec!["g1 1:10(+)".to_owned()], vec![]));
}

#[test]
fn rows_without_gene_belong_to_the_transcript_of_their_name() {
    let annotation = read(&[
        "1 gene 11 90 + gene_id \"A\";",
        "1 transcript 11 90 + gene_id \"A\"; transcript_id \"T\";",
        "1 exon 11 40 + gene_id \"A\"; transcript_id \"T\";",
        "1 exon 61 90 + transcript_id \"T\";",
        "1 exon 61 90 + transcript_id \"U\";",
    ]);
    assert_eq!(structure(&annotation).0, [10..40, 60..90]);
    assert_eq!(excluded(&annotation), ["U no_transcript_row"]);
    // Names that RefSeq repeats.
    let annotation = read(&[
        "1 gene 11 90 + gene_id \"A\";",
        "1 CDS 11 87 + gene_id \"A\"; transcript_id \"unknown_transcript_1\";",
        "1 stop_codon 88 90 + gene_id \"A\"; transcript_id \"unknown_transcript_1\";",
        "1 exon 111 190 + gene_id \"\"; transcript_id \"unknown_transcript_1\";",
    ]);
    assert_eq!(structure(&annotation).0, [10..90]);
    assert_eq!(excluded(&annotation), ["unknown_transcript_1 no_transcript_row"]);
}

#[test]
fn rows_that_descend_from_themselves_are_excluded() {
    let annotation = read(&[
        "1 gene 11 90 + ID=A",
        "1 mRNA 111 190 + ID=B;Parent=C",
        "1 mRNA 111 190 + ID=C;Parent=B",
        "1 mRNA 211 290 + ID=D;Parent=D",
    ]);
    assert_eq!(sites(&annotation), ["A 1:10(+)"]);
    assert_eq!(excluded(&annotation), ["C cyclic_parent", "B cyclic_parent", "D cyclic_parent"]);
}

#[test]
fn products_of_transcripts_are_no_transcripts() {
    let annotation = read(&[
        "1 gene 11 90 + ID=gene-MIR1",
        "1 primary_transcript 11 90 + ID=rna-1;Parent=gene-MIR1",
        "1 exon 11 90 + Parent=rna-1",
        "1 miRNA 21 40 + ID=rna-2;Parent=rna-1",
        "1 exon 21 40 + Parent=rna-2",
    ]);
    assert_eq!(structure(&annotation).0, [10..90]);
    assert_eq!(excluded(&annotation), NONE);
}
