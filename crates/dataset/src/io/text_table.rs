//! Row reader for TSV and CSV files (plain, gzip or zip) that reports line numbers.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_file::open_text;

const UTF8_BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Text table that is read row by row.
pub(crate) struct TextTable {
    path: PathBuf,
    /// Trimmed column names.
    pub(crate) header: Vec<String>,
    header_line: u64,
    lines: Lines,
    separator: u8,
    rows_end_in_separator: bool,
    record: StringRecord,
}

impl TextTable {
    /// Opens a table. The separator is the tab if the first line contains one, otherwise the comma. A trailing
    /// separator does not add a cell.
    pub(crate) fn open(path: &Path) -> Result<Self, TableError> {
        let mut lines = Lines { input: open_text(path)?, line: Vec::new(), number: 0 };
        if !lines.advance().map_err(|error| damaged(path, TableLocation::Line(1), &error))? {
            return Err(TableError::in_file(path, TableProblem::Empty));
        }
        let separator = if lines.line.contains(&b'\t') { b'\t' } else { b',' };
        let header_line = lines.number;
        let mut table = Self {
            path: path.to_owned(),
            header: Vec::new(),
            header_line,
            lines,
            separator,
            rows_end_in_separator: false,
            record: StringRecord::new(),
        };
        table.split_line()?;
        table.header = table.record.iter().map(|name| name.trim().to_owned()).collect();
        if table.header.len() > 2 && table.header.last().is_some_and(String::is_empty) {
            table.header.pop();
        }
        table.check_names()?;
        Ok(table)
    }

    /// Next row and its location; `None` at the end. Blank lines are skipped, and cells do not span lines.
    ///
    /// # Errors
    ///
    /// A row whose number of cells differs from the header, text that is not UTF-8, a damaged file.
    pub(crate) fn next_row(&mut self) -> Result<Option<(TableLocation, &StringRecord)>, TableError> {
        let more = self.lines.advance();
        let location = TableLocation::Line(self.lines.number);
        if !more.map_err(|error| damaged(&self.path, location, &error))? {
            return Ok(None);
        }
        self.split_line()?;
        // Rows of Roadmap Epigenomics tables end in a tab, their header does not. Once one row shows this layout, an
        // empty last cell in another row is its trailing tab as well, so a cell before it is missing.
        let (cells, ends_blank) = (self.record.len(), self.record.iter().next_back().is_some_and(is_blank));
        if ends_blank && cells == self.header.len() + 1 {
            self.rows_end_in_separator = true;
        }
        if ends_blank && self.rows_end_in_separator {
            self.record.truncate(cells - 1);
        }
        let found = self.record.len();
        if found != self.header.len() {
            let problem = TableProblem::RaggedRow { expected: self.header.len() as u64, found: found as u64 };
            return Err(TableError::at(&self.path, location, problem));
        }
        Ok(Some((location, &self.record)))
    }

    /// Passes the trimmed cells of the columns `names` of every row to `read`, whose problems get the location of the row.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), [`columns`](Self::columns) and [`next_row`](Self::next_row), and problems that `read` finds.
    pub(crate) fn for_each_row<const N: usize>(
        path: &Path,
        names: [&str; N],
        mut read: impl FnMut([&str; N]) -> Result<(), TableProblem>,
    ) -> Result<(), TableError> {
        let mut table = Self::open(path)?;
        let columns = table.columns(names)?;
        while let Some((location, cells)) = table.next_row()? {
            let cells = columns.map(|column| cells[column].trim());
            read(cells).map_err(|problem| TableError::at(path, location, problem))?;
        }
        Ok(())
    }

    /// Splits the current line into cells.
    fn split_line(&mut self) -> Result<(), TableError> {
        let location = TableLocation::Line(self.lines.number);
        let not_text = |path: &Path| TableError::at(path, location, TableProblem::NotText);
        if self.lines.line.contains(&b'"') {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(self.separator)
                .has_headers(false)
                .buffer_capacity(self.lines.line.len())
                .from_reader(self.lines.line.as_slice());
            reader.read_record(&mut self.record).map_err(|_| not_text(&self.path))?;
        } else {
            let line = std::str::from_utf8(&self.lines.line).map_err(|_| not_text(&self.path))?;
            self.record.clear();
            for cell in line.split(char::from(self.separator)) {
                self.record.push_field(cell);
            }
        }
        Ok(())
    }

    /// Location of the header.
    pub(crate) fn header_location(&self) -> TableLocation {
        TableLocation::Line(self.header_line)
    }

    /// Error at the location of the header.
    pub(crate) fn header_error(&self, problem: TableProblem) -> TableError {
        TableError::at(&self.path, self.header_location(), problem)
    }

    /// Positions of the columns `names`, in their order.
    pub(crate) fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N], TableError> {
        let mut positions = [0; N];
        for (position, name) in positions.iter_mut().zip(names) {
            *position = self.column(name, &names)?;
        }
        Ok(positions)
    }

    /// Position of a required column.
    pub(crate) fn column(&self, name: &str, expected: &[&str]) -> Result<usize, TableError> {
        self.header.iter().position(|found| found == name).ok_or_else(|| {
            self.header_error(TableProblem::MissingColumn {
                name: name.to_owned(),
                found: self.header.clone(),
                expected: expected.iter().map(|&name| name.to_owned()).collect(),
            })
        })
    }

    fn check_names(&self) -> Result<(), TableError> {
        let is_one_long_line = self.header.len() == 1;
        match self.header.iter().position(String::is_empty) {
            // R leaves the name of the row-name column empty.
            Some(index) if index > 0 || is_one_long_line => {
                Err(self.header_error(TableProblem::UnnamedColumn { column: index + 1 }))
            }
            _ => Ok(()),
        }
    }
}

/// Lines of a text, without blank lines.
struct Lines {
    input: Box<dyn BufRead>,
    /// Current line without its line break.
    line: Vec<u8>,
    /// Line number, counted from 1.
    number: u64,
}

impl Lines {
    /// Advances to the next line that is not blank; `false` at the end.
    fn advance(&mut self) -> io::Result<bool> {
        loop {
            self.line.clear();
            self.number += 1;
            if self.input.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(false);
            }
            if self.number == 1 && self.line.starts_with(&UTF8_BYTE_ORDER_MARK) {
                self.line.drain(..UTF8_BYTE_ORDER_MARK.len());
            }
            if !self.line.trim_ascii().is_empty() {
                while self.line.ends_with(b"\n") || self.line.ends_with(b"\r") {
                    self.line.pop();
                }
                return Ok(true);
            }
        }
    }
}

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

fn damaged(path: &Path, location: TableLocation, error: &io::Error) -> TableError {
    TableError::at(path, location, TableProblem::Damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<(TableLocation, Vec<String>)>, TableError> {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("t.tsv");
        std::fs::write(&path, bytes).expect("writable");
        let mut table = TextTable::open(&path)?;
        let mut rows = Vec::new();
        while let Some((location, record)) = table.next_row()? {
            rows.push((location, record.iter().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("in memory");
        encoder.finish().expect("in memory")
    }

    #[test]
    fn next_row_line_numbers_count_blank_lines() {
        let found = rows(b"\n\na\tb\n1\t2\n\n3\t4\r\n").expect("a good table");
        assert_eq!(found[0], (TableLocation::Line(4), vec!["1".into(), "2".into()]));
        assert_eq!(found[1], (TableLocation::Line(6), vec!["3".into(), "4".into()]));
    }

    #[test]
    fn next_row_reads_commas_quotes_and_byte_order_mark() {
        let found = rows(b"\xef\xbb\xbfa,b\n\"x,y\",2\n").expect("a good table");
        assert_eq!(found[0].1, ["x,y", "2"]);
    }

    #[test]
    fn open_recognises_gzip_by_magic_bytes() {
        let found = rows(&gzip("a\tb\n1\t2\n")).expect("a good table");
        assert_eq!(found, [(TableLocation::Line(2), vec!["1".into(), "2".into()])]);
    }

    #[test]
    fn next_row_latin1_returns_error() {
        let error = rows(b"a\tb\n1\t\xff\n").expect_err("Latin-1").to_string();
        assert!(
            error.ends_with("t.tsv, line 2: is not UTF-8 text; save the table as tab-separated text (UTF-8)"),
            "{error}"
        );
    }

    #[test]
    fn next_row_truncated_gzip_returns_error() {
        let whole = gzip(&"a\tb\n".repeat(10_000));
        let error = rows(&whole[..whole.len() / 2]).expect_err("cut off").to_string();
        assert!(error.contains("the file is damaged or truncated"), "{error}");
    }

    #[test]
    fn next_row_ragged_row_error_names_line() {
        let error = rows(b"a\tb\n1\t2\n3\n").expect_err("ragged").to_string();
        assert!(
            error.ends_with("t.tsv, line 3: 1 cells where the header has 2; check for a missing or extra separator"),
            "{error}"
        );
    }

    #[test]
    fn next_row_trailing_separator_adds_no_cell() {
        for text in ["a\tb\n1\t2\t\n", "a\tb\t\n1\t2\t\r\n", "a\tb\t\n1\t2\n", "a,b\n\"1\",2,\n"] {
            let found = rows(text.as_bytes()).expect("a good table");
            assert_eq!(found, [(TableLocation::Line(2), vec!["1".into(), "2".into()])], "{text:?}");
        }
        assert!(rows(b"a\tb\n1\t2\t3\n").expect_err("ragged").to_string().contains("3 cells"));
        assert!(rows(b"a\tb\n1\t2\t\t\n").expect_err("ragged").to_string().contains("4 cells"));
        // The trailing separator of the second row does not count as a cell, since that of the first row does not.
        let error = rows(b"a\tb\n1\t2\t\n3\t\n").expect_err("ragged").to_string();
        assert!(error.contains("line 3: 1 cells where the header has 2"), "{error}");
    }

    #[test]
    fn open_unnamed_column_or_empty_file_returns_error() {
        let error = rows(b"a\t\tc\n").expect_err("unnamed").to_string();
        assert!(error.ends_with("line 1: column 2 has no name; name every column"), "{error}");
        let error = rows(b"\n \n").expect_err("empty").to_string();
        assert!(error.contains("is empty"), "{error}");
    }
}
