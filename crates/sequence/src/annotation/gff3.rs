//! GFF3 rows from RefSeq, Ensembl or GENCODE.
//!
//! `ID` and `Parent` link rows. Names of genes and transcripts are other attributes, or the `ID` without its prefix.

use super::Transcript;
use super::attributes::{Attributes, Dialect};
use super::builder::{AnnotationBuilder, GeneNames, Key};
use super::row::{AnnotationRow, ncbi_gene_id, unversioned};

/// Prefixes of gene identifiers: Ensembl, RefSeq.
const GENE_PREFIXES: [&str; 2] = ["gene:", "gene-"];

/// Prefixes of transcript identifiers: Ensembl, RefSeq, and RefSeq without an accession.
const TRANSCRIPT_PREFIXES: [&str; 3] = ["transcript:", "rna-", "id-"];

/// Chromosome name of the mitochondrion.
const MITOCHONDRION: &str = "MT";

/// Adds a row to the builder: gene, transcript, chromosome or, if structure is read, exon or CDS.
pub(crate) fn take_row(row: &AnnotationRow<'_>, builder: &mut AnnotationBuilder) -> Result<(), String> {
    let attributes = row.attributes(Dialect::Gff3);
    match row.row_type() {
        kind if is_gene(kind) => return take_gene(row, attributes, builder),
        kind if is_transcript(kind) && attributes.raw("Parent").is_some() => {
            return take_transcript(row, attributes, builder);
        }
        b"exon" | b"pseudogenic_exon" if builder.reads_structure() => {
            let exon = row.extent()?;
            for parent in attributes.values("Parent") {
                builder.add_exon(Key::new([row.chrom(), parent]), exon.clone());
            }
        }
        b"CDS" | b"stop_codon" if builder.reads_structure() => {
            let coding = row.extent()?;
            for parent in attributes.values("Parent") {
                builder.add_coding(Key::new([row.chrom(), parent]), coding.clone());
            }
        }
        b"region" => take_region(row, attributes, builder),
        _ => {}
    }
    builder.count_row(row.row_type());
    Ok(())
}

/// Whether a row type is `gene`, `pseudogene` or a kind of gene such as `ncRNA_gene`.
fn is_gene(row_type: &[u8]) -> bool {
    matches!(row_type, b"gene" | b"pseudogene") || row_type.ends_with(b"_gene")
}

/// Whether a row type is `transcript`, `mRNA` or another RNA, `pseudogenic_transcript`, or an immunoglobulin segment.
fn is_transcript(row_type: &[u8]) -> bool {
    [&b"RNA"[..], b"transcript", b"gene_segment"].iter().any(|ending| row_type.ends_with(ending))
}

fn take_gene(
    row: &AnnotationRow<'_>,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let id = attributes.required("ID")?;
    let gene_id = unversioned(&attributes.get("gene_id").unwrap_or_else(|| without_prefix(&id, &GENE_PREFIXES).into()));
    let names = GeneNames {
        gene_id,
        // GENCODE, RefSeq, Ensembl.
        gene_name: attributes.first_of(&["gene_name", "gene", "Name"]),
        gene_type: attributes.first_of(&["gene_type", "gene_biotype", "biotype"]),
        ncbi_gene_id: ncbi_gene_id(attributes.values("Dbxref")),
    };
    builder.add_gene(Key::new([row.chrom(), attributes.raw("ID").unwrap_or_default()]), row, names)
}

fn take_transcript(
    row: &AnnotationRow<'_>,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let id = attributes.required("ID")?;
    let name = attributes.get("transcript_id").unwrap_or_else(|| without_prefix(&id, &TRANSCRIPT_PREFIXES).into());
    let transcript = Transcript::from_row(name.into_owned(), row.extent()?, attributes);
    let key = |name| attributes.values(name).next().unwrap_or_default();
    builder.add_transcript(
        Key::new([row.chrom(), attributes.raw("ID").unwrap_or_default()]),
        Key::new([row.chrom(), key("Parent")]),
        transcript,
    );
    Ok(())
}

/// Adds the chromosome of a RefSeq contig. Scaffolds name their chromosome too, but are not `genome=chromosome`.
fn take_region(row: &AnnotationRow<'_>, attributes: Attributes<'_>, builder: &mut AnnotationBuilder) {
    let chromosome = match attributes.raw("genome") {
        Some(b"chromosome") => attributes.get("chromosome"),
        Some(b"mitochondrion") => Some(MITOCHONDRION.into()),
        _ => None,
    };
    if let Some(chromosome) = chromosome {
        builder.add_chromosome(chromosome.into_owned(), String::from_utf8_lossy(row.chrom()).into_owned());
    }
}

fn without_prefix<'a>(id: &'a str, prefixes: &[&str]) -> &'a str {
    prefixes.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use crate::annotation::reader::tests::read;
    use crate::coord::Strand;
    use crate::tss::{TssChoice, TssSource};

    const REFSEQ: &str = "##gff-version 3\n#!processor NCBI annotwriter\n##sequence-region NC_000067.7 1 195154279\n\
        NC_000067.7\tRefSeq\tregion\t1\t195154279\t.\t+\t.\tID=NC_000067.7:1..195154279;Dbxref=taxon:10090;Name=1;chromosome=1;gbkey=Src;genome=chromosome\n\
        NC_000067.7\tBestRefSeq\tgene\t101\t900\t.\t-\t.\tID=gene-Xkr4;Dbxref=GeneID:497097,MGI:MGI:3528744;Name=Xkr4;gbkey=Gene;gene=Xkr4;gene_biotype=protein_coding\n\
        NC_000067.7\tBestRefSeq\tmRNA\t101\t900\t.\t-\t.\tID=rna-NM_001011874.1;Parent=gene-Xkr4;Name=NM_001011874.1;gbkey=mRNA;gene=Xkr4;tag=RefSeq Select;transcript_id=NM_001011874.1\n\
        NC_000067.7\tBestRefSeq\texon\t801\t900\t.\t-\t.\tID=exon-NM_001011874.1-1;Parent=rna-NM_001011874.1;gbkey=mRNA\n\
        NC_000067.7\tBestRefSeq\texon\t101\t300\t.\t-\t.\tID=exon-NM_001011874.1-2;Parent=rna-NM_001011874.1;gbkey=mRNA\n\
        NC_000067.7\tBestRefSeq\tCDS\t801\t850\t.\t-\t0\tID=cds-NP_1;Parent=rna-NM_001011874.1;gbkey=CDS\n\
        NC_000067.7\tBestRefSeq\tCDS\t201\t300\t.\t-\t1\tID=cds-NP_1;Parent=rna-NM_001011874.1;gbkey=CDS\n\
        NC_000067.7\tBestRefSeq\tgene\t1001\t1100\t.\t+\t.\tID=gene-Mir1;Dbxref=GeneID:5;gene=Mir1;gene_biotype=miRNA\n\
        NC_000067.7\tBestRefSeq\tprimary_transcript\t1001\t1100\t.\t+\t.\tID=rna-NR_1.1;Parent=gene-Mir1;transcript_id=NR_1.1\n\
        NC_000067.7\tBestRefSeq\tmiRNA\t1011\t1030\t.\t+\t.\tID=rna-Mir1;Parent=rna-NR_1.1;gene=Mir1\n\
        NC_000067.7\tRefSeq\tgene\t2001\t2100\t.\t?\t.\tID=gene-nad1;gene=nad1\n\
        NT_1.1\tRefSeq\tregion\t1\t900\t.\t+\t.\tID=NT_1.1:1..900;chromosome=1;genome=genomic\n\
        NT_1.1\tGnomon\tpseudogene\t5\t9\t.\t+\t.\tID=gene-Xkr4-2;gene=Xkr4\n\
        NC_005089.1\tRefSeq\tregion\t1\t16299\t.\t+\t.\tID=NC_005089.1:1..16299;Name=MT;genome=mitochondrion\n\
        NC_005089.1\tRefSeq\tgene\t5\t9\t.\t+\t.\tID=gene-ND1;gene=ND1\n\
        NC_005089.1\tRefSeq\tCDS\t5\t9\t.\t+\t0\tID=cds-1;Parent=gene-ND1\n";

    #[test]
    fn read_annotation_refseq_gff3_gives_genes() {
        let annotation = read(REFSEQ).unwrap();
        let named: Vec<_> = annotation
            .genes
            .iter()
            .map(|gene| (gene.gene_id.as_str(), gene.chrom.as_str(), gene.transcripts.len()))
            .collect();
        assert_eq!(named, [("Xkr4", "1", 1), ("Mir1", "1", 1), ("Xkr4-2", "NT_1.1", 0), ("ND1", "MT", 0)]);
        let gene = &annotation.genes[0];
        assert_eq!((gene.gene_name.as_deref(), gene.ncbi_gene_id.as_deref()), (Some("Xkr4"), Some("497097")));
        assert_eq!((gene.strand, gene.start, gene.end), (Strand::Reverse, 100, 900));
        let transcript = &gene.transcripts[0];
        assert_eq!(transcript.transcript_id, "NM_001011874.1");
        assert!(transcript.is_refseq_select && !transcript.is_mane && !transcript.is_canonical);
        assert_eq!(transcript.exons, [100..300, 800..900]);
        assert_eq!(transcript.cds, [200..300, 800..850]);
        assert_eq!(gene.choose_tss(TssChoice::Canonical).source, TssSource::RefseqSelect);
        // The mature miRNA is a product of a transcript; the CDS of ND1 has its gene as parent.
        assert_eq!(annotation.genes[1].transcripts[0].transcript_id, "NR_1.1");
        assert!(annotation.orphan_transcripts.is_empty());
        assert_eq!((annotation.orphan_parts, &annotation.unstranded_genes[..]), (1, &["nad1".to_owned()][..]));
        assert_eq!(annotation.chromosome_accessions["1"], "NC_000067.7");
    }

    #[test]
    fn read_annotation_ensembl_gff3_gives_genes() {
        let content = "##gff-version 3\n##sequence-region 1 1 248956422\n\
            1\tGRCh38\tchromosome\t1\t248956422\t.\t.\t.\tID=chromosome:1;Alias=CM000663.2,chr1\n\
            1\t.\tbiological_region\t1\t9\t1.3e+03\t.\t.\texternal_name=oriC\n\
            1\thavana\tncRNA_gene\t11\t90\t.\t+\t.\tID=gene:ENSG00000243485;Name=MIR1302-2HG;biotype=lncRNA;description=a [Source:HGNC%3BAcc:1];gene_id=ENSG00000243485;version=6\n\
            1\thavana\tlnc_RNA\t21\t90\t.\t+\t.\tID=transcript:ENST00000473358;Parent=gene:ENSG00000243485;tag=basic,Ensembl_canonical;transcript_id=ENST00000473358;version=1\n\
            1\thavana\texon\t21\t90\t.\t+\t.\tParent=transcript:ENST00000473358;Name=ENSE1\n";
        let annotation = read(content).unwrap();
        let [gene] = &annotation.genes[..] else { panic!("{annotation:?}") };
        assert_eq!((gene.gene_id.as_str(), gene.gene_name.as_deref()), ("ENSG00000243485", Some("MIR1302-2HG")));
        assert_eq!((gene.chrom.as_str(), gene.gene_type.as_deref()), ("1", Some("lncRNA")));
        assert_eq!(gene.transcripts[0].transcript_id, "ENST00000473358");
        assert!(gene.transcripts[0].is_canonical);
        assert_eq!(gene.transcripts[0].exons, [20..90]);
        assert_eq!(gene.tss().position, 20);
    }

    #[test]
    fn read_annotation_gencode_gff3_gives_genes() {
        let content = "##gff-version 3\n\
            chrY\tHAVANA\tgene\t11\t90\t.\t+\t.\tID=ENSG00000182378.15_PAR_Y;gene_id=ENSG00000182378.15_PAR_Y;gene_type=protein_coding;gene_name=PLCXD1\n\
            chrY\tHAVANA\ttranscript\t11\t90\t.\t+\t.\tID=ENST1.2_PAR_Y;Parent=ENSG00000182378.15_PAR_Y;gene_id=ENSG00000182378.15_PAR_Y;transcript_id=ENST1.2_PAR_Y;tag=basic,MANE_Select\n\
            chrY\tHAVANA\texon\t11\t90\t.\t+\t.\tID=exon:ENST1.2:1;Parent=ENST1.2_PAR_Y,ENST9\n\
            chrY\tHAVANA\tCDS\t21\t80\t.\t+\t0\tID=CDS:ENST1.2;Parent=ENST1.2_PAR_Y\n\
            chrY\tHAVANA\tstop_codon\t78\t80\t.\t+\t0\tID=stop_codon:ENST1.2;Parent=ENST1.2_PAR_Y\n";
        let annotation = read(content).unwrap();
        let gene = &annotation.genes[0];
        assert_eq!((gene.gene_id.as_str(), gene.gene_name.as_deref()), ("ENSG00000182378_PAR_Y", Some("PLCXD1")));
        assert!(gene.transcripts[0].is_mane);
        // The CDS includes the stop codon.
        assert_eq!(gene.transcripts[0].cds, [20..80]);
        // The other parent of the exon has no row.
        assert_eq!(annotation.orphan_parts, 1);
    }
}
