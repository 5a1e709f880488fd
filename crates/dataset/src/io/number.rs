//! Numbers in text tables.

/// A cell: a number, or `None` where it says that the value is missing.
pub(crate) fn parse_number(cell: &str) -> Result<Option<f64>, std::num::ParseFloatError> {
    match cell.trim() {
        "" | "NA" | "." => Ok(None),
        text => text.parse().map(Some),
    }
}
