//! IUPAC nucleotide letters as sets of bases.

/// Letter by set of bases: bit 0 is A, bit 1 C, bit 2 G, bit 3 T.
const LETTERS: &[u8; 16] = b"-ACMGRSVTWYHKDBN";

/// Which of A, C, G and T an IUPAC letter denotes, in either case; U counts as T. `None` for any other byte.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::iupac_bases;
///
/// assert_eq!(iupac_bases(b'R'), Some([true, false, true, false]));
/// assert_eq!(iupac_bases(b'-'), None);
/// ```
pub fn iupac_bases(letter: u8) -> Option<[bool; 4]> {
    let letter = match letter.to_ascii_uppercase() {
        b'U' => b'T',
        letter => letter,
    };
    let set = LETTERS.iter().position(|&known| known == letter).filter(|&set| set > 0)?;
    Some([0, 1, 2, 3].map(|base| set >> base & 1 == 1))
}

/// IUPAC letter of a non-empty set of bases.
pub(crate) fn iupac_letter(bases: [bool; 4]) -> char {
    let set = bases.iter().rev().fold(0, |set, &is_in| set << 1 | usize::from(is_in));
    char::from(LETTERS[set])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iupac_bases_matches_cornish_bowden_table() {
        // Cornish-Bowden 1985, doi:10.1093/nar/13.9.3021.
        let table = [
            ('A', "A"),
            ('C', "C"),
            ('G', "G"),
            ('T', "T"),
            ('R', "AG"),
            ('Y', "CT"),
            ('S', "CG"),
            ('W', "AT"),
            ('K', "GT"),
            ('M', "AC"),
            ('B', "CGT"),
            ('D', "AGT"),
            ('H', "ACT"),
            ('V', "ACG"),
            ('N', "ACGT"),
        ];
        for (letter, bases) in table {
            let expected = ['A', 'C', 'G', 'T'].map(|base| bases.contains(base));
            assert_eq!(iupac_bases(letter as u8), Some(expected), "{letter}");
            assert_eq!(iupac_bases(letter.to_ascii_lowercase() as u8), Some(expected), "{letter}");
            assert_eq!(iupac_letter(expected), letter);
        }
        assert_eq!(iupac_bases(b'U'), iupac_bases(b'T'));
        for other in [b'-', b'X', b'1', b' ', 0, 255] {
            assert_eq!(iupac_bases(other), None);
        }
    }
}
