//! Protection of motifs: occurrences of an IUPAC consensus in a window.

use std::ops::Range;

use tatabox_sequence::{UNKNOWN, complement};

/// IUPAC letters and the bases that each represents.
const IUPAC: [(u8, &[u8]); 15] = [
    (b'A', &[0]),
    (b'C', &[1]),
    (b'G', &[2]),
    (b'T', &[3]),
    (b'R', &[0, 2]),
    (b'Y', &[1, 3]),
    (b'S', &[1, 2]),
    (b'W', &[0, 3]),
    (b'K', &[2, 3]),
    (b'M', &[0, 1]),
    (b'B', &[1, 2, 3]),
    (b'D', &[0, 2, 3]),
    (b'H', &[0, 1, 3]),
    (b'V', &[0, 1, 2]),
    (b'N', &[0, 1, 2, 3]),
];

/// Occurrences of an IUPAC consensus in a window, on either strand; `None` if the consensus is empty or contains
/// another letter. Unknown bases of the window match no letter.
///
/// # Examples
/// ```
/// use tatabox_model::occurrences;
///
/// // CCTATAAGC; TATAAR matches at index 2.
/// let window = [1, 1, 3, 0, 3, 0, 0, 2, 1];
/// assert_eq!(occurrences(&window, "TATAAR"), Some(vec![2..8]));
/// assert_eq!(occurrences(&window, "TATA-"), None);
/// ```
pub fn occurrences(window: &[u8], consensus: &str) -> Option<Vec<Range<usize>>> {
    let bases = |letter: u8| IUPAC.iter().find(|(iupac, _)| *iupac == letter.to_ascii_uppercase()).map(|(_, b)| *b);
    let sense: Vec<&[u8]> = consensus.bytes().map(bases).collect::<Option<_>>()?;
    if sense.is_empty() {
        return None;
    }
    let matches = |site: &[u8]| {
        let forward = site.iter().zip(&sense).all(|(base, allowed)| *base < UNKNOWN && allowed.contains(base));
        let reverse = site.iter().rev().zip(&sense);
        forward || reverse.clone().all(|(&base, allowed)| base < UNKNOWN && allowed.contains(&complement(base)))
    };
    let sites = window.windows(sense.len()).enumerate().filter(|(_, site)| matches(site));
    Some(sites.map(|(start, _)| start..start + sense.len()).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::codes;
    use super::*;

    #[test]
    fn occurrences_are_found_on_both_strands() {
        // TATAAR at 2, and its reverse complement YTTATA at 10.
        let window = codes("CCTATAAGCCCTTATANN");
        assert_eq!(occurrences(&window, "tataar"), Some(vec![2..8, 10..16]));
        assert_eq!(occurrences(&window, "NN").map(|found| found.len()), Some(15));
        assert_eq!(occurrences(&window, "TAX"), None);
        assert_eq!(occurrences(&window, ""), None);
    }
}
