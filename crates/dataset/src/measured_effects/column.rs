//! Columns of a table of measured effects.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::layout::AlleleLayout;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Column of a table of measured effects, by its meaning.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::EffectColumn;
///
/// assert_eq!(EffectColumn::from_name("p_value"), Some(EffectColumn::PValue));
/// assert_eq!(EffectColumn::PValue.name(), "p_value");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EffectColumn {
    /// Complete construct with the reference allele, in sense direction.
    ReferenceSequence,
    /// Complete construct with the alternative allele.
    AlternativeSequence,
    /// Index of the TSS base in the reference construct, 0-based; negative or past its end if the TSS is in a flank.
    TssOffset,
    /// Name of a promoter record.
    Promoter,
    /// Position of the first base of the reference allele relative to the TSS, which is 0.
    Position,
    /// Contig.
    Chrom,
    /// Position of the first base of the reference allele on the contig, counted from 1.
    Pos,
    /// Position of the TSS on the contig, counted from 1.
    Tss,
    /// Strand of transcription: + or -.
    Strand,
    /// Identifier or name of a gene of the annotation.
    Gene,
    /// Reference allele; `-` for an insertion in front of the position.
    Ref,
    /// Alternative allele; `-` for a deletion of the reference allele.
    Alt,
    /// Promoter or locus.
    Element,
    /// Measured log2 fold change of the alternative over the reference allele, or another signed effect.
    Effect,
    /// False discovery rate of the effect.
    Fdr,
    /// P-value of the effect.
    PValue,
    /// Standard error of the effect.
    Se,
    /// Cell type or other output of a model, in which the effect was measured.
    CellType,
    /// Name of the variant.
    Id,
}

impl EffectColumn {
    /// All columns, in the order of the documentation.
    pub const ALL: [Self; 19] = [
        Self::ReferenceSequence,
        Self::AlternativeSequence,
        Self::TssOffset,
        Self::Promoter,
        Self::Position,
        Self::Chrom,
        Self::Pos,
        Self::Tss,
        Self::Strand,
        Self::Gene,
        Self::Ref,
        Self::Alt,
        Self::Element,
        Self::Effect,
        Self::Fdr,
        Self::PValue,
        Self::Se,
        Self::CellType,
        Self::Id,
    ];

    /// Name in the header unless another is given.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReferenceSequence => "reference_sequence",
            Self::AlternativeSequence => "alternative_sequence",
            Self::TssOffset => "tss_offset",
            Self::Promoter => "promoter",
            Self::Position => "position",
            Self::Chrom => "chrom",
            Self::Pos => "pos",
            Self::Tss => "tss",
            Self::Strand => "strand",
            Self::Gene => "gene",
            Self::Ref => "ref",
            Self::Alt => "alt",
            Self::Element => "element",
            Self::Effect => "effect",
            Self::Fdr => "fdr",
            Self::PValue => "p_value",
            Self::Se => "se",
            Self::CellType => "cell_type",
            Self::Id => "id",
        }
    }

    /// Column with this default name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// Names of the columns in a header, where they differ from the default.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{EffectColumn, EffectColumnNames};
///
/// let mut names = EffectColumnNames::default();
/// names.set(EffectColumn::Effect, "Value");
/// assert_eq!((names.of(EffectColumn::Effect), names.of(EffectColumn::Ref)), ("Value", "ref"));
/// assert_eq!("effect=Value".parse(), Ok(names));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectColumnNames {
    names: BTreeMap<EffectColumn, String>,
}

impl EffectColumnNames {
    /// Names a column.
    pub fn set(&mut self, column: EffectColumn, name: &str) {
        self.names.insert(column, name.to_owned());
    }

    /// Name of a column in the header.
    pub fn of(&self, column: EffectColumn) -> &str {
        self.names.get(&column).map_or_else(|| column.name(), String::as_str)
    }

    /// Whether the name was given.
    fn is_given(&self, column: EffectColumn) -> bool {
        self.names.contains_key(&column)
    }
}

impl FromStr for EffectColumnNames {
    type Err = String;

    /// Name of one column, such as `effect=Value`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=').map(|(column, name)| (EffectColumn::from_name(column.trim()), name.trim())) {
            Some((Some(column), name)) if !name.is_empty() => {
                Ok(Self { names: BTreeMap::from([(column, name.to_owned())]) })
            }
            _ => {
                let known = EffectColumn::ALL.map(EffectColumn::name).join(", ");
                Err(format!("`{text}`: expected COLUMN=NAME, where COLUMN is one of {known}"))
            }
        }
    }
}

impl FromIterator<Self> for EffectColumnNames {
    /// All names; of several for one column, the last counts.
    fn from_iter<I: IntoIterator<Item = Self>>(names: I) -> Self {
        Self { names: names.into_iter().flat_map(|names| names.names).collect() }
    }
}

/// Positions of the columns in a header.
pub(super) struct ColumnPositions(BTreeMap<EffectColumn, usize>);

impl ColumnPositions {
    /// # Errors
    ///
    /// A column occurs twice, or one that was named does not occur.
    pub(super) fn find(table: &TextTable, names: &EffectColumnNames) -> Result<Self, TableError> {
        let mut positions = BTreeMap::new();
        for column in EffectColumn::ALL {
            let name = names.of(column);
            let mut found = table.header.iter().enumerate().filter(|(_, found)| *found == name);
            match (found.next(), found.next()) {
                (Some(_), Some(_)) => {
                    return Err(table.header_error(TableProblem::DuplicateColumn { name: name.to_owned() }));
                }
                (Some((position, _)), None) => {
                    positions.insert(column, position);
                }
                (None, _) if names.is_given(column) => {
                    let expected = vec![format!("the column that was named for {}", column.name())];
                    return Err(missing(table, name, expected));
                }
                (None, _) => {}
            }
        }
        Ok(Self(positions))
    }

    /// Position of a column, where the table has it.
    pub(super) fn of(&self, column: EffectColumn) -> Option<usize> {
        self.0.get(&column).copied()
    }

    /// # Errors
    ///
    /// The table lacks the column.
    pub(super) fn require(
        &self,
        table: &TextTable,
        names: &EffectColumnNames,
        column: EffectColumn,
    ) -> Result<(), TableError> {
        if self.of(column).is_some() {
            return Ok(());
        }
        let layouts = AlleleLayout::ALL.map(|layout| layout.column_list(names).join(", ")).join(", or ");
        let expected = vec![names.of(column).to_owned(), format!("alleles ({layouts})")];
        Err(missing(table, names.of(column), expected))
    }
}

fn missing(table: &TextTable, name: &str, expected: Vec<String>) -> TableError {
    table.header_error(TableProblem::MissingColumn { name: name.to_owned(), found: table.header.clone(), expected })
}
