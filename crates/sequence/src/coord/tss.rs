//! Transcription start sites.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Strand;

/// Transcription start site (TSS): the first transcribed base.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Strand, Tss};
///
/// let tss = Tss { chrom: "chr7".to_owned(), position: 155_799_979, strand: Strand::Reverse };
/// assert_eq!(tss.to_string(), "chr7:155799979(-)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tss {
    /// Name of the contig.
    pub chrom: String,
    /// 0-based position of the first transcribed base on the forward strand.
    pub position: u64,
    /// Strand of transcription.
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
    fn tss_display_includes_strand() {
        let tss = Tss { chrom: "chrX".to_owned(), position: 7, strand: Strand::Reverse };
        assert_eq!(tss.to_string(), "chrX:7(-)");
    }
}
