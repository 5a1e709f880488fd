//! Values in the cells of an expression table: missing values, decimal commas and thousands separators.

use crate::io::table_error::TableProblem;

/// Cells without a value, in lower case.
const MISSING: [&str; 12] = ["", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "<na>", ".", "-"];

/// Use of the comma in the values of a table, which the whole table decides.
#[derive(Debug, Default)]
pub(crate) struct CommaUse {
    /// Whether the comma separates the cells.
    separates_cells: bool,
    /// First value with a comma whose meaning is open: gene, column and text.
    open: Option<(String, String, String)>,
    /// Whether a value with a comma cannot have thousands separators.
    has_decimal_comma: bool,
    /// Whether a value has a decimal point.
    has_decimal_point: bool,
}

/// Problem with the text of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellProblem {
    /// Text that is not a number.
    NotANumber,
    /// Comma that is not clearly a decimal comma.
    Comma,
}

impl CommaUse {
    pub(crate) fn new(separates_cells: bool) -> Self {
        Self { separates_cells, ..Self::default() }
    }

    /// Value of a cell, `None` if missing; a decimal comma is read as such. [`finish`](Self::finish) reports a table whose
    /// commas may separate thousands.
    pub(crate) fn parse(
        &mut self,
        text: &str,
        gene_and_column: impl FnOnce() -> (String, String),
    ) -> Result<Option<f64>, CellProblem> {
        let text = text.trim();
        if is_missing(text) {
            return Ok(None);
        }
        if !text.contains(',') {
            self.has_decimal_point |= text.contains('.');
            if self.has_decimal_point && self.open.is_some() {
                return Err(CellProblem::Comma);
            }
            return text.parse().map(Some).map_err(|_| CellProblem::NotANumber);
        }
        let (whole, fraction) = text.split_once(',').unwrap_or((text, ""));
        let digits: String = fraction.chars().take_while(char::is_ascii_digit).collect();
        let number: Result<f64, _> = text.replacen(',', ".", 1).parse();
        let is_number = number.is_ok() && !text.contains('.') && !digits.is_empty();
        match number {
            Ok(number) if is_number && !self.separates_cells && !self.has_decimal_point => {
                let whole = whole.trim_start_matches(['-', '+']);
                self.has_decimal_comma |= digits.len() != 3 || whole == "0" || whole.is_empty() || whole.len() > 3;
                if self.open.is_none() {
                    let (gene, column) = gene_and_column();
                    self.open = Some((gene, column, text.to_owned()));
                }
                Ok(Some(number))
            }
            _ if text.chars().all(|letter| letter.is_ascii_digit() || "+-,.eE".contains(letter)) => {
                Err(CellProblem::Comma)
            }
            _ => Err(CellProblem::NotANumber),
        }
    }

    /// Checks that the commas of the table are decimal commas.
    ///
    /// # Errors
    ///
    /// [`TableProblem::AmbiguousComma`] if every value with a comma could have thousands separators.
    pub(crate) fn finish(self) -> Result<(), TableProblem> {
        match self.open {
            Some((gene_id, column, text)) if !self.has_decimal_comma => {
                Err(TableProblem::AmbiguousComma { gene_id, column, text })
            }
            _ => Ok(()),
        }
    }
}

/// Whether a cell has no value.
pub(crate) fn is_missing(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 5 && MISSING.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a cell holds a number in any notation.
pub(crate) fn is_number(text: &str) -> bool {
    let text = text.trim();
    text.parse::<f64>().is_ok() || (text.contains(',') && text.replace(',', "").parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_all(texts: &[&str], separates_cells: bool) -> Result<Vec<Option<f64>>, CellProblem> {
        let mut commas = CommaUse::new(separates_cells);
        let place = || ("G".to_owned(), "C".to_owned());
        let values = texts.iter().map(|text| commas.parse(text, place)).collect::<Result<_, _>>()?;
        commas.finish().map_err(|_| CellProblem::Comma)?;
        Ok(values)
    }

    #[test]
    fn parse_decimal_commas_reads_numbers() {
        assert_eq!(
            parse_all(&["14,711", "3,98", "-", "7"], false),
            Ok(vec![Some(14.711), Some(3.98), None, Some(7.0)])
        );
        assert_eq!(parse_all(&["1,5E-3"], false), Ok(vec![Some(0.0015)]));
        assert_eq!(parse_all(&["0,125"], false), Ok(vec![Some(0.125)]));
    }

    #[test]
    fn parse_ambiguous_or_thousands_separators_return_error() {
        for texts in [&["1,234"][..], &["1,234,567"], &["1,234.5"], &["1.234,5"], &["12,5", "1.5"], &["1.5", "12,5"]] {
            assert_eq!(parse_all(texts, false), Err(CellProblem::Comma), "{texts:?}");
        }
        assert_eq!(parse_all(&["3,98"], true), Err(CellProblem::Comma), "the comma separates the cells");
    }

    #[test]
    fn parse_missing_values_and_text() {
        let missing = ["NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", ".", "", " ", "#N/A", "<NA>"];
        assert_eq!(parse_all(&missing, false), Ok(vec![None; missing.len()]));
        for text in ["high", "12%", "--", "TPM", "1 2"] {
            assert_eq!(parse_all(&[text], false), Err(CellProblem::NotANumber), "{text}");
        }
        assert_eq!(parse_all(&["1.5e-3", "+2"], false), Ok(vec![Some(0.0015), Some(2.0)]));
    }
}
