//! Numbers in text tables.

/// Value of a cell; `None` for the markers of a missing value: an empty cell, `NA` and `.`.
pub(crate) fn parse_number(cell: &str) -> Result<Option<f64>, std::num::ParseFloatError> {
    match cell.trim() {
        "" | "NA" | "." => Ok(None),
        text => text.parse().map(Some),
    }
}
