//! UniPROBE format: a line that names the motif, and the rows `A:`, `C:`, `G:` and `T:` of probabilities.

use super::ParsedMotifs;
use super::letters::{BaseOrder, base_of, only_letter};
use super::matrix::{Number, Numbers, Position, is_row_of_numbers, motif};
use super::numbered_lines::{Malformed, NumberedLines, excerpt};
use crate::counted::counted;
use crate::motif::PositionWeightMatrix;

/// Titles of other matrices in the output of the Seed-and-Wobble program, in lower case.
const OTHER_MATRICES: [&str; 3] = ["energy matrix", "score matrix", "reverse complement matrix"];

/// Title of the probabilities in that output, in lower case.
const PROBABILITY_MATRIX: &str = "probability matrix";

/// Letter and numbers of a row such as `A: 0.1 0.9`.
struct Row<'a> {
    line: usize,
    letter: char,
    numbers: &'a str,
}

impl<'a> Row<'a> {
    fn parse(line: usize, text: &'a str) -> Option<Self> {
        let (word, numbers) = text.split_once(':')?;
        let letter = only_letter(word.trim()).filter(|&letter| base_of(letter).is_some())?;
        Some(Self { line, letter, numbers })
    }
}

/// Whether a line is the row of a base: `A: 0.1 0.9`.
pub(super) fn is_row(text: &str) -> bool {
    Row::parse(0, text).is_some_and(|row| is_row_of_numbers(row.numbers))
}

/// Parses a file of one or more matrices; `stem` is the name of a motif without a title.
pub(super) fn parse(lines: &[String], stem: &str) -> Result<ParsedMotifs, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut parsed = ParsedMotifs::default();
    let mut name: Option<String> = None;
    let mut is_other = false;
    while let Some((line, text)) = lines.next_content() {
        let Some(first) = Row::parse(line, text).filter(|_| is_row(text)) else {
            let title = text.to_lowercase();
            if OTHER_MATRICES.iter().any(|other| title.contains(other)) {
                is_other = true;
            } else if title.starts_with(PROBABILITY_MATRIX) {
                is_other = false;
            } else if is_other && (is_row_of_numbers(text) || title.starts_with("po")) {
                // A matrix for enoLOGOS.
            } else if is_row_of_numbers(text) {
                let detail = format!("the row {} has no letter; expected 'A:', 'C:', 'G:' or 'T:'", excerpt(text));
                return Err(Malformed { line, motif: name, detail });
            } else {
                is_other = false;
                name = title_name(text);
            }
            continue;
        };
        let rows = [Some(first), None, None, None];
        let motif = name.clone().unwrap_or_else(|| stem.to_owned());
        let rows = read_rows(rows, &motif, &mut lines)?;
        if is_other {
            continue;
        }
        if parsed.motifs.iter().any(|known: &PositionWeightMatrix| known.name() == motif) {
            let detail = "a second matrix of the same name; expected a line with its name before it".to_owned();
            return Err(Malformed { line, motif: Some(motif), detail });
        }
        parsed.is_rna |= rows.iter().any(|row| row.letter.eq_ignore_ascii_case(&'U'));
        parsed.motifs.push(matrix(&motif, &rows)?);
        name = None;
    }
    Ok(parsed)
}

/// Name in a title: `Protein: Arnt <tab> Seed k-mer: ...`, `Gene: Arnt <tab> ...`, or the first word of another title.
fn title_name(text: &str) -> Option<String> {
    let first =
        text.split('\t').map(|field| field.trim_start_matches(['>', '#']).trim()).find(|field| !field.is_empty())?;
    let value = ["Protein:", "Gene:", "Motif:", "TF:"].iter().find_map(|label| first.strip_prefix(label));
    let rest = text.split('\t').nth(1).unwrap_or("");
    let value = value.map_or(first, |value| if value.trim().is_empty() { rest } else { value });
    value.split_whitespace().next().map(str::to_owned)
}

/// Reads the rows of the other three bases.
fn read_rows<'a>(
    mut rows: [Option<Row<'a>>; 4],
    name: &str,
    lines: &mut NumberedLines<'a>,
) -> Result<Vec<Row<'a>>, Malformed> {
    for slot in &mut rows[1..] {
        let content = lines.next_content();
        let end = content.map_or(lines.last(), |(line, _)| line);
        let row = content.and_then(|(line, text)| Row::parse(line, text));
        let expected = || Malformed {
            line: end,
            motif: Some(name.to_owned()),
            detail: "expected the four rows 'A:', 'C:', 'G:' and 'T:'".to_owned(),
        };
        *slot = Some(row.ok_or_else(expected)?);
    }
    Ok(rows.into_iter().flatten().collect())
}

fn matrix(name: &str, rows: &[Row]) -> Result<PositionWeightMatrix, Malformed> {
    let fail = |line: usize, detail: String| Malformed { line, motif: Some(name.to_owned()), detail };
    let line = rows[0].line;
    let order = BaseOrder::of(rows.iter().map(|row| row.letter))
        .ok_or_else(|| fail(line, "expected one row each of 'A:', 'C:', 'G:' and 'T:'".to_owned()))?;
    let numbers = |row: &Row| {
        let numbers = row.numbers.split_whitespace().map(Number::parse);
        numbers.collect::<Result<Vec<_>, _>>().map_err(|detail| fail(row.line, detail))
    };
    let numbers: Vec<Vec<Number>> = rows.iter().map(numbers).collect::<Result<_, _>>()?;
    let width = numbers[0].len();
    if let Some(at) = numbers.iter().position(|row| row.len() != width) {
        return Err(fail(
            rows[at].line,
            format!("{}; the first row has {width}", counted(numbers[at].len(), "number")),
        ));
    }
    let last = rows.last().map_or(line, |row| row.line);
    let position = |column: usize| Position {
        line: last,
        values: order.arrange([0, 1, 2, 3].map(|row: usize| numbers[row][column])),
    };
    let positions: Vec<Position> = (0..width).map(position).collect();
    motif(name, &positions, Numbers::PROBABILITIES, "column")
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::{read, read_named};

    const ROWS: &str = "A:\t0.7\t0.1\nC:\t0.1\t0.1\nG:\t0.1\t0.1\nT:\t0.1\t0.7\n";

    #[test]
    fn uniprobe_matrix_is_named_by_title_or_file() {
        for (title, name) in [
            ("Protein: Arnt\tSeed k-mer: ACGTGAC\tEnrichment Score: 0.49\n", "Arnt"),
            ("Gene:\tZfp105\tMotif:\tAACA.AA\tEnrichment Score:\t0.4\n\n", "Zfp105"),
            ("Zif268\n", "Zif268"),
            ("Probability matrix\n\n", "m"),
            ("", "m"),
        ] {
            let file = read_named("m.pwm", format!("{title}{ROWS}").as_bytes()).unwrap();
            assert_eq!((file.motifs[0].name(), file.motifs[0].consensus().as_str()), (name, "AT"), "{title}");
        }
        let two = read(format!("a\n{ROWS}\nb\n{ROWS}").as_bytes()).unwrap();
        assert_eq!((two.motifs.len(), two.motifs[1].name()), (2, "b"));
    }

    #[test]
    fn uniprobe_other_matrices_are_skipped() {
        let text = format!(
            "Enrichment Score Matrix\n\nA:\t0.4\t-0.1\nC:\t0.1\t0.1\nG:\t0\t0\nT:\t0\t0\n\nEnergy matrix for enoLOGOS\n\n\
             PO\tA\tC\tG\tT\n1\t0.1\t-0.2\t0\t0\n\nProbability matrix\n\n{ROWS}"
        );
        let file = read(text.as_bytes()).unwrap();
        assert_eq!((file.motifs.len(), file.motifs[0].consensus().as_str()), (1, "AT"));
    }

    #[test]
    fn uniprobe_malformed_line_is_numbered() {
        let cases = [
            ("x\nA:\t1\nC:\t0\n".to_owned(), "line 3 (x): expected the four rows"),
            ("x\nA:\t1\nC:\t0\nG:\t0\nG:\t0\n".to_owned(), "line 2 (x): expected one row each"),
            ("x\nA:\t1\nC:\t0\nG:\t0\nT:\t0\t1\n".to_owned(), "line 5 (x): 2 numbers; the first row has 1"),
            ("x\nA:\t0.5\nC:\t0\nG:\t0\nT:\t0\n".to_owned(), "line 5 (x): column 1 sums to 0.5; expected 1"),
            (format!("{ROWS}{ROWS}"), "line 5 (m): a second matrix of the same name"),
            (format!("x\n{ROWS}0.1 0.9\n"), "line 6 (before the first motif): the row '0.1 0.9' has no letter"),
        ];
        for (text, expected) in cases {
            let message = read(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
