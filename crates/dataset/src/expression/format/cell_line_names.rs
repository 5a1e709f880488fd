//! Names that sources give to the cell lines of this project.

use std::collections::{BTreeMap, HashSet};

use crate::expression::cell_type::normalised_name;

/// Our name of a cell line and other names of it, in lower case without `-`, `_` and spaces.
///
/// HPA measured HeLa, ENCODE and Roadmap its subclone S3; they count as one line here.
const CELL_LINES: [(&str, &[&str]); 8] = [
    ("K562", &[]),
    ("HepG2", &[]),
    ("GM12878", &[]),
    ("H1-ESC", &["h1", "h1hesc"]),
    ("MCF7", &[]),
    ("HeLa-S3", &["hela"]),
    ("A549", &[]),
    ("Jurkat", &[]),
];

/// Our name of a cell line, whatever its spelling.
fn canonical_name(published: &str) -> Option<&'static str> {
    let key = normalised_name(published);
    CELL_LINES
        .iter()
        .find(|(name, aliases)| normalised_name(name) == key || aliases.contains(&key.as_str()))
        .map(|&(name, _)| name)
}

/// Gives cell lines the names used here and returns those that were replaced, with the new ones. Lines not known here
/// keep their name, as does a second line of one name: the one spelled more like ours gets it.
pub(crate) fn rename(
    cell_types: &mut [String],
    extra_aliases: impl Fn(&str) -> Option<&'static str>,
) -> BTreeMap<String, String> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut renamed = BTreeMap::new();
    let targets: Vec<Option<&str>> =
        cell_types.iter().map(|name| extra_aliases(name).or_else(|| canonical_name(name))).collect();
    // Lines that are left alone keep their names from others.
    taken.extend(cell_types.iter().zip(&targets).filter(|(_, target)| target.is_none()).map(|(name, _)| name.clone()));
    let mut order: Vec<usize> = (0..cell_types.len()).filter(|&index| targets[index].is_some()).collect();
    order.sort_by_key(|&index| {
        let (name, target) = (&cell_types[index], targets[index].unwrap_or_default());
        (name != target, normalised_name(name) != normalised_name(target), index)
    });
    for index in order {
        let target = targets[index].unwrap_or_default();
        if !taken.insert(target.to_owned()) || cell_types[index] == target {
            continue;
        }
        let published = std::mem::replace(&mut cell_types[index], target.to_owned());
        renamed.insert(published, target.to_owned());
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(names: &[&str]) -> Vec<String> {
        let mut names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        rename(&mut names, |_| None);
        names
    }

    #[test]
    fn spellings_of_our_lines_become_ours() {
        let published = ["K-562", "Hep G2", "HeLa", "MCF-7", "JURKAT", "A549", "H1-hESC", "U-2 OS"];
        assert_eq!(renamed(&published), ["K562", "HepG2", "HeLa-S3", "MCF7", "Jurkat", "A549", "H1-ESC", "U-2 OS"]);
    }

    #[test]
    fn two_lines_never_get_one_name() {
        assert_eq!(renamed(&["HeLa", "HeLa-S3"]), ["HeLa", "HeLa-S3"]);
        assert_eq!(renamed(&["K-562", "k562"]), ["K562", "k562"]);
        assert_eq!(renamed(&["HeLa", "HELA S3"]), ["HeLa", "HeLa-S3"]);
    }

    #[test]
    fn the_names_replaced_are_told() {
        let mut names = vec!["Hep G2".to_owned(), "A549".to_owned()];
        let renamed = rename(&mut names, |_| None);
        assert_eq!(renamed, BTreeMap::from([("Hep G2".to_owned(), "HepG2".to_owned())]));
    }
}
