//! Motifs as patterns of allowed bases.

use std::path::{Path, PathBuf};

use tatabox_sequence::{MotifFile, PositionWeightMatrix, Strand, iupac_bases};

use crate::error::{Error, Result};

/// Longest motif.
const MAX_MOTIF_BP: usize = 200;

/// Motif with the bases that each of its positions allows.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::MotifPattern;
///
/// let motif = MotifPattern::from_letters("tatawa")?;
/// assert_eq!((motif.name(), motif.len()), ("TATAWA", 6));
/// assert!(MotifPattern::from_letters("TATAX").is_err());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotifPattern {
    name: String,
    /// Whether A, C, G and T are allowed, per position.
    allowed: Vec<[bool; 4]>,
    /// The file that it is from.
    file: Option<PathBuf>,
}

impl MotifPattern {
    /// A motif of IUPAC letters; its name is the letters in upper case.
    ///
    /// # Errors
    /// There is no letter, a letter that is not an IUPAC code, or more than 200 letters.
    pub fn from_letters(letters: &str) -> Result<Self> {
        let invalid = |problem: String| Error::request("motif", problem);
        if letters.len() > MAX_MOTIF_BP {
            return Err(invalid(format!("{} letters; expected at most {MAX_MOTIF_BP}", letters.len())));
        }
        // The matrix checks the letters.
        PositionWeightMatrix::from_consensus(letters, letters).map_err(|error| invalid(error.to_string()))?;
        let name = letters.to_ascii_uppercase();
        Ok(Self { allowed: name.bytes().filter_map(iupac_bases).collect(), name, file: None })
    }

    /// The most probable base of each column of a matrix.
    pub fn from_matrix(matrix: &PositionWeightMatrix) -> Self {
        let only = |base: u8| [0, 1, 2, 3].map(|other| other == base);
        let name = match matrix.alternative_name() {
            Some(alternative) => format!("{} {alternative}", matrix.name()),
            None => matrix.name().to_owned(),
        };
        Self { name, allowed: matrix.best_site().into_iter().map(only).collect(), file: None }
    }

    /// Motifs of a motif file by name; the only one of the file for no name.
    ///
    /// # Errors
    /// The file cannot be read or has no motif of a name; there is no name, and the file has several motifs.
    pub fn read(path: &Path, names: &[String]) -> Result<Vec<Self>> {
        let file = MotifFile::read(path)?;
        let of_file = |matrix: &PositionWeightMatrix| Self { file: Some(path.to_owned()), ..Self::from_matrix(matrix) };
        let path = path.display();
        if names.is_empty() {
            let [only] = &file.motifs[..] else {
                let problem = format!("{path} has {} motifs; expected the name of one or more", file.motifs.len());
                return Err(Error::request("motif_name", problem));
            };
            return Ok(vec![of_file(only)]);
        }
        let find = |name: &String| match file.find(name) {
            Ok(matrix) => Ok(of_file(matrix)),
            Err(error) => Err(Error::input(format!("{path}: {error}"))),
        };
        names.iter().map(find).collect()
    }

    /// Name of the motif.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file that the motif is from.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Number of bases.
    #[expect(clippy::len_without_is_empty, reason = "a motif has one base or more")]
    pub fn len(&self) -> usize {
        self.allowed.len()
    }

    /// Writes the motif over the bases of `window` from `start` on. A base that the motif allows stays. Any other is replaced by the
    /// first allowed base, in the next background by the second, and so on.
    pub(super) fn write(&self, window: &mut [u8], start: usize, strand: Strand, background: usize) {
        for (offset, code) in window[start..start + self.len()].iter_mut().enumerate() {
            let allowed = match strand {
                Strand::Forward => self.allowed[offset],
                Strand::Reverse => {
                    let [a, c, g, t] = self.allowed[self.len() - 1 - offset];
                    [t, g, c, a]
                }
            };
            if allowed.get(usize::from(*code)) == Some(&true) {
                continue;
            }
            let bases: Vec<u8> = (0..4).filter(|&base| allowed[usize::from(base)]).collect();
            // The offset keeps neighbouring positions from changing in step.
            *code = bases[(background + offset) % bases.len()];
        }
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    use Strand::{Forward, Reverse};

    fn written(letters: &str, window: &str, start: usize, strand: Strand, background: usize) -> String {
        let mut window = Sequence::from_ascii(window.as_bytes()).expect("letters").into_codes();
        MotifPattern::from_letters(letters).expect("letters").write(&mut window, start, strand, background);
        Sequence::from_codes(window).to_ascii()
    }

    #[test]
    fn motif_pattern_replaces_bases_and_shifts_nothing() {
        assert_eq!(written("TATAAA", "GGGGGGGGGG", 2, Forward, 0), "GGTATAAAGG");
        assert_eq!(written("tataaa", "GGGGGGGGGG", 2, Reverse, 0), "GGTTTATAGG");
        assert_eq!(written("GATA", "NNNNNN", 1, Forward, 3), "NGATAN");
    }

    #[test]
    fn motif_pattern_ambiguous_letter_keeps_allowed_bases_and_alternates_others() {
        // N keeps any base; W keeps A and T and replaces C by either.
        assert_eq!(written("GNWG", "CCAC", 0, Forward, 0), "GCAG");
        let bases: Vec<String> = (0..4).map(|background| written("W", "C", 0, Forward, background)).collect();
        assert_eq!(bases, ["A", "T", "A", "T"]);
        // The reverse complement of RA is TY.
        let bases: Vec<String> = (0..2).map(|background| written("RA", "AA", 0, Reverse, background)).collect();
        assert_eq!(bases, ["TT", "TC"]);
    }

    #[test]
    fn motif_pattern_of_matrix_is_its_most_probable_bases() {
        let matrix = PositionWeightMatrix::from_probabilities("MA1", vec![[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]])
            .expect("probabilities")
            .with_alternative_name("X");
        let motif = MotifPattern::from_matrix(&matrix);
        let mut window = vec![1, 1, 1];
        motif.write(&mut window, 1, Forward, 0);
        assert_eq!((motif.name.as_str(), window), ("MA1 X", vec![1, 3, 0]));
    }

    #[test]
    fn motif_pattern_invalid_letters_are_refused() {
        for letters in ["", "GAXA", &"A".repeat(201)] {
            assert!(MotifPattern::from_letters(letters).is_err(), "{letters}");
        }
    }
}
