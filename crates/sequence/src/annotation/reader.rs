//! Annotation files, GTF or GFF3, of Ensembl, GENCODE, RefSeq and those who write like them.

use std::io::BufRead;
use std::path::Path;

use super::attributes::Dialect;
use super::builder::AnnotationBuilder;
use super::row::AnnotationRow;
use super::{Annotation, gff3, gtf};
use crate::SequenceError;
use crate::text_file::{display_path, open_text, read_error};

/// Where the rows of a GFF3 file end and its sequence begins.
const SEQUENCE_SECTION: &[u8] = b"##FASTA";

/// How much of an annotation is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnotationDetail {
    /// Genes and transcripts: enough for every TSS but that of the longest CDS.
    #[default]
    Sites,
    /// Exons and coding sequence as well, which takes a third to a half more time and memory.
    Structure,
}

/// Reads the genes of a GTF or GFF3 file, plain or gzip, told apart by content; `-` is standard input.
///
/// * Versions of Ensembl gene identifiers are taken off; the copies of genes on chromosome Y that GENCODE marks `_PAR_Y`
///   stay genes of their own. A gene of RefSeq goes by its `gene_id` in GTF, and by its `ID` without `gene-` in GFF3,
///   both its symbol with a number where a symbol has several genes.
/// * [`crate::Transcript::cds`] includes the stop codon where the file says where it is: GTF has `stop_codon` rows apart
///   from `CDS`, GFF3 has it in `CDS`. A GTF without such rows is taken as it is.
/// * Contigs that GFF3 of RefSeq names by accession go by their chromosome, as the `region` rows have it; see
///   [`Annotation::chromosome_accessions`].
/// * Rows of other types are passed over.
///
/// # Errors
///
/// [`SequenceError::NoGenes`] with the row types that are there instead, [`SequenceError::MalformedLine`] with the line
/// number, or why the file cannot be read.
pub fn read_annotation(path: impl AsRef<Path>, detail: AnnotationDetail) -> Result<Annotation, SequenceError> {
    let path = path.as_ref();
    let mut reader = open_text(path)?;
    let mut builder = AnnotationBuilder::new(detail);
    let mut dialect = None;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|error| read_error(path, error))? == 0 {
            break;
        }
        let text = without_line_end(&line);
        if text.starts_with(SEQUENCE_SECTION) {
            break;
        }
        if text.starts_with(b"#") || text.trim_ascii().is_empty() {
            continue;
        }
        take_line(text, &mut dialect, &mut builder).map_err(|detail| SequenceError::MalformedLine {
            path: display_path(path),
            line: number,
            detail,
        })?;
    }
    builder.finish().map_err(|seen| SequenceError::NoGenes { path: display_path(path), seen })
}

fn take_line(text: &[u8], dialect: &mut Option<Dialect>, builder: &mut AnnotationBuilder) -> Result<(), String> {
    let row = AnnotationRow::parse(text)?;
    if dialect.is_none() {
        *dialect = row.dialect();
    }
    // Until a row has attributes, none can be wanted from it.
    match dialect.unwrap_or(Dialect::Gtf) {
        Dialect::Gtf => gtf::take_row(&row, builder),
        Dialect::Gff3 => gff3::take_row(&row, builder),
    }
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    /// Reads an annotation of the given content in full.
    pub(crate) fn read(content: impl AsRef<[u8]>) -> Result<Annotation, SequenceError> {
        let (_folder, path) = file_of("x.gtf", content.as_ref());
        read_annotation(path, AnnotationDetail::Structure)
    }

    #[test]
    fn formats_are_told_by_content_plain_or_gzip() {
        let gtf = "chr1\tx\tgene\t11\t20\t.\t+\t.\tgene_id \"G\"; gene_name \"N\";\n";
        let gff3 = "##gff-version 3\nchr1\tx\tgene\t11\t20\t.\t+\t.\tID=gene:G;Name=N\n";
        for content in
            [gtf.to_owned(), gff3.to_owned(), gtf.replace('\n', "\r\n"), format!("{gff3}##FASTA\n>chr1\nACGT\n")]
        {
            for annotation in [read(&content).unwrap(), read(gzip(content.as_bytes())).unwrap()] {
                let [gene] = &annotation.genes[..] else { panic!("{annotation:?}") };
                assert_eq!((gene.gene_id.as_str(), gene.gene_name.as_deref()), ("G", Some("N")));
                assert_eq!((gene.start, gene.end), (10, 20));
            }
        }
    }

    #[test]
    fn structure_is_read_only_when_asked_for() {
        let content = b"chr1\tx\tgene\t11\t20\t.\t+\t.\tgene_id \"G\";\n\
            chr1\tx\ttranscript\t11\t20\t.\t+\t.\tgene_id \"G\"; transcript_id \"T\";\n\
            chr1\tx\texon\t11\t20\t.\t+\t.\tgene_id \"G\"; transcript_id \"T\";\n";
        let (_folder, path) = file_of("x.gtf", content);
        let exons = |detail| read_annotation(&path, detail).unwrap().genes[0].transcripts[0].exons.clone();
        assert_eq!(exons(AnnotationDetail::Sites), []);
        assert_eq!(exons(AnnotationDetail::Structure), [10..20]);
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
            ("chr1 x gene 1 2", "expected the 9 tab-separated columns of GTF or GFF3, found 1"),
            ("chr1\tx\tgene\t0\t9\t.\t+\t.\tgene_id \"G\";", "column 4 (start)"),
            ("chr1\tx\tgene\t5\tnine\t.\t+\t.\tgene_id \"G\";", "column 5 (end)"),
            ("chr1\tx\tgene\t5\t4\t.\t+\t.\tID=G", "end 4 is before start 5"),
            ("chr1\tx\tgene\t5\t9\t.\t.\t.\tgene_id \"G\";", "column 7 (strand)"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\tgene_name \"G\";", "column 9 has no gene_id"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\tName=G", "column 9 has no ID"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\t.", "column 9 has no gene_id"),
            ("chr1\tx\ttranscript\t5\t9\t.\t+\t.\tgene_id \"G\"; transcript_id \"\";", "column 9 has no transcript_id"),
        ] {
            let message = read(format!("# x\n{line}\n")).unwrap_err().to_string();
            assert!(message.contains("x.gtf, line 2: ") && message.contains(expected), "{message}");
        }
    }
}
