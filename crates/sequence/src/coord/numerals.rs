//! Numerals that number the chromosomes of a genome: Arabic as in human, Roman as in yeast and worm.

use super::contig_names::contig_key;

/// Smallest number of contigs that shows which numerals are used.
const MIN_NUMBERED: usize = 2;

/// Numerals in the names of contigs.
///
/// Roman numerals of one letter (I, V, X) also are names of sex chromosomes or of contigs, so they decide nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numerals {
    /// 1, chr2, 10.
    Arabic,
    /// II, chrIV, XVI.
    Roman,
    /// Neither, or both.
    Unknown,
}

impl Numerals {
    /// Numerals of the given contig names.
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let (mut arabic, mut roman) = (0, 0);
        for name in names {
            let key = contig_key(name);
            arabic += usize::from(is_arabic(&key));
            roman += usize::from(is_roman(&key));
        }
        match (arabic, roman) {
            (MIN_NUMBERED.., 0) => Self::Arabic,
            (0, 1..) => Self::Roman,
            _ => Self::Unknown,
        }
    }

    /// Whether one side has Arabic and the other Roman numerals, so that equal names denote different chromosomes.
    pub(crate) fn differ(self, other: Self) -> bool {
        matches!((self, other), (Self::Arabic, Self::Roman) | (Self::Roman, Self::Arabic))
    }
}

fn is_arabic(key: &str) -> bool {
    matches!(key.parse(), Ok(1..=99))
}

/// Whether a name is a Roman numeral of two or more letters, up to 39.
pub(crate) fn is_roman(key: &str) -> bool {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let tens = key.bytes().take_while(|&letter| letter == b'x').count();
    key.len() > 1 && tens <= 3 && UNITS.contains(&&key[tens..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Numerals {
        Numerals::of(names.iter().copied())
    }

    #[test]
    fn numerals_are_recognised_with_and_without_prefix() {
        assert_eq!(of(&["chr1", "chr2", "chrX"]), Numerals::Arabic);
        assert_eq!(of(&["1", "22", "MT"]), Numerals::Arabic);
        assert_eq!(of(&["chrI", "chrXVI", "chrX", "chrM"]), Numerals::Roman);
        assert_eq!(of(&["I", "II", "V", "X", "MtDNA"]), Numerals::Roman);
        for unknown in [&["X", "Y"][..], &["2L", "2R", "4", "X"], &["scaffold_1"], &["1", "II", "3"], &["chr20"], &[]] {
            assert_eq!(of(unknown), Numerals::Unknown, "{unknown:?}");
        }
        assert!(of(&["1", "2"]).differ(of(&["II"])) && !of(&["1", "2"]).differ(of(&["X"])));
    }

    #[test]
    fn is_roman_rejects_words() {
        for numeral in ["ii", "iv", "ix", "xi", "xiv", "xix", "xx", "xxxix"] {
            assert!(is_roman(numeral), "{numeral}");
        }
        for other in ["i", "v", "x", "ixx", "xm", "iiii", "xxxx", "mix", "", "è"] {
            assert!(!is_roman(other), "{other}");
        }
    }
}
