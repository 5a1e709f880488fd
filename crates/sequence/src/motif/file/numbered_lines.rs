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

    /// Next line that is neither blank nor a comment (`#`).
    pub(super) fn next_content(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let (number, line) = self.next()?;
            if !line.is_empty() && !line.starts_with('#') {
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

    /// Next line that is neither blank nor a comment, without consuming it.
    pub(super) fn peek_content(&self) -> Option<(usize, &'a str)> {
        Self { lines: self.lines, next: self.next }.next_content()
    }
}

/// First characters of a line, for messages; control characters are escaped.
pub(super) fn excerpt(line: &str) -> String {
    const SHOWN: usize = 40;
    let shown: String = line.chars().take(SHOWN).map(|letter| if letter == '\t' { ' ' } else { letter }).collect();
    let dots = if line.chars().nth(SHOWN).is_some() { "..." } else { "" };
    format!("'{}{dots}'", shown.escape_debug())
}
