//! Gene identifiers: versions, copies on chromosome Y and invisible characters.

mod spreadsheet_name;

use std::borrow::Cow;

pub use spreadsheet_name::is_spreadsheet_date;

/// GENCODE suffix of gene copies in the pseudoautosomal regions of chromosome Y.
const PAR_Y: &str = "_PAR_Y";

/// Number of digits of an Ensembl identifier.
const ENSEMBL_DIGITS: usize = 11;

/// Least number of letters between `ENS` and the digits for other species than human: `MUSG`.
const SPECIES_AND_KIND: usize = 4;

/// Last letter of Ensembl prefixes: exon, gene, protein, regulatory feature, transcript.
const ENSEMBL_KINDS: &str = "EGPRT";

/// Gene identifier without its version: `ENSG00000000003.15` becomes `ENSG00000000003`.
///
/// Versions are removed from Ensembl identifiers only, together with the mapping version that GENCODE adds for GRCh37
/// (`.5_4`). The suffix `_PAR_Y` stays because that copy is a separate gene. Other identifiers keep their dots because
/// many of them contain one (`AC012345.1`, `Y74C9A.2`). Surrounding blanks and invisible characters are removed; see
/// [`clean_name`].
///
/// # Examples
///
/// ```
/// use tatabox_sequence::strip_version;
///
/// assert_eq!(strip_version("ENSG00000000003.15"), "ENSG00000000003");
/// assert_eq!(strip_version("ENSG00000000003.15_4"), "ENSG00000000003");
/// assert_eq!(strip_version("ENSG00000182378.15_PAR_Y"), "ENSG00000182378_PAR_Y");
/// assert_eq!(strip_version("AC004.1"), "AC004.1");
/// ```
pub fn strip_version(gene_id: &str) -> Cow<'_, str> {
    match clean_name(gene_id) {
        Cow::Borrowed(clean) => without_version(clean),
        Cow::Owned(clean) => Cow::Owned(without_version(&clean).into_owned()),
    }
}

fn without_version(gene_id: &str) -> Cow<'_, str> {
    let (bare, suffix) = gene_id.split_at(ensembl_len(gene_id));
    match version_suffix(suffix) {
        Some(_) if bare.is_empty() => Cow::Borrowed(gene_id),
        Some(true) if suffix != PAR_Y => Cow::Owned(format!("{bare}{PAR_Y}")),
        Some(false) => Cow::Borrowed(bare),
        _ => Cow::Borrowed(gene_id),
    }
}

/// Name without surrounding blanks and without invisible characters, such as the zero-width spaces and byte order marks
/// that web pages and spreadsheets leave.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::clean_name;
///
/// assert_eq!(clean_name("\u{200b}GATA1\u{a0} "), "GATA1");
/// ```
pub fn clean_name(name: &str) -> Cow<'_, str> {
    let trimmed = name.trim();
    if trimmed.is_ascii() && !trimmed.contains(|character: char| character.is_ascii_control()) {
        return Cow::Borrowed(trimmed);
    }
    let visible: String = trimmed.chars().filter(|&character| !is_invisible(character)).collect();
    Cow::Owned(visible.trim().to_owned())
}

/// Whether a character shows nothing: control characters, zero-width characters, marks of direction and byte order.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a name is an Ensembl identifier, with or without version: `ENS`, letters for species and kind, 11 digits.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::is_ensembl_id;
///
/// assert!(is_ensembl_id("ENSG00000000003") && is_ensembl_id("ENSMUSG00000000001.5"));
/// assert!(!is_ensembl_id("ENSA"), "the symbol of a human gene");
/// ```
pub fn is_ensembl_id(name: &str) -> bool {
    let (bare, suffix) = name.split_at(ensembl_len(name));
    bare.bytes().filter(u8::is_ascii_digit).count() == ENSEMBL_DIGITS && version_suffix(suffix).is_some()
}

/// Whether an identifier names the chromosome Y copy of a pseudoautosomal gene, which GENCODE marks `_PAR_Y`.
pub fn is_par_y_copy(gene_id: &str) -> bool {
    gene_id.contains(PAR_Y)
}

/// Length of the Ensembl identifier at the start of a name; 0 for other names.
fn ensembl_len(name: &str) -> usize {
    let Some(rest) = name.strip_prefix("ENS") else { return 0 };
    let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = rest[letters..].bytes().take_while(u8::is_ascii_digit).count();
    // `ENSAP1` is the symbol of a pseudogene of ENSA.
    let is_prefix = (letters == 1 || letters >= SPECIES_AND_KIND) && rest[..letters].ends_with(is_kind);
    if is_prefix && digits > 0 { name.len() - rest.len() + letters + digits } else { 0 }
}

fn is_kind(letter: char) -> bool {
    ENSEMBL_KINDS.contains(letter)
}

/// Whether a suffix of versions (`.5`, `.5_4`, none) contains `_PAR_Y`; `None` for any other suffix.
fn version_suffix(suffix: &str) -> Option<bool> {
    let (mut rest, mut is_par_y) = (suffix, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(PAR_Y) {
            (rest, is_par_y) = (after, true);
            continue;
        }
        // The mapping version follows the version.
        let separator = if rest.len() == suffix.len() { '.' } else { '_' };
        let number = rest.strip_prefix(separator)?;
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        rest = &number[digits..];
    }
    Some(is_par_y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strip_version_removes_ensembl_versions_only() {
        for (given, expected) in [
            ("ENSG00000000003.15", "ENSG00000000003"),
            ("ENSG00000000003", "ENSG00000000003"),
            ("ENSMUSG00000000001.5", "ENSMUSG00000000001"),
            ("ENST00000373020.9", "ENST00000373020"),
            ("ENSG00000182378.15_PAR_Y", "ENSG00000182378_PAR_Y"),
            ("ENSG00000182378_PAR_Y", "ENSG00000182378_PAR_Y"),
            ("ENSG00000223972.5_4", "ENSG00000223972"),
            ("ENSG00000182378.14_8_PAR_Y", "ENSG00000182378_PAR_Y"),
            ("ENSG00000182378.14_PAR_Y_8", "ENSG00000182378_PAR_Y"),
            ("ENSG00000000003.beta", "ENSG00000000003.beta"),
            ("ENSG00000000003_4", "ENSG00000000003_4"),
            ("RP11-34P13.7", "RP11-34P13.7"),
            ("AC012345.1", "AC012345.1"),
            ("Y74C9A.2", "Y74C9A.2"),
            ("ENSAP1.1", "ENSAP1.1"),
            ("ENSEMBLE.1", "ENSEMBLE.1"),
            ("FBgn0000001", "FBgn0000001"),
            ("", ""),
        ] {
            assert_eq!(strip_version(given), expected);
        }
    }

    #[test]
    fn strip_version_removes_invisible_characters() {
        for given in [
            "\u{200b}ENSG00000000003.15",
            "\u{feff}ENSG00000000003",
            " ENSG0000\u{200d}0000003.1\u{a0}",
            "\u{a0}\u{200b} ENSG00000000003",
        ] {
            assert_eq!(strip_version(given), "ENSG00000000003", "{}", given.escape_debug());
        }
        assert_eq!(clean_name("Hep G2\u{a0}"), "Hep G2");
        assert_eq!(clean_name("遺伝子"), "遺伝子");
    }

    #[test]
    fn is_ensembl_id_requires_eleven_digits() {
        for name in ["ENSG00000000003", "ENSG00000000003.15_4", "ENSMUSG00000000001", "ENSG00000182378.15_PAR_Y"] {
            assert!(is_ensembl_id(name), "{name}");
        }
        for name in ["ENSA", "ENSAP1", "ENSG1", "ENSG00000000003_TSPAN6", "GATA1", "ensg00000000003", ""] {
            assert!(!is_ensembl_id(name), "{name}");
        }
    }
}
