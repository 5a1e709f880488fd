//! A genome read by position again and again, mostly near to where it was read last.

use std::collections::HashMap;
use std::sync::Arc;

use super::ReferenceGenome;
use crate::SequenceError;
use crate::coord::Interval;

/// Bases fetched at a time beyond what is asked for: sorted files ask for the next ones soon.
const READ_AHEAD_BP: u64 = 1 << 16;
/// Bases fetched before what is asked for, for indels that slide to the left and promoters that begin there.
const READ_BEHIND_BP: u64 = 1 << 13;

/// Bases of a genome, with the stretch kept that was read last.
pub struct BufferedGenome {
    genome: Arc<dyn ReferenceGenome>,
    lengths: HashMap<String, u64>,
    chrom: String,
    start: u64,
    codes: Vec<u8>,
}

impl BufferedGenome {
    /// A genome of which nothing has been read.
    pub fn new(genome: Arc<dyn ReferenceGenome>) -> Self {
        let lengths = genome.contigs().iter().map(|contig| (contig.name.clone(), contig.length)).collect();
        Self { genome, lengths, chrom: String::new(), start: 0, codes: Vec::new() }
    }

    /// Length of a contig by the genome's own name; `None` where the genome does not have it.
    pub fn contig_length(&self, chrom: &str) -> Option<u64> {
        self.lengths.get(chrom).copied()
    }

    /// Nucleotide codes of `[start, end)` of a contig on its forward strand.
    ///
    /// # Errors
    ///
    /// [`SequenceError::UnknownContig`], [`SequenceError::IntervalOutsideContig`], or what the genome's file gives.
    pub fn codes(&mut self, chrom: &str, start: u64, end: u64) -> Result<&[u8], SequenceError> {
        // Only a contig that is not there is looked for in the genome, which makes the error.
        let length = self.contig_length(chrom).map_or_else(|| self.genome.contig_length(chrom), Ok)?;
        if start > end || end > length {
            return Err(SequenceError::IntervalOutsideContig { interval: Interval::new(chrom, start, end), length });
        }
        let is_held = self.chrom == chrom && self.start <= start && end <= self.start + self.codes.len() as u64;
        if !is_held {
            let fetched = start.saturating_sub(READ_BEHIND_BP)..length.min(end + READ_AHEAD_BP);
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
    fn what_is_kept_is_what_the_genome_has() {
        let letters = "ACGTTGCA".repeat(20_000);
        let mut stretch = BufferedGenome::new(genome(&[("chr1", &letters), ("chr2", "GGGG")]));
        let all = Sequence::from_ascii(letters.as_bytes()).unwrap();
        for start in [0, 9, 8_191, 100_000, 99_990, 159_990, 3] {
            let codes = stretch.codes("chr1", start, start + 10).unwrap();
            assert_eq!(codes, &all.codes()[start as usize..start as usize + 10]);
        }
        assert_eq!(stretch.codes("chr2", 1, 3).unwrap(), [2, 2]);
        assert_eq!(stretch.codes("chr1", 160_000, 160_000).unwrap(), [0u8; 0]);
        assert!(matches!(stretch.codes("chr2", 1, 5), Err(SequenceError::IntervalOutsideContig { .. })));
        assert!(matches!(stretch.codes("chr3", 1, 5), Err(SequenceError::UnknownContig { .. })));
        assert_eq!(stretch.contig_length("chr2"), Some(4));
    }
}
