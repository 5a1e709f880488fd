//! DNA sequences as nucleotide codes.

use std::ops::Range;

use super::nucleotide::{A, CODE_OF_BYTE, INVALID, InvalidByte, UNKNOWN, code_of_frequent, complement, letter};

/// Bases that are counted in a byte, which keeps as many of them side by side in a register as it can hold.
const MAX_BYTE_COUNT: usize = u8::MAX as usize;

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
    pub fn acgt_range(&self) -> Option<Range<usize>> {
        let first = self.0.iter().position(|&code| code != UNKNOWN)?;
        let last = self.0.iter().rposition(|&code| code != UNKNOWN)?;
        Some(first..last + 1)
    }

    /// Number of known bases.
    pub fn acgt_count(&self) -> usize {
        self.0.chunks(MAX_BYTE_COUNT).map(known_in).sum()
    }
}

/// Whether these are codes, all of them; without a way out half through, which is faster.
fn are_codes(codes: &[u8]) -> bool {
    codes.iter().fold(A, |largest, &code| largest.max(code)) <= UNKNOWN
}

/// Known bases among 255 codes at most.
fn known_in(codes: &[u8]) -> usize {
    codes.iter().map(|&code| u8::from(code != UNKNOWN)).sum::<u8>().into()
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
        assert_eq!(sequence.acgt_range(), None);
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
        assert_eq!(sequence.acgt_range(), Some(2..7));
        assert_eq!(sequence.acgt_count(), 4);
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
            prop_assert_eq!(Sequence::from_codes(codes).acgt_count(), known);
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
