//! Rows that begin with their number, below a header of letters, as in TRANSFAC and CIS-BP files.

use super::letters::{BaseOrder, only_letter};
use super::matrix::{Number, Position};
use super::numbered_lines::{NumberedLines, excerpt};

/// Parses the header of a matrix: a word, the four letters, and names of further columns.
pub(super) fn parse_header(text: &str) -> Option<BaseOrder> {
    let words: Vec<&str> = text.split_whitespace().skip(1).collect();
    let further = words.get(4..)?;
    // A fifth letter such as N is one of the alphabet, not a further column.
    if further.iter().any(|word| only_letter(word).is_some()) {
        return None;
    }
    BaseOrder::of_words(&words[..4])
}

/// Whether a line is a row: its first word is a whole number.
pub(super) fn is_numbered(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or("");
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads successive rows up to the first line of another kind. `first` is a row that has been read already.
///
/// # Errors
///
/// A malformed line: its number and the problem.
pub(super) fn read_rows<'a>(
    first: Option<(usize, &'a str)>,
    order: BaseOrder,
    lines: &mut NumberedLines<'a>,
) -> Result<Vec<Position>, (usize, String)> {
    let mut positions: Vec<Position> = Vec::new();
    let mut first = first;
    let mut expected = None;
    while let Some((line, text)) =
        first.take().or_else(|| if lines.peek().is_some_and(is_numbered) { lines.next() } else { None })
    {
        let (number, values) = parse_row(text, expected).map_err(|detail| (line, detail))?;
        expected = number.checked_add(1);
        positions.push(Position { line, values: order.arrange(values) });
    }
    Ok(positions)
}

/// Parses `01 4 16 0 0 C`: the number of the row, four numbers, and at most a consensus letter with further columns
/// behind it. The first row has the number 0 or 1.
fn parse_row(text: &str, expected: Option<u64>) -> Result<(u64, [Number; 4]), String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = words.first().and_then(|word| word.parse::<u64>().ok());
    let Some(number) = number else {
        return Err(format!("{} does not begin with the number of its row", excerpt(text)));
    };
    let expected = expected.unwrap_or(number.min(1));
    if number != expected {
        return Err(format!("row number {number}; expected {expected}"));
    }
    let values = words[1..].iter().take_while(|word| only_letter(word).is_none());
    Ok((number, Number::parse_row(&values.copied().collect::<Vec<_>>().join(" "))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_header_accepts_letters_in_any_order() {
        assert_eq!(parse_header("Pos A C G T"), Some(BaseOrder::ACGT));
        assert_eq!(parse_header("PO\tA\tC\tG\tT\tcons\tinf"), Some(BaseOrder::ACGT));
        assert!(parse_header("P0 T G C A").is_some() && parse_header("Pos A C G U").is_some_and(|order| order.is_rna));
        for text in ["P0", "P0 A C G", "P0 A C G N", "P0 A C G T N", "A C G T", "P0 1 2 3 4"] {
            assert_eq!(parse_header(text), None, "{text}");
        }
    }

    #[test]
    fn parse_row_checks_number_and_columns() {
        let values = |text: &str| parse_row(text, None).map(|(_, row)| row.map(|number| number.value));
        assert_eq!(values("01 4 16 0 0.5 M 0.7"), Ok([4.0, 16.0, 0.0, 0.5]));
        assert_eq!(values("0\t1\t2\t3\t4"), Ok([1.0, 2.0, 3.0, 4.0]));
        assert_eq!(values("2 1 2 3 4"), Err("row number 2; expected 1".to_owned()));
        assert_eq!(parse_row("3 1 2 3 4", Some(2)).unwrap_err(), "row number 3; expected 2");
        assert_eq!(values("1 1 2 3"), Err("3 numbers; expected 4, for A, C, G and T".to_owned()));
        assert_eq!(values("1 1 2 3 4 5"), Err("5 numbers; expected 4, for A, C, G and T".to_owned()));
        assert_eq!(values("x 1 2 3 4"), Err("'x 1 2 3 4' does not begin with the number of its row".to_owned()));
    }
}
