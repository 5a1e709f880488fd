//! Opening of genome files, with the format recognised by content.

use std::io::Read;
use std::path::Path;

use super::ReferenceGenome;
use super::indexed_fasta::IndexedFasta;
use super::two_bit::{TWO_BIT_MAGIC, TwoBitGenome};
use crate::SequenceError;
use crate::gzip::{GZIP_MAGIC, is_bgzip};
use crate::text_file::{describe_first_byte, open_file, read_error};

/// Progress of building a genome index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexProgress {
    /// Bytes of the genome file read so far.
    pub bytes_done: u64,
    /// Size of the genome file, in bytes.
    pub bytes_total: u64,
}

/// Opens a genome: FASTA (plain or bgzip) or 2bit, recognised by content.
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

/// Opens a genome. An index that has to be built is stored in `cache_dir` if the genome's folder is read-only.
///
/// FASTA needs a `.fai` index and, with bgzip, a `.gzi` index. If an index is missing or does not match the file, it is
/// built, which reads the whole genome once and reports to `progress`.
///
/// # Errors
///
/// [`SequenceError::FileNotFound`], [`SequenceError::EmptyFile`], [`SequenceError::NotBgzip`] for plain gzip,
/// [`SequenceError::MixedGzip`], [`SequenceError::NoBgzipEnd`] or [`SequenceError::TruncatedGzip`] for incomplete bgzip,
/// [`SequenceError::UnknownGenomeFormat`], [`SequenceError::UnindexableFasta`] or [`SequenceError::DamagedGenome`].
pub fn open_genome_with(
    path: impl AsRef<Path>,
    cache_dir: Option<&Path>,
    progress: &mut dyn FnMut(IndexProgress),
) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    let path = path.as_ref();
    let start = first_bytes(path)?;
    match start.as_slice() {
        [] => Err(SequenceError::EmptyFile { path: path.to_owned() }),
        [b'>', ..] => Ok(Box::new(IndexedFasta::open(path, false, cache_dir, progress)?)),
        bytes if is_bgzip(bytes) => Ok(Box::new(IndexedFasta::open(path, true, cache_dir, progress)?)),
        bytes if bytes.starts_with(&GZIP_MAGIC) => Err(SequenceError::NotBgzip { path: path.to_owned() }),
        bytes if TWO_BIT_MAGIC.iter().any(|magic| bytes.starts_with(magic)) => Ok(Box::new(TwoBitGenome::open(path)?)),
        [first, ..] => {
            Err(SequenceError::UnknownGenomeFormat { path: path.to_owned(), found: describe_first_byte(*first) })
        }
    }
}

/// Number of bytes needed to recognise every format: the longest is the gzip header with the extra field of bgzip.
const START_BYTES: u64 = 18;

fn first_bytes(path: &Path) -> Result<Vec<u8>, SequenceError> {
    let mut start = Vec::new();
    open_file(path)?.take(START_BYTES).read_to_end(&mut start).map_err(|error| read_error(path, error))?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    fn refusal(name: &str, content: &[u8]) -> SequenceError {
        let (_folder, path) = file_of(name, content);
        open_genome(path).map(|_| ()).unwrap_err()
    }

    #[test]
    fn open_genome_other_formats_are_errors() {
        assert!(matches!(open_genome("/no/such.fa").map(|_| ()), Err(SequenceError::FileNotFound { .. })));
        assert!(matches!(refusal("x.fa", b""), SequenceError::EmptyFile { .. }));
        assert!(matches!(refusal("x.fa.gz", &gzip(b">a\nACGT\n")), SequenceError::NotBgzip { .. }));
        assert!(matches!(refusal("x.fa", b"hello"), SequenceError::UnknownGenomeFormat { .. }));
    }
}
