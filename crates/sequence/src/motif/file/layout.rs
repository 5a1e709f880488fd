//! Layout of the matrices of a file with `>` headers: one row per base, or one row per position.

use super::ParsedMotifs;
use super::headed_matrix::{HeadedMatrix, Row, read_matrices};
use super::letters::{BaseOrder, base_of};
use super::matrix::{Number, rounding_tolerance};
use super::numbered_lines::Malformed;
use super::{jaspar, position_rows};
use crate::counted::counted;

/// Meaning of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// A row has the numbers of one base at all positions, as in JASPAR files.
    RowPerBase,
    /// A row has the numbers of A, C, G and T at one position, as in HOMER files.
    RowPerPosition,
}

/// Parses a file with `>` headers. All matrices of a file have one layout. It follows from HOMER's header, from
/// the letters of the rows, from the size of a matrix, or from the sums of a matrix of 4 x 4 numbers; a file that
/// allows both layouts is an error.
pub(super) fn parse(lines: &[String]) -> Result<ParsedMotifs, Malformed> {
    let matrices = read_matrices(lines)?;
    let layout = layout_of_file(&matrices)?;
    let mut parsed = ParsedMotifs::default();
    for matrix in &matrices {
        let motif = match layout {
            Layout::RowPerBase => jaspar::from_rows(matrix)?,
            Layout::RowPerPosition => position_rows::from_rows(matrix)?,
        };
        parsed.is_rna |=
            layout == Layout::RowPerBase && matrix.rows.iter().any(|row| matches!(row.letter, Some('U' | 'u')));
        parsed.motifs.push(match &matrix.alternative_name {
            Some(name) => motif.with_alternative_name(name),
            None => motif,
        });
    }
    Ok(parsed)
}

fn layout_of_file(matrices: &[HeadedMatrix]) -> Result<Layout, Malformed> {
    if matrices.iter().any(|matrix| matrix.is_homer) {
        return homer_layout(matrices);
    }
    let mut known: Option<(Layout, &HeadedMatrix)> = None;
    for matrix in matrices {
        match (known, certain_layout(matrix)?) {
            (Some((layout, first)), Some(other)) if layout != other => {
                let detail = format!(
                    "the rows are {}, but those of {} (line {}) are {}; expected one layout per file",
                    other.name(),
                    first.name,
                    first.line,
                    layout.name()
                );
                return Err(matrix.malformed(matrix.line, detail));
            }
            (None, Some(layout)) => known = Some((layout, matrix)),
            _ => {}
        }
    }
    if let Some((layout, _)) = known {
        return Ok(layout);
    }
    // Every matrix has up to four rows of four numbers.
    let mut layout = None;
    for matrix in matrices {
        let found = layout_by_sums(matrix);
        if layout.is_some() && found.is_some() && layout != found {
            return Err(ambiguous(matrix));
        }
        layout = layout.or(found);
    }
    let first = matrices.first().map(ambiguous);
    layout.ok_or_else(|| first.unwrap_or(Malformed { line: 1, motif: None, detail: "no matrix".to_owned() }))
}

impl Layout {
    fn name(self) -> &'static str {
        match self {
            Self::RowPerBase => "bases",
            Self::RowPerPosition => "positions",
        }
    }
}

fn homer_layout(matrices: &[HeadedMatrix]) -> Result<Layout, Malformed> {
    if let Some(other) = matrices.iter().find(|matrix| !matrix.is_homer) {
        let detail = "the header has no score threshold; expected '>consensus', name and threshold, separated by tabs, \
                      as in the HOMER headers of this file";
        return Err(other.malformed(other.line, detail.to_owned()));
    }
    for matrix in matrices {
        if let Some(row) = matrix.rows.iter().find(|row| row.letter.is_some()) {
            return Err(matrix.malformed(row.line, "a letter; expected the 4 numbers of a HOMER row".to_owned()));
        }
    }
    Ok(Layout::RowPerPosition)
}

/// Layout that follows from the letters or the size of a matrix; `None` for up to four rows of four numbers.
fn certain_layout(matrix: &HeadedMatrix) -> Result<Option<Layout>, Malformed> {
    let rows = &matrix.rows;
    let Some(Row { line, numbers, .. }) = rows.first() else { return Ok(None) };
    let width = numbers.len();
    let letters: Vec<char> = rows.iter().filter_map(|row| row.letter).collect();
    if !letters.is_empty() {
        let is_in_order = letters.iter().copied().filter_map(base_of).eq(0..4);
        let is_bracketed = rows.iter().any(|row| row.is_bracketed);
        return match BaseOrder::of(letters.iter().copied()) {
            Some(_) if is_bracketed || is_in_order || width != 4 => Ok(Some(Layout::RowPerBase)),
            // Rows of positions can begin with a consensus letter.
            Some(_) => Err(ambiguous(matrix)),
            None if !is_bracketed && begin_with_consensus(rows) => Ok(Some(Layout::RowPerPosition)),
            None => {
                let letters: Vec<String> = letters.iter().map(char::to_string).collect();
                let detail = format!("rows of {}; expected rows of A, C, G and T", letters.join(", "));
                Err(matrix.malformed(*line, detail))
            }
        };
    }
    if let Some(ragged) = rows.iter().find(|row| row.numbers.len() != width) {
        let detail = format!("{}; the first row has {width}", counted(ragged.numbers.len(), "number"));
        return Err(matrix.malformed(ragged.line, detail));
    }
    match (rows.len(), width) {
        (..=4, 4) => Ok(None),
        (_, 4) => Ok(Some(Layout::RowPerPosition)),
        (4, 5) if begins_with_row_numbers(rows) => {
            let detail = "the rows seem to begin with their number; remove the first column".to_owned();
            Err(matrix.malformed(*line, detail))
        }
        (4, _) => Ok(Some(Layout::RowPerBase)),
        (height, _) => {
            let detail = format!(
                "{} of {}; expected 4 rows, for A, C, G and T, or rows of 4 numbers, one per position",
                counted(height, "row"),
                counted(width, "number")
            );
            let last = rows.last().map_or(*line, |row| row.line);
            Err(matrix.malformed(last, detail))
        }
    }
}

/// Whether four numbers follow a letter in every row, and the letters cannot be the first bases of a matrix that is
/// cut off: one repeats, or is another than A, C, G and T.
fn begin_with_consensus(rows: &[Row]) -> bool {
    let mut seen = Vec::new();
    let mut is_new_base = |letter: char| {
        let base = base_of(letter).filter(|base| !seen.contains(base));
        seen.extend(base);
        base.is_some()
    };
    let all_bases = rows.iter().filter_map(|row| row.letter).all(&mut is_new_base);
    !all_bases && rows.iter().all(|row| row.numbers.len() == 4)
}

/// Whether the first column counts the rows and the four others can be positions.
fn begins_with_row_numbers(rows: &[Row]) -> bool {
    let is_number = |value: f64, number: usize| (value - number as f64).abs() < f64::EPSILON;
    let counts =
        |first: usize| rows.iter().enumerate().all(|(index, row)| is_number(row.numbers[0].value, index + first));
    let others: Vec<Vec<Number>> = rows.iter().map(|row| row.numbers[1..].to_vec()).collect();
    (counts(0) || counts(1)) && have_sums_of_positions(&others)
}

/// Layout of at most four rows of four numbers, if only one of them gives positions with the right sums.
fn layout_by_sums(matrix: &HeadedMatrix) -> Option<Layout> {
    let rows: Vec<Vec<Number>> = matrix.rows.iter().map(|row| row.numbers.clone()).collect();
    let columns: Vec<Vec<Number>> = (0..4).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
    // Fewer than four rows of counts may be the bases of a matrix that is cut off.
    let is_complete = rows.len() == 4;
    let has_decimals = rows.iter().flatten().any(|number| number.decimals > 0);
    let by_position = have_sums_of_positions(&rows) && (is_complete || has_decimals && sum(&rows[0]) < 1.5);
    let by_base = is_complete && have_sums_of_positions(&columns);
    match (by_position, by_base) {
        (true, false) => Some(Layout::RowPerPosition),
        (false, true) => Some(Layout::RowPerBase),
        _ => None,
    }
}

/// Whether each list sums to 1 within rounding, or all to the same number of sites.
fn have_sums_of_positions(lists: &[Vec<Number>]) -> bool {
    let sums: Vec<f64> = lists.iter().map(|list| sum(list)).collect();
    let tolerance = rounding_tolerance(lists.iter().flatten().copied());
    let expected = if sums.iter().all(|sum| *sum < 2.0) { 1.0 } else { sums[0] };
    sums.iter().all(|sum| *sum > 0.0 && (sum - expected).abs() <= tolerance.max(expected * 1e-3))
}

fn sum(list: &[Number]) -> f64 {
    list.iter().map(|number| number.value).sum()
}

fn ambiguous(matrix: &HeadedMatrix) -> Malformed {
    let rows = matrix.rows.len();
    let detail = format!(
        "{rows} rows of 4 numbers can be bases or positions; begin the rows with their base, as in 'A [ 1 2 3 4 ]' (JASPAR), \
         or write the motif in MEME format"
    );
    matrix.malformed(matrix.line, detail)
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::read;

    const SIX_POSITIONS: &str = ">six\n.9 .1 0 0\n.9 .1 0 0\n.9 .1 0 0\n.9 .1 0 0\n.9 .1 0 0\n.9 .1 0 0\n";
    const SIX_BASES: &str = ">six\n9 9 9 9 9 9\n1 1 1 1 1 1\n0 0 0 0 0 0\n0 0 0 0 0 0\n";
    /// Sums to 1 by row and by column.
    const EITHER: &str = ">either\n.7 .1 .1 .1\n.1 .1 .1 .7\n.1 .1 .7 .1\n.1 .7 .1 .1\n";

    #[test]
    fn layout_of_four_by_four_follows_from_rest_of_file() {
        let consensus = |text: String| read(text.as_bytes()).map(|file| file.motifs.last().unwrap().consensus());
        assert_eq!(consensus(format!("{SIX_POSITIONS}{EITHER}")).unwrap(), "ATGC");
        assert_eq!(consensus(format!("{SIX_BASES}{EITHER}")).unwrap(), "ATGC");
        let asymmetric = ">m\n0 0 9 1\n9 9 1 0\n1 1 0 0\n0 0 0 9\n";
        assert_eq!(consensus(format!("{SIX_BASES}{asymmetric}")).unwrap(), "CCAT");
        // Counts by base sum to 10 for each position; by position they sum to 10, 19, 2 and 9.
        assert_eq!(consensus(asymmetric.to_owned()).unwrap(), "CCAT");
        assert_eq!(
            consensus(">m\n.97 .01 .01 .01\n.97 .01 .01 .01\n0 0 .02 .97\n.9 .1 0 0\n".to_owned()).unwrap(),
            "AATA"
        );
    }

    #[test]
    fn layout_that_is_not_decided_by_file_is_an_error() {
        let identity = ">m\n9 0 0 0\n0 9 0 0\n0 0 9 0\n0 0 0 9\n";
        let unequal = ">m\n9 0 0 1\n0 9 3 0\n0 5 9 0\n0 0 0 9\n";
        let consensus_letters = ">m\nC 0 1 0 0\nA 1 0 0 0\nT 0 0 0 1\nG 0 0 1 0\n";
        for text in [EITHER, identity, unequal, consensus_letters, ">m\n4 16 0 0\n", ">m\n4 0 16 0\n16 0 4 0\n"] {
            let message = read(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains("line 1 (") && message.contains("can be bases or positions"), "{text}\n{message}");
        }
        let message = read(format!("{SIX_BASES}{SIX_POSITIONS}").as_bytes()).unwrap_err().to_string();
        assert!(
            message.contains("line 6 (six): the rows are positions, but those of six (line 1) are bases"),
            "{message}"
        );
        let message = read(b">m\n1 .9 .1 0 0\n2 .9 .1 0 0\n3 .9 .1 0 0\n4 .9 .1 0 0\n").unwrap_err().to_string();
        assert!(message.contains("line 2 (m): the rows seem to begin with their number"), "{message}");
        let message = read(b">seq1\nACGTACGT\nACGT\n").unwrap_err().to_string();
        assert!(message.contains("line 2 (seq1): 'ACGTACGT' is sequence, as in FASTA"), "{message}");
    }

    #[test]
    fn layout_short_matrix_in_file_of_bases_is_an_error() {
        let message = read(format!("{SIX_BASES}>cut\n9 0 0 0\n0 9 0 0\n").as_bytes()).unwrap_err().to_string();
        assert!(message.contains("line 8 (cut): the matrix has 2 rows; expected 4"), "{message}");
    }
}
