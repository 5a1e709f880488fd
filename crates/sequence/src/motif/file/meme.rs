//! Parser of the MEME motif format, minimal or as the programs of the MEME suite print it,
//! <https://meme-suite.org/meme/doc/meme-format.html>.

use super::ParsedMotifs;
use super::letters::BaseOrder;
use super::matrix::{Number, Numbers, Position, is_row_of_numbers, motif};
use super::meme_header::{alphabet, background};
use super::numbered_lines::{Malformed, NumberedLines, excerpt};
use crate::counted::counted;
use crate::motif::PositionWeightMatrix;

/// First words of the line by which the format is recognised.
pub(super) const VERSION: &str = "MEME version";

const MATRIX: &str = "letter-probability matrix:";
const BACKGROUND: &str = "Background letter frequencies";

/// Header of a motif whose matrix has not been read yet.
struct Header {
    line: usize,
    name: String,
    alternative_name: Option<String>,
    has_log_odds: bool,
}

impl Header {
    /// Parses `MOTIF name alternative`; MEME itself adds `width = 5 sites = 20 ...`.
    fn parse(line: usize, text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_width = |at: usize| {
            words[at].starts_with("width=")
                || words[at] == "width" && words.get(at + 1).is_some_and(|next| next.starts_with('='))
        };
        let mut names = (0..words.len()).take_while(|&at| !is_width(at)).map(|at| words[at].to_owned());
        Some(Self { line, name: names.next()?, alternative_name: names.next(), has_log_odds: false })
    }
}

pub(super) fn parse(lines: &[String]) -> Result<ParsedMotifs, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut parsed = ParsedMotifs::default();
    let mut order = BaseOrder::ACGT;
    let mut pending: Option<Header> = None;
    while let Some((line, text)) = lines.next_content() {
        let fail = |motif: Option<&Header>, detail: String| Malformed {
            line,
            motif: motif.map(|header| header.name.clone()),
            detail,
        };
        if let Some(rest) = text.strip_prefix("ALPHABET").filter(|rest| rest.starts_with([' ', '\t', '=', '"'])) {
            order = alphabet(rest, &mut lines).map_err(|detail| fail(None, detail))?;
            parsed.is_rna |= order.is_rna;
        } else if text.starts_with(BACKGROUND) {
            let found = background(&mut lines).map_err(|detail| fail(None, detail))?;
            parsed.add_background(line, found);
        } else if let Some(names) = text.strip_prefix("MOTIF").filter(|rest| rest.starts_with([' ', '\t'])) {
            require_no_pending(pending.take())?;
            let header = Header::parse(line, names);
            pending = Some(header.ok_or_else(|| fail(None, "MOTIF without a name".to_owned()))?);
        } else if let Some(keys) = text.strip_prefix(MATRIX) {
            // MEME also writes other forms of the matrix, but this one only once per motif.
            let header = pending.take().ok_or_else(|| {
                fail(None, "a matrix without a MOTIF line before it; expected MOTIF and a name".to_owned())
            })?;
            parsed.motifs.push(matrix(header, keys, line, order, &mut lines)?);
        } else if text.starts_with("log-odds matrix:") {
            skip_log_odds(pending.as_mut(), &mut lines);
        } else if is_row_of_numbers(text)
            && text.split_whitespace().filter(|word| word.parse::<f64>().is_ok()).count() == 4
        {
            return Err(fail(
                pending.as_ref(),
                format!("a row of numbers outside a matrix; expected \"{MATRIX}\" before it"),
            ));
        }
    }
    require_no_pending(pending)?;
    Ok(parsed)
}

/// Error for a motif without a matrix.
fn require_no_pending(pending: Option<Header>) -> Result<(), Malformed> {
    let Some(header) = pending else { return Ok(()) };
    let found = if header.has_log_odds { "; a log-odds matrix alone is not read" } else { "" };
    Err(Malformed { line: header.line, motif: Some(header.name), detail: format!("no \"{MATRIX}\" follows{found}") })
}

fn skip_log_odds(header: Option<&mut Header>, lines: &mut NumberedLines) {
    if let Some(header) = header {
        header.has_log_odds = true;
    }
    while lines.peek().is_some_and(is_row_of_numbers) {
        lines.next();
    }
}

/// Parses the rows below `letter-probability matrix: alength= 4 w= 6 nsites= 20 E= 0`.
fn matrix(
    header: Header,
    keys: &str,
    line: usize,
    order: BaseOrder,
    lines: &mut NumberedLines,
) -> Result<PositionWeightMatrix, Malformed> {
    let Header { name, alternative_name, .. } = header;
    let fail = |line: usize, detail: String| Malformed { line, motif: Some(name.clone()), detail };
    let keys = Keys::parse(keys).map_err(|detail| fail(line, detail))?;

    let mut positions = Vec::new();
    let mut last = line;
    // Only before the first row may lines be blank.
    while positions.is_empty() && lines.peek() == Some("") {
        lines.next();
    }
    while keys.width.is_none_or(|width| positions.len() < width) && lines.peek().is_some_and(is_row_of_numbers) {
        let Some((number, text)) = lines.next() else { break };
        let values = Number::parse_row(text).map_err(|detail| fail(number, detail))?;
        positions.push(Position { line: number, values: order.arrange(values) });
        last = number;
    }
    if let Some(width) = keys.width.filter(|&width| width != positions.len()) {
        return Err(fail(
            last,
            format!("the matrix ends after {}; expected {width} (w=)", counted(positions.len(), "row")),
        ));
    }
    if let Some((number, text)) = lines.peek_content().filter(|(_, text)| is_row_of_numbers(text)) {
        let stated = if keys.width.is_some() { " (w=)" } else { ", up to the blank line" };
        let rows = counted(positions.len(), "row");
        let detail =
            format!("{} follows the {rows} of the matrix{stated}; correct w= or remove the row", excerpt(text));
        return Err(fail(number, detail));
    }
    if positions.is_empty() {
        return Err(fail(line, "no rows below the header of the matrix".to_owned()));
    }
    let motif = motif(&name, &positions, Numbers::PROBABILITIES, "row")?;
    let motif = match keys.sites {
        Some(sites) => motif.with_sites(sites),
        None => motif,
    };
    Ok(match alternative_name {
        Some(name) => motif.with_alternative_name(name),
        None => motif,
    })
}

/// Values of the header of a matrix.
struct Keys {
    width: Option<usize>,
    /// Number of sites, above 0.
    sites: Option<f64>,
}

impl Keys {
    fn parse(text: &str) -> Result<Self, String> {
        let value = |name: &str| {
            // Spaces are allowed on both sides of the equals sign.
            let mut words =
                text.split(|letter: char| letter == '=' || letter.is_whitespace()).filter(|word| !word.is_empty());
            words.find(|word| *word == name)?;
            words.next()
        };
        let integer = |name: &str| {
            let parse = |text: &str| text.parse::<usize>().map_err(|_| format!("{name}= {text} is not a whole number"));
            value(name).map(parse).transpose()
        };
        if let Some(letters) = integer("alength")?.filter(|&letters| letters != 4) {
            let protein = if letters == 20 { " (protein)" } else { "" };
            return Err(format!("alength= {letters}{protein}; expected 4, the letters of DNA"));
        }
        let width = integer("w")?;
        if width == Some(0) {
            return Err("w= 0; expected at least one row".to_owned());
        }
        let sites = value("nsites").map(|text| Number::parse(text).map(|number| number.value)).transpose()?;
        if let Some(sites) = sites.filter(|&sites| sites < 0.0) {
            return Err(format!("nsites= {sites}; expected 0 or more"));
        }
        Ok(Self { width, sites: sites.filter(|&sites| sites > 0.0) })
    }
}

#[cfg(test)]
mod tests {
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
    fn meme_parse_matrix_without_keys_ends_at_blank_line() {
        let text = "MEME version 5.5.3\nMOTIF g g\n\nletter-probability matrix: alength= 4\n\
            0.1\t0.2\t0.3\t0.4\n0.25\t0.25\t0.25\t0.25\n\nURL x\n";
        assert_eq!(read(text.as_bytes()).unwrap().motifs[0].len(), 2);
    }

    #[test]
    fn meme_parse_malformed_line_is_numbered() {
        let cases = [
            (
                "ALPHABET= ACDEFGHIKLMNPQRSTVWY\n",
                "line 2 (before the first motif): alphabet ACDEFGHIKLMNPQRSTVWY (protein)",
            ),
            (
                "Background letter frequencies\nA 0.5 X 0.5\n",
                "line 2 (before the first motif): expected the frequencies",
            ),
            ("Background letter frequencies\nA 0 C 1 G 0 T 0\n", "background frequency 0 of A"),
            ("Background letter frequencies\nA .25 C .25 G .25 T .5\n", "the background frequencies sum to 1.25"),
            ("Background letter frequencies\nA .5 C .25 A .25 T .5\n", "two background frequencies of A"),
            ("MOTIF\t\n", "no motif"),
            ("MOTIF a\nMOTIF b\n", "line 2 (a): no \"letter-probability matrix:\" follows"),
            (
                "MOTIF a\nlog-odds matrix: w= 1\n1 2 3 4\n",
                "line 2 (a): no \"letter-probability matrix:\" follows; a log-odds",
            ),
            ("letter-probability matrix: w= 1\n1 0 0 0\n", "line 2 (before the first motif): a matrix without a MOTIF"),
            ("MOTIF a\nletter-probability matrix: alength= 20 w= 1\n", "line 3 (a): alength= 20 (protein); expected 4"),
            (
                "MOTIF a\nletter-probability matrix: w= 2\n1 0 0 0\n",
                "line 4 (a): the matrix ends after 1 row; expected 2 (w=)",
            ),
            ("MOTIF a\nletter-probability matrix: w= 1\n1 0 0\n", "line 4 (a): 3 numbers; expected 4"),
            ("MOTIF a\nletter-probability matrix: w= 1\n1 0 0 x\n", "line 4 (a): 'x' is not a number"),
            ("MOTIF a\nletter-probability matrix: w= 1\n1 0 1 0\n", "line 4 (a): row 1 sums to 2; expected 1"),
            ("MOTIF a\nletter-probability matrix: w= 0\n", "line 3 (a): w= 0"),
            ("MOTIF a\nletter-probability matrix:\n", "line 3 (a): no row"),
            ("MOTIF a\nletter-probability matrix: w= many\n", "line 3 (a): w= many is not a whole number"),
            ("MOTIF a\nletter-probability matrix: w= 1 nsites= -1\n1 0 0 0\n", "line 3 (a): nsites= -1"),
            ("MOTIF a\nletter-probability matrix:\nnan 0 0 1\n", "line 4 (a): 'nan' is not a number"),
            ("MOTIF a\nletter-probability matrix\n1 0 0 0\n", "line 4 (a): a row of numbers outside a matrix"),
        ];
        for (text, expected) in cases {
            let message = read(format!("MEME version 4\n{text}").as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
