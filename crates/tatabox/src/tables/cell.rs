//! Columns and cells of a table, independent of its format.

use tatabox_sequence::Strand;

/// Digits after the decimal point, far finer than any prediction is accurate.
const DIGITS: i32 = 6;

/// Column of a table.
///
/// ```
/// use tatabox::tables::{Column, ColumnKind};
///
/// assert_eq!(Column::new(ColumnKind::Real, "log2_tpm").name, "log2_tpm");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Header.
    pub name: String,
    /// Type of its cells.
    pub kind: ColumnKind,
}

impl Column {
    /// A column with this name.
    pub fn new(kind: ColumnKind, name: &str) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

/// Type of the cells of a column.
///
/// ```
/// use tatabox::tables::ColumnKind;
///
/// assert_ne!(ColumnKind::Count, ColumnKind::Integer);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Floating-point number.
    Real,
    /// Non-negative whole number.
    Count,
    /// Signed whole number, such as a position relative to the TSS.
    Integer,
    /// True or false.
    Flag,
}

/// Cell of a table, of the same kind as its column.
///
/// ```
/// use tatabox::tables::Cell;
///
/// assert_eq!(Cell::real(0.123_456_78), Cell::Real(Some(0.123_457)));
/// assert_eq!(Cell::p_value(0.000_012_345), Cell::Real(Some(0.000_012_3)));
/// assert_eq!(Cell::integer(None), Cell::Absent);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// Floating-point number, or a missing one.
    Real(Option<f64>),
    /// Non-negative whole number.
    Count(u64),
    /// Signed whole number.
    Integer(i64),
    /// True or false.
    Flag(bool),
    /// Missing value, in a column of any kind.
    Absent,
}

impl Cell {
    /// A number, rounded to six digits after the decimal point; empty where missing.
    pub fn real(value: impl Into<Option<f64>>) -> Self {
        Self::Real(value.into().map(rounded))
    }

    /// A p-value, which may be smaller than the precision of other numbers, rounded to three significant digits.
    pub fn p_value(value: f64) -> Self {
        Self::Real(Some(format!("{value:.2e}").parse().unwrap_or(value)))
    }

    /// A signed whole number, empty where missing.
    pub fn integer(value: impl Into<Option<i64>>) -> Self {
        value.into().map_or(Self::Absent, Self::Integer)
    }

    /// Orientation of a motif relative to a gene: "forward" where it reads in the direction of transcription, else "reverse".
    pub fn orientation(strand: Strand) -> Self {
        Self::text(match strand {
            Strand::Forward => "forward",
            Strand::Reverse => "reverse",
        })
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A number rounded to the digits that tables hold.
pub(crate) fn rounded(value: f64) -> f64 {
    let scale = 10f64.powi(DIGITS);
    // Adding zero turns -0 into 0.
    (value * scale).round() / scale + 0.0
}
