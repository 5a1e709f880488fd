//! Recognition of the format of a motif file.

use super::numbered_lines::excerpt;
use super::{cis_bp, meme, transfac, uniprobe};

/// Format of a motif file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MotifFormat {
    Meme,
    /// JASPAR, HOMER, gimme, Cluster-Buster and HOCOMOCO: headers with `>`.
    Headed,
    Transfac,
    CisBp,
    Uniprobe,
}

impl MotifFormat {
    /// Recognises the format by the first line of content and by the lines that the formats require.
    ///
    /// # Errors
    ///
    /// Description of the first line, for a message, if the format is another.
    pub(super) fn of(lines: &[String]) -> Result<Self, String> {
        let mut content =
            lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let Some(first) = content.next() else { return Err("only blank lines and comments".to_owned()) };
        if first.starts_with('>') {
            return Ok(Self::Headed);
        }
        let any = |is: fn(&str) -> bool| lines.iter().any(|line| is(line.trim()));
        if any(|line| line.starts_with(meme::VERSION)) && !is_markup(first) {
            Ok(Self::Meme)
        } else if transfac::is_coded(first) && (any(transfac::is_matrix_header) || transfac::is_name(first)) {
            Ok(Self::Transfac)
        } else if any(cis_bp::is_matrix_header) {
            Ok(Self::CisBp)
        } else if any(uniprobe::is_row) {
            Ok(Self::Uniprobe)
        } else {
            Err(describe(first, any(|line| line.starts_with("MOTIF "))))
        }
    }
}

fn is_markup(first: &str) -> bool {
    first.starts_with('<')
}

/// Description of the first line of a file in another format.
fn describe(first: &str, has_meme_motifs: bool) -> String {
    let lower = first.to_lowercase();
    let begins_with_number = first.split_whitespace().next().is_some_and(|word| word.parse::<f64>().is_ok());
    if lower.starts_with("<?xml") {
        "XML; use the text output of the MEME suite (meme.txt, dreme.txt, streme.txt)".to_owned()
    } else if is_markup(first) {
        "HTML; use the text output of the MEME suite (meme.txt), or HOMER's .motif files".to_owned()
    } else if first.starts_with(['{', '[']) {
        "JSON; download the motifs in JASPAR or MEME format".to_owned()
    } else if has_meme_motifs {
        "MOTIF lines without a line 'MEME version 4' before them".to_owned()
    } else if begins_with_number || first.contains('[') && first.ends_with(']') {
        format!("{}, a matrix without a name; insert a line '>' and the name before it", excerpt(first))
    } else {
        excerpt(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format_of(text: &str) -> Result<MotifFormat, String> {
        MotifFormat::of(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn motif_format_is_recognised_by_required_lines() {
        let cases = [
            ("\n# DREME 5.1.1\n\nMEME version 5.1.1\n", MotifFormat::Meme),
            ("*****\nMEME - Motif discovery tool\n*****\nMEME version 4.10.0\n", MotifFormat::Meme),
            ("# x\n>a\n", MotifFormat::Headed),
            ("AC M1\n", MotifFormat::Transfac),
            ("//\nTY Motif\nPO A C G T\n", MotifFormat::Transfac),
            ("TF\tT1\nPos\tA\tC\tG\tT\n", MotifFormat::CisBp),
            ("pos A C G U\n", MotifFormat::CisBp),
            ("Protein: x\nA: 0.5\n", MotifFormat::Uniprobe),
        ];
        for (text, expected) in cases {
            assert_eq!(format_of(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn motif_format_of_other_files_is_described() {
        let cases = [
            ("# x\n\n", "only blank lines and comments"),
            ("<?xml version='1.0'?>\n<MEME version='5'>\n", "XML; use the text output"),
            ("<!DOCTYPE HTML>\nMEME version 5\n", "HTML; use"),
            ("{\"matrix_id\": \"MA1\"}", "JSON; download"),
            ("MOTIF a\n", "MOTIF lines without"),
            ("0.1 0.2 0.3 0.4\n", "'0.1 0.2 0.3 0.4', a matrix without a name; insert"),
            ("A [ 1 2 ]\n", "'A [ 1 2 ]', a matrix without a name; insert"),
            ("TF Unknown\n", "'TF Unknown'"),
            ("gene\tvalue \u{1b}[31m\n", "'gene value \\u{1b}[31m'"),
        ];
        for (text, expected) in cases {
            let found = format_of(text).unwrap_err();
            assert!(found.starts_with(expected), "{found}");
        }
    }
}
