//! GFF3 rows from RefSeq, Ensembl, GENCODE, WormBase, FlyBase, TAIR and compatible sources.
//!
//! `ID` and `Parent` link rows. Names of genes and transcripts are other attributes, or the `ID` without its prefix.

use super::attributes::{Attributes, Dialect, percent_decode};
use super::builder::AnnotationBuilder;
use super::node::{GeneNames, NodeKind, NodeRow, Part, PartKind, Strands, TranscriptLabel};
use super::row::{AnnotationRow, ncbi_gene_id, unversioned};
use super::row_type::RowClass;

/// Prefixes of gene identifiers, in upper or lower case: Ensembl, WormBase.
const GENE_PREFIXES: [&str; 1] = ["gene:"];

/// Prefixes of transcript identifiers, in upper or lower case: Ensembl, WormBase.
const TRANSCRIPT_PREFIXES: [&str; 3] = ["transcript:", "pseudogene:", "cds:"];

/// Prefixes of gene identifiers in RefSeq.
const REFSEQ_GENE_PREFIXES: [&str; 1] = ["gene-"];

/// Prefixes of other identifiers in RefSeq: transcript, transcript without an accession, coding sequence.
const REFSEQ_TRANSCRIPT_PREFIXES: [&str; 3] = ["rna-", "id-", "cds-"];

/// Attributes that name the gene of a row without a parent: GENCODE, gffread, Prokka, RefSeq.
const GENE_ATTRIBUTES: [&str; 5] = ["gene_id", "geneID", "locus_tag", "gene", "gene_name"];

/// Chromosome name of the mitochondrion.
const MITOCHONDRION: &str = "MT";

/// Adds a row to the builder: gene, transcript, part of one, or chromosome.
pub(crate) fn take_row(
    row: &AnnotationRow<'_>,
    class: RowClass,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let attributes = row.attributes(Dialect::Gff3);
    match class {
        RowClass::Gene | RowClass::Transcript => take_feature(row, class, attributes, builder),
        RowClass::Other => {
            // Only rows with an identifier can be parents. Their columns are not checked.
            if attributes.raw("ID").is_some() && row.extent().is_ok() && row.strand().is_ok() {
                return take_feature(row, class, attributes, builder);
            }
            Ok(())
        }
        RowClass::Exon => take_part(row, PartKind::Exon, attributes, builder),
        RowClass::Coding => take_part(row, PartKind::Coding, attributes, builder),
        RowClass::Utr => take_part(row, PartKind::Utr, attributes, builder),
        RowClass::Region => {
            take_region(row, attributes, builder);
            Ok(())
        }
        RowClass::Ignored => Ok(()),
    }
}

/// Adds a row that may be a gene or transcript.
fn take_feature(
    row: &AnnotationRow<'_>,
    class: RowClass,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let (extent, strands) = (row.extent()?, Strands::of(row.strand()?));
    let id = attributes.get("ID");
    let mut parents = parents_of(row, attributes, builder);
    let names_parent = !parents.is_empty();
    let Some(name) = id.as_deref().map(str::to_owned).or_else(|| match class {
        RowClass::Gene => attributes.first_of(&["gene_id", "locus_tag", "gene", "Name"]),
        _ => attributes.first_of(&["transcript_id", "Name", "locus_tag", "gene"]).or(names_parent.then(String::new)),
    }) else {
        let keys = if class == RowClass::Gene { "ID, locus_tag, gene or Name" } else { "ID, Parent or Name" };
        builder.add_unnamed(&attributes.missing_key(keys));
        return Ok(());
    };
    if class == RowClass::Transcript {
        if names_parent {
            for (&parent, id) in parents.iter().zip(attributes.values("Parent")) {
                builder.suggest_names(parent, || {
                    gene_names(&percent_decode(id.trim_ascii()), attributes, &["gene_name", "gene"])
                });
            }
        } else {
            parents = [stand_in_gene(row, &name, attributes, builder)].into();
        }
    }
    let slot = match &id {
        Some(id) => builder.node([row.chrom(), id.as_bytes()]),
        None => builder.anonymous_node(row.chrom()),
    };
    let is_gene = |class| class == RowClass::Gene;
    let is_another_row_of_gene = is_gene(class) && builder.at(slot).row.as_ref().is_some_and(|row| is_gene(row.class));
    let own_name = without_prefix(&name, &GENE_PREFIXES, &REFSEQ_GENE_PREFIXES);
    let is_named_as_gene = own_name != name || attributes.get("gene_id").is_some_and(|gene_id| gene_id == own_name);
    let found = NodeRow { class, line: builder.line(), extent, strands, is_split: false, is_named_as_gene };
    let slot = builder.add_row(row.chrom(), slot, found, parents);
    let node = builder.at(slot);
    if !is_another_row_of_gene && (is_gene(class) || !names_parent) {
        node.names = Some(Box::new(gene_names(&name, attributes, &["gene_name", "gene", "Name"])));
    }
    if class == RowClass::Transcript || names_parent {
        let id = attributes.get("transcript_id");
        let id = id.unwrap_or_else(|| transcript_name(&name).into());
        node.label = Some(Box::new(TranscriptLabel::of(id.into_owned(), attributes)));
    }
    Ok(())
}

/// Adds a part to its parents. Without a parent, the part is of a gene that has only this part.
fn take_part(
    row: &AnnotationRow<'_>,
    kind: PartKind,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let mut parents = parents_of(row, attributes, builder);
    if parents.is_empty() {
        if kind == PartKind::Utr {
            return Ok(());
        }
        let Some(name) = attributes.first_of(&["ID", "locus_tag", "gene_id", "gene", "Name"]) else {
            builder.add_unnamed(&attributes.missing_key("Parent"));
            return Ok(());
        };
        let gene = stand_in_gene(row, &name, attributes, builder);
        // Coding sequences of one gene with different identifiers are different products.
        let slot = builder.node([row.chrom(), b"", b"", name.as_bytes()]);
        if builder.at(slot).parents.is_empty() {
            let id = transcript_name(&name).to_owned();
            builder.name_transcript(slot, gene, TranscriptLabel { transcript_id: id, ..TranscriptLabel::default() });
        }
        parents = [slot].into();
    }
    let (extent, strands) = (row.extent()?, Strands::of(row.strand()?));
    if let (PartKind::Coding, &[parent], Some(id)) = (kind, &parents[..], attributes.get("ID")) {
        builder.add_product(parent, &id, &extent);
    }
    builder.add_part(&parents, &Part { kind, extent, strands, line: builder.line(), exon_number: None });
    Ok(())
}

/// Nodes of the rows that a row names as its parents.
fn parents_of(row: &AnnotationRow<'_>, attributes: Attributes<'_>, builder: &mut AnnotationBuilder) -> Box<[usize]> {
    let ids = attributes.values("Parent").map(<[u8]>::trim_ascii).filter(|id| !id.is_empty());
    let parents = ids.map(|id| {
        let slot = builder.node([row.chrom(), percent_decode(id).as_bytes()]);
        builder.latest(slot)
    });
    parents.collect()
}

/// Gene of a row without a parent, by the name that the row gives.
fn stand_in_gene(
    row: &AnnotationRow<'_>,
    id: &str,
    attributes: Attributes<'_>,
    builder: &mut AnnotationBuilder,
) -> usize {
    let name = attributes.first_of(&GENE_ATTRIBUTES);
    let name = name.unwrap_or_else(|| transcript_name(id).to_owned());
    let names = gene_names(&name, attributes, &["gene_name", "gene"]);
    let gene = builder.named_gene([row.chrom(), b"", names.gene_id.as_bytes()], NodeKind::StandInGene);
    builder.suggest_names(gene, || names);
    gene
}

/// Names of a gene by its identifier and attributes; `name_keys` are the attributes with its symbol.
fn gene_names(id: &str, attributes: Attributes<'_>, name_keys: &[&str]) -> GeneNames {
    let gene_id = attributes.get("gene_id");
    GeneNames {
        gene_id: unversioned(
            &gene_id.unwrap_or_else(|| without_prefix(id, &GENE_PREFIXES, &REFSEQ_GENE_PREFIXES).into()),
        ),
        // GENCODE, RefSeq, Ensembl.
        gene_name: attributes.first_of(name_keys),
        gene_type: attributes.first_of(&["gene_type", "gene_biotype", "biotype"]),
        ncbi_gene_id: ncbi_gene_id(attributes.values("Dbxref")),
        locus_tag: attributes.get("locus_tag").map(|tag| tag.into_owned().into_boxed_str()),
    }
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

/// Identifier of a transcript or of coding sequence without its prefix.
pub(crate) fn transcript_name(id: &str) -> &str {
    without_prefix(id, &TRANSCRIPT_PREFIXES, &REFSEQ_TRANSCRIPT_PREFIXES)
}

/// Identifier without one of `prefixes`, in upper or lower case, or of the `exact` ones.
fn without_prefix<'a>(id: &'a str, prefixes: &[&str], exact: &[&str]) -> &'a str {
    let stripped = prefixes.iter().find(|prefix| has_prefix(id, prefix)).map(|prefix| &id[prefix.len()..]);
    stripped.or_else(|| exact.iter().find_map(|prefix| id.strip_prefix(prefix))).unwrap_or(id)
}

/// Whether an identifier has a prefix, in upper or lower case.
fn has_prefix(id: &str, prefix: &str) -> bool {
    id.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use crate::annotation::ExclusionReason;
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
        assert_eq!(named, [("Xkr4", "1", 1), ("Mir1", "1", 1), ("Xkr4-2", "NT_1.1", 0), ("ND1", "MT", 1)]);
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
        assert_eq!(annotation.genes[3].transcripts[0].cds, [4..9]);
        let [excluded] = &annotation.excluded[..] else { panic!("{:?}", annotation.excluded) };
        assert_eq!((excluded.id.as_str(), excluded.reason), ("nad1", ExclusionReason::NoStrand));
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
        // The other parent of the exon has no row, but one is enough.
        assert_eq!(annotation.excluded, []);
    }
}
