//! Genome reader with a buffer, for many reads at nearby positions.

use std::collections::HashMap;
use std::sync::Arc;

use super::ReferenceGenome;
use crate::SequenceError;
use crate::coord::Interval;

/// Bases fetched after a requested interval: sorted files request the following positions next.
const READ_AHEAD_BP: u64 = 1 << 16;
/// Bases fetched before a requested interval, for left-alignment of indels and for windows that start upstream.
const READ_BEHIND_BP: u64 = 1 << 13;

/// Genome reader that buffers the interval read last.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tatabox_sequence::{BufferedGenome, InMemoryGenome};
///
/// let genome = InMemoryGenome::new([("chr1", "ACGTACGT")])?;
/// let mut buffered = BufferedGenome::new(Arc::new(genome));
/// assert_eq!(buffered.codes("chr1", 2, 5)?, [2, 3, 0]);
/// assert_eq!(buffered.contig_length("chr2"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BufferedGenome {
    genome: Arc<dyn ReferenceGenome>,
    lengths: HashMap<String, u64>,
    chrom: String,
    start: u64,
    codes: Vec<u8>,
}

impl BufferedGenome {
    /// Reader with an empty buffer.
    pub fn new(genome: Arc<dyn ReferenceGenome>) -> Self {
        let lengths = genome.contigs().iter().map(|contig| (contig.name.clone(), contig.length)).collect();
        Self { genome, lengths, chrom: String::new(), start: 0, codes: Vec::new() }
    }

    /// Length of a contig by its name in the genome; `None` if the genome has no such contig.
    pub fn contig_length(&self, chrom: &str) -> Option<u64> {
        self.lengths.get(chrom).copied()
    }

    /// Nucleotide codes of `[start, end)` of a contig on its forward strand.
    ///
    /// # Errors
    ///
    /// [`SequenceError::UnknownContig`], [`SequenceError::IntervalOutsideContig`], or a read error of the genome file.
    pub fn codes(&mut self, chrom: &str, start: u64, end: u64) -> Result<&[u8], SequenceError> {
        // For an unknown contig, the genome makes the error.
        let length = self.contig_length(chrom).map_or_else(|| self.genome.contig_length(chrom), Ok)?;
        if start > end || end > length {
            return Err(SequenceError::IntervalOutsideContig { interval: Interval::new(chrom, start, end), length });
        }
        let is_buffered = self.chrom == chrom && self.start <= start && end <= self.start + self.codes.len() as u64;
        if !is_buffered {
            let fetched = start.saturating_sub(READ_BEHIND_BP)..length.min(end.saturating_add(READ_AHEAD_BP));
            self.codes = self.genome.fetch(&Interval::new(chrom, fetched.start, fetched.end))?.into_codes();
            self.start = fetched.start;
            chrom.clone_into(&mut self.chrom);
        }
        let first = (start - self.start) as usize;
        Ok(&self.codes[first..first + (end - start) as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dna::Sequence;
    use crate::genome::in_memory::tests::genome;

    #[test]
    fn codes_match_genome_at_any_position() {
        let letters = "ACGTTGCA".repeat(20_000);
        let mut buffered = BufferedGenome::new(genome(&[("chr1", &letters), ("chr2", "GGGG")]));
        let all = Sequence::from_ascii(letters.as_bytes()).unwrap();
        for start in [0, 9, 8_191, 100_000, 99_990, 159_990, 3] {
            let codes = buffered.codes("chr1", start, start + 10).unwrap();
            assert_eq!(codes, &all.codes()[start as usize..start as usize + 10]);
        }
        assert_eq!(buffered.codes("chr2", 1, 3).unwrap(), [2, 2]);
        assert_eq!(buffered.codes("chr1", 160_000, 160_000).unwrap(), [0u8; 0]);
        assert!(matches!(buffered.codes("chr2", 1, 5), Err(SequenceError::IntervalOutsideContig { .. })));
        assert!(matches!(buffered.codes("chr3", 1, 5), Err(SequenceError::UnknownContig { .. })));
        assert_eq!(buffered.contig_length("chr2"), Some(4));
    }
}
