//! Layouts of the alleles of a variant.

use std::fmt;
use std::str::FromStr;

use super::column::{ColumnPositions, EffectColumn, EffectColumnNames};
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Way in which a table gives the alleles of a variant.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::AlleleLayout;
///
/// assert_eq!("promoter".parse(), Ok(AlleleLayout::Promoter));
/// assert_eq!(AlleleLayout::Sequences.to_string(), "sequences");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlleleLayout {
    /// Two complete constructs: `reference_sequence` and `alternative_sequence`.
    Sequences,
    /// Position in a promoter record: `promoter`, `position`, `ref`, `alt`.
    Promoter,
    /// Position on a genome: `chrom`, `pos`, `ref`, `alt`.
    Genome,
}

impl AlleleLayout {
    /// All layouts.
    pub const ALL: [Self; 3] = [Self::Sequences, Self::Promoter, Self::Genome];

    /// Columns that no other layout has.
    fn own_columns(self) -> [EffectColumn; 2] {
        match self {
            Self::Sequences => [EffectColumn::ReferenceSequence, EffectColumn::AlternativeSequence],
            Self::Promoter => [EffectColumn::Promoter, EffectColumn::Position],
            Self::Genome => [EffectColumn::Chrom, EffectColumn::Pos],
        }
    }

    /// All required columns.
    fn columns(self) -> Vec<EffectColumn> {
        let alleles: &[EffectColumn] =
            if self == Self::Sequences { &[] } else { &[EffectColumn::Ref, EffectColumn::Alt] };
        [&self.own_columns()[..], alleles].concat()
    }

    /// Names of the required columns.
    pub(super) fn column_list(self, names: &EffectColumnNames) -> Vec<String> {
        self.columns().into_iter().map(|column| names.of(column).to_owned()).collect()
    }
}

impl FromStr for AlleleLayout {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let layout = Self::ALL.into_iter().find(|layout| layout.to_string() == name);
        layout.ok_or_else(|| "expected sequences, promoter or genome".to_owned())
    }
}

impl fmt::Display for AlleleLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sequences => "sequences",
            Self::Promoter => "promoter",
            Self::Genome => "genome",
        })
    }
}

/// The requested layout, or the only one of which the table has a separate column.
///
/// # Errors
///
/// The table has columns of several layouts or of none, or lacks a column of the layout.
pub(super) fn choose(
    table: &TextTable,
    columns: &ColumnPositions,
    names: &EffectColumnNames,
    requested: Option<AlleleLayout>,
) -> Result<AlleleLayout, TableError> {
    let is_begun = |layout: &AlleleLayout| layout.own_columns().iter().any(|&column| columns.of(column).is_some());
    let begun: Vec<AlleleLayout> = AlleleLayout::ALL.into_iter().filter(is_begun).collect();
    let layout = match (requested, &begun[..]) {
        (Some(layout), _) | (None, &[layout]) => layout,
        (None, []) => {
            let layouts = AlleleLayout::ALL.map(|layout| layout.column_list(names).join(", ")).to_vec();
            let found = table.header.clone();
            return Err(table.header_error(TableProblem::NoAlleleColumns { found, layouts }));
        }
        (None, several) => {
            let layouts = several.iter().map(ToString::to_string).collect();
            return Err(table.header_error(TableProblem::AmbiguousAlleleColumns { layouts }));
        }
    };
    let (present, missing): (Vec<_>, Vec<_>) =
        layout.columns().into_iter().partition(|&column| columns.of(column).is_some());
    if missing.is_empty() {
        return Ok(layout);
    }
    let listed =
        |columns: Vec<EffectColumn>| columns.into_iter().map(|column| names.of(column).to_owned()).collect::<Vec<_>>();
    let (present, missing) = (listed(present), listed(missing));
    Err(table.header_error(TableProblem::IncompleteAlleleColumns { layout: layout.to_string(), present, missing }))
}
