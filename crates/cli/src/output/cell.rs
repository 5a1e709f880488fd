//! Columns and cells of a table, whatever its format.

/// Numbers are written with this many digits after the point, far finer than any prediction is right.
const DIGITS: i32 = 6;

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: ColumnKind,
}

impl Column {
    /// A column of this name.
    pub(crate) fn new(kind: ColumnKind, name: &str) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Text,
    Real,
    Count,
    /// A number that may be negative: a position relative to the TSS, a change of length.
    Integer,
    /// Yes or no.
    Flag,
}

/// A value of a column of the same kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Real(Option<f64>),
    Count(u64),
    Integer(i64),
    Flag(bool),
    /// Nothing, in a column of any kind.
    Absent,
}

impl Cell {
    /// A number as it is written: rounded to six digits after the point, empty where there is none.
    pub(crate) fn real(value: impl Into<Option<f64>>) -> Self {
        Self::Real(value.into().map(rounded))
    }

    /// A number that may be negative, empty where there is none.
    pub(crate) fn integer(value: impl Into<Option<i64>>) -> Self {
        value.into().map_or(Self::Absent, Self::Integer)
    }

    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A number as it is written.
pub(crate) fn rounded(value: f64) -> f64 {
    let scale = 10f64.powi(DIGITS);
    // Adding zero turns -0 into 0.
    (value * scale).round() / scale + 0.0
}
