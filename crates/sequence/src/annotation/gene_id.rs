//! Gene identifiers of Ensembl and GENCODE.

use std::borrow::Cow;

/// GENCODE suffix of gene copies in the pseudoautosomal regions of chromosome Y.
const PAR_Y: &str = "_PAR_Y";

/// Ensembl identifier without its version: `ENSG00000000003.15` becomes `ENSG00000000003`.
///
/// The `_PAR_Y` suffix stays because that copy is a separate gene. Other identifiers are unchanged because many of them
/// contain a dot.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::strip_version;
///
/// assert_eq!(strip_version("ENSG00000000003.15"), "ENSG00000000003");
/// assert_eq!(strip_version("ENSG00000182378.15_PAR_Y"), "ENSG00000182378_PAR_Y");
/// assert_eq!(strip_version("AC004.1"), "AC004.1");
/// ```
pub fn strip_version(gene_id: &str) -> Cow<'_, str> {
    let (stem, suffix) = match gene_id.strip_suffix(PAR_Y) {
        Some(stem) => (stem, PAR_Y),
        None => (gene_id, ""),
    };
    match stem.split_once('.') {
        Some((bare, version)) if is_ensembl(bare) && is_number(version) => {
            if suffix.is_empty() {
                Cow::Borrowed(bare)
            } else {
                Cow::Owned(format!("{bare}{suffix}"))
            }
        }
        _ => Cow::Borrowed(gene_id),
    }
}

/// Whether an identifier is `ENS`, letters for species and kind, then digits.
fn is_ensembl(bare: &str) -> bool {
    bare.strip_prefix("ENS").is_some_and(|rest| is_number(rest.trim_start_matches(|c: char| c.is_ascii_uppercase())))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
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
            ("ENSG00000000003.beta", "ENSG00000000003.beta"),
            ("RP11-34P13.7", "RP11-34P13.7"),
            ("ENSEMBLE.1", "ENSEMBLE.1"),
            ("", ""),
        ] {
            assert_eq!(strip_version(given), expected);
        }
    }
}
