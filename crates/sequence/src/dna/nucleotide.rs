//! Nucleotide codes: A 0, C 1, G 2, T 3, ambiguous 4.

/// Code of adenine.
pub const A: u8 = 0;
/// Code of cytosine.
pub const C: u8 = 1;
/// Code of guanine.
pub const G: u8 = 2;
/// Code of thymine.
pub const T: u8 = 3;
/// Code of an ambiguous base: N and every other IUPAC ambiguity letter.
pub const UNKNOWN: u8 = 4;

/// Letters by code.
const LETTERS: [char; 5] = ['A', 'C', 'G', 'T', 'N'];

/// Entry of [`CODE_OF_BYTE`] for bytes that are not nucleotide letters.
pub(super) const INVALID: u8 = u8::MAX;

/// Code by byte.
pub(super) const CODE_OF_BYTE: [u8; 256] = code_table();

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

/// Code of A, C, G, T and N in either case, [`INVALID`] for every other byte. The function consists of comparisons
/// only, so that the compiler vectorises it.
#[inline]
pub(super) fn code_of_frequent(byte: u8) -> u8 {
    let letter = byte.to_ascii_uppercase();
    let is = |wanted: u8| u8::from(letter == wanted);
    let code = is(b'C') * C + is(b'G') * G + is(b'T') * T + is(b'N') * UNKNOWN;
    if code > 0 || letter == b'A' { code } else { INVALID }
}

/// Letter of a code; N for [`UNKNOWN`] and for values that are not codes.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{G, UNKNOWN, letter};
///
/// assert_eq!([letter(G), letter(UNKNOWN)], ['G', 'N']);
/// ```
pub fn letter(code: u8) -> char {
    LETTERS[usize::from(code.min(UNKNOWN))]
}

/// Code of the complementary base; [`UNKNOWN`] stays [`UNKNOWN`].
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{A, T, UNKNOWN, complement};
///
/// assert_eq!([complement(A), complement(UNKNOWN)], [T, UNKNOWN]);
/// ```
#[inline]
pub const fn complement(code: u8) -> u8 {
    if code < UNKNOWN { T - code } else { UNKNOWN }
}

/// Byte that is not a nucleotide letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{}' at position {position} (counted from 0) is not a nucleotide; expected A, C, G, T, U, N or an IUPAC ambiguity letter",
    byte.escape_ascii()
)]
pub struct InvalidByte {
    /// 0-based position in the sequence.
    pub position: usize,
    /// The byte.
    pub byte: u8,
}
