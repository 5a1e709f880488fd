//! GTF rows from Ensembl, GENCODE or RefSeq.

use super::Transcript;
use super::attributes::{Attributes, Dialect};
use super::builder::{AnnotationBuilder, GeneNames, Key};
use super::row::{AnnotationRow, ncbi_gene_id, unversioned};

/// Adds a row to the builder: gene, transcript or, if structure is read, exon or CDS.
pub(crate) fn take_row(row: &AnnotationRow<'_>, builder: &mut AnnotationBuilder) -> Result<(), String> {
    let attributes = row.attributes(Dialect::Gtf);
    match row.row_type() {
        b"gene" => return take_gene(row, attributes, builder),
        b"transcript" => return take_transcript(row, attributes, builder),
        b"exon" if builder.reads_structure() => {
            builder.add_exon(transcript_key(row, attributes), row.extent()?);
        }
        b"CDS" | b"stop_codon" if builder.reads_structure() => {
            builder.add_coding(transcript_key(row, attributes), row.extent()?);
        }
        _ => {}
    }
    builder.count_row(row.row_type());
    Ok(())
}

fn take_gene(
    row: &AnnotationRow<'_>,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let gene_id = unversioned(&attributes.required("gene_id")?);
    let key = Key::new([row.chrom(), gene_id.as_bytes()]);
    let names = GeneNames {
        gene_id,
        // Ensembl and GENCODE, then RefSeq.
        gene_name: attributes.first_of(&["gene_name", "gene"]),
        // GENCODE, then Ensembl and RefSeq.
        gene_type: attributes.first_of(&["gene_type", "gene_biotype"]),
        ncbi_gene_id: ncbi_gene_id(attributes.values("db_xref")),
    };
    builder.add_gene(key, row, names)
}

fn take_transcript(
    row: &AnnotationRow<'_>,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    // RefSeq leaves the gene empty for some tRNAs.
    let gene_id = unversioned(&attributes.required_or_empty("gene_id")?);
    let transcript_id = attributes.required("transcript_id")?.into_owned();
    let transcript = Transcript::from_row(transcript_id, row.extent()?, attributes);
    builder.add_transcript(transcript_key(row, attributes), Key::new([row.chrom(), gene_id.as_bytes()]), transcript);
    Ok(())
}

/// Key of a transcript. It includes the gene because RefSeq uses `unknown_transcript_1` in many genes. A row without a
/// transcript has an empty name.
fn transcript_key(row: &AnnotationRow<'_>, attributes: Attributes<'_>) -> Key {
    let name = |key| attributes.raw(key).unwrap_or_default();
    Key::new([row.chrom(), name("gene_id"), name("transcript_id")])
}

#[cfg(test)]
mod tests {
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
        assert_eq!(annotation.orphan_transcripts, ["ENST2"]);
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
        assert_eq!(annotation.orphan_parts, 1);
        assert_eq!(annotation.orphan_transcripts, ["unknown_transcript_2"]);
    }
}
