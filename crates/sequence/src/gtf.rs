//! Gene annotation as GTF, from Ensembl or GENCODE.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use noodles::gff::feature::record::Strand as FeatureStrand;
use noodles::gtf::record::Attributes;
use noodles::gtf::{Line, Record, io::Reader, line::Kind};

use crate::gene_id::strip_version;
use crate::input::{open_text, read_error, shown};
use crate::{Annotation, Gene, SequenceError, Strand, Transcript};

/// Row types named in the error about an annotation without genes.
const ROW_TYPES_SHOWN: usize = 5;

/// Reads the gene and transcript rows of a GTF file, plain or gzip.
///
/// Versions of Ensembl gene identifiers are taken off; the copies of genes on chromosome Y that GENCODE marks `_PAR_Y`
/// stay genes of their own. Rows of other types are passed over.
///
/// # Errors
///
/// [`SequenceError::NoGenes`] with the row types that are there instead, [`SequenceError::MalformedLine`] with the line
/// number, or why the file cannot be read.
pub fn read_gtf(path: impl AsRef<Path>) -> Result<Annotation, SequenceError> {
    let path = path.as_ref();
    let mut reader = Reader::new(open_text(path)?);
    let mut line = Line::default();
    let mut collected = Collected::default();
    for number in 1.. {
        if reader.read_line(&mut line).map_err(|error| read_error(path, error))? == 0 {
            break;
        }
        collected.take_line(&line).map_err(|detail| SequenceError::MalformedLine {
            path: shown(path),
            line: number,
            detail,
        })?;
    }
    if collected.genes.is_empty() {
        return Err(SequenceError::NoGenes { path: shown(path), seen: collected.describe_rows() });
    }
    Ok(collected.into_annotation())
}

/// What has been read so far. Transcripts wait for the end, since a sorted file may bring them before their gene.
#[derive(Default)]
struct Collected {
    genes: Vec<Gene>,
    /// Gene identifier and contig of each transcript: one identifier on two contigs is two genes.
    transcripts: Vec<((String, String), Transcript)>,
    other_rows: BTreeMap<String, u64>,
}

impl Collected {
    fn take_line(&mut self, line: &Line) -> Result<(), String> {
        let text: &[u8] = line.as_ref();
        if line.kind() == Kind::Comment || text.trim_ascii().is_empty() {
            return Ok(());
        }
        let Some(Ok(record)) = line.as_record() else {
            let columns = text.split(|&byte| byte == b'\t').count();
            return Err(format!("expected the 9 tab-separated columns of GTF, found {columns}"));
        };
        match &**record.ty() {
            b"gene" => self.genes.push(read_gene(&record)?),
            b"transcript" => self.transcripts.push(read_transcript(&record)?),
            other => self.count_row(other),
        }
        Ok(())
    }

    fn count_row(&mut self, row_type: &[u8]) {
        let name = String::from_utf8_lossy(row_type);
        if let Some(count) = self.other_rows.get_mut(&*name) {
            *count += 1;
        } else {
            self.other_rows.insert(name.into_owned(), 1);
        }
    }

    fn describe_rows(mut self) -> String {
        if !self.transcripts.is_empty() {
            self.other_rows.insert("transcript".to_owned(), self.transcripts.len() as u64);
        }
        if self.other_rows.is_empty() {
            return "only comments and blank lines".to_owned();
        }
        let shown: Vec<_> =
            self.other_rows.iter().take(ROW_TYPES_SHOWN).map(|(name, count)| format!("{count} {name}")).collect();
        let more = self.other_rows.len().saturating_sub(ROW_TYPES_SHOWN);
        let more = if more > 0 { format!(" and {more} more types") } else { String::new() };
        format!("rows of {}{more}", shown.join(", "))
    }

    fn into_annotation(mut self) -> Annotation {
        let mut gene_index: HashMap<(String, String), usize> = HashMap::with_capacity(self.genes.len());
        for (index, gene) in self.genes.iter().enumerate() {
            gene_index.entry((gene.gene_id.clone(), gene.chrom.clone())).or_insert(index);
        }
        let mut orphan_transcripts = Vec::new();
        for (gene, transcript) in self.transcripts {
            match gene_index.get(&gene) {
                Some(&index) => self.genes[index].transcripts.push(transcript),
                None => orphan_transcripts.push(transcript.transcript_id),
            }
        }
        if !orphan_transcripts.is_empty() {
            tracing::warn!(count = orphan_transcripts.len(), "transcripts whose gene has no row of its own");
        }
        Annotation { genes: self.genes, orphan_transcripts }
    }
}

fn read_gene(record: &Record<'_>) -> Result<Gene, String> {
    let attributes = read_attributes(record)?;
    let (start, end) = read_extent(record)?;
    let first_of = |keys: [&str; 2]| keys.into_iter().find_map(|key| text_of(&attributes, key));
    Ok(Gene {
        gene_id: strip_version(&required(&attributes, "gene_id")?).into_owned(),
        // Ensembl and GENCODE, then NCBI.
        gene_name: first_of(["gene_name", "gene"]),
        // GENCODE, then Ensembl.
        gene_type: first_of(["gene_type", "gene_biotype"]),
        chrom: record.reference_sequence_name().to_string(),
        strand: read_strand(record)?,
        start,
        end,
        transcripts: Vec::new(),
    })
}

fn read_transcript(record: &Record<'_>) -> Result<((String, String), Transcript), String> {
    let attributes = read_attributes(record)?;
    let (start, end) = read_extent(record)?;
    let gene_id = strip_version(&required(&attributes, "gene_id")?).into_owned();
    let transcript = Transcript {
        transcript_id: required(&attributes, "transcript_id")?,
        start,
        end,
        is_canonical: has_tag(&attributes, "Ensembl_canonical"),
        is_mane: has_tag(&attributes, "MANE_Select"),
    };
    Ok(((gene_id, record.reference_sequence_name().to_string()), transcript))
}

fn read_attributes<'r>(record: &'r Record<'_>) -> Result<Attributes<'r>, String> {
    record
        .attributes()
        .map_err(|_| "column 9 is not GTF (key \"value\"; ...); GFF3 (key=value;...) is not read here".to_owned())
}

/// First base and one past the last, counted from 0; GTF counts from 1 and includes the end.
fn read_extent(record: &Record<'_>) -> Result<(u64, u64), String> {
    let start =
        record.start().map_err(|_| "column 4 (start) is not a whole number of 1 or more".to_owned())?.get() as u64;
    let end = record.end().map_err(|_| "column 5 (end) is not a whole number of 1 or more".to_owned())?.get() as u64;
    if end < start {
        return Err(format!("end {end} is before start {start}"));
    }
    Ok((start - 1, end))
}

fn read_strand(record: &Record<'_>) -> Result<Strand, String> {
    match record.strand() {
        Ok(FeatureStrand::Forward) => Ok(Strand::Forward),
        Ok(FeatureStrand::Reverse) => Ok(Strand::Reverse),
        _ => Err("column 7 (strand) is neither '+' nor '-'; a gene without a strand has no TSS".to_owned()),
    }
}

fn required(attributes: &Attributes<'_>, key: &str) -> Result<String, String> {
    text_of(attributes, key).ok_or_else(|| format!("column 9 has no {key}"))
}

fn text_of(attributes: &Attributes<'_>, key: &str) -> Option<String> {
    let value = attributes.get(key.as_bytes())?.ok()?;
    let text = value.iter().next()?.to_string();
    (!text.is_empty()).then_some(text)
}

fn has_tag(attributes: &Attributes<'_>, tag: &str) -> bool {
    let Some(Ok(tags)) = attributes.get(b"tag") else {
        return false;
    };
    tags.iter().any(|value| value.as_ref() == tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::tests::{file_of, gzip};

    const GENCODE: &str = "##description: two genes\n\
        chrX\tHAVANA\tgene\t101\t900\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; gene_type \"protein_coding\"; gene_name \"TSPAN6\"; level 2;\n\
        chrX\tHAVANA\ttranscript\t101\t800\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; transcript_id \"ENST00000373020.9\"; tag \"basic\"; tag \"Ensembl_canonical\"; tag \"MANE_Select\";\n\
        chrX\tHAVANA\texon\t101\t200\t.\t-\t.\tgene_id \"ENSG00000000003.15\";\n\
        \n\
        chrY\tHAVANA\tgene\t11\t20\t.\t+\t.\tgene_id \"ENSG00000182378.15_PAR_Y\"; gene_name \"PLCXD1\";\n";

    fn read(content: &[u8]) -> Result<Annotation, SequenceError> {
        let (_folder, path) = file_of("x.gtf", content);
        read_gtf(path)
    }

    #[test]
    fn gencode_genes_and_transcripts_are_read() {
        for annotation in [read(GENCODE.as_bytes()).unwrap(), read(&gzip(GENCODE.as_bytes())).unwrap()] {
            let [gene, par] = &annotation.genes[..] else { panic!("{annotation:?}") };
            assert_eq!(gene.gene_id, "ENSG00000000003");
            assert_eq!(gene.gene_name.as_deref(), Some("TSPAN6"));
            assert_eq!(gene.gene_type.as_deref(), Some("protein_coding"));
            assert_eq!((gene.start, gene.end, gene.strand), (100, 900, Strand::Reverse));
            let [transcript] = &gene.transcripts[..] else { panic!("{gene:?}") };
            assert!(transcript.is_canonical && transcript.is_mane);
            // Line 2 ends at base 800 counted from 1, which is 799 counted from 0.
            assert_eq!(gene.tss().to_string(), "chrX:799(-)");
            assert_eq!(par.gene_id, "ENSG00000182378_PAR_Y");
            assert_eq!(par.tss().to_string(), "chrY:10(+)");
        }
    }

    #[test]
    fn ensembl_names_and_order_are_read() {
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
    fn a_file_without_genes_says_what_it_has() {
        let content = b"1\tx\texon\t5\t9\t.\t+\t.\tgene_id \"G\";\n1\tx\tCDS\t5\t9\t.\t+\t.\tgene_id \"G\";\n";
        let message = read(content).unwrap_err().to_string();
        assert!(message.contains("no gene rows; found rows of 1 CDS, 1 exon"), "{message}");
        let message = read(b"# nothing\n\n").unwrap_err().to_string();
        assert!(message.contains("only comments"), "{message}");
        assert!(matches!(read(b""), Err(SequenceError::EmptyFile { .. })));
    }

    #[test]
    fn lines_that_cannot_be_read_are_numbered() {
        for (line, expected) in [
            ("chr1 x gene 1 2", "expected the 9 tab-separated columns of GTF, found 1"),
            ("chr1\tx\tgene\t0\t9\t.\t+\t.\tgene_id \"G\";", "column 4 (start)"),
            ("chr1\tx\tgene\t5\tnine\t.\t+\t.\tgene_id \"G\";", "column 5 (end)"),
            ("chr1\tx\tgene\t5\t4\t.\t+\t.\tgene_id \"G\";", "end 4 is before start 5"),
            ("chr1\tx\tgene\t5\t9\t.\t.\t.\tgene_id \"G\";", "column 7 (strand)"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\tID=gene:G;Name=G", "GFF3"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\tgene_name \"G\";", "column 9 has no gene_id"),
        ] {
            let message = read(format!("# x\n{line}\n").as_bytes()).unwrap_err().to_string();
            assert!(message.contains("x.gtf, line 2: ") && message.contains(expected), "{message}");
        }
    }
}
