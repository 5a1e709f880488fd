//! Opening of genome files, with the format recognised by content.

use std::io::{BufReader, Read};
use std::path::Path;

use super::ReferenceGenome;
use super::fasta_text::FastaText;
use super::genome_progress::GenomeProgress;
use super::indexed_fasta::IndexedFasta;
use super::reference_genome::gzip_read_error;
use super::two_bit::TwoBitGenome;
use super::unpacked_genome::unpack;
use crate::SequenceError;
use crate::file_kind::{BYTE_ORDER_MARK, FileKind};
use crate::gzip::{BgzipEnd, GZIP_MAGIC, GzipReader, bgzip_block_bytes};
use crate::read_once::require_regular_file;
use crate::text_file::{describe_first_byte, open_file};

/// Opens a genome: FASTA (plain, bgzip or gzip) or 2bit, recognised by content.
///
/// Same as [`open_genome_with`] without a cache folder and progress reports.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Interval, open_genome};
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-genome-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("genome.fa");
/// std::fs::write(&path, ">chr1\nACGTACGT\nACGT\n")?;
/// let genome = open_genome(&path)?;
/// assert_eq!(genome.contigs()[0].length, 12);
/// assert_eq!(genome.fetch(&Interval::new("chr1", 6, 10))?.to_ascii(), "GTAC");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn open_genome(path: impl AsRef<Path>) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    open_genome_with(path, None, &mut |_| {})
}

/// Opens a genome. `cache_dir` holds its index, if the genome's folder is read-only, and the unpacked copy of a large
/// genome compressed with plain gzip.
///
/// FASTA needs a `.fai` index and, with bgzip, a `.gzi` index. If an index is missing or does not match the file, it is
/// built, which reads the whole genome once. Plain gzip allows no random access: genomes of up to 64 MiB are unpacked
/// into memory, larger ones into [`unpacked_genomes_folder`](super::unpacked_genomes_folder), where the copy is found by
/// the checksum of the compressed file. Both report to `progress`.
///
/// # Errors
///
/// [`SequenceError::FileNotFound`], [`SequenceError::NotRegularFile`] for a pipe, [`SequenceError::EmptyFile`], [`SequenceError::UnsupportedFile`],
/// [`SequenceError::UnknownGenomeFormat`]; [`SequenceError::MalformedLine`] and [`SequenceError::DuplicateContig`] for
/// FASTA; [`SequenceError::TruncatedGzip`], [`SequenceError::NoBgzipEnd`] and [`SequenceError::TrailingData`] for gzip;
/// [`SequenceError::NoGenomeCache`], [`SequenceError::GenomeCache`] and [`SequenceError::NoSpaceForGenome`] for plain
/// gzip; [`SequenceError::DamagedGenome`].
pub fn open_genome_with(
    path: impl AsRef<Path>,
    cache_dir: Option<&Path>,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    open(path.as_ref(), cache_dir, true, progress)
}

/// Opens a genome as [`open_genome_with`] does, but stores no index.
///
/// # Errors
///
/// Those of [`open_genome_with`].
pub fn open_genome_read_only(
    path: impl AsRef<Path>,
    cache_dir: Option<&Path>,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    open(path.as_ref(), cache_dir, false, progress)
}

fn open(
    path: &Path,
    cache_dir: Option<&Path>,
    stores_index: bool,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    require_regular_file(path)?;
    let start = first_bytes(path, open_file(path)?)?;
    if start.starts_with(&GZIP_MAGIC) {
        return open_gzip(path, &start, cache_dir, stores_index, progress);
    }
    if FileKind::of(&start) == Some(FileKind::TwoBit) {
        return Ok(Box::new(TwoBitGenome::open(path)?));
    }
    check_fasta(path, &start)?;
    let text = FastaText::Plain(path.to_owned());
    Ok(Box::new(IndexedFasta::open(path, &text, cache_dir, stores_index, progress)?))
}

fn open_gzip(
    path: &Path,
    start: &[u8],
    cache_dir: Option<&Path>,
    stores_index: bool,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    let failed = |error| gzip_read_error(path, error);
    check_fasta(path, &first_bytes(path, GzipReader::open(BufReader::new(open_file(path)?)).map_err(failed)?)?)?;
    let end = BgzipEnd::of(&mut BufReader::new(open_file(path)?)).map_err(failed)?;
    if bgzip_block_bytes(start).is_some() && end == BgzipEnd::EndBlock {
        match IndexedFasta::open(path, &FastaText::Bgzip(path.to_owned()), cache_dir, stores_index, progress) {
            // Plain gzip between bgzip blocks: the whole file is read as gzip.
            Err(SequenceError::MixedGzip { .. }) => {}
            opened => return Ok(Box::new(opened?)),
        }
    }
    let text = unpack(path, cache_dir, progress)?;
    // The index of a copy is stored next to it.
    Ok(Box::new(IndexedFasta::open(path, &text, None, true, progress)?))
}

fn first_bytes(path: &Path, reader: impl Read) -> Result<Vec<u8>, SequenceError> {
    let mut start = Vec::new();
    reader.take(FileKind::START_BYTES).read_to_end(&mut start).map_err(|error| gzip_read_error(path, error))?;
    if start.is_empty() { Err(SequenceError::EmptyFile { path: path.to_owned() }) } else { Ok(start) }
}

/// Checks that a text starts like FASTA, after a byte order mark and blank lines.
fn check_fasta(path: &Path, start: &[u8]) -> Result<(), SequenceError> {
    if let Some(kind) = FileKind::of(start) {
        return Err(SequenceError::UnsupportedFile { path: path.to_owned(), kind });
    }
    let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start).trim_ascii_start();
    match text.first() {
        // A text that starts with many blank lines is left to the scanner of contigs.
        None | Some(b'>') => Ok(()),
        Some(&first) => {
            Err(SequenceError::UnknownGenomeFormat { path: path.to_owned(), found: describe_first_byte(first) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coord::Interval;
    use crate::text_file::tests::{bgzip, file_of, gzip};

    fn refusal(name: &str, content: &[u8]) -> SequenceError {
        let (_folder, path) = file_of(name, content);
        open_genome(path).map(|_| ()).unwrap_err()
    }

    #[test]
    fn open_genome_other_formats_are_errors() {
        assert!(matches!(open_genome("/no/such.fa").map(|_| ()), Err(SequenceError::FileNotFound { .. })));
        for content in [&b""[..], b"\n\n", &gzip(b""), &bgzip(b"")] {
            assert!(matches!(refusal("x.fa", content), SequenceError::EmptyFile { .. }));
        }
        for content in [b"hello".to_vec(), b"@r\nACGT\n+\nIIII\n".to_vec(), gzip(b"hello\n")] {
            assert!(matches!(refusal("x.fa", &content), SequenceError::UnknownGenomeFormat { .. }));
        }
        let two_bit = b"\x43\x27\x41\x1a\0\0\0\0\x01\0\0\0\0\0\0\0\x04chr1\x19\0\0\0";
        let bam = b"BAM\x01\0\0\0\0\0\0\0\0";
        for (content, kind) in [
            (gzip(two_bit), FileKind::TwoBit),
            (bgzip(bam), FileKind::Bam),
            (gzip(&gzip(b">a\nACGT\n")), FileKind::Gzip),
            (b"BZh91AY&SY\x01\x02".to_vec(), FileKind::Bzip2),
            (b"<!DOCTYPE html>\n<html>".to_vec(), FileKind::WebPage),
            (b">chr1\rACGT\r".to_vec(), FileKind::CarriageReturns),
        ] {
            let error = refusal("x.fa", &content);
            assert!(matches!(error, SequenceError::UnsupportedFile { kind: found, .. } if found == kind), "{error}");
        }
    }

    /// samtools/samtools#237, rki-mf1/clean#40.
    #[test]
    fn open_genome_plain_gzip_is_read() {
        let text = b">chr1\nACGT\nAC\n>chr2\nTT\n";
        let (first, second) = text.split_at(14);
        // Gzip with an extra field other than that of bgzip.
        let mut extra = gzip(text);
        extra[3] |= 0b100;
        extra.splice(10..10, *b"\x06\0XY\x02\0ab");
        for content in [
            gzip(text),
            [gzip(first), gzip(second)].concat(),
            [gzip(first), bgzip(second)].concat(),
            [gzip(text), vec![0; 512]].concat(),
            [bgzip(text), vec![0; 512]].concat(),
            extra,
        ] {
            let (folder, path) = file_of("x.fa.gz", &content);
            let genome = open_genome(&path).unwrap();
            assert_eq!(genome.path(), path);
            assert_eq!(genome.fetch(&Interval::new("chr1", 3, 6)).unwrap().to_ascii(), "TAC");
            assert_eq!(genome.fetch(&Interval::new("chr2", 0, 2)).unwrap().to_ascii(), "TT");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    /// samtools/htslib#1880.
    #[test]
    fn open_genome_incomplete_gzip_is_an_error() {
        let whole = gzip(b">chr1\nACGT\nAC\n>chr2\nTT\n");
        for kept in 2..whole.len() {
            let error = refusal("x.fa.gz", &whole[..kept]);
            assert!(matches!(error, SequenceError::TruncatedGzip { .. }), "{kept}: {error}");
        }
        assert!(matches!(refusal("x.fa.gz", &[&whole[..], b"more"].concat()), SequenceError::TrailingData { .. }));
    }

    // Each contig name must denote one sequence.
    #[test]
    fn open_genome_contig_twice_is_an_error() {
        for content in [&b">chr2\nACGT\n>chr1\nAC\n>chr2\nGGGGGG\n"[..], b">chr2\nAC\n>chr2\nAC\n"] {
            for content in [content.to_vec(), gzip(content), bgzip(content)] {
                let error = refusal("x.fa", &content);
                assert!(matches!(error, SequenceError::DuplicateContig { .. }), "{error}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn open_genome_pipe_is_an_error() {
        let message = open_genome("/dev/null").map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("which can be read only once"), "{message}");
    }
}
