//! CIS-BP format: a table with the columns Pos, A, C, G and T, below an optional description.

use super::ParsedMotifs;
use super::matrix::{Numbers, motif};
use super::numbered_lines::{Malformed, NumberedLines, excerpt};
use super::numbered_rows::{is_numbered, parse_header, read_rows};

/// Names of lines of the description, followed by a tab.
const FIELDS: [&str; 12] = [
    "TF",
    "TF Name",
    "Gene",
    "Motif",
    "Family",
    "Species",
    "RBP",
    "RBP Name",
    "Motif Type",
    "MSource_Identifier",
    "Source",
    "Pubmed",
];

/// Whether a line is the header of a matrix: `Pos A C G T`.
pub(super) fn is_matrix_header(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    (first.eq_ignore_ascii_case("Pos") || first.eq_ignore_ascii_case("Position")) && parse_header(text).is_some()
}

/// Parses a file of one or more matrices; `stem` is the name of a motif without a line `Motif`.
pub(super) fn parse(lines: &[String], stem: &str) -> Result<ParsedMotifs, Malformed> {
    let mut lines = NumberedLines::new(lines);
    let mut parsed = ParsedMotifs::default();
    let (mut name, mut factor): (Option<String>, Option<String>) = (None, None);
    let mut is_stem_used = false;
    while let Some((line, text)) = lines.next_content() {
        let fail = |line: usize, name: &Option<String>, detail: String| Malformed { line, motif: name.clone(), detail };
        if is_matrix_header(text)
            && let Some(order) = parse_header(text)
        {
            parsed.is_rna |= order.is_rna;
            if name.is_none() && std::mem::replace(&mut is_stem_used, true) {
                return Err(fail(
                    line,
                    &name,
                    "a second matrix without a name; expected a line 'Motif' with a name".to_owned(),
                ));
            }
            let name = name.take().unwrap_or_else(|| stem.to_owned());
            let named = |line: usize, detail: String| Malformed { line, motif: Some(name.clone()), detail };
            let rows = read_rows(None, order, &mut lines).map_err(|(line, detail)| named(line, detail))?;
            if rows.is_empty() {
                let detail = "no rows below 'Pos A C G T'; CIS-BP omits matrices that need a TRANSFAC licence";
                return Err(named(line, detail.to_owned()));
            }
            let motif = motif(&name, &rows, Numbers::PROBABILITIES, "row")?;
            parsed.motifs.push(match factor.take() {
                Some(factor) if factor != name => motif.with_alternative_name(factor),
                _ => motif,
            });
            continue;
        }
        let (field, value) = text.split_once('\t').unwrap_or((text, ""));
        match (field, value.trim()) {
            ("Motif", value) if !value.is_empty() => name = Some(value.to_owned()),
            ("TF Name" | "RBP Name", value) if !value.is_empty() => factor = Some(value.to_owned()),
            _ if is_numbered(text) => {
                let detail = format!(
                    "the row {} is outside a matrix; expected 'Pos A C G T' and rows without gaps",
                    excerpt(text)
                );
                return Err(fail(line, &name, detail));
            }
            (field, _) if FIELDS.contains(&field) => {}
            _ => {
                return Err(fail(
                    line,
                    &name,
                    format!("{}; expected 'Pos A C G T' or a line such as 'Motif'", excerpt(text)),
                ));
            }
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::{read, read_named};

    const TABLE: &str = "Pos\tA\tC\tG\tT\n1\t0.098\t0.330\t0.472\t0.100\n2\t0.0\t1.0\t0.0\t0.0\n3\t0\t0\t0\t1\n";

    #[test]
    fn cis_bp_table_is_named_by_description_or_file() {
        let file = read_named("M00111_2.00.txt", TABLE.as_bytes()).unwrap();
        assert_eq!((file.motifs[0].name(), file.motifs[0].consensus().as_str()), ("M00111_2.00", "SCT"));
        let description =
            "TF\tT025301_2.00\nTF Name\tTFAP2A\nGene\tENSG1\nMotif\tM1_2.00\nFamily\tAP-2\nSpecies\tHomo_sapiens\n";
        let four = "Pos\tA\tC\tG\tU\n1\t0\t0\t1\t0\n2\t1\t0\t0\t0\n3\t0\t0\t0\t1\n4\t0\t0\t0\t1\n";
        let file = read(format!("{description}{TABLE}\n\nTF\tT2\nMotif\tM2_2.00\n{four}").as_bytes()).unwrap();
        let found: Vec<_> =
            file.motifs.iter().map(|motif| (motif.name(), motif.alternative_name(), motif.consensus())).collect();
        assert_eq!(found, [("M1_2.00", Some("TFAP2A"), "SCT".to_owned()), ("M2_2.00", None, "GATT".to_owned())]);
    }

    #[test]
    fn cis_bp_malformed_line_is_numbered() {
        let cases = [
            ("Pos\tA\tC\tG\tT\n".to_owned(), "line 1 (m): no rows below 'Pos A C G T'; CIS-BP omits"),
            (format!("{TABLE}\n{TABLE}"), "line 6 (before the first motif): a second matrix without a name"),
            (format!("{TABLE}5\t0\t0\t0\t1\n"), "line 5 (m): row number 5; expected 4"),
            (format!("{TABLE}\n4\t0\t0\t0\t1\n"), "line 6 (before the first motif): the row '4 0 0 0 1' is outside"),
            (format!("{TABLE}4\t0\t0\t0\t0.5\n"), "line 5 (m): row 4 sums to 0.500; expected 1"),
            (format!("{TABLE}x\n"), "line 5 (before the first motif): 'x'; expected 'Pos A C G T'"),
        ];
        for (text, expected) in cases {
            let message = read(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
