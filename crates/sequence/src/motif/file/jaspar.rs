//! JASPAR formats: four rows per motif, one per base, `A [ 4 19 0 ]` or only numbers.

use super::headed_matrix::HeadedMatrix;
use super::letters::BaseOrder;
use super::matrix::{Numbers, Position, motif};
use super::numbered_lines::Malformed;
use crate::counted::counted;
use crate::motif::PositionWeightMatrix;

/// Motif of a matrix with one row per base.
pub(super) fn from_rows(matrix: &HeadedMatrix) -> Result<PositionWeightMatrix, Malformed> {
    let [first, .., last] = &matrix.rows[..] else {
        return Err(matrix.malformed(matrix.line, "no rows of counts".to_owned()));
    };
    if matrix.rows.len() != 4 {
        let detail = format!("the matrix has {}; expected 4, for A, C, G and T", counted(matrix.rows.len(), "row"));
        return Err(matrix.malformed(last.line, detail));
    }
    if let Some(ragged) = matrix.rows.iter().find(|row| row.numbers.len() != first.numbers.len()) {
        let detail = format!("{}; the first row has {}", counted(ragged.numbers.len(), "number"), first.numbers.len());
        return Err(matrix.malformed(ragged.line, detail));
    }
    if first.numbers.is_empty() {
        return Err(matrix.malformed(first.line, "the row has no numbers".to_owned()));
    }
    let order = match first.letter {
        None => BaseOrder::ACGT,
        Some(_) => BaseOrder::of(matrix.rows.iter().filter_map(|row| row.letter))
            .ok_or_else(|| matrix.malformed(first.line, "the rows have other letters than A, C, G and T".to_owned()))?,
    };
    let position = |column: usize| Position {
        line: last.line,
        values: order.arrange([0, 1, 2, 3].map(|row: usize| matrix.rows[row].numbers[column])),
    };
    let positions: Vec<Position> = (0..first.numbers.len()).map(position).collect();
    motif(&matrix.name, &positions, Numbers::CountsOrProbabilities, "column")
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::read;

    #[test]
    fn jaspar_rows_with_and_without_brackets_are_equal() {
        let jaspar = ">MA0004.1\tArnt\nA  [     4     19 ]\nC  [    16      0 ]\nG  [     0      1 ]\nT  [0      0]\n";
        let pfm = ">MA0004.1 Arnt\n4.0\t19.0\n16 0\n0 1\n0 0\n\n";
        let lower = ">MA0004.1 Arnt\n\na 4 19\nc 16 0\ng 0 1\nt 0 0";
        let reordered = ">MA0004.1 Arnt\nT [ 0 0 ]\nG [ 0 1 ]\nC [ 16 0 ]\nA [ 4 19 ]\n";
        for text in [jaspar, pfm, lower, reordered] {
            let file = read(text.as_bytes()).unwrap();
            assert_eq!(file.background, None);
            let motif = &file.motifs[0];
            assert_eq!((motif.name(), motif.alternative_name()), ("MA0004.1", Some("Arnt")));
            assert_eq!(motif.columns(), [[0.2, 0.8, 0.0, 0.0], [0.95, 0.0, 0.05, 0.0]]);
            assert!((motif.sites() - 20.0).abs() < 1e-12);
        }
    }

    #[test]
    fn jaspar_malformed_line_is_numbered() {
        let cases = [
            (">\n", "line 1 (before the first motif): no name"),
            (">a\n", "line 1 (a): no rows"),
            (">a\n1\n", "line 2 (a): 1 row of 1 number"),
            (">a\n1\n1\n>b\n1\n1\n1\n1\n", "line 3 (a): 2 rows of 1 number"),
            (">a\n1\n1 2\n1\n1\n", "line 3 (a): 2 numbers; the first row has 1"),
            (">a\nC [1]\n", "line 2 (a): rows of C; expected"),
            (">a\nA [1]\nC [1]\nG [1]\nC [1]\n", "line 2 (a): rows of A, C, G, C; expected"),
            (">a\nA [1 2]\nC [1 2]\nG [1 2]\nT [1 2\n", "line 5 (a): '[' without ']'"),
            (">a\nA [1]\n1\n1\n1\n", "line 3 (a): no letter"),
            (">a\n1\n1x\n", "line 3 (a): '1x' is not a number"),
            (">a\n0\n0\n0\n0\n", "line 5 (a): column 1 is all zeros"),
            (">a\n1\n0\n-1\n0\n", "line 5 (a): column 1 has -1"),
            (">a\n1\n1\n1\n1\n1 2\n", "line 6 (a): 2 numbers; the first row has 1"),
            (">a\n1 1\n1 1\n1 1\n1 1\n1 1\n", "line 6 (a): 5 rows of 2 numbers"),
            (">a\n0.5 .1\n0.25 .1\n0.25 .1\n0.25 .7\n", "line 5 (a): column 1 sums to 1.25; expected 1"),
        ];
        for (text, expected) in cases {
            let message = read(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
