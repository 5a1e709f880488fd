//! Places on a genome: strands, intervals and transcription start sites.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::SequenceError;

/// The strand that a gene is transcribed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Strand {
    /// The strand that the reference spells out, `+`.
    #[serde(rename = "+")]
    Forward,
    /// The other strand, `-`.
    #[serde(rename = "-")]
    Reverse,
}

impl FromStr for Strand {
    type Err = SequenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "+" => Ok(Self::Forward),
            "-" => Ok(Self::Reverse),
            _ => Err(SequenceError::InvalidStrand { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Strand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "+",
            Self::Reverse => "-",
        })
    }
}

/// A stretch of a contig, 0-based and half-open.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    /// Name of the contig.
    pub chrom: String,
    /// First base.
    pub start: u64,
    /// One past the last base.
    pub end: u64,
}

impl Interval {
    /// The interval `[start, end)` of `chrom`.
    pub fn new(chrom: impl Into<String>, start: u64, end: u64) -> Self {
        Self { chrom: chrom.into(), start, end }
    }

    /// Number of bases; 0 where `end` is not past `start`.
    pub fn len(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether there is no base in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.chrom, self.start, self.end)
    }
}

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
    fn strand_reads_and_writes_its_sign() {
        for (text, strand) in [("+", Strand::Forward), ("-", Strand::Reverse)] {
            assert_eq!(text.parse::<Strand>().unwrap(), strand);
            assert_eq!(strand.to_string(), text);
            assert_eq!(serde_json::to_string(&strand).unwrap(), format!("\"{text}\""));
        }
        let message = ".".parse::<Strand>().unwrap_err().to_string();
        assert_eq!(message, "strand '.' is neither '+' nor '-'");
    }

    #[test]
    fn interval_counts_its_bases() {
        let interval = Interval::new("chr1", 10, 25);
        assert_eq!(interval.len(), 15);
        assert_eq!(interval.to_string(), "chr1:10-25");
        assert!(Interval::new("chr1", 5, 5).is_empty());
    }

    #[test]
    fn tss_is_shown_with_its_strand() {
        let tss = Tss { chrom: "chrX".to_owned(), position: 7, strand: Strand::Reverse };
        assert_eq!(tss.to_string(), "chrX:7(-)");
    }
}
