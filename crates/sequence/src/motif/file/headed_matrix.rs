//! Matrices below headers that begin with `>`: JASPAR, HOMER, gimme and others.

use super::letters::only_letter;
use super::matrix::Number;
use super::numbered_lines::{Malformed, NumberedLines, excerpt};
use crate::dna::iupac_bases;

/// Row of a matrix, with the letter that it begins with.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) letter: Option<char>,
    /// Whether the numbers are in brackets, as in JASPAR files.
    pub(super) is_bracketed: bool,
    pub(super) numbers: Vec<Number>,
}

/// Header and rows of a motif. The format of the file decides whether a row is a base or a position.
#[derive(Clone, Debug)]
pub(super) struct HeadedMatrix {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) alternative_name: Option<String>,
    /// Whether the header is HOMER's: consensus, name and score threshold, separated by tabs.
    pub(super) is_homer: bool,
    pub(super) rows: Vec<Row>,
}

impl HeadedMatrix {
    /// Header without its `>`.
    fn of_header(line: usize, header: &str) -> Option<Self> {
        // Copied text has spaces in place of the tabs.
        let separator = if header.contains('\t') { "\t" } else { "  " };
        let fields: Vec<&str> = header.split(separator).map(str::trim).filter(|field| !field.is_empty()).collect();
        if let [_, name, threshold, ..] = fields[..]
            && Number::parse(threshold).is_ok()
        {
            return Some(Self {
                line,
                name: name.to_owned(),
                alternative_name: None,
                is_homer: true,
                rows: Vec::new(),
            });
        }
        let mut words = header.split_whitespace();
        let name = words.next()?.to_owned();
        let alternative_name = words.collect::<Vec<_>>().join(" ");
        let alternative_name = Some(alternative_name).filter(|name| !name.is_empty());
        Some(Self { line, name, alternative_name, is_homer: false, rows: Vec::new() })
    }

    /// Error at a line of this motif.
    pub(super) fn malformed(&self, line: usize, detail: String) -> Malformed {
        Malformed { line, motif: Some(self.name.clone()), detail }
    }
}

/// Reads all headers with their rows; blank lines and comments (`#`) are skipped.
pub(super) fn read_matrices(lines: &[String]) -> Result<Vec<HeadedMatrix>, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut matrices: Vec<HeadedMatrix> = Vec::new();
    while let Some((line, text)) = lines.next_content() {
        if let Some(header) = text.strip_prefix('>') {
            let motif = matrices.last().map(|matrix| format!("after {}", matrix.name));
            let unnamed = || Malformed { line, motif, detail: "no name after '>'".to_owned() };
            matrices.push(HeadedMatrix::of_header(line, header).ok_or_else(unnamed)?);
            continue;
        }
        let Some(matrix) = matrices.last_mut() else {
            return Err(Malformed {
                line,
                motif: None,
                detail: format!("expected '>' and a name, found {}", excerpt(text)),
            });
        };
        let row = parse_row(line, text).map_err(|detail| matrix.malformed(line, detail))?;
        if let Some(first) = matrix.rows.first().filter(|first| first.letter.is_some() != row.letter.is_some()) {
            let found = if first.letter.is_some() { "no letter" } else { "a letter" };
            return Err(
                matrix.malformed(line, format!("{found} at the start of the row, unlike in the rows before it"))
            );
        }
        matrix.rows.push(row);
    }
    if let Some(matrix) = matrices.iter().find(|matrix| matrix.rows.is_empty()) {
        return Err(matrix.malformed(matrix.line, "no rows below the name".to_owned()));
    }
    Ok(matrices)
}

/// Parses `4 19 0`, `A [ 4 19 0 ]`, `A | 4 19 0` or `A: 4 19 0`.
fn parse_row(line: usize, text: &str) -> Result<Row, String> {
    let is_separator = |letter: char| letter.is_whitespace() || "[]|:".contains(letter);
    let word = text.split(|letter: char| is_separator(letter)).next().unwrap_or("");
    let is_number = word.parse::<f64>().is_ok();
    let is_sequence = word.len() > 1 && !is_number && word.bytes().all(|byte| iupac_bases(byte).is_some());
    if is_sequence {
        return Err(format!("{} is sequence, as in FASTA; expected a matrix of numbers", excerpt(text)));
    }
    let is_bracketed = text.contains('[');
    if is_bracketed && !text.ends_with(']') {
        return Err("'[' without ']' at the end of the row; is the file cut off?".to_owned());
    }
    let letter = only_letter(word);
    let rest = if letter.is_some() { &text[1..] } else { text };
    let words = rest.split(is_separator).filter(|word| !word.is_empty());
    Ok(Row { line, letter, is_bracketed, numbers: words.map(Number::parse).collect::<Result<_, _>>()? })
}
