//! Names of models, which are names of folders.

use tatabox_dataset::sha256_bytes;

use crate::error::{Error, Result};

/// Largest number of bytes of the folder name of one cell type or data set; three of them and a suffix are one name.
const MAX_BYTES: usize = 50;
/// Digits of the checksum of a shortened name.
const CHECKSUM_DIGITS: usize = 8;

/// Checks the name of a model, so that its folder stays below the folder of models; `field` is the field of the request.
///
/// # Errors
/// The name has other characters than letters, digits and `-_.+`, or does not begin with a letter or digit.
pub(crate) fn check_model_name(field: &'static str, name: &str) -> Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
    if name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && name.chars().all(is_plain)
        && !name.ends_with(".partial")
    {
        return Ok(());
    }
    let problem =
        format!("{name:?} is not a name; expected letters, digits and -_.+, beginning with a letter or digit");
    Err(Error::request(field, problem))
}

/// Name in the form of a folder: lower case, with a hyphen in place of other characters than letters and digits. A long name, or
/// one without such characters, has a checksum.
pub(crate) fn folder_name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let plain = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if !plain.is_empty() && plain.len() <= MAX_BYTES {
        return plain;
    }
    let checksum = &sha256_bytes(name.as_bytes())[..CHECKSUM_DIGITS];
    let beginning = if plain.is_empty() { "name" } else { &plain[..MAX_BYTES - CHECKSUM_DIGITS - 1] };
    format!("{beginning}-{checksum}")
}

/// [`folder_name`] of each name, with a number where it is that of an earlier one.
pub(crate) fn distinct_folder_names(names: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names.iter().map(|name| folder_name(name)) {
        let numbered = |number: usize| if number == 1 { name.clone() } else { format!("{name}-{number}") };
        let mut number = 1;
        while distinct.contains(&numbered(number)) {
            number += 1;
        }
        distinct.push(numbered(number));
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_name_outside_the_folder_of_models_is_refused() {
        assert!(check_model_name("name", "k562-human300").is_ok());
        for name in ["../x", "", "-x", "my model", "x.partial"] {
            let message = check_model_name("name", name).expect_err("refused").to_string();
            assert!(message.contains("expected letters"), "{message}");
        }
    }

    #[test]
    fn folder_name_has_lower_case_and_hyphens() {
        assert_eq!(folder_name("HeLa-S3"), "hela-s3");
        assert_eq!(folder_name("CD4+ T cell/blood "), "cd4-t-cell-blood");
    }

    #[test]
    fn folder_names_of_long_or_equal_names_are_distinct() {
        let [one, other] = ["a", "b"].map(|end| folder_name(&("x".repeat(300) + end)));
        assert!(one != other && one.len() == MAX_BYTES, "{one}");
        assert!(folder_name("肝臓").starts_with("name-") && folder_name("肝臓") != folder_name("腎臓"));
        let names = ["CD4+ T", "CD4 T", "K562", "cd4-t"].map(str::to_owned);
        assert_eq!(distinct_folder_names(&names), ["cd4-t", "cd4-t-2", "k562", "cd4-t-3"]);
    }
}
