//! Numbered lines of a motif file, and errors that name them.

/// Malformed line of a motif file. The caller adds the path.
#[derive(Debug)]
pub(super) struct Malformed {
    /// Line number, counted from 1.
    pub(super) line: usize,
    pub(super) motif: Option<String>,
    pub(super) detail: String,
}

/// Cursor over trimmed lines with their numbers, counted from 1.
pub(super) struct NumberedLines<'a> {
    lines: &'a [String],
    next: usize,
}

impl<'a> NumberedLines<'a> {
    pub(super) fn new(lines: &'a [String]) -> Self {
        Self { lines, next: 0 }
    }

    /// Next line.
    pub(super) fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = self.lines.get(self.next)?;
        self.next += 1;
        Some((self.next, line.trim()))
    }

    /// Next non-blank line.
    pub(super) fn next_non_blank(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let (number, line) = self.next()?;
            if !line.is_empty() {
                return Some((number, line));
            }
        }
    }

    /// Next line, without consuming it.
    pub(super) fn peek(&self) -> Option<&'a str> {
        self.lines.get(self.next).map(|line| line.trim())
    }

    /// Number of the last line.
    pub(super) fn last(&self) -> usize {
        self.lines.len()
    }
}

/// Parses a finite number.
pub(super) fn number(text: &str) -> Result<f64, String> {
    let value: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| format!("'{text}' is not a number"))
}
