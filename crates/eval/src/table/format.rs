//! Text formatting shared by all tables: alignment, TSV and numbers.

use std::fmt::Display;

use crate::error::EvalError;
use crate::stats::{Estimate, Interval};

/// Cell of a value that is not defined.
const UNDEFINED: &str = "-";
const COLUMN_GAP: &str = "  ";
/// Smallest p-value shown on the terminal; smaller ones are shown as a bound.
const SMALLEST_SHOWN_P: f64 = 0.001;

/// Alignment of the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// An aligned table for the terminal: a line of titles, then the rows.
pub(crate) fn aligned(columns: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let titles: Vec<String> = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
    let lines = || std::iter::once(&titles).chain(rows);
    let width = |column: usize| lines().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for cells in lines() {
        let padded = cells.iter().zip(&widths).zip(columns).map(|((cell, &width), (_, align))| match align {
            Align::Left => format!("{cell:<width$}"),
            Align::Right => format!("{cell:>width$}"),
        });
        text.push_str(padded.collect::<Vec<_>>().join(COLUMN_GAP).trim_end());
        text.push('\n');
    }
    text
}

/// Tab-separated text; `table` is the name of the table in errors.
pub(crate) fn tsv(
    table: &str,
    header: &[String],
    records: impl IntoIterator<Item = Vec<String>>,
) -> Result<String, EvalError> {
    let fail = |reason: &dyn Display| EvalError::format(table, reason);
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    writer.write_record(header).map_err(|error| fail(&error))?;
    for record in records {
        writer.write_record(&record).map_err(|error| fail(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| fail(&error))?;
    String::from_utf8(bytes).map_err(|error| fail(&error))
}

/// A number for the terminal, with three decimals.
pub(crate) fn screen_number(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_owned(), three_digits)
}

/// An estimate for the terminal, such as "0.621 [0.590, 0.650]".
pub(crate) fn screen_estimate(value: Option<f64>, interval: Option<Interval>) -> String {
    match (value, interval) {
        (Some(value), Some(Interval { low, high })) => {
            format!("{} [{}, {}]", three_digits(value), three_digits(low), three_digits(high))
        }
        (value, _) => screen_number(value),
    }
}

/// A p-value for the terminal.
pub(crate) fn screen_p_value(p: Option<f64>) -> String {
    match p {
        Some(p) if p < SMALLEST_SHOWN_P => format!("<{SMALLEST_SHOWN_P}"),
        p => screen_number(p),
    }
}

/// A number for a file, with six decimals: far finer than any interval, and identical on every machine.
pub(crate) fn file_number(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.6}")).unwrap_or_default()
}

/// A p-value of any magnitude for a file, with six significant digits.
pub(crate) fn file_p_value(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.5e}")).unwrap_or_default()
}

/// Column names of a file, split at the spaces.
pub(crate) fn column_names(words: &[&str]) -> Vec<String> {
    words.iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect()
}

/// Column names of an estimate in a file: the score, then the limits of both intervals.
pub(crate) fn estimate_columns(name: &str) -> [String; 5] {
    ["", "_low", "_high", "_chromosome_low", "_chromosome_high"].map(|limit| format!("{name}{limit}"))
}

/// Cells of the columns of [`estimate_columns`].
pub(crate) fn estimate_cells(estimate: &Estimate) -> [String; 5] {
    let Estimate { value, interval, chromosome_interval } = estimate;
    [
        *value,
        interval.map(|i| i.low),
        interval.map(|i| i.high),
        chromosome_interval.map(|i| i.low),
        chromosome_interval.map(|i| i.high),
    ]
    .map(file_number)
}

/// A number with three decimals, without a minus sign before zero.
fn three_digits(value: f64) -> String {
    let text = format!("{value:.3}");
    if text == "-0.000" { "0.000".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_pads_names_right_and_numbers_left() {
        let columns = [("model", Align::Left), ("n", Align::Right), ("remark", Align::Left)];
        let rows = [["cnn", "60", ""], ["ridge", "5", "few"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&columns, &rows), "model   n  remark\ncnn    60\nridge   5  few\n");
    }

    #[test]
    fn screen_numbers_have_no_negative_zero_and_p_values_have_a_bound() {
        assert_eq!((screen_number(Some(-0.000_4)), screen_number(None)), ("0.000".to_owned(), "-".to_owned()));
        assert_eq!(screen_estimate(Some(0.5), Some(Interval { low: -1.0, high: 1.0 })), "0.500 [-1.000, 1.000]");
        assert_eq!(
            (screen_p_value(Some(0.000_2)), screen_p_value(Some(0.04))),
            ("<0.001".to_owned(), "0.040".to_owned())
        );
        assert_eq!((file_number(Some(0.1)), file_p_value(Some(1.5e-12))), ("0.100000".into(), "1.50000e-12".into()));
    }
}
