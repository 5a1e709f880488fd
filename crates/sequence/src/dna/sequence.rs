//! DNA sequences as nucleotide codes.

use std::ops::Range;

use super::nucleotide::{A, CODE_OF_BYTE, INVALID, InvalidByte, UNKNOWN, code_of_frequent, complement, letter};

/// Largest number of bases counted in a `u8`. Counting in bytes lets the compiler use full vector registers.
const MAX_BYTE_COUNT: usize = u8::MAX as usize;

/// DNA sequence as nucleotide codes, one per base: A 0, C 1, G 2, T 3, ambiguous 4.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Sequence, UNKNOWN};
///
/// let sequence = Sequence::from_ascii(b"gattacaN")?;
/// assert_eq!(sequence.codes(), [2, 0, 3, 3, 0, 1, 0, UNKNOWN]);
/// assert_eq!(sequence.reverse_complement().to_ascii(), "NTGTAATC");
/// assert_eq!(sequence.acgt_count(), 7);
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<u8>);

impl Sequence {
    /// Reads letters of either case. U counts as T; every IUPAC ambiguity letter becomes [`UNKNOWN`].
    ///
    /// # Errors
    ///
    /// [`InvalidByte`] for the first byte that is not an IUPAC nucleotide letter (gap, digit, amino acid).
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

    /// Sequence of the given nucleotide codes.
    ///
    /// # Panics
    ///
    /// If a code is above [`UNKNOWN`].
    pub fn from_codes(codes: Vec<u8>) -> Self {
        assert!(are_codes(&codes), "nucleotide codes must be 0 to 4");
        Self(codes)
    }

    /// Sequence of `len` ambiguous bases.
    pub fn unknown(len: usize) -> Self {
        Self(vec![UNKNOWN; len])
    }

    /// Nucleotide codes, one per base.
    pub fn codes(&self) -> &[u8] {
        &self.0
    }

    /// Nucleotide codes, without a copy.
    pub fn into_codes(self) -> Vec<u8> {
        self.0
    }

    /// Number of bases, including ambiguous ones.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the sequence is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Upper-case letters, with N for ambiguous bases.
    pub fn to_ascii(&self) -> String {
        self.0.iter().map(|&code| letter(code)).collect()
    }

    /// Reverse complement.
    pub fn reverse_complement(&self) -> Self {
        Self(self.0.iter().rev().map(|&code| complement(code)).collect())
    }

    /// Copy of the bases in `range`.
    ///
    /// # Panics
    ///
    /// If `range` extends past the end.
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self(self.0[range].to_vec())
    }

    /// Range from the first to one past the last unambiguous base; `None` where every base is ambiguous.
    pub fn acgt_range(&self) -> Option<Range<usize>> {
        let first = self.0.iter().position(|&code| code != UNKNOWN)?;
        let last = self.0.iter().rposition(|&code| code != UNKNOWN)?;
        Some(first..last + 1)
    }

    /// Number of unambiguous bases (A, C, G, T).
    pub fn acgt_count(&self) -> usize {
        self.0.chunks(MAX_BYTE_COUNT).map(count_acgt).sum()
    }
}

/// Whether every value is a nucleotide code. There is no early exit, which allows vectorisation.
fn are_codes(codes: &[u8]) -> bool {
    codes.iter().fold(A, |largest, &code| largest.max(code)) <= UNKNOWN
}

/// Unambiguous bases among at most 255 codes.
fn count_acgt(codes: &[u8]) -> usize {
    codes.iter().map(|&code| u8::from(code != UNKNOWN)).sum::<u8>().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn from_ascii_letters_become_codes() {
        let sequence = Sequence::from_ascii(b"ACGTUacgtu").unwrap();
        assert_eq!(sequence.codes(), [0, 1, 2, 3, 3, 0, 1, 2, 3, 3]);
        assert_eq!(sequence.to_ascii(), "ACGTTACGTT");
    }

    #[test]
    fn from_ascii_ambiguity_letters_become_unknown() {
        let sequence = Sequence::from_ascii(b"RYSWKMBDHVNryswkmbdhvn").unwrap();
        assert_eq!(sequence, Sequence::unknown(22));
        assert_eq!(sequence.acgt_range(), None);
    }

    #[test]
    fn from_ascii_other_byte_is_an_error_with_position() {
        for byte in [b'-', b'*', b'1', b' ', b'E', b'X', 0, 255] {
            let error = Sequence::from_ascii(&[b'A', b'C', byte, byte]).unwrap_err();
            assert_eq!(error, InvalidByte { position: 2, byte });
        }
        let message = InvalidByte { position: 7, byte: b'-' }.to_string();
        assert!(message.starts_with("'-' at position 7"), "{message}");
    }

    #[test]
    fn reverse_complement_matches_hand_computation() {
        // The complement of AACGTN is TTGCAN, reversed NACGTT.
        let sequence = Sequence::from_ascii(b"AACGTN").unwrap();
        assert_eq!(sequence.reverse_complement().to_ascii(), "NACGTT");
    }

    #[test]
    fn acgt_range_spans_inner_ambiguous_bases() {
        let sequence = Sequence::from_ascii(b"NNACNGTN").unwrap();
        assert_eq!(sequence.acgt_range(), Some(2..7));
        assert_eq!(sequence.acgt_count(), 4);
        assert_eq!(sequence.slice(2..4).to_ascii(), "AC");
    }

    #[test]
    #[should_panic(expected = "codes must be 0 to 4")]
    fn from_codes_code_above_four_panics() {
        let _ = Sequence::from_codes(vec![0, 5]);
    }

    proptest! {
        #[test]
        fn reverse_complement_twice_is_identity(codes in prop::collection::vec(0u8..=4, 0..300)) {
            let sequence = Sequence::from_codes(codes);
            prop_assert_eq!(sequence.reverse_complement().reverse_complement(), sequence);
        }

        #[test]
        fn from_ascii_inverts_to_ascii(codes in prop::collection::vec(0u8..=4, 0..300)) {
            let sequence = Sequence::from_codes(codes);
            prop_assert_eq!(Sequence::from_ascii(sequence.to_ascii().as_bytes()).unwrap(), sequence);
        }

        #[test]
        fn from_ascii_fast_path_matches_table(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let codes: Vec<u8> = bytes.iter().map(|&byte| CODE_OF_BYTE[usize::from(byte)]).collect();
            let first_invalid = codes.iter().position(|&code| code == INVALID);
            match Sequence::from_ascii(&bytes) {
                Ok(sequence) => prop_assert_eq!((sequence.codes(), None), (&codes[..], first_invalid)),
                Err(error) => prop_assert_eq!(Some(error.position), first_invalid),
            }
        }

        #[test]
        fn acgt_count_matches_naive_count(codes in prop::collection::vec(0u8..=4, 0..1000)) {
            let known = codes.iter().filter(|&&code| code != UNKNOWN).count();
            prop_assert_eq!(Sequence::from_codes(codes).acgt_count(), known);
        }

        #[test]
        fn from_ascii_any_bytes_parse_or_name_the_invalid_byte(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            match Sequence::from_ascii(&bytes) {
                Ok(sequence) => prop_assert_eq!(sequence.len(), bytes.len()),
                Err(error) => prop_assert_eq!(bytes[error.position], error.byte),
            }
        }
    }
}
