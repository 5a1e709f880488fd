//! Words of a sequence that are to stay as they are.

use std::ops::Range;

use tatabox_sequence::{UNKNOWN, complement};

/// IUPAC letters and the bases that each stands for.
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

/// Where a word of IUPAC letters stands in a window, on either strand; `None` where a letter is no IUPAC letter, or
/// there is none. An unknown base of the window fits no letter.
pub fn occurrences(window: &[u8], word: &str) -> Option<Vec<Range<usize>>> {
    let bases = |letter: u8| IUPAC.iter().find(|(known, _)| *known == letter.to_ascii_uppercase()).map(|(_, b)| *b);
    let sense: Vec<&[u8]> = word.bytes().map(bases).collect::<Option<_>>()?;
    if sense.is_empty() {
        return None;
    }
    let fits = |place: &[u8]| {
        let forward = place.iter().zip(&sense).all(|(base, allowed)| *base < UNKNOWN && allowed.contains(base));
        let reverse = place.iter().rev().zip(&sense);
        forward || reverse.clone().all(|(&base, allowed)| base < UNKNOWN && allowed.contains(&complement(base)))
    };
    let places = window.windows(sense.len()).enumerate().filter(|(_, place)| fits(place));
    Some(places.map(|(start, _)| start..start + sense.len()).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::codes;
    use super::*;

    #[test]
    fn words_are_found_on_both_strands() {
        // TATAAR at 2 and, as YTTATA, at 10.
        let window = codes("CCTATAAGCCCTTATANN");
        assert_eq!(occurrences(&window, "tataar"), Some(vec![2..8, 10..16]));
        assert_eq!(occurrences(&window, "NN").map(|found| found.len()), Some(15));
        assert_eq!(occurrences(&window, "TAX"), None);
        assert_eq!(occurrences(&window, ""), None);
    }
}
