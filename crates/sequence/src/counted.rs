//! Counts with their nouns, for messages.

use std::fmt::Display;

/// A count with its noun in singular or plural.
///
/// ```
/// use tatabox_sequence::counted;
///
/// assert_eq!((counted(1, "TSS"), counted(0, "gene")), ("1 TSS".to_owned(), "0 genes".to_owned()));
/// ```
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A noun in plural, in singular after `of 1`.
pub(crate) fn of_plural<N: Copy + PartialEq + From<u8>>(count: N, plural: &str) -> &str {
    if count == N::from(1) { plural.strip_suffix('s').unwrap_or(plural) } else { plural }
}

/// `is` for one, `are` for any other number.
///
/// ```
/// use tatabox_sequence::is_or_are;
///
/// assert_eq!(format!("1 of 4 promoters {} padded", is_or_are(1)), "1 of 4 promoters is padded");
/// ```
pub fn is_or_are<N: Copy + PartialEq + From<u8>>(count: N) -> &'static str {
    if count == N::from(1) { "is" } else { "are" }
}
