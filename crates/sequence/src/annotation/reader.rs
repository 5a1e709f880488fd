//! Reader of annotation files: GTF or GFF3 from Ensembl, GENCODE, RefSeq and compatible sources.

use std::io::BufRead;
use std::path::Path;

use super::attributes::Dialect;
use super::builder::AnnotationBuilder;
use super::exclusion::describe;
use super::row::AnnotationRow;
use super::{Annotation, gff3, gtf};
use crate::SequenceError;
use crate::text_file::{display_path, open_text, read_error};

/// Line that ends the rows of a GFF3 file and starts its sequences, as does a FASTA header without it.
const SEQUENCE_SECTION: &[u8] = b"##FASTA";

/// Starts of lines with settings for genome browsers.
const BROWSER_LINES: [&[u8]; 2] = [b"track ", b"browser "];

/// Amount of detail read from an annotation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnotationDetail {
    /// Genes and transcripts: sufficient for every TSS choice except the longest CDS.
    #[default]
    Sites,
    /// Exons and coding sequence in addition, at a fifth more memory.
    Structure,
}

/// Reads the genes of a GTF or GFF3 file, plain or gzip, with the format recognised by content; `-` is standard input.
///
/// * Versions of Ensembl gene identifiers are removed; gene copies on chromosome Y that GENCODE marks `_PAR_Y` stay
///   separate genes. RefSeq genes are named by `gene_id` in GTF and by `ID` without `gene-` in GFF3: the symbol, with a
///   number if several genes share it.
/// * [`crate::Transcript::cds`] includes the stop codon if the file gives it: GTF has separate `stop_codon` rows, in
///   GFF3 `CDS` includes it. Without such rows in GTF, `cds` equals the `CDS` rows.
/// * Contigs that RefSeq GFF3 names by accession are replaced by their chromosome according to the `region` rows; see
///   [`Annotation::chromosome_accessions`].
/// * In GFF3, `ID` and `Parent` decide which rows are genes, transcripts and their parts: a row below a gene is a
///   transcript, whatever its type. Exon and CDS rows below a gene are one transcript of it. In GTF, every row with a
///   `transcript_id` that is not a part of a transcript is a transcript; exons without such a row are one as well.
/// * If the file has no gene rows, genes are made from the transcripts of a `gene_id` on one contig. Those that are on
///   both strands, or at places that do not overlap, are excluded. If the file has gene rows, genes without one are
///   excluded, because they are cut off in excerpts.
/// * [`Annotation::excluded`] lists everything that belongs to no gene. Rows of other types are ignored.
///
/// # Errors
///
/// [`SequenceError::NoGenes`] with the row types found, [`SequenceError::MalformedLine`] with the line number, or a
/// read error of the file.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{AnnotationDetail, read_annotation};
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-annotation-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("genes.gtf");
/// std::fs::write(&path, "chr1\thavana\tgene\t11\t90\t.\t-\t.\tgene_id \"ENSG00000000003.15\"; gene_name \"TSPAN6\";\n")?;
/// let annotation = read_annotation(&path, AnnotationDetail::Sites)?;
/// assert_eq!(annotation.genes[0].gene_id, "ENSG00000000003");
/// // The gene ends at base 90 counted from 1, which is its 5' end on the reverse strand.
/// assert_eq!(annotation.genes[0].tss().to_string(), "chr1:89(-)");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_annotation(path: impl AsRef<Path>, detail: AnnotationDetail) -> Result<Annotation, SequenceError> {
    let path = path.as_ref();
    let mut reader = open_text(path)?;
    let mut builder = AnnotationBuilder::new(detail);
    let mut dialect = None;
    let mut line = Vec::new();
    let mut is_sequence = false;
    for number in 1.. {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|error| read_error(path, error))? == 0 {
            break;
        }
        let text = without_line_end(&line);
        is_sequence |= text.starts_with(b">") || text.trim_ascii_end() == SEQUENCE_SECTION;
        if text.starts_with(b"#") {
            builder.declared.add_comment(text);
            continue;
        }
        // Files that were joined have rows after sequences, which have no tabs.
        if text.starts_with(b">") || (is_sequence && !text.contains(&b'\t')) {
            continue;
        }
        if text.trim_ascii().is_empty() || BROWSER_LINES.iter().any(|start| text.starts_with(start)) {
            continue;
        }
        add_line(text, number, &mut dialect, &mut builder).map_err(|detail| SequenceError::MalformedLine {
            path: display_path(path),
            line: number,
            detail,
        })?;
    }
    let annotation = builder.finish().map_err(|seen| SequenceError::NoGenes { path: display_path(path), seen })?;
    if !annotation.excluded.is_empty() {
        tracing::warn!("{}: excluded: {}", display_path(path).display(), describe(&annotation.excluded));
    }
    Ok(annotation)
}

fn add_line(
    text: &[u8],
    number: u64,
    dialect: &mut Option<Dialect>,
    builder: &mut AnnotationBuilder,
) -> Result<(), String> {
    let row = AnnotationRow::parse(text)?;
    if dialect.is_none() {
        *dialect = row.dialect();
    }
    let class = builder.start_row(number, row.row_type());
    // Rows before the first attributes need no dialect.
    match dialect.unwrap_or(Dialect::Gtf) {
        Dialect::Gtf => gtf::take_row(&row, class, builder),
        Dialect::Gff3 => gff3::take_row(&row, class, builder),
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

    /// Annotation with structure from the given content.
    pub(crate) fn read(content: impl AsRef<[u8]>) -> Result<Annotation, SequenceError> {
        let (_folder, path) = file_of("x.gtf", content.as_ref());
        read_annotation(path, AnnotationDetail::Structure)
    }

    #[test]
    fn read_annotation_recognises_format_and_gzip_by_content() {
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
    fn read_annotation_structure_only_on_request() {
        let content = b"chr1\tx\tgene\t11\t20\t.\t+\t.\tgene_id \"G\";\n\
            chr1\tx\ttranscript\t11\t20\t.\t+\t.\tgene_id \"G\"; transcript_id \"T\";\n\
            chr1\tx\texon\t11\t20\t.\t+\t.\tgene_id \"G\"; transcript_id \"T\";\n";
        let (_folder, path) = file_of("x.gtf", content);
        let exons = |detail| read_annotation(&path, detail).unwrap().genes[0].transcripts[0].exons.clone();
        assert_eq!(exons(AnnotationDetail::Sites), []);
        assert_eq!(exons(AnnotationDetail::Structure), [10..20]);
    }

    #[test]
    fn read_annotation_without_genes_lists_row_types() {
        let content = b"1\tx\tintron\t5\t9\t.\t+\t.\tgene_id \"G\";\n1\tx\texon\t5\t9\t.\t.\t.\tgene_id \"G\";\n";
        let message = read(content).unwrap_err().to_string();
        assert!(message.contains("no genes; found rows of 1 exon, 1 intron; excluded: 1 no_strand (G, "), "{message}");
        let message = read(b"# nothing\n\n").unwrap_err().to_string();
        assert!(message.contains("only comments"), "{message}");
        assert!(matches!(read(b""), Err(SequenceError::EmptyFile { .. })));
    }

    #[test]
    fn read_annotation_malformed_line_is_numbered() {
        for (line, expected) in [
            ("chr1 x gene 1 2", "expected the 9 tab-separated columns of GTF or GFF3, found 1"),
            ("chr1 x gene 1 2 . + . ID=G", "found 1; columns are separated by spaces"),
            ("chr1\tx\tgene\t0\t9\t.\t+\t.\tgene_id \"G\";", "column 4 (start)"),
            ("chr1\tx\tgene\t5\tnine\t.\t+\t.\tgene_id \"G\";", "column 5 (end)"),
            ("chr1\tx\tgene\t5\t4\t.\t+\t.\tID=G", "end 4 is before start 5"),
            ("chr1\tx\tgene\t5\t9\t.\t1\t.\tgene_id \"G\";", "column 7 (strand)"),
        ] {
            let message = read(format!("# x\n{line}\n")).unwrap_err().to_string();
            assert!(message.contains("x.gtf, line 2: ") && message.contains(expected), "{message}");
        }
        for (line, expected) in [
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\tgene_name \"G\";", "column 9 has no gene_id"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\tnote=G", "column 9 has no ID"),
            ("chr1\tx\tgene\t5\t9\t.\t+\t.\t.", "column 9 has no gene_id"),
            ("chr1\tx\ttranscript\t5\t9\t.\t+\t.\tgene_id \"G\"; transcript_id \"\";", "column 9 has no transcript_id"),
        ] {
            let message = read(format!("# x\n{line}\n")).unwrap_err().to_string();
            assert!(message.contains("x.gtf: no genes") && message.contains("in line 2: "), "{message}");
            assert!(message.contains(expected), "{message}");
        }
    }
}
