//! Names that BCF replaces by numbers: FILTER, INFO and FORMAT keys, and contigs.

use std::collections::HashMap;

use crate::variant::header_line::{HeaderLine, LineKind};

/// Filter that always has the number 0.
const PASS: &[u8] = b"PASS";

/// Largest number of a name; a larger one in a header is damage.
const MAX_INDEX: usize = 1 << 22;

/// Type of the values of an INFO or FORMAT field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::variant) enum FieldType {
    Flag,
    Integer,
    Float,
    /// Text, including single characters and unknown types.
    String,
}

impl FieldType {
    fn of(name: Option<&[u8]>) -> Self {
        match name {
            Some(b"Flag") => Self::Flag,
            Some(b"Integer") => Self::Integer,
            Some(b"Float") => Self::Float,
            _ => Self::String,
        }
    }
}

/// Names with their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    by_index: Vec<Option<Vec<u8>>>,
    indices: HashMap<Vec<u8>, usize>,
}

impl Names {
    fn get(&self, index: usize) -> Option<&[u8]> {
        self.by_index.get(index)?.as_deref()
    }

    /// Number of a name, which is added if it is new, at `index` if there is one.
    fn insert(&mut self, name: &[u8], index: Option<usize>) -> Result<usize, String> {
        let shown = || String::from_utf8_lossy(name).into_owned();
        if let Some(&known) = self.indices.get(name) {
            return match index {
                Some(index) if index != known => Err(format!("{} has the numbers {known} and {index}", shown())),
                _ => Ok(known),
            };
        }
        let index = index.unwrap_or(self.by_index.len());
        if index > MAX_INDEX {
            return Err(format!("{} has the number {index}; expected at most {MAX_INDEX}", shown()));
        }
        if self.by_index.len() <= index {
            self.by_index.resize(index + 1, None);
        }
        if let Some(other) = &self.by_index[index] {
            return Err(format!("{} and {} have the number {index}", String::from_utf8_lossy(other), shown()));
        }
        self.by_index[index] = Some(name.to_owned());
        self.indices.insert(name.to_owned(), index);
        Ok(index)
    }
}

/// Names declared by a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::variant) struct BcfNames {
    strings: Names,
    contigs: Names,
    /// Types of declared fields; filters have none.
    types: HashMap<(LineKind, usize), FieldType>,
}

impl Default for BcfNames {
    fn default() -> Self {
        let mut names = Self { strings: Names::default(), contigs: Names::default(), types: HashMap::new() };
        let added = names.strings.insert(PASS, Some(0));
        added.expect("the first name cannot conflict with another");
        names.types.insert((LineKind::Filter, 0), FieldType::Flag);
        names
    }
}

impl BcfNames {
    /// Adds the name that a header line declares, with its number if it has one. Of several declarations of a field, the
    /// first one is valid.
    ///
    /// # Errors
    ///
    /// The number conflicts with another name.
    pub(in crate::variant) fn add_line(&mut self, line: &HeaderLine<'_>, index: Option<usize>) -> Result<(), String> {
        let Some(id) = line.id() else { return Ok(()) };
        if line.kind == LineKind::Contig {
            self.contigs.insert(id, index)?;
        } else {
            let index = self.strings.insert(id, index)?;
            self.types.entry((line.kind, index)).or_insert_with(|| FieldType::of(line.type_name()));
        }
        Ok(())
    }

    /// Number of a declared name.
    pub(in crate::variant) fn index_of(&self, kind: LineKind, name: &[u8]) -> Option<usize> {
        if kind == LineKind::Contig {
            return self.contigs.indices.get(name).copied();
        }
        self.strings.indices.get(name).copied().filter(|&index| self.types.contains_key(&(kind, index)))
    }

    /// Number and type of a declared field.
    pub(super) fn field(&self, kind: LineKind, name: &[u8]) -> Option<(usize, FieldType)> {
        let index = *self.strings.indices.get(name)?;
        Some((index, *self.types.get(&(kind, index))?))
    }

    /// Type of a declared field by its number.
    pub(super) fn field_type(&self, kind: LineKind, index: usize) -> Option<FieldType> {
        self.types.get(&(kind, index)).copied()
    }

    /// Declares a name that the header lacks; returns its number.
    pub(in crate::variant) fn declare(&mut self, kind: LineKind, name: &[u8], field_type: FieldType) -> usize {
        let names = if kind == LineKind::Contig { &mut self.contigs } else { &mut self.strings };
        let index = names.insert(name, None).expect("a new name has a new number");
        if kind != LineKind::Contig {
            self.types.insert((kind, index), field_type);
        }
        index
    }

    /// Name of a FILTER, INFO or FORMAT key.
    pub(super) fn string(&self, index: i32) -> Option<&[u8]> {
        self.strings.get(usize::try_from(index).ok()?)
    }

    /// Name of a contig.
    pub(super) fn contig(&self, index: i32) -> Option<&[u8]> {
        self.contigs.get(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(lines: &[&str]) -> Result<BcfNames, String> {
        let mut names = BcfNames::default();
        for line in lines {
            let line = HeaderLine::parse(line.as_bytes()).unwrap();
            names.add_line(&line, line.index().transpose()?)?;
        }
        Ok(names)
    }

    #[test]
    fn bcf_names_implicit_numbers_follow_the_order_of_lines() {
        let names = names(&[
            "##INFO=<ID=DP,Number=1,Type=Integer>",
            "##contig=<ID=chr1>",
            "##FILTER=<ID=PASS,Description=\"x\">",
            "##FORMAT=<ID=DP,Number=1,Type=Float>",
            "##FILTER=<ID=q10>",
            "##contig=<ID=chr2>",
        ])
        .unwrap();
        assert_eq!(names.field(LineKind::Info, b"DP"), Some((1, FieldType::Integer)));
        assert_eq!(names.field(LineKind::Format, b"DP"), Some((1, FieldType::Float)));
        assert_eq!(names.index_of(LineKind::Filter, b"DP"), None);
        assert_eq!((names.string(2), names.string(0), names.string(3)), (Some(&b"q10"[..]), Some(&b"PASS"[..]), None));
        assert_eq!((names.contig(1), names.contig(-1)), (Some(&b"chr2"[..]), None));
    }

    #[test]
    fn bcf_names_explicit_numbers_may_have_gaps_but_no_conflicts() {
        let mut sparse = names(&["##INFO=<ID=A,IDX=5>", "##FORMAT=<ID=A,IDX=5>", "##FILTER=<ID=B,IDX=2>"]).unwrap();
        assert_eq!((sparse.string(5), sparse.string(3)), (Some(&b"A"[..]), None));
        assert_eq!(sparse.declare(LineKind::Info, b"NEW", FieldType::String), 6);
        assert_eq!(sparse.declare(LineKind::Info, b"B", FieldType::String), 2);
        assert!(names(&["##INFO=<ID=A,IDX=1>", "##INFO=<ID=B,IDX=1>"]).is_err());
        assert!(names(&["##INFO=<ID=A,IDX=1>", "##FORMAT=<ID=A,IDX=2>"]).is_err());
        assert!(names(&["##INFO=<ID=A,IDX=x>"]).is_err());
        assert!(names(&["##INFO=<ID=A,IDX=4000000000>"]).is_err());
    }
}
