//! Identifier and name in the label of a row or column of genes.

use tatabox_sequence::strip_version;

/// Gene in the label of a row: the identifier, and the name if the label has both.
///
/// `TP53 (7157)` of DepMap and `TP53|7157` of TCGA are TP53, without the number of the NCBI database Gene;
/// `TP53 (ENSG00000141510)` and `ENSG00000141510.18|TP53` are the Ensembl identifier with the name.
pub(crate) fn split_gene_label(label: &str) -> (&str, Option<&str>) {
    let label = label.trim();
    let parts = match label.strip_suffix(')').and_then(|label| label.split_once(" (")) {
        Some(parts) => Some(parts),
        None => label.split_once('|').map(|(first, rest)| (first, rest.split('|').next().unwrap_or(rest))),
    };
    let Some((first, second)) = parts.map(|(first, second)| (first.trim(), second.trim())) else {
        return (label, None);
    };
    let is_number = !second.is_empty() && second.bytes().all(|byte| byte.is_ascii_digit());
    match (is_ensembl_gene(first), is_ensembl_gene(second)) {
        (true, false) if !is_number => (first, Some(second)),
        (false, true) => (second, Some(first)),
        // TCGA has several genes called `?`, distinguished by the number only.
        _ if is_number && !first.is_empty() && first != "?" => (first, None),
        _ => (label, None),
    }
}

/// Whether a text is an Ensembl gene identifier: `ENS`, letters of the species, `G`, digits, and perhaps a version.
pub(crate) fn is_ensembl_gene(text: &str) -> bool {
    ensembl_kind(text) == Some('G')
}

/// Whether a text is an Ensembl transcript identifier, such as `ENST00000456328.2`.
pub(crate) fn is_ensembl_transcript(text: &str) -> bool {
    ensembl_kind(text) == Some('T')
}

/// Letter in front of the digits of an Ensembl identifier.
fn ensembl_kind(text: &str) -> Option<char> {
    const DIGITS: usize = 11;
    let bare = strip_version(text);
    let rest = bare.strip_suffix("_PAR_Y").unwrap_or(&bare).strip_prefix("ENS")?;
    let letters = rest.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_identifier = rest.len() - letters.len() == DIGITS && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_identifier { letters.chars().next_back() } else { None }
}

/// Whether a column name is a gene with another identifier in it, as in tables of samples by genes.
pub(crate) fn is_labelled_gene(name: &str) -> bool {
    let (gene, _) = split_gene_label(name);
    gene != name.trim() || is_ensembl_gene(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_gene_label_finds_identifier_and_name() {
        for (label, expected) in [
            ("TP53", ("TP53", None)),
            ("TP53 (7157)", ("TP53", None)),
            ("TP53|7157", ("TP53", None)),
            ("?|100130426", ("?|100130426", None)),
            ("TP53 (ENSG00000141510)", ("ENSG00000141510", Some("TP53"))),
            ("ENSG00000141510.18|TP53", ("ENSG00000141510.18", Some("TP53"))),
            ("ENSG00000141510.18|TP53|protein_coding", ("ENSG00000141510.18", Some("TP53"))),
            ("HLA-A (class I)", ("HLA-A (class I)", None)),
            ("ENSG00000141510", ("ENSG00000141510", None)),
        ] {
            assert_eq!(split_gene_label(label), expected, "{label}");
        }
    }

    #[test]
    fn is_ensembl_gene_requires_letters_and_eleven_digits() {
        assert!(is_ensembl_gene("ENSG00000141510.18") && is_ensembl_gene("ENSMUSG00000059552"));
        assert!(!is_ensembl_gene("ENSA") && !is_ensembl_gene("ENSG1") && !is_ensembl_gene("ENST00000456328"));
        assert!(is_ensembl_transcript("ENST00000456328.2") && !is_ensembl_transcript("ENSG00000141510"));
    }
}
