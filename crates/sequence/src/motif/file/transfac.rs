//! TRANSFAC format and its dialects: those of JASPAR, STAMP, RSAT and SwissRegulon.

use super::ParsedMotifs;
use super::letters::BaseOrder;
use super::matrix::{Numbers, Position, motif};
use super::numbered_lines::{Malformed, NumberedLines, excerpt};
use super::numbered_rows::{is_numbered, parse_header, read_rows};
use crate::motif::PositionWeightMatrix;

/// Codes of the line above a matrix.
const MATRIX_CODES: [&str; 2] = ["P0", "PO"];

/// Codes of lines that name a motif, the most stable name first.
const NAME_CODES: [&str; 4] = ["AC", "ID", "NA", "DE"];

/// Motif that is being read.
#[derive(Default)]
struct Record {
    line: usize,
    /// Values of [`NAME_CODES`].
    names: [Option<String>; 4],
    /// Code of the last line other than `XX`.
    last_code: String,
    positions: Vec<Position>,
}

impl Record {
    fn is_named(&self) -> bool {
        self.names.iter().any(Option::is_some)
    }

    /// Name and alternative name.
    fn name(&self) -> (Option<String>, Option<String>) {
        let [accession, identifier, name, description] = &self.names;
        // A description can be a sentence, so only its first word is a name.
        let first_word = description.as_ref().and_then(|text| text.split_whitespace().next()).map(str::to_owned);
        let others =
            description.as_ref().and_then(|text| text.split_once(char::is_whitespace)).map(|(_, rest)| rest.trim());
        let Some(main) = accession.clone().or(identifier.clone()).or(name.clone()) else {
            return (first_word, others.map(str::to_owned));
        };
        let alternative = name.clone().or(identifier.clone()).filter(|alternative| *alternative != main);
        (Some(main), alternative)
    }

    fn malformed(&self, line: usize, detail: String) -> Malformed {
        Malformed { line, motif: self.name().0, detail }
    }

    fn into_motif(self) -> Result<PositionWeightMatrix, Malformed> {
        let (Some(name), alternative) = self.name() else {
            return Err(
                self.malformed(self.line, "a matrix without a name; expected AC, ID, NA or DE before it".to_owned())
            );
        };
        if self.positions.is_empty() {
            return Err(
                self.malformed(self.line, "no matrix; expected a line 'P0 A C G T' and rows below it".to_owned())
            );
        }
        let motif = motif(&name, &self.positions, Numbers::CountsOrProbabilities, "row")?;
        Ok(match alternative {
            Some(alternative) => motif.with_alternative_name(alternative),
            None => motif,
        })
    }
}

/// Whether a line is the header of a matrix, such as `P0 A C G T`.
pub(super) fn is_matrix_header(text: &str) -> bool {
    let code = text.split_whitespace().next().unwrap_or("");
    MATRIX_CODES.contains(&code) && parse_header(text).is_some()
}

/// Whether a line can be the first of a TRANSFAC file: it has a code of two letters, or is `//`.
pub(super) fn is_coded(text: &str) -> bool {
    let code = text.split_whitespace().next().unwrap_or("");
    code == "//" || code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a line names a motif.
pub(super) fn is_name(text: &str) -> bool {
    text.split_once(char::is_whitespace).is_some_and(|(code, _)| NAME_CODES.contains(&code))
}

pub(super) fn parse(lines: &[String]) -> Result<ParsedMotifs, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut parsed = ParsedMotifs::default();
    let mut record = Record::default();
    while let Some((line, text)) = lines.next_content() {
        let (code, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let value = value.trim();
        if is_numbered(code) {
            rows_without_header(&mut record, line, text, &mut lines)?;
        } else if MATRIX_CODES.contains(&code) {
            if !record.positions.is_empty() {
                return Err(record.malformed(line, "a second matrix; expected '//' and a name before it".to_owned()));
            }
            let order = parse_header(text).ok_or_else(|| {
                record.malformed(line, format!("{}; expected {code} and the letters A, C, G and T", excerpt(text)))
            })?;
            parsed.is_rna |= order.is_rna;
            if !record.is_named() {
                record.line = line;
            }
            let rows = read_rows(None, order, &mut lines);
            record.positions = rows.map_err(|(line, detail)| record.malformed(line, detail))?;
            if record.positions.is_empty() {
                return Err(record.malformed(line, "no rows below the header of the matrix".to_owned()));
            }
            code.clone_into(&mut record.last_code);
        } else if code == "//" {
            finish(&mut record, &mut parsed)?;
        } else if !is_coded(code) {
            return Err(record
                .malformed(line, format!("{}; expected a line with a TRANSFAC code of two letters", excerpt(text))));
        } else if code != "XX" {
            if let Some(index) = NAME_CODES.iter().position(|known| *known == code).filter(|_| !value.is_empty()) {
                // Files without '//' begin the next motif with its name. A description can have several lines.
                if !record.positions.is_empty() || index < 2 && record.names[index].is_some() {
                    finish(&mut record, &mut parsed)?;
                }
                record.names[index].get_or_insert_with(|| value.to_owned());
                record.line = line;
            }
            code.clone_into(&mut record.last_code);
        }
    }
    finish(&mut record, &mut parsed)?;
    Ok(parsed)
}

/// Adds the motif that has been read, if there is one: the first record of a file can be its version.
fn finish(record: &mut Record, parsed: &mut ParsedMotifs) -> Result<(), Malformed> {
    let record = std::mem::take(record);
    if record.is_named() || !record.positions.is_empty() {
        parsed.motifs.push(record.into_motif()?);
    }
    Ok(())
}

/// Reads rows without a header. In STAMP's dialect they follow the name, in the order A, C, G, T. After other codes,
/// such as XL, they are other tables.
fn rows_without_header<'a>(
    record: &mut Record,
    line: usize,
    text: &'a str,
    lines: &mut NumberedLines<'a>,
) -> Result<(), Malformed> {
    if record.last_code == "DE" && record.positions.is_empty() {
        let rows = read_rows(Some((line, text)), BaseOrder::ACGT, lines);
        record.positions = rows.map_err(|(line, detail)| record.malformed(line, detail))?;
        MATRIX_CODES[0].clone_into(&mut record.last_code);
        return Ok(());
    }
    if MATRIX_CODES.contains(&record.last_code.as_str()) || record.positions.is_empty() {
        return Err(record.malformed(
            line,
            format!("the row {} is outside a matrix; expected 'P0 A C G T' and rows without gaps", excerpt(text)),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::read;

    const TRANSFAC: &str = "VV  TRANSFAC MATRIX TABLE, Rel.3.2 26-06-1997\nXX\n//\nAC  M00001\nXX\nID  V$MYOD_01\nXX\n\
        DT  19.10.92 (created); ewi.\nNA  MyoD\nXX\nDE  myoblast determination gene product\nXX\nBF  T00526; MyoD\nXX\n\
        P0      A      C      G      T\n01      1      2      2      0      S\n02      2      1      2      0      R\n\
        03      0      0      5      0      G\nXX\nBA  5 functional elements\nXX\n//\n";

    #[test]
    fn transfac_records_and_dialects() {
        let file = read(TRANSFAC.as_bytes()).unwrap();
        let motif = &file.motifs[0];
        assert_eq!((file.motifs.len(), motif.name(), motif.alternative_name()), (1, "M00001", Some("MyoD")));
        assert_eq!((motif.columns()[0], motif.len()), ([0.2, 0.4, 0.4, 0.0], 3));
        let jaspar = "AC MA0004.1\nXX\nID Arnt\nXX\nDE MA0004.1 Arnt ; From JASPAR\nPO\tA\tC\tG\tT\n01\t4.0\t16.0\t0.0\t0.0\n\
            02\t19.0\t0.0\t1.0\t0.0\nXX\nCC tax_group:vertebrates\nXX\n//\nAC MA2\nPO\tT\tG\tC\tA\n1\t1\t0\t0\t9\nXX\n//\n";
        let file = read(jaspar.as_bytes()).unwrap();
        assert_eq!((file.motifs[0].alternative_name(), file.motifs[0].sites()), (Some("Arnt"), 20.0));
        assert_eq!(file.motifs[1].columns(), [[0.9, 0.0, 0.0, 0.1]]);
        let stamp = "DE\tMA1 AGL3\n0\t0\t94\t1\t2\tC\n1\t0.5\t75.5\t0\t19\tC\nXX\nDE\tMA2\n0\t1\t0\t0\t0\tA\nXX\n";
        let file = read(stamp.as_bytes()).unwrap();
        let found: Vec<_> = file.motifs.iter().map(|motif| (motif.name(), motif.consensus())).collect();
        assert_eq!(found, [("MA1", "CC".to_owned()), ("MA2", "A".to_owned())]);
        let regulon = "//\nNA  ALX1.p2\nPO  A   C   G   T   cons    inf\n1   79.3   30.1  11.6   39.1  N  0.2\n2   9 0 0 0  A  2\n//\n";
        assert_eq!(read(regulon.as_bytes()).unwrap().motifs[0].consensus(), "NA");
        let without_ends = "AC\tX\nP0\tA\tC\tG\tT\n01\t3\t2\t4\t45\tN\nXX\nXL\n00\t36\n01\t2\nXX\nAC\tY\nP0\tA\tC\tG\tU\n01\t9\t0\t0\t0\n";
        assert_eq!(read(without_ends.as_bytes()).unwrap().motifs.len(), 2);
    }

    #[test]
    fn transfac_malformed_line_is_numbered() {
        let cases = [
            ("AC X\nP0 A C G\n", "line 2 (X): 'P0 A C G'; expected P0 and the letters"),
            ("AC X\nXX\n//\n", "line 1 (X): no matrix"),
            ("P0 A C G T\n1 9 0 0 0\n", "line 1 (before the first motif): a matrix without a name"),
            ("AC X\nP0 A C G T\nXX\n", "line 2 (X): no rows"),
            ("AC X\nP0 A C G T\n1 9 0 0\n", "line 3 (X): 3 numbers; expected 4"),
            ("AC X\nP0 A C G T\n1 9 0 0 0 0\n", "line 3 (X): 5 numbers; expected 4"),
            ("AC X\nP0 A C G T\n1 9 0 0 0\n3 9 0 0 0\n", "line 4 (X): row number 3; expected 2"),
            ("AC X\nP0 A C G T\n1 9 0 0 0\n\n2 9 0 0 0\n", "line 5 (X): the row '2 9 0 0 0' is outside a matrix"),
            ("AC X\nP0 A C G T\n1 9 0 0 0\nXX\n2 9 0 0 0\n", "line 5 (X): the row '2 9 0 0 0' is outside a matrix"),
            ("AC X\nP0 A C G T\n1 .5 0 0 .25\n", "line 3 (X): row 1 sums to 0.75; expected 1"),
            ("AC X\nP0 A C G T\n1 0 0 0 0\n", "line 3 (X): row 1 is all zeros"),
            ("AC X\nP0 A C G T\n1 9 0 -1 0\n", "line 3 (X): row 1 has -1"),
            ("AC X\nmatrix\n", "line 2 (X): 'matrix'; expected a line with a TRANSFAC code"),
        ];
        for (text, expected) in cases {
            let message = read(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
