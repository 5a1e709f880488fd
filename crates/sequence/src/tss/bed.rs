//! Transcription start sites as BED.

use std::path::Path;

use super::bed_line::{BedLine, for_each_bed_line};
use crate::SequenceError;
use crate::annotation::strip_version;
use crate::coord::Tss;
use crate::text_file::display_path;

/// A TSS and the gene it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneTss {
    /// Gene identifier, without an Ensembl version.
    pub gene_id: String,
    /// Gene symbol; BED does not carry one.
    pub gene_name: Option<String>,
    /// Where transcription starts.
    pub tss: Tss,
}

/// Reads a BED6 file, plain or gzip: chrom, start, end, gene identifier, score, strand.
///
/// The TSS is the first transcribed base of the interval: `start` on the forward strand, `end - 1` on the reverse one.
/// An interval may be longer than one base (a gene, a TSS cluster); its 5' end counts. Comments, `track` and `browser`
/// lines and blank lines are passed over.
///
/// # Errors
///
/// [`SequenceError::MalformedLine`] with the line number (no strand column, no gene identifier, an end before its
/// start, text where a number should be), [`SequenceError::NoTss`], or why the file cannot be read.
pub fn read_tss_bed(path: impl AsRef<Path>) -> Result<Vec<GeneTss>, SequenceError> {
    let path = path.as_ref();
    let mut sites = Vec::new();
    for_each_bed_line(path, "gene id", |line| {
        sites.push(parse_line(line)?);
        Ok(())
    })?;
    if sites.is_empty() { Err(SequenceError::NoTss { path: display_path(path) }) } else { Ok(sites) }
}

fn parse_line(line: &BedLine<'_>) -> Result<GeneTss, String> {
    let gene_id = line.name();
    if gene_id.is_empty() || gene_id == "." {
        return Err("column 4 has no gene id".to_owned());
    }
    Ok(GeneTss { gene_id: strip_version(gene_id).into_owned(), gene_name: None, tss: line.tss() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    fn read(content: &[u8]) -> Result<Vec<GeneTss>, SequenceError> {
        let (_folder, path) = file_of("tss.bed", content);
        read_tss_bed(path)
    }

    #[test]
    fn the_five_prime_end_is_the_tss() {
        let content = b"# made by hand\ntrack name=tss\nchr1\t10\t20\tENSG00000000003.15\t0\t+\r\n\nchr2\t10\t20\tG2\t0\t-\textra\n";
        for sites in [read(content).unwrap(), read(&gzip(content)).unwrap()] {
            assert_eq!(sites.len(), 2);
            assert_eq!(sites[0].gene_id, "ENSG00000000003");
            assert_eq!(sites[0].tss.to_string(), "chr1:10(+)");
            assert_eq!(sites[1].tss.to_string(), "chr2:19(-)");
        }
    }

    #[test]
    fn lines_that_cannot_be_read_are_numbered() {
        for (line, expected) in [
            ("chr1\t10\t11\tG1", "found 4; without a strand"),
            ("chr1\t10\t11\tG1\t0\t.", "column 6: strand '.'"),
            ("chr1\tten\t11\tG1\t0\t+", "start 'ten'"),
            ("chr1\t-1\t11\tG1\t0\t+", "start '-1'"),
            ("chr1\t11\t11\tG1\t0\t+", "end 11 is not past start 11"),
            ("chr1\t10\t11\t.\t0\t+", "no gene id"),
        ] {
            let message = read(format!("# x\n{line}\n").as_bytes()).unwrap_err().to_string();
            assert!(message.contains("tss.bed, line 2: ") && message.contains(expected), "{message}");
        }
        assert!(matches!(read(b"# nothing\n"), Err(SequenceError::NoTss { .. })));
        assert!(matches!(read(b""), Err(SequenceError::EmptyFile { .. })));
    }
}
