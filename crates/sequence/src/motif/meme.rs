//! Parser and writer of the MEME motif format, <https://meme-suite.org/meme/doc/meme-format.html>.

use std::fmt::Write;

use super::numbered_lines::{Malformed, NumberedLines, number};
use super::{MotifFile, PositionWeightMatrix};

const LETTERS: [&str; 4] = ["A", "C", "G", "T"];
const MATRIX: &str = "letter-probability matrix:";
const BACKGROUND: &str = "Background letter frequencies";

/// Header of a motif whose matrix has not been read yet.
struct Header {
    line: usize,
    name: String,
    alternative_name: Option<String>,
}

pub(super) fn parse(lines: &[String]) -> Result<MotifFile, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut file = MotifFile { motifs: Vec::new(), background: None };
    let mut pending: Option<Header> = None;
    while let Some((line, text)) = lines.next() {
        let fail = |motif: Option<&Header>, detail: String| Malformed {
            line,
            motif: motif.map(|header| header.name.clone()),
            detail,
        };
        if let Some(rest) = text.strip_prefix("ALPHABET") {
            skip_alphabet(rest, &mut lines).map_err(|detail| fail(None, detail))?;
        } else if text.starts_with(BACKGROUND) {
            file.background = Some(background(&mut lines).map_err(|detail| fail(None, detail))?);
        } else if let Some(names) = text.strip_prefix("MOTIF").filter(|rest| rest.starts_with([' ', '\t'])) {
            require_no_pending(pending.take())?;
            let mut names = names.split_whitespace().map(str::to_owned);
            let name = names.next().ok_or_else(|| fail(None, "MOTIF without a name".to_owned()))?;
            pending = Some(Header { line, name, alternative_name: names.next() });
        } else if let Some(keys) = text.strip_prefix(MATRIX) {
            // MEME also writes other forms of the matrix, but this one only once per motif.
            let header = pending.take().ok_or_else(|| {
                fail(None, "a matrix without a MOTIF line before it; expected MOTIF and a name".to_owned())
            })?;
            file.motifs.push(matrix(header, keys, line, &mut lines)?);
        }
    }
    require_no_pending(pending)?;
    Ok(file)
}

/// Error for a motif without a matrix.
fn require_no_pending(pending: Option<Header>) -> Result<(), Malformed> {
    match pending {
        None => Ok(()),
        Some(header) => Err(Malformed {
            line: header.line,
            motif: Some(header.name),
            detail: format!("no \"{MATRIX}\" follows; a log-odds matrix is not sufficient"),
        }),
    }
}

/// Skips `ALPHABET= ACGT`, or an alphabet definition up to its end. The matrices state the alphabet size.
fn skip_alphabet(rest: &str, lines: &mut NumberedLines) -> Result<(), String> {
    if let Some(letters) = rest.trim_start().strip_prefix('=') {
        let letters = letters.trim();
        return if letters.eq_ignore_ascii_case("ACGT") {
            Ok(())
        } else {
            Err(format!("alphabet {letters}; expected the DNA alphabet ACGT"))
        };
    }
    while let Some((_, text)) = lines.next() {
        if text.starts_with("END ALPHABET") {
            return Ok(());
        }
    }
    Err("the definition of the alphabet has no END ALPHABET".to_owned())
}

/// Parses `A 0.25 C 0.25 G 0.25 T 0.25`, on one or several lines.
fn background(lines: &mut NumberedLines) -> Result<[f64; 4], String> {
    let mut found = [None; 4];
    while found.contains(&None) {
        let expected = "expected the frequencies of A, C, G and T after \"Background letter frequencies\"";
        let (_, text) = lines.next_non_blank().ok_or(expected)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        for pair in words.chunks(2) {
            let letter = LETTERS.iter().position(|letter| pair[0].eq_ignore_ascii_case(letter));
            let (Some(letter), Some(value)) = (letter, pair.get(1)) else {
                return Err(format!("{expected}, found '{text}'"));
            };
            let value = number(value)?;
            if value <= 0.0 {
                return Err(format!("background frequency {value} of {}; expected above 0", LETTERS[letter]));
            }
            found[letter] = Some(value);
        }
    }
    let values = found.map(Option::unwrap_or_default);
    let sum: f64 = values.iter().sum();
    Ok(values.map(|value| value / sum))
}

/// Parses the rows below `letter-probability matrix: alength= 4 w= 6 nsites= 20 E= 0`.
fn matrix(
    header: Header,
    keys: &str,
    line: usize,
    lines: &mut NumberedLines,
) -> Result<PositionWeightMatrix, Malformed> {
    let Header { name, alternative_name, .. } = header;
    let fail = |line: usize, detail: String| Malformed { line, motif: Some(name.clone()), detail };
    let key = |name: &str| {
        // Spaces are allowed on both sides of the equals sign.
        let mut words =
            keys.split(|letter: char| letter == '=' || letter.is_whitespace()).filter(|word| !word.is_empty());
        words.find(|word| *word == name)?;
        words.next()
    };
    let integer = |name: &str| {
        key(name)
            .map(|text| text.parse::<usize>().map_err(|_| fail(line, format!("{name}= {text} is not a whole number"))))
            .transpose()
    };
    if let Some(letters) = integer("alength")?.filter(|&letters| letters != LETTERS.len()) {
        return Err(fail(line, format!("alength= {letters}; expected 4, the letters of DNA")));
    }
    let width = integer("w")?;
    let sites = key("nsites").map(|text| number(text).map_err(|detail| fail(line, detail))).transpose()?;

    let mut columns = Vec::new();
    let mut last = line;
    while width.is_none_or(|width| columns.len() < width) {
        let is_row =
            lines.peek().is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)));
        let blank_before_rows = columns.is_empty() && lines.peek() == Some("");
        if blank_before_rows {
            lines.next();
            continue;
        }
        if !is_row {
            break;
        }
        let Some((number, text)) = lines.next() else { break };
        // MEME may end the matrix with a line of dashes.
        if text.starts_with("--") {
            break;
        }
        last = number;
        columns.push(row(text).map_err(|detail| fail(number, detail))?);
    }
    if let Some(width) = width.filter(|&width| width != columns.len()) {
        return Err(fail(last, format!("the matrix ends after {} rows; expected {width} (w=)", columns.len())));
    }
    let motif = PositionWeightMatrix::from_probabilities(name.clone(), columns)
        .map_err(|error| fail(last, error.to_string().replace("column", "row")))?;
    let motif = match sites.filter(|&sites| sites > 0.0) {
        Some(sites) => motif.with_sites(sites),
        None => motif,
    };
    Ok(match alternative_name {
        Some(name) => motif.with_alternative_name(name),
        None => motif,
    })
}

fn row(text: &str) -> Result<[f64; 4], String> {
    let values: Vec<f64> = text.split_whitespace().map(number).collect::<Result<_, _>>()?;
    values.try_into().map_err(|values: Vec<f64>| format!("{} numbers; expected 4, for A, C, G and T", values.len()))
}

/// Motifs in minimal MEME format, version 4.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{PositionWeightMatrix, UNIFORM_BACKGROUND, to_meme};
///
/// let motif = PositionWeightMatrix::from_consensus("TATA", "TATAAA")?;
/// let text = to_meme(&[motif], UNIFORM_BACKGROUND);
/// assert!(text.contains("MOTIF TATA\nletter-probability matrix: alength= 4 w= 6 nsites= 20 E= 0\n"));
/// # Ok::<(), tatabox_sequence::InvalidMotif>(())
/// ```
pub fn to_meme(motifs: &[PositionWeightMatrix], background: [f64; 4]) -> String {
    let mut text = "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\n".to_owned();
    let frequencies: Vec<String> =
        LETTERS.iter().zip(background).map(|(letter, frequency)| format!("{letter} {frequency:.6}")).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", frequencies.join(" "));
    for motif in motifs {
        let names: Vec<String> =
            [Some(motif.name()), motif.alternative_name()].into_iter().flatten().map(without_spaces).collect();
        let _ = writeln!(text, "\nMOTIF {}", names.join(" "));
        let _ = writeln!(text, "{MATRIX} alength= 4 w= {} nsites= {} E= 0", motif.len(), motif.sites());
        for [a, c, g, t] in motif.columns() {
            let _ = writeln!(text, " {a:.6} {c:.6} {g:.6} {t:.6}");
        }
    }
    text
}

/// Name with white space replaced by `_`, since MEME names contain none.
fn without_spaces(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motif::file::tests::read;

    const MINIMAL: &str = "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\n\
        A 0.3 C 0.2 G 0.2\nT 0.3\n\nMOTIF MA1 Arnt\nletter-probability matrix: alength= 4 w= 2 nsites= 17 E= 4.1e-9\n\
        \t0.2 0.8 0 0\n0.95 0.0 0.05 0.0\n\nURL http://x\n\nMOTIF other\nletter-probability matrix: alength=4 w=1\n0 0 0 1\n";

    #[test]
    fn meme_parse_minimal_format() {
        let file = read(MINIMAL.as_bytes()).unwrap();
        assert_eq!(file.background, Some([0.3, 0.2, 0.2, 0.3]));
        let names: Vec<_> = file.motifs.iter().map(|motif| (motif.name(), motif.alternative_name())).collect();
        assert_eq!(names, [("MA1", Some("Arnt")), ("other", None)]);
        assert_eq!(file.motifs[0].columns(), [[0.2, 0.8, 0.0, 0.0], [0.95, 0.0, 0.05, 0.0]]);
        assert!((file.motifs[0].sites() - 17.0).abs() < 1e-12 && (file.motifs[1].sites() - 20.0).abs() < 1e-12);
    }

    #[test]
    fn meme_parse_output_of_meme() {
        let text = "********\nMEME version 5.5.5\n";
        assert!(read(text.as_bytes()).unwrap_err().to_string().contains("'********'"));
        let text = "MEME version 5.5.5\nALPHABET \"DNA\" DNA-LIKE\nA \"Adenine\" CC0000 ~ T \"Thymine\" 008000\n\
            END ALPHABET\nMOTIF GR MEME-1\twidth = 2 sites = 9\n\tMOTIFS follow\nlog-odds matrix: alength= 4 w= 2\n\
            1 2 3 4\n1 2 3 4\n---\nletter-probability matrix: alength= 4 w= 2 nsites= 9 E= 1e-3 \n\
            \n 0.0 0.0 1.0 0.0\n 0.5 0.0 0.5 0.0\n--------\n";
        let file = read(text.as_bytes()).unwrap();
        assert_eq!((file.motifs.len(), file.motifs[0].consensus().as_str()), (1, "GR"));
        assert_eq!(file.motifs[0].alternative_name(), Some("MEME-1"));
    }

    #[test]
    fn to_meme_round_trip_preserves_motif() {
        let background = [0.2, 0.3, 0.3, 0.2];
        let motif = PositionWeightMatrix::from_counts(
            "m1 f03",
            &[[3.0, 1.0, 0.0, 8.0], [0.0, 12.0, 0.0, 0.0]],
            1.0,
            background,
        )
        .unwrap()
        .with_alternative_name("TATA");
        let file = read(to_meme(std::slice::from_ref(&motif), background).as_bytes()).unwrap();
        assert_eq!(file.background, Some(background));
        let back = &file.motifs[0];
        assert_eq!((back.name(), back.alternative_name()), ("m1_f03", Some("TATA")));
        assert!((back.sites() - 12.0).abs() < 1e-12);
        for (found, expected) in back.columns().iter().flatten().zip(motif.columns().iter().flatten()) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn meme_parse_malformed_line_is_numbered() {
        let cases = [
            ("ALPHABET= ACDEFGHIKLMNPQRSTVWY\n", "line 2 (before the first motif): alphabet ACDEF"),
            (
                "Background letter frequencies\nA 0.5 X 0.5\n",
                "line 2 (before the first motif): expected the frequencies",
            ),
            ("Background letter frequencies\nA 0 C 1 G 0 T 0\n", "background frequency 0 of A"),
            ("MOTIF\t\n", "no motif"),
            ("MOTIF a\nMOTIF b\n", "line 2 (a): no \"letter-probability matrix:\" follows"),
            ("letter-probability matrix: w= 1\n1 0 0 0\n", "line 2 (before the first motif): a matrix without a MOTIF"),
            ("MOTIF a\nletter-probability matrix: alength= 20 w= 1\n", "line 3 (a): alength= 20; expected 4"),
            (
                "MOTIF a\nletter-probability matrix: w= 2\n1 0 0 0\n",
                "line 4 (a): the matrix ends after 1 rows; expected 2 (w=)",
            ),
            ("MOTIF a\nletter-probability matrix: w= 1\n1 0 0\n", "line 4 (a): 3 numbers; expected 4"),
            ("MOTIF a\nletter-probability matrix: w= 1\n1 0 0 x\n", "line 4 (a): 'x' is not a number"),
            ("MOTIF a\nletter-probability matrix: w= 1\n1 0 1 0\n", "line 4 (a): row 1 sums to 2; expected 1"),
            ("MOTIF a\nletter-probability matrix: w= 0\n", "line 3 (a): no row"),
            ("MOTIF a\nletter-probability matrix: w= many\n", "line 3 (a): w= many is not a whole number"),
        ];
        for (text, expected) in cases {
            let message = read(format!("MEME version 4\n{text}").as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
