//! Recognition of bigWig, and of the formats that are mistaken for it.

use std::io::Read;
use std::path::Path;

use crate::SequenceError;
use crate::gzip::GZIP_MAGIC;
use crate::text_file::{open_file, read_error};

/// Magic number of bigWig, in either byte order.
const BIGWIG_MAGIC: [[u8; 4]; 2] = [[0x26, 0xfc, 0x8f, 0x88], [0x88, 0x8f, 0xfc, 0x26]];
/// Magic number of bigBed, in either byte order.
const BIGBED_MAGIC: [[u8; 4]; 2] = [[0xeb, 0xf2, 0x89, 0x87], [0x87, 0x89, 0xf2, 0xeb]];
/// Number of bytes that are inspected, which include the first line of a text file.
const INSPECTED_BYTES: u64 = 1 << 12;

/// Checks that a file starts as bigWig does.
///
/// # Errors
///
/// [`SequenceError::EmptyFile`], or [`SequenceError::NotBigWig`] with the format and how to convert it.
pub(super) fn check_bigwig(path: &Path) -> Result<(), SequenceError> {
    let mut start = Vec::new();
    open_file(path)?.take(INSPECTED_BYTES).read_to_end(&mut start).map_err(|error| read_error(path, error))?;
    if start.is_empty() {
        return Err(SequenceError::EmptyFile { path: path.to_owned() });
    }
    if is_bigwig(&start) {
        return Ok(());
    }
    Err(SequenceError::NotBigWig { path: path.to_owned(), found: describe(&start) })
}

/// Whether a file that starts like this is bigWig.
pub(crate) fn is_bigwig(start: &[u8]) -> bool {
    BIGWIG_MAGIC.iter().any(|magic| start.starts_with(magic))
}

/// Whether a file that starts like this is bigBed.
pub(crate) fn is_bigbed(start: &[u8]) -> bool {
    BIGBED_MAGIC.iter().any(|magic| start.starts_with(magic))
}

/// Format of a file that is not bigWig, and the program that converts it.
fn describe(start: &[u8]) -> String {
    if is_bigbed(start) {
        return "bigBed, which lists features without a signal along the genome; if its score is the signal, convert it \
                with bigBedToBed, cut and bedGraphToBigWig"
            .to_owned();
    }
    if start.starts_with(&GZIP_MAGIC) {
        return "a gzip file; decompress it with gunzip, and convert wiggle with wigToBigWig, bedGraph with \
                bedGraphToBigWig, BAM with bamCoverage"
            .to_owned();
    }
    let text = String::from_utf8_lossy(start);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.next().unwrap_or_default();
    let after_track = if first.starts_with("track") { lines.next().unwrap_or_default() } else { first };
    if first.contains("bedGraph") || is_bedgraph(after_track) {
        "bedGraph, which is text; convert it with bedGraphToBigWig and the lengths of the contigs".to_owned()
    } else if first.contains("wiggle_0")
        || after_track.starts_with("fixedStep")
        || after_track.starts_with("variableStep")
    {
        "wiggle, which is text; convert it with wigToBigWig and the lengths of the contigs".to_owned()
    } else {
        "other content; expected the magic number of bigWig at its start".to_owned()
    }
}

/// Whether a line has contig, start, end and a number.
fn is_bedgraph(line: &str) -> bool {
    let columns: Vec<&str> = line.split_ascii_whitespace().collect();
    matches!(columns[..], [_, start, end, value]
        if start.parse::<u64>().is_ok() && end.parse::<u64>().is_ok() && value.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    #[test]
    fn check_bigwig_names_other_formats_and_their_converters() {
        for (content, expected) in [
            (&b"\xeb\xf2\x89\x87\x04\x00"[..], "bigBedToBed"),
            (&gzip(b"chr1\t0\t10\t1.5\n"), "gunzip"),
            (b"track type=bedGraph name=x\nchr1\t0\t10\t1\n", "bedGraphToBigWig"),
            (b"# made by hand\nchr1\t0\t10\t1.5\n", "bedGraphToBigWig"),
            (b"fixedStep chrom=chr1 start=1 step=1\n1\n", "wigToBigWig"),
            (b"track type=wiggle_0\nvariableStep chrom=chr1\n1 2\n", "wigToBigWig"),
            (b"\x00\x01", "magic number of bigWig"),
        ] {
            let (_folder, path) = file_of("x.bw", content);
            let message = check_bigwig(&path).unwrap_err().to_string();
            assert!(message.contains("x.bw: not bigWig") && message.contains(expected), "{message}");
        }
        let (_folder, path) = file_of("x.bw", b"");
        assert!(matches!(check_bigwig(&path), Err(SequenceError::EmptyFile { .. })));
    }
}
