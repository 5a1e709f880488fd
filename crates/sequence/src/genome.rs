//! Reference genomes that can be read by position.

use std::io::{self, Read};
use std::path::Path;

use crate::fasta::describe_start;
use crate::indexed_fasta::IndexedFasta;
use crate::input::{GZIP_MAGIC, open_file, read_error};
use crate::two_bit::{TWO_BIT_MAGIC, TwoBitGenome};
use crate::{Interval, Sequence, SequenceError};

/// Contigs named in an error message.
const CONTIGS_SHOWN: usize = 5;

/// A sequence of a genome: a chromosome, a scaffold, an alternate locus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contig {
    /// Its name in the genome's file.
    pub name: String,
    /// Number of bases.
    pub length: u64,
}

/// A genome that any number of threads can read by position.
pub trait ReferenceGenome: Send + Sync {
    /// The contigs, in the order of the file.
    fn contigs(&self) -> &[Contig];

    /// The forward strand of an interval, which must be within its contig and name it as the genome does.
    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError>;

    /// The file, for messages.
    fn path(&self) -> &Path {
        Path::new("genome")
    }

    /// Length of a contig.
    fn contig_length(&self, name: &str) -> Result<u64, SequenceError> {
        match self.contigs().iter().find(|contig| contig.name == name) {
            Some(contig) => Ok(contig.length),
            None => Err(SequenceError::UnknownContig {
                path: self.path().to_owned(),
                contig: name.to_owned(),
                known: some_names(self.contigs()),
            }),
        }
    }
}

/// How far the making of a missing genome index has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexProgress {
    /// Bytes of the genome file read.
    pub bytes_done: u64,
    /// Bytes of the genome file.
    pub bytes_total: u64,
}

/// Opens a genome: FASTA, plain or bgzip, or 2bit, told apart by content.
///
/// As [`open_genome_with`], without a cache folder and without word of progress.
pub fn open_genome(path: impl AsRef<Path>) -> Result<Box<dyn ReferenceGenome>, SequenceError> {
    open_genome_with(path, None, &mut |_| {})
}

/// Opens a genome, keeping an index that has to be made in `cache_dir` where the genome's own folder is read-only.
///
/// FASTA needs a `.fai` index, and a `.gzi` index too when compressed with bgzip. A missing index, or one that does not
/// fit the file, is made anew, which reads the whole genome once and tells `progress`.
///
/// # Errors
///
/// [`SequenceError::FileNotFound`], [`SequenceError::EmptyFile`], [`SequenceError::NotBgzip`] for plain gzip,
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
        [first, ..] => Err(SequenceError::UnknownGenomeFormat { path: path.to_owned(), found: describe_start(*first) }),
    }
}

/// The part of an interval's check that all genomes share.
pub(crate) fn check_interval(genome: &impl ReferenceGenome, interval: &Interval) -> Result<(), SequenceError> {
    let length = genome.contig_length(&interval.chrom)?;
    if interval.start > interval.end || interval.end > length {
        return Err(SequenceError::IntervalOutsideContig { interval: interval.clone(), length });
    }
    Ok(())
}

/// What a failed read of a genome means: damage where the content is wrong or ends early, else the system's refusal.
pub(crate) fn damaged(path: &Path, interval: Option<&Interval>, error: &io::Error) -> SequenceError {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    let path = path.to_owned();
    match error.kind() {
        InvalidData | InvalidInput | UnexpectedEof => {
            let place = interval.map_or_else(String::new, |interval| format!("{interval}: "));
            SequenceError::DamagedGenome { path, detail: format!("{place}{error}") }
        }
        kind => SequenceError::Io { path, source: io::Error::new(kind, error.to_string()) },
    }
}

/// Bytes that tell every format apart: the gzip header with the extra field of bgzip is the longest.
const START_BYTES: u64 = 18;

fn first_bytes(path: &Path) -> Result<Vec<u8>, SequenceError> {
    let mut start = Vec::new();
    open_file(path)?.take(START_BYTES).read_to_end(&mut start).map_err(|error| read_error(path, error))?;
    Ok(start)
}

/// A gzip header whose extra field begins with `BC`, as bgzip writes it (SAM specification, section 4.1).
fn is_bgzip(start: &[u8]) -> bool {
    const HAS_EXTRA_FIELD: u8 = 0b100;
    start.starts_with(&GZIP_MAGIC)
        && start.get(3).is_some_and(|flags| flags & HAS_EXTRA_FIELD != 0)
        && start.get(12..14) == Some(b"BC")
}

pub(crate) fn some_names(contigs: &[Contig]) -> String {
    let shown: Vec<_> = contigs.iter().take(CONTIGS_SHOWN).map(|contig| contig.name.as_str()).collect();
    match contigs.len().checked_sub(CONTIGS_SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A genome of one contig, held in memory.
#[cfg(test)]
pub(crate) struct ToyGenome {
    contigs: [Contig; 1],
    sequence: Sequence,
}

#[cfg(test)]
impl ToyGenome {
    pub(crate) fn new(name: &str, letters: &str) -> Self {
        let sequence = Sequence::from_ascii(letters.as_bytes()).unwrap();
        Self { contigs: [Contig { name: name.to_owned(), length: sequence.len() as u64 }], sequence }
    }
}

#[cfg(test)]
impl ReferenceGenome for ToyGenome {
    fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError> {
        check_interval(self, interval)?;
        Ok(self.sequence.slice(interval.start as usize..interval.end as usize))
    }

    fn path(&self) -> &Path {
        Path::new("toy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::tests::{file_of, gzip};

    fn refusal(name: &str, content: &[u8]) -> SequenceError {
        let (_folder, path) = file_of(name, content);
        open_genome(path).map(|_| ()).unwrap_err()
    }

    #[test]
    fn what_is_no_genome_is_refused() {
        assert!(matches!(open_genome("/no/such.fa").map(|_| ()), Err(SequenceError::FileNotFound { .. })));
        assert!(matches!(refusal("x.fa", b""), SequenceError::EmptyFile { .. }));
        assert!(matches!(refusal("x.fa.gz", &gzip(b">a\nACGT\n")), SequenceError::NotBgzip { .. }));
        assert!(matches!(refusal("x.fa", b"hello"), SequenceError::UnknownGenomeFormat { .. }));
    }

    #[test]
    fn unknown_contigs_are_answered_with_known_ones() {
        let contigs: Vec<_> = (1..=7).map(|n| Contig { name: format!("chr{n}"), length: 1 }).collect();
        assert_eq!(some_names(&contigs), "chr1, chr2, chr3, chr4, chr5 and 2 more");
        assert_eq!(some_names(&contigs[..2]), "chr1, chr2");
        let message = ToyGenome::new("chr1", "ACGT").contig_length("1").unwrap_err().to_string();
        assert_eq!(message, "toy: no contig named '1'; the genome has chr1");
    }

    #[test]
    fn intervals_must_be_within_the_contig() {
        let genome = ToyGenome::new("chr1", "ACGTA");
        assert_eq!(genome.fetch(&Interval::new("chr1", 1, 4)).unwrap().to_ascii(), "CGT");
        for (start, end) in [(0, 6), (3, 2), (6, 7)] {
            let error = genome.fetch(&Interval::new("chr1", start, end)).unwrap_err();
            assert!(matches!(error, SequenceError::IntervalOutsideContig { length: 5, .. }));
        }
    }
}
