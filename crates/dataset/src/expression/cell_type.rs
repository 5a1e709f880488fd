//! Search for a cell type by name.

use crate::error::{DatasetError, Result};

/// Minimum Jaro-Winkler similarity of a suggested name.
const SUGGESTION_SIMILARITY: f64 = 0.7;

/// Index of a cell type in `names`.
///
/// An exact match takes precedence. Next is a match that ignores case, `-`, `_` and spaces (`hepg2` matches HepG2),
/// then a match of the leading words (`HeLa` matches HeLa-S3). Each must be unique.
///
/// # Errors
///
/// [`DatasetError::UnknownCellType`] with the most similar name, [`DatasetError::AmbiguousCellType`].
///
/// # Examples
///
/// ```
/// use tatabox_dataset::find_cell_type;
///
/// let names = ["K562", "HepG2", "HeLa-S3"].map(String::from);
/// assert_eq!(find_cell_type(&names, "hep-g2")?, 1);
/// assert_eq!(find_cell_type(&names, "HeLa")?, 2);
/// let error = find_cell_type(&names, "K526").unwrap_err();
/// assert!(error.to_string().contains("did you mean `K562`?"));
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
pub fn find_cell_type(names: &[String], query: &str) -> Result<usize> {
    if let Some(index) = names.iter().position(|name| name == query) {
        return Ok(index);
    }
    let key = normalised_name(query);
    let same_letters = indices(names, |name| normalised_name(name) == key);
    let same_words = indices(names, |name| starts_with_words(name, &key));
    for found in [same_letters, same_words] {
        match found[..] {
            [] => {}
            [index] => return Ok(index),
            _ => {
                return Err(DatasetError::AmbiguousCellType {
                    name: query.to_owned(),
                    matches: found.iter().map(|&index| names[index].clone()).collect(),
                });
            }
        }
    }
    Err(DatasetError::UnknownCellType {
        name: query.to_owned(),
        suggestion: nearest(names, &key),
        known: names.to_vec(),
    })
}

fn indices(names: &[String], matches: impl Fn(&str) -> bool) -> Vec<usize> {
    (0..names.len()).filter(|&index| matches(&names[index])).collect()
}

fn is_word_break(letter: char) -> bool {
    matches!(letter, '-' | '_' | ' ')
}

/// Name in lower case without `-`, `_` and spaces.
pub(crate) fn normalised_name(name: &str) -> String {
    name.chars().filter(|&letter| !is_word_break(letter)).flat_map(char::to_lowercase).collect()
}

/// Whether the leading words of `name`, joined, equal `key`.
fn starts_with_words(name: &str, key: &str) -> bool {
    let mut joined = String::new();
    !key.is_empty()
        && name.split(is_word_break).any(|word| {
            joined.push_str(&normalised_name(word));
            joined == key
        })
}

fn nearest(names: &[String], key: &str) -> Option<String> {
    names
        .iter()
        .map(|name| (strsim::jaro_winkler(&normalised_name(name), key), name))
        .filter(|(similarity, _)| *similarity >= SUGGESTION_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<String> {
        ["K562", "HepG2", "GM12878", "H1-ESC", "MCF7", "HeLa-S3", "A549", "Jurkat"].map(str::to_owned).to_vec()
    }

    #[test]
    fn find_cell_type_ignores_case_and_separators() {
        assert_eq!(find_cell_type(&lines(), "hepg2").ok(), Some(1));
        assert_eq!(find_cell_type(&lines(), "MCF-7").ok(), Some(4));
        assert_eq!(find_cell_type(&lines(), "hela s3").ok(), Some(5));
    }

    #[test]
    fn find_cell_type_matches_unique_leading_words() {
        assert_eq!(find_cell_type(&lines(), "HeLa").ok(), Some(5));
        assert_eq!(find_cell_type(&lines(), "H1").ok(), Some(3));
        let mut two = lines();
        two.push("HeLa-Kyoto".into());
        let error = find_cell_type(&two, "hela").expect_err("two HeLa lines").to_string();
        assert_eq!(error, "cell type `hela` is ambiguous: it matches HeLa-S3, HeLa-Kyoto; give the full name");
    }

    #[test]
    fn find_cell_type_part_of_word_returns_error() {
        assert!(find_cell_type(&lines(), "K5").is_err());
        assert!(find_cell_type(&lines(), "").is_err());
    }

    #[test]
    fn find_cell_type_unknown_name_error_suggests_nearest() {
        let error = find_cell_type(&lines(), "K526").expect_err("not a line").to_string();
        assert_eq!(
            error,
            "unknown cell type `K526`; did you mean `K562`? Known: K562, HepG2, GM12878, H1-ESC, MCF7, HeLa-S3, A549, Jurkat"
        );
    }
}
