//! Looking a cell type up by the name somebody typed.

use crate::error::{DatasetError, Result};

/// Names nearer than this Jaro-Winkler similarity are worth suggesting.
const SUGGESTION_SIMILARITY: f64 = 0.7;

/// The index of a cell type in `names`.
///
/// An exact match wins; then a match ignoring case, `-`, `_` and spaces (`hepg2` is HepG2); then a match of
/// the first words (`HeLa` is HeLa-S3), each only if it is the only one of its kind.
///
/// # Errors
///
/// [`DatasetError::UnknownCellType`] with the nearest name, [`DatasetError::AmbiguousCellType`].
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

/// The name in lower case, without `-`, `_` and spaces.
pub(crate) fn normalised_name(name: &str) -> String {
    name.chars().filter(|&letter| !is_word_break(letter)).flat_map(char::to_lowercase).collect()
}

/// Whether the first words of `name`, joined, are `wanted`.
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
    fn case_and_hyphens_do_not_matter() {
        assert_eq!(find_cell_type(&lines(), "hepg2").ok(), Some(1));
        assert_eq!(find_cell_type(&lines(), "MCF-7").ok(), Some(4));
        assert_eq!(find_cell_type(&lines(), "hela s3").ok(), Some(5));
    }

    #[test]
    fn first_words_are_enough_when_unique() {
        assert_eq!(find_cell_type(&lines(), "HeLa").ok(), Some(5));
        assert_eq!(find_cell_type(&lines(), "H1").ok(), Some(3));
        let mut two = lines();
        two.push("HeLa-Kyoto".into());
        let error = find_cell_type(&two, "hela").expect_err("two HeLa lines").to_string();
        assert_eq!(error, "cell type `hela` is ambiguous: it matches HeLa-S3, HeLa-Kyoto; give the full name");
    }

    #[test]
    fn a_part_of_a_word_is_not_enough() {
        assert!(find_cell_type(&lines(), "K5").is_err());
        assert!(find_cell_type(&lines(), "").is_err());
    }

    #[test]
    fn unknown_names_get_the_nearest_one() {
        let error = find_cell_type(&lines(), "K526").expect_err("not a line").to_string();
        assert_eq!(
            error,
            "unknown cell type `K526`; did you mean `K562`? Known: K562, HepG2, GM12878, H1-ESC, MCF7, HeLa-S3, A549, Jurkat"
        );
    }
}
