//! Numbers of a motif file, and the motif that a matrix of them describes.

use super::numbered_lines::Malformed;
use crate::counted::counted;
use crate::motif::{PositionWeightMatrix, UNIFORM_BACKGROUND};

/// Number with its printed precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub(super) value: f64,
    /// Decimal places.
    pub(super) decimals: i32,
}

/// Numbers of one position of a motif, in the order A, C, G, T.
#[derive(Clone, Debug)]
pub(super) struct Position {
    /// Line that is named in errors.
    pub(super) line: usize,
    pub(super) values: [Number; 4],
}

/// Meaning of the numbers of a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Numbers {
    /// Probabilities. Each position sums to 1 within rounding, and within `tolerance`.
    Probabilities { tolerance: f64 },
    /// Probabilities if a number has decimals and a position sums to at most 2, else counts.
    CountsOrProbabilities,
}

impl Numbers {
    /// Probabilities without more tolerance than that of rounding.
    pub(super) const PROBABILITIES: Self = Self::Probabilities { tolerance: 0.0 };
}

/// Deviation from 1 that is accepted at any precision: programs compute in single precision and truncate digits.
const MIN_TOLERANCE: f64 = 1e-4;

/// Largest deviation from 1 that rounding explains. One decimal place would explain 0.2.
const MAX_ROUNDING: f64 = 0.05;

/// Largest sum of a position with decimals that is checked as probabilities: above those of an information content
/// matrix, far below those of counts.
const MAX_PROBABILITY_SUM: f64 = 2.0;

impl Number {
    /// Parses a finite number.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let value: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
        let Some(value) = value else {
            let hint = if text.contains(',') { "; use a decimal point" } else { "" };
            return Err(format!("'{}' is not a number{hint}", text.escape_debug()));
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len()) as i32;
        // A finite number has a short exponent, unless it is 0.
        let decimals = places.saturating_sub(exponent.parse().unwrap_or(0)).clamp(0, 15);
        Ok(Self { value, decimals })
    }

    /// Parses four numbers of a row, separated by white space.
    pub(super) fn parse_row(text: &str) -> Result<[Self; 4], String> {
        let values: Vec<Self> = text.split_whitespace().map(Self::parse).collect::<Result<_, _>>()?;
        values
            .try_into()
            .map_err(|values: Vec<Self>| format!("{}; expected 4, for A, C, G and T", counted(values.len(), "number")))
    }
}

/// Whether a line is a row of numbers, valid or not: it begins with a digit, a sign, a point or a number such as NaN.
pub(super) fn is_row_of_numbers(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    !first.starts_with("--")
        && (first.starts_with(|letter: char| letter.is_ascii_digit() || "+-.".contains(letter))
            || first.parse::<f64>().is_ok())
}

/// Largest deviation of a sum of four probabilities from 1: half a unit of the last decimal place for each.
pub(super) fn rounding_tolerance(numbers: impl IntoIterator<Item = Number>) -> f64 {
    let decimals = numbers.into_iter().map(|number| number.decimals).max().unwrap_or(0);
    let rounding = if decimals == 0 { 0.0 } else { 2.0 * 0.1_f64.powi(decimals) };
    rounding.clamp(MIN_TOLERANCE, MAX_ROUNDING) + 1e-9
}

/// Motif of a matrix. `unit` names a position in errors: `row` or `column`.
pub(super) fn motif(
    name: &str,
    positions: &[Position],
    numbers: Numbers,
    unit: &str,
) -> Result<PositionWeightMatrix, Malformed> {
    let fail = |line: usize, detail: String| Err(Malformed { line, motif: Some(name.to_owned()), detail });
    let all = || positions.iter().flat_map(|position| position.values);
    let sum = |position: &Position| position.values.iter().map(|number| number.value).sum::<f64>();
    for (index, position) in positions.iter().enumerate() {
        if let Some(bad) = position.values.iter().find(|number| number.value < 0.0) {
            let detail = format!(
                "{unit} {} has {}; expected probabilities or counts, not log-odds scores",
                index + 1,
                bad.value
            );
            return fail(position.line, detail);
        }
    }
    let with_decimals = all().any(|number| number.decimals > 0);
    let probabilities = match numbers {
        Numbers::Probabilities { .. } => true,
        Numbers::CountsOrProbabilities => {
            with_decimals
                && positions.iter().any(|position| sum(position) <= MAX_PROBABILITY_SUM && sum(position) > 0.0)
        }
    };
    let line_of = |index: usize| positions.get(index).map_or(1, |position| position.line);
    let columns: Vec<[f64; 4]> = positions.iter().map(|position| position.values.map(|number| number.value)).collect();
    if !probabilities {
        let motif = PositionWeightMatrix::from_counts(name, &columns, 0.0, UNIFORM_BACKGROUND);
        return motif.or_else(|error| {
            let zero = columns.iter().position(|column| column.iter().all(|&count| count == 0.0));
            fail(line_of(zero.unwrap_or(0)), error.to_string().replace("column", unit))
        });
    }
    let extra = if let Numbers::Probabilities { tolerance } = numbers { tolerance } else { 0.0 };
    let tolerance = rounding_tolerance(all()).max(extra);
    let decimals = all().map(|number| number.decimals).max().unwrap_or(0).min(6) as usize;
    for (index, position) in positions.iter().enumerate() {
        let sum = sum(position);
        if (sum - 1.0).abs() > tolerance {
            return fail(position.line, format!("{unit} {} sums to {sum:.decimals$}; expected 1", index + 1));
        }
    }
    PositionWeightMatrix::scaled(name.to_owned(), columns)
        .or_else(|error| fail(line_of(0), error.to_string().replace("column", unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(rows: &[&str]) -> Vec<Position> {
        let position = |(index, row): (usize, &&str)| Position {
            line: index + 1,
            values: Number::parse_row(row).expect("four numbers"),
        };
        rows.iter().enumerate().map(position).collect()
    }

    #[test]
    fn number_parse_counts_decimals() {
        let decimals = |text: &str| Number::parse(text).map(|number| number.decimals).map_err(|_| text.to_owned());
        for (text, expected) in
            [("12", 0), ("0.25", 2), (".125", 3), ("1e-3", 3), ("2.5e-02", 3), ("1.50e+1", 1), ("5.", 0)]
        {
            assert_eq!(decimals(text), Ok(expected), "{text}");
        }
        for text in ["NaN", "inf", "1e999", "x", "", "0x1"] {
            assert!(decimals(text).is_err(), "{text}");
        }
        assert_eq!(Number::parse("0,25").unwrap_err(), "'0,25' is not a number; use a decimal point");
    }

    #[test]
    fn motif_probabilities_sum_to_one_within_printed_precision() {
        let read = |rows: &[&str]| motif("m", &positions(rows), Numbers::PROBABILITIES, "row");
        // Two decimals explain 0.02, three explain 0.002, and one of them raises the precision of all.
        for rows in [&["0.01 0.96 0.01 0.01"][..], &["0.26 0.26 0.25 0.25"], &["0.333 0.333 0.333 0"], &["1 0 0 0"]] {
            let motif = read(rows).unwrap();
            assert!((motif.columns()[0].iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let cases = [
            (&["0.01 0.95 0.01 0"][..], "row 1 sums to 0.97; expected 1"),
            (&["1 0 0 0", "0.333 0.333 0.33 0"], "row 2 sums to 0.996; expected 1"),
            (&["0.5 0.3 0.2 0.1"], "row 1 sums to 1.1; expected 1"),
            (&["1 1 0 0"], "row 1 sums to 2; expected 1"),
            (&["0 0 0 0"], "row 1 sums to 0; expected 1"),
            (&["1.5 -0.5 0 0"], "row 1 has -0.5; expected probabilities or counts"),
        ];
        for (rows, expected) in cases {
            let error = read(rows).unwrap_err();
            assert!(error.detail.starts_with(expected), "{rows:?}\n{}", error.detail);
        }
    }

    #[test]
    fn motif_counts_are_told_from_probabilities_by_decimals_and_sum() {
        let read = |rows: &[&str]| motif("m", &positions(rows), Numbers::CountsOrProbabilities, "column");
        let sites = |rows: &[&str]| read(rows).unwrap().sites();
        assert!((sites(&["4 16 0 0", "19 0 1 0"]) - 20.0).abs() < 1e-12);
        assert!((sites(&["1 0 0 0"]) - 1.0).abs() < 1e-12);
        assert!((sites(&["4.5 16.25 0 0"]) - 20.75).abs() < 1e-12);
        // Probabilities do not state the number of sites, for which 20 is assumed.
        assert!((sites(&["0.2 0.8 0 0", "1.0 0 0 0"]) - 20.0).abs() < 1e-12);
        // Bits of information, and a missing decimal point.
        assert_eq!(read(&["0.1 1.4 0 0"]).unwrap_err().detail, "column 1 sums to 1.5; expected 1");
        assert_eq!(
            read(&["0.5 0.5 0 0", "0.25 25 0.25 0.25"]).unwrap_err().detail,
            "column 2 sums to 25.75; expected 1"
        );
        assert_eq!(read(&["5 0 0 0", "0 0 0 0"]).unwrap_err().line, 2);
    }
}
