//! Reference genomes that can be read by position.

use std::io;
use std::path::Path;

use crate::SequenceError;
use crate::coord::{Contig, Interval, describe_contigs};
use crate::dna::Sequence;

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
                known: describe_contigs(self.contigs()),
            }),
        }
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
    fn intervals_must_be_within_the_contig() {
        let genome = single_contig("chr1", "ACGTA");
        assert_eq!(genome.fetch(&Interval::new("chr1", 1, 4)).unwrap().to_ascii(), "CGT");
        for (start, end) in [(0, 6), (3, 2), (6, 7)] {
            let error = genome.fetch(&Interval::new("chr1", start, end)).unwrap_err();
            assert!(matches!(error, SequenceError::IntervalOutsideContig { length: 5, .. }));
        }
    }
}
