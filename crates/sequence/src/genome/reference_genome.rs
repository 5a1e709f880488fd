//! Reference genomes with random access.

use std::io;
use std::path::Path;

use crate::SequenceError;
use crate::coord::{Contig, Interval, describe_contigs};
use crate::dna::Sequence;
use crate::gzip::IncompleteGzip;
use crate::text_file::read_error;

/// Genome with random access from any number of threads.
pub trait ReferenceGenome: Send + Sync {
    /// Contigs, in the order of the file.
    fn contigs(&self) -> &[Contig];

    /// Forward-strand sequence of an interval. The interval must be within its contig, named as in
    /// [`contigs`](Self::contigs).
    ///
    /// # Errors
    ///
    /// [`SequenceError::UnknownContig`], [`SequenceError::IntervalOutsideContig`], or a read error of the genome file.
    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError>;

    /// Path of the genome file, for messages.
    fn path(&self) -> &Path {
        Path::new("genome")
    }

    /// Length of a contig, in bp.
    ///
    /// # Errors
    ///
    /// [`SequenceError::UnknownContig`].
    fn contig_length(&self, name: &str) -> Result<u64, SequenceError> {
        match self.contigs().iter().find(|contig| contig.name == name) {
            Some(contig) => Ok(contig.length),
            None => Err(unknown_contig(self, name)),
        }
    }
}

/// Error of a contig that a genome lacks.
pub(crate) fn unknown_contig(genome: &(impl ReferenceGenome + ?Sized), name: &str) -> SequenceError {
    SequenceError::UnknownContig {
        path: genome.path().to_owned(),
        contig: name.to_owned(),
        known: describe_contigs(genome.contigs()),
    }
}

/// Checks that an interval is within its contig.
pub(crate) fn check_interval(genome: &impl ReferenceGenome, interval: &Interval) -> Result<(), SequenceError> {
    let length = genome.contig_length(&interval.chrom)?;
    if interval.start > interval.end || interval.end > length {
        return Err(SequenceError::IntervalOutsideContig { interval: interval.clone(), length });
    }
    Ok(())
}

/// Error of reading a genome compressed with gzip: its incomplete end by name, otherwise as [`genome_read_error`].
pub(super) fn gzip_read_error(path: &Path, error: io::Error) -> SequenceError {
    let is_incomplete = IncompleteGzip::of(&error).is_some() || error.kind() == io::ErrorKind::UnexpectedEof;
    if is_incomplete { read_error(path, error) } else { genome_read_error(path, None, &error) }
}

/// Error of a failed read: damage if the content is wrong or ends early, otherwise the error of the operating system.
pub(crate) fn genome_read_error(path: &Path, interval: Option<&Interval>, error: &io::Error) -> SequenceError {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::in_memory::tests::single_contig;

    #[test]
    fn contig_length_unknown_contig_lists_known_contigs() {
        let message = single_contig("chr1", "ACGT").contig_length("1").unwrap_err().to_string();
        assert_eq!(message, "genome in memory: no contig named '1'; the genome has chr1");
    }

    #[test]
    fn fetch_interval_past_contig_is_an_error() {
        let genome = single_contig("chr1", "ACGTA");
        assert_eq!(genome.fetch(&Interval::new("chr1", 1, 4)).unwrap().to_ascii(), "CGT");
        for (start, end) in [(0, 6), (3, 2), (6, 7)] {
            let error = genome.fetch(&Interval::new("chr1", start, end)).unwrap_err();
            assert!(matches!(error, SequenceError::IntervalOutsideContig { length: 5, .. }));
        }
    }
}
