//! Position weight matrices.

use crate::dna::{iupac_bases, iupac_letter};

/// Background in which all bases are equally likely.
pub const UNIFORM_BACKGROUND: [f64; 4] = [0.25; 4];

/// Largest deviation of a column's sum from 1, since files round probabilities.
const SUM_TOLERANCE: f64 = 0.01;

/// Number of sites of a matrix that does not state it, as in the MEME suite.
const DEFAULT_SITES: f64 = 20.0;

/// Motif as the probabilities of A, C, G and T in each column.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{PositionWeightMatrix, UNIFORM_BACKGROUND};
///
/// let motif = PositionWeightMatrix::from_consensus("GATA", "WGATAR")?;
/// assert_eq!(motif.reverse_complement().consensus(), "YTATCW");
/// // Four columns with one base have two bits each, two columns with two bases have one bit each.
/// assert_eq!(motif.information(UNIFORM_BACKGROUND), 10.0);
/// # Ok::<(), tatabox_sequence::InvalidMotif>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PositionWeightMatrix {
    name: String,
    alternative_name: Option<String>,
    sites: f64,
    columns: Vec<[f64; 4]>,
}

/// Error of a motif that is invalid or not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvalidMotif {
    /// The finding and the expectation.
    pub detail: String,
}

impl InvalidMotif {
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into() }
    }
}

impl PositionWeightMatrix {
    /// Motif from probabilities in the order A, C, G, T; columns are scaled to a sum of exactly 1.
    ///
    /// # Errors
    ///
    /// [`InvalidMotif`] without columns, with a negative or non-finite probability, or with a column whose sum deviates
    /// from 1 by more than 0.01.
    pub fn from_probabilities(name: impl Into<String>, columns: Vec<[f64; 4]>) -> Result<Self, InvalidMotif> {
        for (index, column) in columns.iter().enumerate() {
            let sum = sum_of(index, column)?;
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(InvalidMotif::new(format!("column {} sums to {sum}; expected 1", index + 1)));
            }
        }
        Self::scaled(name.into(), columns)
    }

    /// Motif from base counts of aligned sites in the order A, C, G, T. `pseudocount` sites with the base frequencies
    /// of `background` are added to each column.
    ///
    /// # Errors
    ///
    /// [`InvalidMotif`] without columns, with a negative or non-finite count, or with a column without sites and
    /// pseudocount.
    pub fn from_counts(
        name: impl Into<String>,
        counts: &[[f64; 4]],
        pseudocount: f64,
        background: [f64; 4],
    ) -> Result<Self, InvalidMotif> {
        let mut sites = 0.0_f64;
        for (index, column) in counts.iter().enumerate() {
            sites = sites.max(sum_of(index, column)?);
        }
        let with_pseudocount =
            |column: &[f64; 4]| [0, 1, 2, 3].map(|base| column[base] + pseudocount * background[base]);
        let motif = Self::scaled(name.into(), counts.iter().map(with_pseudocount).collect())?;
        Ok(motif.with_sites(sites))
    }

    /// Motif from IUPAC letters; all bases that a letter denotes are equally likely.
    ///
    /// # Errors
    ///
    /// [`InvalidMotif`] without letters or with a letter that is not IUPAC.
    pub fn from_consensus(name: impl Into<String>, letters: &str) -> Result<Self, InvalidMotif> {
        let column = |(index, letter): (usize, char)| {
            let bases = u8::try_from(letter).ok().and_then(iupac_bases).ok_or_else(|| {
                InvalidMotif::new(format!(
                    "'{letter}' at position {index} (counted from 0) of {letters} is not an IUPAC letter; \
                     expected A, C, G, T or one of RYSWKMBDHVN"
                ))
            })?;
            Ok(bases.map(|is_in| f64::from(u8::from(is_in))))
        };
        Self::scaled(name.into(), letters.chars().enumerate().map(column).collect::<Result<_, _>>()?)
    }

    /// Motif of non-negative numbers, each column of which is scaled to a sum of 1.
    pub(super) fn scaled(name: String, mut columns: Vec<[f64; 4]>) -> Result<Self, InvalidMotif> {
        if columns.is_empty() {
            return Err(InvalidMotif::new("no columns; expected at least one"));
        }
        for (index, column) in columns.iter_mut().enumerate() {
            let sum = sum_of(index, column)?;
            if sum <= 0.0 {
                return Err(InvalidMotif::new(format!("column {} is all zeros", index + 1)));
            }
            if !sum.is_finite() {
                return Err(InvalidMotif::new(format!("the sum of column {} is not finite", index + 1)));
            }
            *column = column.map(|value| value / sum);
        }
        Ok(Self { name, alternative_name: None, sites: DEFAULT_SITES, columns })
    }

    /// Motif with an alternative name, such as the transcription factor for a database identifier.
    pub fn with_alternative_name(self, name: impl Into<String>) -> Self {
        Self { alternative_name: Some(name.into()), ..self }
    }

    /// Motif with the given number of sites.
    pub fn with_sites(self, sites: f64) -> Self {
        Self { sites, ..self }
    }

    /// Name or identifier.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Alternative name, if there is one.
    pub fn alternative_name(&self) -> Option<&str> {
        self.alternative_name.as_deref()
    }

    /// Number of sites from which the motif was made; 20 if unknown.
    pub fn sites(&self) -> f64 {
        self.sites
    }

    /// Probabilities of A, C, G and T in each column.
    pub fn columns(&self) -> &[[f64; 4]] {
        &self.columns
    }

    /// Number of columns, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a motif has at least one column")]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Reverse complement of the motif.
    pub fn reverse_complement(&self) -> Self {
        let complemented = self.columns.iter().rev().map(|&[a, c, g, t]| [t, g, c, a]);
        Self { columns: complemented.collect(), ..self.clone() }
    }

    /// Information content of each column: the relative entropy, sum of p log2(p / background).
    ///
    /// # Units
    ///
    /// Bits. With a uniform background, 0 for a uniform column and 2 for a column with a single base.
    ///
    /// # Source
    ///
    /// Stormo 2000, <https://doi.org/10.1093/bioinformatics/16.1.16>.
    pub fn column_information(&self, background: [f64; 4]) -> Vec<f64> {
        let of_base = |(&p, q): (&f64, f64)| if p > 0.0 { p * (p / q).log2() } else { 0.0 };
        self.columns.iter().map(|column| column.iter().zip(background).map(of_base).sum()).collect()
    }

    /// Total information content, in bits.
    pub fn information(&self, background: [f64; 4]) -> f64 {
        self.column_information(background).iter().sum()
    }

    /// Consensus in IUPAC letters: a base with more than half of a column and more than twice the next base, else two
    /// bases with more than three quarters together, else N.
    ///
    /// # Source
    ///
    /// Cavener 1987, <https://doi.org/10.1093/nar/15.4.1353>.
    pub fn consensus(&self) -> String {
        self.columns.iter().map(consensus_letter).collect()
    }

    /// Most probable base of each column as nucleotide codes; the first of ties in the order A, C, G, T.
    pub fn best_site(&self) -> Vec<u8> {
        self.columns.iter().map(|column| by_probability(column)[0] as u8).collect()
    }
}

/// Bases in descending order of probability.
fn by_probability(column: &[f64; 4]) -> [usize; 4] {
    let mut bases = [0, 1, 2, 3];
    bases.sort_by(|&a, &b| column[b].total_cmp(&column[a]));
    bases
}

fn consensus_letter(column: &[f64; 4]) -> char {
    let [first, second, ..] = by_probability(column);
    let only = |chosen: &[usize]| iupac_letter([0, 1, 2, 3].map(|base| chosen.contains(&base)));
    if column[first] > 0.5 && column[first] > 2.0 * column[second] {
        only(&[first])
    } else if column[first] + column[second] > 0.75 {
        only(&[first, second])
    } else {
        'N'
    }
}

/// Sum of a column; negative and non-finite numbers are errors.
fn sum_of(index: usize, column: &[f64; 4]) -> Result<f64, InvalidMotif> {
    match column.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
        Some(bad) => Err(InvalidMotif::new(format!("column {} has {bad}; expected numbers of 0 or more", index + 1))),
        None => Ok(column.iter().sum()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn from_counts_adds_pseudocount_with_background() {
        // 8 G of 10 sites, with one pseudocount: (8 + 0.4) / 11, (2 + 0.1) / 11, 0.1 / 11, 0.4 / 11.
        let background = [0.1, 0.4, 0.4, 0.1];
        let motif = PositionWeightMatrix::from_counts("m", &[[2.0, 0.0, 8.0, 0.0]], 1.0, background).unwrap();
        for (found, expected) in motif.columns()[0].iter().zip([2.1, 0.4, 8.4, 0.1]) {
            assert!((found - expected / 11.0).abs() < 1e-12);
        }
        assert!((motif.sites() - 10.0).abs() < 1e-12);
    }

    #[test]
    fn information_depends_on_background() {
        let motif = PositionWeightMatrix::from_consensus("m", "GS").unwrap();
        // G: log2(1 / 0.4) = 1.3219; S: half C and half G, log2(0.5 / 0.4) = 0.3219.
        let bits = motif.column_information([0.1, 0.4, 0.4, 0.1]);
        assert!((bits[0] - 1.321_928).abs() < 1e-6 && (bits[1] - 0.321_928).abs() < 1e-6, "{bits:?}");
        assert!((motif.information(UNIFORM_BACKGROUND) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn consensus_matches_cavener_rules() {
        let columns = vec![
            [0.6, 0.2, 0.1, 0.1],
            [0.6, 0.35, 0.05, 0.0],
            [0.4, 0.1, 0.4, 0.1],
            [0.4, 0.3, 0.2, 0.1],
            [0.0, 0.0, 0.1, 0.9],
        ];
        let motif = PositionWeightMatrix::from_probabilities("m", columns).unwrap();
        assert_eq!(motif.consensus(), "AMRNT");
        assert_eq!(motif.reverse_complement().consensus(), "ANYKT");
        assert_eq!(motif.best_site(), [0, 0, 0, 0, 3]);
    }

    #[test]
    fn from_probabilities_invalid_column_is_an_error() {
        let refused = |columns| PositionWeightMatrix::from_probabilities("m", columns).unwrap_err().to_string();
        assert_eq!(refused(vec![]), "no columns; expected at least one");
        assert_eq!(refused(vec![[0.25; 4], [0.5, 0.5, 0.5, 0.0]]), "column 2 sums to 1.5; expected 1");
        assert!(refused(vec![[f64::NAN, 0.5, 0.5, 0.0]]).contains("column 1 has NaN"));
        assert!(refused(vec![[-0.5, 0.5, 0.5, 0.5]]).contains("column 1 has -0.5"));
        let zeros = PositionWeightMatrix::from_counts("m", &[[0.0; 4]], 0.0, UNIFORM_BACKGROUND);
        assert_eq!(zeros.unwrap_err().to_string(), "column 1 is all zeros");
        let letters = PositionWeightMatrix::from_consensus("m", "GAXA").unwrap_err().to_string();
        assert!(letters.starts_with("'X' at position 2"), "{letters}");
        assert!(PositionWeightMatrix::from_consensus("m", "").is_err());
    }

    proptest! {
        #[test]
        fn reverse_complement_twice_is_identity(
            counts in prop::collection::vec(prop::array::uniform4(0.0..50.0f64), 1..20),
        ) {
            let motif = PositionWeightMatrix::from_counts("m", &counts, 1.0, UNIFORM_BACKGROUND).unwrap();
            prop_assert_eq!(&motif.reverse_complement().reverse_complement(), &motif);
            let bits = motif.information(UNIFORM_BACKGROUND);
            prop_assert!(bits >= -1e-9 && bits <= 2.0 * motif.len() as f64 + 1e-9);
            prop_assert_eq!(motif.consensus().len(), motif.len());
        }
    }
}
