//! Strands of double-stranded DNA.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::SequenceError;

/// Strand of the genome, for a gene the direction of its transcription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Strand {
    /// Strand of the reference sequence, `+`.
    #[serde(rename = "+")]
    Forward,
    /// Complementary strand, `-`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strand_parse_display_and_serde_use_its_sign() {
        for (text, strand) in [("+", Strand::Forward), ("-", Strand::Reverse)] {
            assert_eq!(text.parse::<Strand>().unwrap(), strand);
            assert_eq!(strand.to_string(), text);
            assert_eq!(serde_json::to_string(&strand).unwrap(), format!("\"{text}\""));
        }
        let message = ".".parse::<Strand>().unwrap_err().to_string();
        assert_eq!(message, "strand '.' is neither '+' nor '-'");
    }
}
