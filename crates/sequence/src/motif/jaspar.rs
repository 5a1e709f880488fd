//! Parser of the JASPAR formats: a header and four rows of counts per motif.

use super::numbered_lines::{Malformed, NumberedLines, number};
use super::{MotifFile, PositionWeightMatrix, UNIFORM_BACKGROUND};

const LETTERS: [char; 4] = ['A', 'C', 'G', 'T'];

pub(super) fn parse(lines: &[String]) -> Result<MotifFile, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut motifs = Vec::new();
    while let Some((line, text)) = lines.next_non_blank() {
        let before = motifs.last().map(|motif: &PositionWeightMatrix| format!("after {}", motif.name()));
        let fail = |detail: String| Malformed { line, motif: before.clone(), detail };
        let header = text
            .strip_prefix('>')
            .ok_or_else(|| fail(format!("expected '>' and the name of the next motif, found '{text}'")))?;
        let mut names = header.split_whitespace();
        let name = names.next().ok_or_else(|| fail("no name after '>'".to_owned()))?;
        let alternative_name = names.collect::<Vec<_>>().join(" ");
        let motif = matrix(name, line, &mut lines)?;
        motifs.push(if alternative_name.is_empty() { motif } else { motif.with_alternative_name(alternative_name) });
    }
    Ok(MotifFile { motifs, background: None })
}

/// Parses the four rows of counts, in the order A, C, G, T.
fn matrix(name: &str, header: usize, lines: &mut NumberedLines) -> Result<PositionWeightMatrix, Malformed> {
    let fail = |line: usize, detail: String| Malformed { line, motif: Some(name.to_owned()), detail };
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut last = header;
    for letter in LETTERS {
        let (line, text) = lines
            .next_non_blank()
            .ok_or_else(|| fail(lines.last(), format!("the file ends before the row of {letter}")))?;
        last = line;
        if text.starts_with('>') {
            return Err(fail(line, format!("expected the row of {letter}, found the next motif")));
        }
        let values = row(text, letter).map_err(|detail| fail(line, detail))?;
        if let Some(first) = rows.first().filter(|first| first.len() != values.len()) {
            return Err(fail(line, format!("{} counts of {letter}; the row of A has {}", values.len(), first.len())));
        }
        rows.push(values);
    }
    let counts: Vec<[f64; 4]> = (0..rows[0].len()).map(|column| [0, 1, 2, 3].map(|base| rows[base][column])).collect();
    PositionWeightMatrix::from_counts(name, &counts, 0.0, UNIFORM_BACKGROUND)
        .map_err(|error| fail(last, error.to_string()))
}

/// Parses a row of counts: `A [ 4 19 0 ]` or `4 19 0`.
fn row(text: &str, letter: char) -> Result<Vec<f64>, String> {
    let text = match text.chars().next().filter(char::is_ascii_alphabetic) {
        Some(found) if found.eq_ignore_ascii_case(&letter) => &text[1..],
        Some(found) => return Err(format!("row of {found}; expected the row of {letter} (order A, C, G, T)")),
        None => text,
    };
    let values = text.split(|c: char| c.is_whitespace() || "[]|:".contains(c)).filter(|word| !word.is_empty());
    values.map(number).collect()
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::read;

    #[test]
    fn jaspar_parse_accepts_both_forms() {
        let jaspar = ">MA0004.1\tArnt\nA  [     4     19 ]\nC  [    16      0 ]\nG  [     0      1 ]\nT  [0      0]\n";
        let pfm = ">MA0004.1 Arnt\n4.0\t19.0\n16 0\n0 1\n0 0\n\n";
        for text in [jaspar, pfm] {
            let file = read(text.as_bytes()).unwrap();
            assert_eq!(file.background, None);
            let motif = &file.motifs[0];
            assert_eq!((motif.name(), motif.alternative_name()), ("MA0004.1", Some("Arnt")));
            assert_eq!(motif.columns(), [[0.2, 0.8, 0.0, 0.0], [0.95, 0.0, 0.05, 0.0]]);
            assert!((motif.sites() - 20.0).abs() < 1e-12);
        }
    }

    #[test]
    fn jaspar_parse_malformed_line_is_numbered() {
        let cases = [
            (">\n", "line 1 (before the first motif): no name"),
            (">a\n1\n", "line 2 (a): the file ends before the row of C"),
            (">a\n1\n1\n>b\n", "line 4 (a): expected the row of G, found the next motif"),
            (">a\n1\n1 2\n1\n1\n", "line 3 (a): 2 counts of C; the row of A has 1"),
            (">a\nC [1]\n", "line 2 (a): row of C; expected the row of A"),
            (">a\n1\n1x\n", "line 3 (a): '1x' is not a number"),
            (">a\n0\n0\n0\n0\n", "line 5 (a): column 1 is all zeros"),
            (">a\n1\n0\n-1\n0\n", "line 5 (a): column 1 has -1"),
            (">a\n1\n1\n1\n1\n1 2\n", "line 6 (after a): expected '>' and the name of the next motif, found '1 2'"),
        ];
        for (text, expected) in cases {
            let message = read(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
