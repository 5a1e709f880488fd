//! Transcription start sites.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Strand;

/// A transcription start site: the first transcribed base of a gene.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tss {
    /// Name of the contig.
    pub chrom: String,
    /// Position of the first transcribed base, counted from 0.
    pub position: u64,
    /// The strand it is transcribed from.
    pub strand: Strand,
}

impl fmt::Display for Tss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}({})", self.chrom, self.position, self.strand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tss_is_shown_with_its_strand() {
        let tss = Tss { chrom: "chrX".to_owned(), position: 7, strand: Strand::Reverse };
        assert_eq!(tss.to_string(), "chrX:7(-)");
    }
}
