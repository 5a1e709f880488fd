//! Names of files made from identifiers of promoters and names of cell types.

use std::collections::HashSet;

use tatabox_dataset::sha256_bytes;

/// Largest number of bytes of a name without its endings; file systems allow 143 bytes or more with them.
const MAX_BYTES: usize = 100;
/// Digits of the checksum of a shortened name.
const CHECKSUM_DIGITS: usize = 8;
/// Ending of the second table of a figure, which no other name may have.
const SECOND_TABLE: &str = "_motifs";
/// Names that Windows reserves for devices, with any ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
/// Names that Windows reserves for devices if a digit follows.
const RESERVED_BEFORE_DIGIT: [&str; 2] = ["com", "lpt"];

/// File names of one folder: readable, valid in every file system, and distinct where upper and lower case are one.
#[derive(Debug, Default)]
pub(crate) struct FileNames {
    taken: HashSet<String>,
}

impl FileNames {
    /// File name, without its ending, of parts such as a promoter and a cell type. A name that was given before has a number.
    pub(crate) fn add(&mut self, parts: &[&str]) -> String {
        let name = file_name(parts);
        let numbered = |number: usize| if number == 1 { name.clone() } else { format!("{name}-{number}") };
        let mut number = 1;
        while self.is_taken(&numbered(number)) {
            number += 1;
        }
        let name = numbered(number);
        self.taken.extend([folded(&name), folded(&format!("{name}{SECOND_TABLE}"))]);
        name
    }

    fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(&folded(name)) || self.taken.contains(&folded(&format!("{name}{SECOND_TABLE}")))
    }
}

/// The form in which names are compared by file systems that ignore case.
fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase()
}

/// Parts joined by dots; characters that are special to file systems or shells are replaced by `_`, and long parts are
/// shortened.
fn file_name(parts: &[&str]) -> String {
    let longest = MAX_BYTES / parts.len().max(1);
    let name = parts.iter().map(|part| shortened(&plain(part), part, longest)).collect::<Vec<_>>().join(".");
    let (first, rest) = name.split_once('.').map_or((&*name, None), |(first, rest)| (first, Some(rest)));
    let first = if is_reserved(first) { format!("{first}_") } else { first.to_owned() };
    let name = rest.map_or_else(|| first.clone(), |rest| format!("{first}.{rest}"));
    // A leading dot hides a file, and a leading hyphen makes it an option.
    if name.is_empty() || name.starts_with(['.', '-']) { format!("_{name}") } else { name }
}

fn plain(part: &str) -> String {
    part.chars().map(|letter| if letter.is_alphanumeric() || "-_.+".contains(letter) { letter } else { '_' }).collect()
}

/// The beginning of a long name and a checksum of the whole.
fn shortened(plain: &str, whole: &str, longest: usize) -> String {
    if plain.len() <= longest {
        return plain.to_owned();
    }
    let beginning = &plain[..plain.floor_char_boundary(longest - CHECKSUM_DIGITS - 1)];
    format!("{beginning}-{}", &sha256_bytes(whole.as_bytes())[..CHECKSUM_DIGITS])
}

fn is_reserved(name: &str) -> bool {
    let name = name.to_lowercase();
    let has_digit = |device: &&str| {
        let mut rest = name.strip_prefix(*device).unwrap_or_default().chars();
        rest.next().is_some_and(|digit| digit.is_ascii_digit() || "¹²³".contains(digit)) && rest.next().is_none()
    };
    RESERVED.contains(&&*name) || RESERVED_BEFORE_DIGIT.iter().any(has_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&[&str]]) -> Vec<String> {
        let mut names = FileNames::default();
        all.iter().map(|parts| names.add(parts)).collect()
    }

    #[test]
    fn file_name_special_characters_are_replaced() {
        assert_eq!(names(&[&["H1-ESC"], &["CD4+ T/cell"]]), ["H1-ESC", "CD4+_T_cell"]);
        assert_eq!(names(&[&["HLA-A*01:01", "K562"]]), ["HLA-A_01_01.K562"]);
    }

    #[test]
    fn file_names_that_would_collide_are_numbered() {
        assert_eq!(names(&[&["a:b", "K"], &["a*b", "K"], &["a_b", "K"]]), ["a_b.K", "a_b.K-2", "a_b.K-3"]);
        assert_eq!(names(&[&["dup", "K"], &["dup", "K"]]), ["dup.K", "dup.K-2"]);
        // File systems of macOS and Windows ignore case.
        assert_eq!(names(&[&["Abc"], &["ABC"], &["ABC-2"]]), ["Abc", "ABC-2", "ABC-2-2"]);
        // The parts differ, the joined name does not.
        assert_eq!(names(&[&["A.B", "C"], &["A", "B.C"]]), ["A.B.C", "A.B.C-2"]);
        assert_eq!(names(&[&["p", "K"], &["p", "K_motifs"]]), ["p.K", "p.K_motifs-2"]);
    }

    #[test]
    fn file_name_of_a_long_identifier_is_short_and_distinct() {
        let (one, other) = ("x".repeat(300), format!("{}y", "x".repeat(299)));
        let names = names(&[&[&one, "K562"], &[&other, "K562"], &["é".repeat(200).as_str()]]);
        assert!(names.iter().all(|name| name.len() <= MAX_BYTES), "{names:?}");
        assert!(names[0].starts_with("xxxx") && names[0].contains(".K562"), "{}", names[0]);
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn file_name_is_neither_hidden_nor_reserved() {
        let expected = ["_..", "_.x", "_-rf", "_", "CON_", "nul_.K562", "COM1_.K", "com", "COM12", "aux1", "_."];
        let parts: [&[&str]; 11] = [
            &[".."],
            &[".x"],
            &["-rf"],
            &[""],
            &["CON"],
            &["nul", "K562"],
            &["COM1", "K"],
            &["com"],
            &["COM12"],
            &["aux1"],
            &["."],
        ];
        assert_eq!(names(&parts), expected);
    }
}
