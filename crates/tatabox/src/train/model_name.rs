//! Names of models, which are names of folders.

use crate::error::{Error, Result};

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

/// Name in the form of a folder: lower case, with a hyphen in place of other characters than letters and digits.
pub(crate) fn folder_name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
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
}
