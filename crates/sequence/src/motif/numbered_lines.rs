//! Numbered lines of a motif file, and errors that name them.

/// A line that cannot be read; the path is not known here.
#[derive(Debug)]
pub(super) struct Malformed {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) motif: Option<String>,
    pub(super) detail: String,
}

/// Lines with their numbers, counted from 1, without blanks around them.
pub(super) struct NumberedLines<'a> {
    lines: &'a [String],
    next: usize,
}

impl<'a> NumberedLines<'a> {
    pub(super) fn new(lines: &'a [String]) -> Self {
        Self { lines, next: 0 }
    }

    pub(super) fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = self.lines.get(self.next)?;
        self.next += 1;
        Some((self.next, line.trim()))
    }

    /// The next line that is not blank.
    pub(super) fn next_filled(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let (number, line) = self.next()?;
            if !line.is_empty() {
                return Some((number, line));
            }
        }
    }

    pub(super) fn peek(&self) -> Option<&'a str> {
        self.lines.get(self.next).map(|line| line.trim())
    }

    /// Number of the last line.
    pub(super) fn last(&self) -> usize {
        self.lines.len()
    }
}

/// A number that is finite.
pub(super) fn number(text: &str) -> Result<f64, String> {
    let value: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| format!("'{text}' is not a number"))
}
