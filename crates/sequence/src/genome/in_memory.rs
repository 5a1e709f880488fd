//! Genome in memory.

use std::path::Path;

use super::ReferenceGenome;
use super::reference_genome::check_interval;
use crate::SequenceError;
use crate::coord::{Contig, Interval};
use crate::dna::{InvalidByte, Sequence};

/// Genome in memory, for tests, examples and sequences that do not come from a file.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{InMemoryGenome, Interval, ReferenceGenome};
///
/// let genome = InMemoryGenome::new([("chr1", "ACGTACGT"), ("chrM", "GGN")])?;
/// assert_eq!(genome.contig_length("chrM")?, 3);
/// assert_eq!(genome.fetch(&Interval::new("chr1", 2, 5))?.to_ascii(), "GTA");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InMemoryGenome {
    contigs: Vec<Contig>,
    sequences: Vec<Sequence>,
}

impl InMemoryGenome {
    /// Genome of contigs, given as pairs of name and letters.
    ///
    /// # Errors
    ///
    /// [`InvalidByte`] for the first byte that is not an IUPAC nucleotide letter.
    pub fn new<'a>(contigs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, InvalidByte> {
        let mut genome = Self::default();
        for (name, letters) in contigs {
            let sequence = Sequence::from_ascii(letters.as_bytes())?;
            genome.contigs.push(Contig { name: name.to_owned(), length: sequence.len() as u64 });
            genome.sequences.push(sequence);
        }
        Ok(genome)
    }
}

impl ReferenceGenome for InMemoryGenome {
    fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError> {
        check_interval(self, interval)?;
        let index = self.contigs.iter().position(|contig| contig.name == interval.chrom);
        let sequence = &self.sequences[index.expect("checked above")];
        Ok(sequence.slice(interval.start as usize..interval.end as usize))
    }

    fn path(&self) -> &Path {
        Path::new("genome in memory")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::*;

    /// Genome of one contig.
    pub(crate) fn single_contig(name: &str, letters: &str) -> InMemoryGenome {
        InMemoryGenome::new([(name, letters)]).unwrap()
    }

    /// Shared genome of contigs, given as pairs of name and letters.
    pub(crate) fn genome(contigs: &[(&str, &str)]) -> Arc<dyn ReferenceGenome> {
        Arc::new(InMemoryGenome::new(contigs.iter().copied()).unwrap())
    }

    #[test]
    fn new_invalid_letter_is_an_error() {
        let error = InMemoryGenome::new([("chr1", "AC"), ("chr2", "A-")]).unwrap_err();
        assert_eq!(error, InvalidByte { position: 1, byte: b'-' });
    }
}
