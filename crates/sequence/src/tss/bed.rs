//! Transcription start sites in BED files.

use std::path::Path;

use super::bed_line::{BedLine, for_each_bed_line};
use crate::SequenceError;
use crate::annotation::strip_version;
use crate::coord::Tss;
use crate::text_file::display_path;

/// TSS with its gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneTss {
    /// Gene identifier, without the Ensembl version.
    pub gene_id: String,
    /// Gene symbol; `None` for BED, which has no column for it.
    pub gene_name: Option<String>,
    /// Transcription start site.
    pub tss: Tss,
}

/// Reads a BED6 file, plain or gzip: chrom, start, end, gene identifier, score, strand.
///
/// The TSS is the 5' end of the interval: `start` on the forward strand, `end - 1` on the reverse strand. Intervals may
/// be longer than one base (a gene or a TSS cluster). Comments, blank lines, and `track` and `browser` lines are
/// skipped.
///
/// # Errors
///
/// [`SequenceError::MalformedLine`] with the line number (no strand column, no gene identifier, an end that is not past
/// its start, text instead of a number), [`SequenceError::NoTss`], or a read error of the file.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::read_tss_bed;
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-bed-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("tss.bed");
/// std::fs::write(&path, "chr1\t10\t20\tENSG00000000003.15\t0\t-\n")?;
/// let sites = read_tss_bed(&path)?;
/// assert_eq!(sites[0].gene_id, "ENSG00000000003");
/// assert_eq!(sites[0].tss.to_string(), "chr1:19(-)");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_tss_bed(path: impl AsRef<Path>) -> Result<Vec<GeneTss>, SequenceError> {
    read(path.as_ref(), "gene id", |line| match line.name() {
        "" | "." => Err("column 4 is empty; expected a gene id".to_owned()),
        gene_id => Ok(strip_version(gene_id).into_owned()),
    })
}

/// Reads a BED6 file as [`read_tss_bed`] does, for uses that need no gene identifiers. A site without a name (`.` or
/// empty, as in CAGE peaks) is named by its interval, such as `chr1:10-20(+)`.
///
/// # Errors
///
/// Those of [`read_tss_bed`], except for missing names.
pub fn read_promoter_bed(path: impl AsRef<Path>) -> Result<Vec<GeneTss>, SequenceError> {
    read(path.as_ref(), "name", |line| {
        Ok(match line.name() {
            "" | "." => line.location(),
            name => strip_version(name).into_owned(),
        })
    })
}

fn read(
    path: &Path,
    column_4: &str,
    name: impl Fn(&BedLine<'_>) -> Result<String, String>,
) -> Result<Vec<GeneTss>, SequenceError> {
    let mut sites = Vec::new();
    for_each_bed_line(path, column_4, |line| {
        sites.push(GeneTss { gene_id: name(line)?, gene_name: None, tss: line.tss() });
        Ok(())
    })?;
    if sites.is_empty() { Err(SequenceError::NoTss { path: display_path(path) }) } else { Ok(sites) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    fn read_text(content: &[u8]) -> Result<Vec<GeneTss>, SequenceError> {
        let (_folder, path) = file_of("tss.bed", content);
        read_tss_bed(path)
    }

    #[test]
    fn read_tss_bed_takes_five_prime_end() {
        let content = b"# made by hand\ntrack name=tss\nchr1\t10\t20\tENSG00000000003.15\t0\t+\r\n\nchr2\t10\t20\tG2\t0\t-\textra\n";
        for sites in [read_text(content).unwrap(), read_text(&gzip(content)).unwrap()] {
            assert_eq!(sites.len(), 2);
            assert_eq!(sites[0].gene_id, "ENSG00000000003");
            assert_eq!(sites[0].tss.to_string(), "chr1:10(+)");
            assert_eq!(sites[1].tss.to_string(), "chr2:19(-)");
        }
    }

    #[test]
    fn read_tss_bed_malformed_line_is_numbered() {
        for (line, expected) in [
            ("chr1\t10\t11\tG1", "found 4; without a strand"),
            ("chr1\t10\t11\tG1\t0\t.", "column 6: strand '.'"),
            ("chr1\tten\t11\tG1\t0\t+", "start 'ten'"),
            ("chr1\t-1\t11\tG1\t0\t+", "start '-1'"),
            ("chr1\t11\t11\tG1\t0\t+", "end 11 is not past start 11"),
            ("chr1\t10\t11\t.\t0\t+", "expected a gene id"),
        ] {
            let message = read_text(format!("# x\n{line}\n").as_bytes()).unwrap_err().to_string();
            assert!(message.contains("tss.bed, line 2: ") && message.contains(expected), "{message}");
        }
        let (_folder, path) = file_of("tss.bed", b"chr1\t10\t20\t.\t0\t-\nchr1\t10\t20\tG.2\t0\t-\n");
        let names: Vec<String> = read_promoter_bed(path).unwrap().into_iter().map(|site| site.gene_id).collect();
        assert_eq!(names, ["chr1:10-20(-)", "G.2"]);
        assert!(matches!(read_text(b"# nothing\n"), Err(SequenceError::NoTss { .. })));
        assert!(matches!(read_text(b""), Err(SequenceError::EmptyFile { .. })));
    }
}
