//! Motifs as they are written over bases.

use anyhow::{Context, Result};
use tatabox_sequence::{MotifFile, PositionWeightMatrix, iupac_bases};

use crate::args::MarginalizeArgs;
use crate::terminal::failure::usage;

/// Longest motif, in bases.
const LONGEST_BP: usize = 200;

/// A motif with the bases that each of its positions may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InsertedMotif {
    pub(super) name: String,
    /// Which of A, C, G and T, forward.
    allowed: Vec<[bool; 4]>,
}

/// The motifs that were asked for.
pub(super) fn motifs(args: &MarginalizeArgs) -> Result<Vec<InsertedMotif>> {
    let mut motifs = args.motif.iter().map(|letters| InsertedMotif::of_letters(letters)).collect::<Result<Vec<_>>>()?;
    let Some(path) = &args.motif_file else { return Ok(motifs) };
    let file = MotifFile::read(path)?;
    if args.motif_name.is_empty() {
        let [only] = &file.motifs[..] else {
            return Err(usage(format!(
                "{} holds {} motifs; name some of them with --motif-name",
                path.display(),
                file.motifs.len()
            )));
        };
        motifs.push(InsertedMotif::of_matrix(only));
    }
    for name in &args.motif_name {
        let motif = file.find(name).with_context(|| format!("--motif-name {name}: {}", path.display()))?;
        motifs.push(InsertedMotif::of_matrix(motif));
    }
    Ok(motifs)
}

impl InsertedMotif {
    fn of_letters(letters: &str) -> Result<Self> {
        // The matrix checks the letters; a letter that stands for all four bases keeps what is there.
        PositionWeightMatrix::from_consensus(letters, letters).map_err(|error| usage(format!("--motif: {error}")))?;
        if letters.len() > LONGEST_BP {
            return Err(usage(format!("--motif: {} letters; expected at most {LONGEST_BP}", letters.len())));
        }
        let name = letters.to_ascii_uppercase();
        Ok(Self { allowed: name.bytes().filter_map(iupac_bases).collect(), name })
    }

    /// The most probable base of each column.
    fn of_matrix(motif: &PositionWeightMatrix) -> Self {
        let only = |base: u8| [0, 1, 2, 3].map(|other| other == base);
        let name = motif
            .alternative_name()
            .map_or_else(|| motif.name().to_owned(), |other| format!("{} {other}", motif.name()));
        Self { name, allowed: motif.best_site().into_iter().map(only).collect() }
    }

    /// Number of bases.
    pub(super) fn len(&self) -> usize {
        self.allowed.len()
    }

    /// Writes the motif over the bases of `window` from `start` on. A base that the motif allows stays; another is replaced
    /// by the first that it allows, by the second in the next background, and so on.
    pub(super) fn write(&self, window: &mut [u8], start: usize, is_reverse: bool, background: usize) {
        for (place, code) in window[start..start + self.len()].iter_mut().enumerate() {
            let allowed = if is_reverse {
                let [a, c, g, t] = self.allowed[self.len() - 1 - place];
                [t, g, c, a]
            } else {
                self.allowed[place]
            };
            if allowed.get(usize::from(*code)) == Some(&true) {
                continue;
            }
            let bases: Vec<u8> = (0..4).filter(|&base| allowed[usize::from(base)]).collect();
            // Neighbouring letters take their turns apart from each other.
            *code = bases[(background + place) % bases.len()];
        }
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    fn written(letters: &str, window: &str, start: usize, is_reverse: bool, background: usize) -> String {
        let mut window = Sequence::from_ascii(window.as_bytes()).expect("letters").into_codes();
        InsertedMotif::of_letters(letters).expect("letters").write(&mut window, start, is_reverse, background);
        Sequence::from_codes(window).to_ascii()
    }

    #[test]
    fn bases_are_replaced_and_nothing_is_shifted() {
        assert_eq!(written("TATAAA", "GGGGGGGGGG", 2, false, 0), "GGTATAAAGG");
        assert_eq!(written("tataaa", "GGGGGGGGGG", 2, true, 0), "GGTTTATAGG");
        assert_eq!(written("GATA", "NNNNNN", 1, false, 3), "NGATAN");
    }

    #[test]
    fn letters_of_several_bases_keep_what_fits_and_take_turns_otherwise() {
        // N keeps; W keeps A and T and replaces C by either.
        assert_eq!(written("GNWG", "CCAC", 0, false, 0), "GCAG");
        let turns: Vec<String> = (0..4).map(|background| written("W", "C", 0, false, background)).collect();
        assert_eq!(turns, ["A", "T", "A", "T"]);
        // The other strand of RA is TY.
        let turns: Vec<String> = (0..2).map(|background| written("RA", "AA", 0, true, background)).collect();
        assert_eq!(turns, ["TT", "TC"]);
    }

    #[test]
    fn a_matrix_is_its_most_probable_bases() {
        let motif = PositionWeightMatrix::from_probabilities("MA1", vec![[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]])
            .expect("probabilities")
            .with_alternative_name("X");
        let motif = InsertedMotif::of_matrix(&motif);
        let mut window = vec![1, 1, 1];
        motif.write(&mut window, 1, false, 0);
        assert_eq!((motif.name.as_str(), window), ("MA1 X", vec![1, 3, 0]));
    }

    #[test]
    fn letters_that_are_none_are_refused() {
        for letters in ["", "GAXA", &"A".repeat(201)] {
            assert!(InsertedMotif::of_letters(letters).is_err(), "{letters}");
        }
    }
}
