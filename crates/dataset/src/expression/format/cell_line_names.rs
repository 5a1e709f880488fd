//! Published names of the standard cell lines.

use std::collections::{BTreeMap, HashSet};

use crate::expression::cell_type::normalised_name;

/// Standard name of each cell line with its aliases in lower case without `-`, `_` and spaces.
///
/// HPA measured HeLa, ENCODE and Roadmap its subclone HeLa-S3; both count as one cell line.
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

/// Standard name of a cell line in any spelling.
fn canonical_name(published: &str) -> Option<&'static str> {
    let key = normalised_name(published);
    CELL_LINES
        .iter()
        .find(|(name, aliases)| normalised_name(name) == key || aliases.contains(&key.as_str()))
        .map(|&(name, _)| name)
}

/// Renames cell lines to their standard names and returns the replaced names with the new ones.
///
/// Unknown cell lines keep their names. If two cell lines map to one standard name, the closest spelling gets it and
/// the other keeps its name.
pub(crate) fn rename(
    cell_types: &mut [String],
    extra_aliases: impl Fn(&str) -> Option<&'static str>,
) -> BTreeMap<String, String> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut renamed = BTreeMap::new();
    let targets: Vec<Option<&str>> =
        cell_types.iter().map(|name| extra_aliases(name).or_else(|| canonical_name(name))).collect();
    // Standard names that other cell lines already carry are not assigned.
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
    fn rename_maps_spellings_to_standard_names() {
        let published = ["K-562", "Hep G2", "HeLa", "MCF-7", "JURKAT", "A549", "H1-hESC", "U-2 OS"];
        assert_eq!(renamed(&published), ["K562", "HepG2", "HeLa-S3", "MCF7", "Jurkat", "A549", "H1-ESC", "U-2 OS"]);
    }

    #[test]
    fn rename_never_merges_two_cell_lines() {
        assert_eq!(renamed(&["HeLa", "HeLa-S3"]), ["HeLa", "HeLa-S3"]);
        assert_eq!(renamed(&["K-562", "k562"]), ["K562", "k562"]);
        assert_eq!(renamed(&["HeLa", "HELA S3"]), ["HeLa", "HeLa-S3"]);
    }

    #[test]
    fn rename_returns_replaced_names() {
        let mut names = vec!["Hep G2".to_owned(), "A549".to_owned()];
        let renamed = rename(&mut names, |_| None);
        assert_eq!(renamed, BTreeMap::from([("Hep G2".to_owned(), "HepG2".to_owned())]));
    }
}
