//! Nucleotides as small integers, and sequences of them.

use std::ops::Range;

/// Code of adenine.
pub const A: u8 = 0;
/// Code of cytosine.
pub const C: u8 = 1;
/// Code of guanine.
pub const G: u8 = 2;
/// Code of thymine.
pub const T: u8 = 3;
/// Code of a base that is not known: N and every other IUPAC ambiguity letter.
pub const UNKNOWN: u8 = 4;

/// Letters by code.
const LETTERS: [char; 5] = ['A', 'C', 'G', 'T', 'N'];

/// Marks the bytes of [`CODE_OF_BYTE`] that are no nucleotide.
const INVALID: u8 = u8::MAX;

/// Bases that are counted in a byte, which keeps as many of them side by side in a register as it can hold.
const COUNTED_IN_A_BYTE: usize = u8::MAX as usize;

/// Code of every byte.
const CODE_OF_BYTE: [u8; 256] = code_table();

const fn code_table() -> [u8; 256] {
    let mut table = [INVALID; 256];
    let letters = b"ACGTURYSWKMBDHVN";
    let codes = [A, C, G, T, T];
    let mut i = 0;
    while i < letters.len() {
        let code = if i < codes.len() { codes[i] } else { UNKNOWN };
        table[letters[i] as usize] = code;
        table[letters[i].to_ascii_lowercase() as usize] = code;
        i += 1;
    }
    table
}

/// Code of A, C, G, T and N in either case, [`INVALID`] for every other byte. Made of comparisons alone, for which the
/// compiler has instructions that treat many bytes at once.
#[inline]
fn code_of_frequent(byte: u8) -> u8 {
    let letter = byte.to_ascii_uppercase();
    let is = |wanted: u8| u8::from(letter == wanted);
    let code = is(b'C') * C + is(b'G') * G + is(b'T') * T + is(b'N') * UNKNOWN;
    if code > 0 || letter == b'A' { code } else { INVALID }
}

/// Whether these are codes, all of them; without a way out half through, which is faster.
fn are_codes(codes: &[u8]) -> bool {
    codes.iter().fold(A, |largest, &code| largest.max(code)) <= UNKNOWN
}

/// Known bases among 255 codes at most.
fn known_in(codes: &[u8]) -> usize {
    codes.iter().map(|&code| u8::from(code != UNKNOWN)).sum::<u8>().into()
}

/// The letter of a code; N for whatever is no base.
pub fn letter(code: u8) -> char {
    LETTERS[usize::from(code.min(UNKNOWN))]
}

/// Code of the base that pairs with `code`; [`UNKNOWN`] stays unknown.
#[inline]
pub const fn complement(code: u8) -> u8 {
    if code < UNKNOWN { T - code } else { UNKNOWN }
}

/// A byte that stands for no nucleotide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{}' at position {position} (counted from 0) is not a nucleotide; expected A, C, G, T, U, N or an IUPAC ambiguity letter",
    byte.escape_ascii()
)]
pub struct InvalidByte {
    /// Where it stands in the sequence, counted from 0.
    pub position: usize,
    /// The byte itself.
    pub byte: u8,
}

/// A DNA sequence, one code a base: A 0, C 1, G 2, T 3, unknown 4.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<u8>);

impl Sequence {
    /// Reads letters. Case does not matter, U counts as T, and every IUPAC ambiguity letter becomes [`UNKNOWN`].
    ///
    /// # Errors
    ///
    /// The first byte that is no IUPAC nucleotide letter (gap, digit, amino acid).
    pub fn from_ascii(letters: &[u8]) -> Result<Self, InvalidByte> {
        let mut codes: Vec<u8> = letters.iter().map(|&byte| code_of_frequent(byte)).collect();
        if are_codes(&codes) {
            return Ok(Self(codes));
        }
        codes.clear();
        codes.extend(letters.iter().map(|&byte| CODE_OF_BYTE[usize::from(byte)]));
        match codes.iter().position(|&code| code == INVALID) {
            Some(position) => Err(InvalidByte { position, byte: letters[position] }),
            None => Ok(Self(codes)),
        }
    }

    /// Takes codes as they are.
    ///
    /// # Panics
    ///
    /// If a code is above [`UNKNOWN`].
    pub fn from_codes(codes: Vec<u8>) -> Self {
        assert!(are_codes(&codes), "nucleotide codes run from 0 to 4");
        Self(codes)
    }

    /// A sequence of `len` unknown bases.
    pub fn unknown(len: usize) -> Self {
        Self(vec![UNKNOWN; len])
    }

    /// The codes, one a base.
    pub fn codes(&self) -> &[u8] {
        &self.0
    }

    /// The codes, without a copy.
    pub fn into_codes(self) -> Vec<u8> {
        self.0
    }

    /// Number of bases, unknown ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no base at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sequence in upper-case letters, N where the base is unknown.
    pub fn to_ascii(&self) -> String {
        self.0.iter().map(|&code| letter(code)).collect()
    }

    /// The other strand, read in its own 5' to 3' direction.
    pub fn reverse_complement(&self) -> Self {
        Self(self.0.iter().rev().map(|&code| complement(code)).collect())
    }

    /// A copy of the bases in `range`.
    ///
    /// # Panics
    ///
    /// If `range` reaches past the end.
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self(self.0[range].to_vec())
    }

    /// From the first known base to one past the last; `None` where no base is known.
    pub fn known_range(&self) -> Option<Range<usize>> {
        let first = self.0.iter().position(|&code| code != UNKNOWN)?;
        let last = self.0.iter().rposition(|&code| code != UNKNOWN)?;
        Some(first..last + 1)
    }

    /// Number of known bases.
    pub fn known_count(&self) -> usize {
        self.0.chunks(COUNTED_IN_A_BYTE).map(known_in).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_become_codes() {
        let sequence = Sequence::from_ascii(b"ACGTUacgtu").unwrap();
        assert_eq!(sequence.codes(), [0, 1, 2, 3, 3, 0, 1, 2, 3, 3]);
        assert_eq!(sequence.to_ascii(), "ACGTTACGTT");
    }

    #[test]
    fn ambiguity_letters_are_unknown() {
        let sequence = Sequence::from_ascii(b"RYSWKMBDHVNryswkmbdhvn").unwrap();
        assert_eq!(sequence, Sequence::unknown(22));
        assert_eq!(sequence.known_range(), None);
    }

    #[test]
    fn other_bytes_are_refused_with_their_place() {
        for byte in [b'-', b'*', b'1', b' ', b'E', b'X', 0, 255] {
            let error = Sequence::from_ascii(&[b'A', b'C', byte, byte]).unwrap_err();
            assert_eq!(error, InvalidByte { position: 2, byte });
        }
        let message = InvalidByte { position: 7, byte: b'-' }.to_string();
        assert!(message.starts_with("'-' at position 7"), "{message}");
    }

    #[test]
    fn reverse_complement_by_hand() {
        // AACGTN read from the other strand: N A C G T T
        let sequence = Sequence::from_ascii(b"AACGTN").unwrap();
        assert_eq!(sequence.reverse_complement().to_ascii(), "NACGTT");
    }

    #[test]
    fn known_range_spans_inner_unknowns() {
        let sequence = Sequence::from_ascii(b"NNACNGTN").unwrap();
        assert_eq!(sequence.known_range(), Some(2..7));
        assert_eq!(sequence.known_count(), 4);
        assert_eq!(sequence.slice(2..4).to_ascii(), "AC");
    }

    #[test]
    #[should_panic(expected = "codes run from 0 to 4")]
    fn codes_above_unknown_are_a_bug() {
        let _ = Sequence::from_codes(vec![0, 5]);
    }

    proptest! {
        #[test]
        fn twice_reversed_is_the_same(codes in prop::collection::vec(0u8..=4, 0..300)) {
            let sequence = Sequence::from_codes(codes);
            prop_assert_eq!(sequence.reverse_complement().reverse_complement(), sequence);
        }

        #[test]
        fn letters_and_back_is_the_same(codes in prop::collection::vec(0u8..=4, 0..300)) {
            let sequence = Sequence::from_codes(codes);
            prop_assert_eq!(Sequence::from_ascii(sequence.to_ascii().as_bytes()).unwrap(), sequence);
        }

        #[test]
        fn codes_are_those_of_the_table(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let codes: Vec<u8> = bytes.iter().map(|&byte| CODE_OF_BYTE[usize::from(byte)]).collect();
            let first_invalid = codes.iter().position(|&code| code == INVALID);
            match Sequence::from_ascii(&bytes) {
                Ok(sequence) => prop_assert_eq!((sequence.codes(), None), (&codes[..], first_invalid)),
                Err(error) => prop_assert_eq!(Some(error.position), first_invalid),
            }
        }

        #[test]
        fn known_bases_are_counted(codes in prop::collection::vec(0u8..=4, 0..1000)) {
            let known = codes.iter().filter(|&&code| code != UNKNOWN).count();
            prop_assert_eq!(Sequence::from_codes(codes).known_count(), known);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            match Sequence::from_ascii(&bytes) {
                Ok(sequence) => prop_assert_eq!(sequence.len(), bytes.len()),
                Err(error) => prop_assert_eq!(bytes[error.position], error.byte),
            }
        }
    }
}
