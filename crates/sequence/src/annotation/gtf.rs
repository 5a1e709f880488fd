//! GTF rows from Ensembl, GENCODE, RefSeq and compatible sources.
//!
//! Rows name their gene (`gene_id`) and transcript (`transcript_id`). Genes and transcripts may have no row of their own.

use super::attributes::{Attributes, Dialect};
use super::builder::AnnotationBuilder;
use super::node::{GeneNames, NodeKind, NodeRow, Part, PartKind, Strands, TranscriptLabel};
use super::row::{AnnotationRow, ncbi_gene_id, unversioned};
use super::row_type::RowClass;

/// Adds a row to the builder: gene, transcript or part of one.
pub(crate) fn take_row(
    row: &AnnotationRow<'_>,
    class: RowClass,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let attributes = row.attributes(Dialect::Gtf);
    match class {
        // GENCODE wrote a transcript_id in gene rows.
        RowClass::Gene if row.row_type().eq_ignore_ascii_case(b"gene") => take_gene(row, attributes, builder),
        // FlyBase has transcripts of type pseudogene.
        RowClass::Gene if attributes.raw("transcript_id").is_none() => take_gene(row, attributes, builder),
        RowClass::Gene | RowClass::Transcript => take_transcript(row, attributes, builder),
        RowClass::Exon => take_part(row, PartKind::Exon, attributes, builder),
        RowClass::Coding => take_part(row, PartKind::Coding, attributes, builder),
        RowClass::Utr => take_part(row, PartKind::Utr, attributes, builder),
        RowClass::Region | RowClass::Ignored | RowClass::Other => Ok(()),
    }
}

fn take_gene(
    row: &AnnotationRow<'_>,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let (extent, strands) = (row.extent()?, Strands::of(row.strand()?));
    let Some(gene_id) = attributes.get("gene_id").or_else(|| attributes.only_word()) else {
        builder.add_unnamed(&attributes.missing_key("gene_id"));
        return Ok(());
    };
    let gene_id = unversioned(&gene_id);
    let slot = builder.named_gene([row.chrom(), gene_id.as_bytes()], NodeKind::NamedGene);
    let is_first = builder.at(slot).row.is_none();
    let found = NodeRow {
        class: RowClass::Gene,
        line: builder.line(),
        extent,
        strands,
        is_split: false,
        is_named_as_gene: true,
    };
    builder.add_row(row.chrom(), slot, found, Box::default());
    if is_first {
        builder.at(slot).names = Some(Box::new(gene_names(gene_id, attributes)));
    }
    Ok(())
}

fn take_transcript(
    row: &AnnotationRow<'_>,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let (extent, strands) = (row.extent()?, Strands::of(row.strand()?));
    let Some(transcript_id) = attributes.get("transcript_id") else {
        // A single word names a transcript of AUGUSTUS, whose parts name it and its gene.
        if attributes.only_word().is_none() {
            builder.add_unnamed(&attributes.missing_key("transcript_id"));
        }
        return Ok(());
    };
    // RefSeq leaves the gene empty for some tRNAs.
    let Some(gene_id) = attributes.get("gene_id") else {
        builder.add_unnamed(&attributes.missing_key("gene_id"));
        return Ok(());
    };
    let gene_id = unversioned(&gene_id);
    let gene = builder.named_gene([row.chrom(), gene_id.as_bytes()], NodeKind::NamedGene);
    builder.suggest_names(gene, || gene_names(gene_id, attributes));
    let slot = builder.node(transcript_key(row, attributes));
    let found = NodeRow {
        class: RowClass::Transcript,
        line: builder.line(),
        extent,
        strands,
        is_split: false,
        is_named_as_gene: false,
    };
    let slot = builder.add_row(row.chrom(), slot, found, [gene].into());
    builder.at(slot).label = Some(Box::new(TranscriptLabel::of(transcript_id.into_owned(), attributes)));
    Ok(())
}

fn take_part(
    row: &AnnotationRow<'_>,
    kind: PartKind,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let key = transcript_key(row, attributes);
    let slot = match key {
        [_, b"", b""] => {
            builder.add_unnamed(&attributes.missing_key("gene_id"));
            return Ok(());
        }
        [chrom, b"", _] => {
            let slot = builder.node([chrom, b"", key[2]]);
            builder.at(slot).kind = NodeKind::WithoutGene;
            slot
        }
        [chrom, gene_id, b""] => {
            let gene_id = unversioned(&String::from_utf8_lossy(gene_id));
            let slot = builder.named_gene([chrom, gene_id.as_bytes()], NodeKind::NamedGene);
            builder.suggest_names(slot, || gene_names(gene_id, attributes));
            slot
        }
        [chrom, ..] => {
            let slot = builder.node(key);
            if builder.at(slot).parents.is_empty() {
                let gene_id = unversioned(&attributes.get("gene_id").unwrap_or_default());
                let name = attributes.get("transcript_id").unwrap_or_default().into_owned();
                let gene = builder.named_gene([chrom, gene_id.as_bytes()], NodeKind::NamedGene);
                builder.suggest_names(gene, || gene_names(gene_id, attributes));
                builder.name_transcript(slot, gene, TranscriptLabel::of(name, attributes));
            }
            builder.latest(slot)
        }
    };
    let has_row = builder.at(slot).row.is_some();
    let exon_number = match kind {
        PartKind::Exon if !has_row => attributes.get("exon_number").and_then(|number| number.parse().ok()),
        _ => None,
    };
    let (extent, strands) = (row.extent()?, Strands::of(row.strand()?));
    builder.add_part(&[slot], &Part { kind, extent, strands, line: builder.line(), exon_number });
    Ok(())
}

/// Key of a transcript. It includes the gene because RefSeq uses `unknown_transcript_1` in many genes. A row without a
/// gene or transcript has an empty name.
fn transcript_key<'a>(row: &AnnotationRow<'a>, attributes: Attributes<'a>) -> [&'a [u8]; 3] {
    let name = |key| attributes.raw(key).unwrap_or_default();
    [row.chrom(), name("gene_id"), name("transcript_id")]
}

fn gene_names(gene_id: String, attributes: Attributes<'_>) -> GeneNames {
    GeneNames {
        gene_id,
        // Ensembl and GENCODE, RefSeq, StringTie, FlyBase.
        gene_name: attributes.first_of(&["gene_name", "gene", "ref_gene_name", "gene_symbol"]),
        // GENCODE, then Ensembl and RefSeq.
        gene_type: attributes.first_of(&["gene_type", "gene_biotype"]),
        ncbi_gene_id: ncbi_gene_id(attributes.values("db_xref")),
        locus_tag: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::annotation::ExclusionReason;
    use crate::annotation::reader::tests::read;
    use crate::coord::Strand;
    use crate::tss::{TssChoice, TssSource};

    const GENCODE: &str = "##description: two genes\n\
        chrX\tHAVANA\tgene\t101\t900\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; gene_type \"protein_coding\"; gene_name \"TSPAN6\"; level 2;\n\
        chrX\tHAVANA\ttranscript\t101\t800\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\"; tag \"basic\"; tag \"Ensembl_canonical\"; tag \"MANE_Select\";\n\
        chrX\tHAVANA\texon\t601\t800\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\"; exon_number 1;\n\
        chrX\tHAVANA\tCDS\t601\t700\t.\t-\t0\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\"; exon_number 1;\n\
        chrX\tHAVANA\tstart_codon\t698\t700\t.\t-\t0\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\";\n\
        chrX\tHAVANA\tstop_codon\t199\t200\t.\t-\t0\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\";\n\
        chrX\tHAVANA\tstop_codon\t600\t600\t.\t-\t0\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\";\n\
        chrX\tHAVANA\texon\t101\t200\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\"; exon_number 2;\n\
        \n\
        chrY\tHAVANA\tgene\t11\t20\t.\t+\t.\tgene_id \"ENSG00000182378.15_PAR_Y\"; gene_name \"PLCXD1\";\n";

    #[test]
    fn read_annotation_gencode_gtf_gives_genes_transcripts_and_exons() {
        let annotation = read(GENCODE).unwrap();
        let [gene, par] = &annotation.genes[..] else { panic!("{annotation:?}") };
        assert_eq!(gene.gene_id, "ENSG00000000003");
        assert_eq!(gene.gene_name.as_deref(), Some("TSPAN6"));
        assert_eq!(gene.gene_type.as_deref(), Some("protein_coding"));
        assert_eq!((gene.start, gene.end, gene.strand), (100, 900, Strand::Reverse));
        let [transcript] = &gene.transcripts[..] else { panic!("{gene:?}") };
        assert!(transcript.is_canonical && transcript.is_mane);
        // Line 2 ends at base 800 counted from 1, which is position 799.
        assert_eq!(gene.tss().to_string(), "chrX:799(-)");
        assert_eq!(transcript.exons, [100..200, 600..800]);
        // The stop codon: base 600 is adjacent to the CDS, bases 199 and 200 are on the next exon.
        assert_eq!(transcript.cds, [198..200, 599..700]);
        assert_eq!(par.gene_id, "ENSG00000182378_PAR_Y");
        assert_eq!(par.tss().to_string(), "chrY:10(+)");
    }

    #[test]
    fn read_annotation_ensembl_gtf_gives_names_in_any_order() {
        let annotation = read(
            b"1\thavana\ttranscript\t5\t9\t.\t+\t.\tgene_id \"ENSG1\"; gene_version \"5\"; transcript_id \"ENST1\";\n\
              1\thavana\tgene\t1\t9\t.\t+\t.\tgene_id \"ENSG1\"; gene_biotype \"lncRNA\";\n\
              1\thavana\ttranscript\t5\t9\t.\t+\t.\tgene_id \"ENSG2\"; transcript_id \"ENST2\";\n",
        )
        .unwrap();
        assert_eq!(annotation.genes[0].gene_type.as_deref(), Some("lncRNA"));
        assert_eq!(annotation.genes[0].gene_name, None);
        assert_eq!(annotation.genes[0].tss().position, 4);
        let excluded = &annotation.excluded[0];
        assert_eq!((excluded.id.as_str(), excluded.reason), ("ENSG2", ExclusionReason::NoGeneRow));
    }

    #[test]
    fn read_annotation_refseq_gtf_gives_genes() {
        let content = "#gtf-version 2.2\n\
            NC_000001.11\tBestRefSeq\tgene\t11\t90\t.\t+\t.\tgene_id \"OR4F5\"; transcript_id \"\"; db_xref \"GeneID:79501\"; db_xref \"HGNC:HGNC:14825\"; gbkey \"Gene\"; gene \"OR4F5\"; gene_biotype \"protein_coding\"; \n\
            NC_000001.11\tBestRefSeq\ttranscript\t11\t80\t.\t+\t.\tgene_id \"OR4F5\"; transcript_id \"NM_1.1\"; gbkey \"mRNA\"; gene \"OR4F5\"; tag \"RefSeq Select\"; \n\
            NC_000001.11\tBestRefSeq\ttranscript\t21\t90\t.\t+\t.\tgene_id \"OR4F5\"; transcript_id \"NM_2.1\"; gbkey \"mRNA\"; gene \"OR4F5\"; tag \"MANE Select\"; \n\
            NC_000001.11\tBestRefSeq\tCDS\t31\t37\t.\t+\t0\tgene_id \"OR4F5\"; transcript_id \"NM_2.1\"; gbkey \"CDS\"; \n\
            NC_000001.11\tBestRefSeq\tstop_codon\t38\t40\t.\t+\t0\tgene_id \"OR4F5\"; transcript_id \"NM_2.1\"; gbkey \"CDS\"; \n\
            NC_000001.11\tRefSeq\tCDS\t91\t99\t.\t+\t0\tgene_id \"OTHER\"; transcript_id \"unknown_transcript_1\"; \n\
            NC_000001.11\tRefSeq\ttranscript\t91\t99\t.\t+\t.\tgene_id \"\"; transcript_id \"unknown_transcript_2\"; gbkey \"tRNA\"; \n";
        let annotation = read(content).unwrap();
        let gene = &annotation.genes[0];
        assert_eq!((gene.gene_id.as_str(), gene.gene_name.as_deref()), ("OR4F5", Some("OR4F5")));
        assert_eq!((gene.gene_type.as_deref(), gene.ncbi_gene_id.as_deref()), (Some("protein_coding"), Some("79501")));
        assert!(gene.transcripts[0].is_refseq_select && !gene.transcripts[0].is_mane);
        assert!(gene.transcripts[1].is_mane);
        let chosen = gene.choose_tss(TssChoice::Canonical);
        assert_eq!((chosen.source, chosen.tss.position), (TssSource::ManeSelect, 20));
        assert_eq!(gene.transcripts[1].cds, [30..40]);
        let excluded: Vec<String> =
            annotation.excluded.iter().map(|one| format!("{} {}", one.id, one.reason)).collect();
        assert_eq!(excluded, [" no_identifier", "OTHER no_gene_row"]);
    }
}
