//! Letters of the columns or rows of a motif file.

/// Order of bases that a file states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BaseOrder {
    /// Column of the file with A, C, G and T.
    columns: [usize; 4],
    /// Whether the file has U instead of T.
    pub(super) is_rna: bool,
}

impl BaseOrder {
    /// The order A, C, G, T.
    pub(super) const ACGT: Self = Self { columns: [0, 1, 2, 3], is_rna: false };

    /// The order A, C, G, U.
    pub(super) const ACGU: Self = Self { columns: [0, 1, 2, 3], is_rna: true };

    /// Order of four letters: A, C, G and T or U once each, in either case; `None` for other letters.
    pub(super) fn of(letters: impl IntoIterator<Item = char>) -> Option<Self> {
        let mut columns = [None; 4];
        let mut is_rna = false;
        for (column, letter) in letters.into_iter().enumerate() {
            is_rna |= letter.eq_ignore_ascii_case(&'U');
            let base = &mut columns[base_of(letter)?];
            if base.replace(column).is_some() {
                return None;
            }
        }
        let [Some(a), Some(c), Some(g), Some(t)] = columns else { return None };
        Some(Self { columns: [a, c, g, t], is_rna })
    }

    /// Order of four words of one letter each.
    pub(super) fn of_words(words: &[&str]) -> Option<Self> {
        let letters: Option<Vec<char>> = words.iter().map(|word| only_letter(word)).collect();
        Self::of(letters?)
    }

    /// Values in the order A, C, G, T.
    pub(super) fn arrange<T: Copy>(self, values: [T; 4]) -> [T; 4] {
        self.columns.map(|column| values[column])
    }
}

/// Index of a base in the order A, C, G, T; U counts as T.
pub(super) fn base_of(letter: char) -> Option<usize> {
    match letter.to_ascii_uppercase() {
        'A' => Some(0),
        'C' => Some(1),
        'G' => Some(2),
        'T' | 'U' => Some(3),
        _ => None,
    }
}

/// Letter of a word that has only one.
pub(super) fn only_letter(word: &str) -> Option<char> {
    let mut letters = word.chars();
    letters.next().filter(|letter| letter.is_ascii_alphabetic() && letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_order_arranges_columns_by_letter() {
        let order = BaseOrder::of("TgcA".chars()).unwrap();
        assert_eq!(order.arrange([4, 3, 2, 1]), [1, 2, 3, 4]);
        assert!(!order.is_rna && BaseOrder::of("ACGU".chars()).unwrap().is_rna);
        assert_eq!(BaseOrder::of_words(&["A", "C", "G", "T"]), Some(BaseOrder::ACGT));
        for letters in ["ACG", "ACGTT", "ACGTU", "ACGN", "AACG", "ACGTN", ""] {
            assert_eq!(BaseOrder::of(letters.chars()), None, "{letters}");
        }
    }
}
