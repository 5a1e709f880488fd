//! Motifs as position weight matrices.

use crate::dna::{iupac_bases, iupac_letter};

/// Every base as likely as any other.
pub const UNIFORM_BACKGROUND: [f64; 4] = [0.25; 4];

/// How far the probabilities of a column may be from a sum of 1: files round them.
const SUM_TOLERANCE: f64 = 0.01;

/// Sites of a matrix that does not tell how many it was made of, as the MEME suite assumes.
const DEFAULT_SITES: f64 = 20.0;

/// A motif: the probabilities of A, C, G and T in each of its columns.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{PositionWeightMatrix, UNIFORM_BACKGROUND};
///
/// let motif = PositionWeightMatrix::from_consensus("GATA", "WGATAR")?;
/// assert_eq!(motif.reverse_complement().consensus(), "YTATCW");
/// // Four columns of one base have two bits each, two of two bases one.
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

/// Numbers or letters that make no motif.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvalidMotif {
    /// What was found and what was expected.
    pub detail: String,
}

impl InvalidMotif {
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into() }
    }
}

impl PositionWeightMatrix {
    /// A motif of probabilities, in the order A, C, G, T; columns are scaled to a sum of exactly 1.
    ///
    /// # Errors
    ///
    /// No column, a probability that is negative or no number, a column whose sum is further than 0.01 from 1.
    pub fn from_probabilities(name: impl Into<String>, columns: Vec<[f64; 4]>) -> Result<Self, InvalidMotif> {
        for (index, column) in columns.iter().enumerate() {
            let sum = sum_of(index, column)?;
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(InvalidMotif::new(format!("column {} sums to {sum}; expected 1", index + 1)));
            }
        }
        Self::scaled(name.into(), columns)
    }

    /// A motif of aligned sites, counted in the order A, C, G, T. To each column `pseudocount` sites are added, of which
    /// each base has its share in `background`.
    ///
    /// # Errors
    ///
    /// No column, a count that is negative or no number, a column without any site and pseudocount.
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

    /// A motif of IUPAC letters, each of the bases that a letter stands for as likely as the other.
    ///
    /// # Errors
    ///
    /// No letter, or one that is not of IUPAC.
    pub fn from_consensus(name: impl Into<String>, letters: &str) -> Result<Self, InvalidMotif> {
        let column = |(index, letter): (usize, char)| {
            let bases = u8::try_from(letter).ok().and_then(iupac_bases).ok_or_else(|| {
                InvalidMotif::new(format!(
                    "'{letter}' at position {index} (counted from 0) of {letters} is no IUPAC letter; \
                     expected A, C, G, T or one of RYSWKMBDHVN"
                ))
            })?;
            Ok(bases.map(|is_in| f64::from(u8::from(is_in))))
        };
        Self::scaled(name.into(), letters.chars().enumerate().map(column).collect::<Result<_, _>>()?)
    }

    fn scaled(name: String, mut columns: Vec<[f64; 4]>) -> Result<Self, InvalidMotif> {
        if columns.is_empty() {
            return Err(InvalidMotif::new("no column; expected at least one"));
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

    /// The same with a second name, such as that of the factor beside a database's identifier.
    pub fn with_alternative_name(self, name: impl Into<String>) -> Self {
        Self { alternative_name: Some(name.into()), ..self }
    }

    /// The same, made of this many sites.
    pub fn with_sites(self, sites: f64) -> Self {
        Self { sites, ..self }
    }

    /// Name or identifier.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A second name, where there is one.
    pub fn alternative_name(&self) -> Option<&str> {
        self.alternative_name.as_deref()
    }

    /// Sites that the motif was made of; 20 where that is not known.
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

    /// The motif as the other strand has it.
    pub fn reverse_complement(&self) -> Self {
        let complemented = self.columns.iter().rev().map(|&[a, c, g, t]| [t, g, c, a]);
        Self { columns: complemented.collect(), ..self.clone() }
    }

    /// Bits that a column tells: its relative entropy, sum of p log2(p / background).
    ///
    /// # Units
    ///
    /// Bits; over a uniform background 0 of an even column and 2 of one that has a single base.
    ///
    /// # Source
    ///
    /// Stormo, DNA binding sites: representation and discovery, 2000, <https://doi.org/10.1093/bioinformatics/16.1.16>.
    pub fn column_information(&self, background: [f64; 4]) -> Vec<f64> {
        let of_base = |(&p, q): (&f64, f64)| if p > 0.0 { p * (p / q).log2() } else { 0.0 };
        self.columns.iter().map(|column| column.iter().zip(background).map(of_base).sum()).collect()
    }

    /// Bits that all columns tell together.
    pub fn information(&self, background: [f64; 4]) -> f64 {
        self.column_information(background).iter().sum()
    }

    /// The motif in IUPAC letters: a base that has more than half of a column and more than twice the next, else two
    /// bases that have more than three quarters together, else N.
    ///
    /// # Source
    ///
    /// Cavener 1987, <https://doi.org/10.1093/nar/15.4.1353>.
    pub fn consensus(&self) -> String {
        self.columns.iter().map(consensus_letter).collect()
    }

    /// The most probable base of each column as nucleotide codes; of equals the first in the order A, C, G, T.
    pub fn best_site(&self) -> Vec<u8> {
        self.columns.iter().map(|column| by_probability(column)[0] as u8).collect()
    }
}

/// Bases, the most probable first.
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

/// The sum of a column of numbers, 0 or more.
fn sum_of(index: usize, column: &[f64; 4]) -> Result<f64, InvalidMotif> {
    match column.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
        Some(bad) => Err(InvalidMotif::new(format!("column {} holds {bad}; expected numbers of 0 or more", index + 1))),
        None => Ok(column.iter().sum()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_become_probabilities_with_their_pseudocount() {
        // 8 G of 10 sites and one pseudocount: (8 + 0.4) / 11, (2 + 0.1) / 11, 0.1 / 11, 0.4 / 11.
        let background = [0.1, 0.4, 0.4, 0.1];
        let motif = PositionWeightMatrix::from_counts("m", &[[2.0, 0.0, 8.0, 0.0]], 1.0, background).unwrap();
        for (found, expected) in motif.columns()[0].iter().zip([2.1, 0.4, 8.4, 0.1]) {
            assert!((found - expected / 11.0).abs() < 1e-12);
        }
        assert!((motif.sites() - 10.0).abs() < 1e-12);
    }

    #[test]
    fn information_depends_on_the_background() {
        let motif = PositionWeightMatrix::from_consensus("m", "GS").unwrap();
        // G: log2(1 / 0.4) = 1.3219; S: half of C and G each, log2(0.5 / 0.4) = 0.3219.
        let bits = motif.column_information([0.1, 0.4, 0.4, 0.1]);
        assert!((bits[0] - 1.321_928).abs() < 1e-6 && (bits[1] - 0.321_928).abs() < 1e-6, "{bits:?}");
        assert!((motif.information(UNIFORM_BACKGROUND) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn consensus_letters_follow_cavener() {
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
    fn what_makes_no_motif_is_refused_with_its_column() {
        let refused = |columns| PositionWeightMatrix::from_probabilities("m", columns).unwrap_err().to_string();
        assert_eq!(refused(vec![]), "no column; expected at least one");
        assert_eq!(refused(vec![[0.25; 4], [0.5, 0.5, 0.5, 0.0]]), "column 2 sums to 1.5; expected 1");
        assert!(refused(vec![[f64::NAN, 0.5, 0.5, 0.0]]).contains("column 1 holds NaN"));
        assert!(refused(vec![[-0.5, 0.5, 0.5, 0.5]]).contains("column 1 holds -0.5"));
        let zeros = PositionWeightMatrix::from_counts("m", &[[0.0; 4]], 0.0, UNIFORM_BACKGROUND);
        assert_eq!(zeros.unwrap_err().to_string(), "column 1 is all zeros");
        let letters = PositionWeightMatrix::from_consensus("m", "GAXA").unwrap_err().to_string();
        assert!(letters.starts_with("'X' at position 2"), "{letters}");
        assert!(PositionWeightMatrix::from_consensus("m", "").is_err());
    }

    proptest! {
        #[test]
        fn twice_reversed_is_the_same(counts in prop::collection::vec(prop::array::uniform4(0.0..50.0f64), 1..20)) {
            let motif = PositionWeightMatrix::from_counts("m", &counts, 1.0, UNIFORM_BACKGROUND).unwrap();
            prop_assert_eq!(&motif.reverse_complement().reverse_complement(), &motif);
            let bits = motif.information(UNIFORM_BACKGROUND);
            prop_assert!(bits >= -1e-9 && bits <= 2.0 * motif.len() as f64 + 1e-9);
            prop_assert_eq!(motif.consensus().len(), motif.len());
        }
    }
}
