//! Row reader for TSV and CSV files (plain, gzip or zip) that reports line numbers.

use std::io;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::io::gct::GctDimensions;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_cells::{Quotes, separator_of, split_cells, stated_separator};
use crate::io::text_file::open_text;
use crate::io::text_lines::Lines;

/// Number of lines that a quoted cell may span. A longer cell is a quotation mark without its counterpart.
const MAX_LINES_PER_ROW: usize = 100;

/// Text table that is read row by row.
pub(crate) struct TextTable {
    path: PathBuf,
    /// Trimmed column names, without unnamed columns at the end.
    pub(crate) header: Vec<String>,
    /// Numbers of rows and columns that a GCT file states.
    pub(crate) gct: Option<GctDimensions>,
    header_line: u64,
    /// Number of cells of the header, unnamed ones at the end included.
    header_cells: usize,
    lines: Lines,
    separator: u8,
    rows_end_in_separator: bool,
    record: StringRecord,
    record_line: u64,
    /// Whether `record` is a row that the next call returns.
    is_read_ahead: bool,
}

impl TextTable {
    /// Opens a table whose columns all have names.
    ///
    /// The separator is the tab if the header contains one, else the semicolon or the comma, else the space. Lines in
    /// front of the header that begin with `#` are comments, and a trailing separator does not add a cell.
    pub(crate) fn open(path: &Path) -> Result<Self, TableError> {
        let table = Self::start(path)?;
        table.check_names()?;
        Ok(table)
    }

    /// Opens a matrix, in which columns may lack a name. A header that is one name shorter than the rows, as R writes it,
    /// lacks the name of the first column.
    ///
    /// # Errors
    ///
    /// [`TableProblem::HeaderOneShort`] if the rows end in an empty cell and the name of the first column, according to
    /// `is_gene_column`, does not show whether it is a trailing separator.
    pub(crate) fn open_matrix(path: &Path, is_gene_column: impl Fn(&str) -> bool) -> Result<Self, TableError> {
        let mut table = Self::start(path)?;
        if !table.is_read_ahead {
            table.is_read_ahead = table.read_record()?;
        }
        let is_one_short = table.is_read_ahead && table.record.len() == table.header_cells + 1;
        if is_one_short && table.header_cells == table.header.len() {
            let ends_blank = table.record.iter().next_back().is_some_and(is_blank);
            // Decimal commas add cells as well: then a gene is followed by a number, and no number has a decimal point.
            let starts_with_gene = is_gene_column(&table.header[0]) && table.is_number(1);
            let has_point = table.record.iter().skip(1).any(|cell| cell.contains('.'));
            let may_be_decimal_comma = table.is_comma_separated() && !has_point;
            if !ends_blank && !starts_with_gene && !may_be_decimal_comma {
                table.header.insert(0, String::new());
                table.header_cells += 1;
            } else if ends_blank && !is_gene_column(&table.header[0]) {
                let last = table.header.last().cloned().unwrap_or_default();
                let problem = TableProblem::HeaderOneShort { first: table.header[0].clone(), last };
                return Err(table.header_error(problem));
            }
        }
        Ok(table)
    }

    /// Opens a table without a header, whose columns are `names`.
    pub(crate) fn open_headerless(path: &Path, names: &[&str]) -> Result<Self, TableError> {
        let mut table = Self::start(path)?;
        table.is_read_ahead = true;
        table.header = names.iter().map(|&name| name.to_owned()).collect();
        table.header_cells = names.len();
        Ok(table)
    }

    /// Reads up to the header.
    fn start(path: &Path) -> Result<Self, TableError> {
        let first_line = |error: io::Error| damaged(path, TableLocation::Line(1), &error);
        let mut lines = Lines::of(open_text(path)?).map_err(first_line)?;
        let (mut comment, mut gct, mut separator) = (None, None, None);
        loop {
            if !lines.advance().map_err(first_line)? {
                return Err(TableError::in_file(path, TableProblem::Empty));
            }
            if comment.is_none() && gct.is_none() && GctDimensions::is_version(&lines.line) {
                let version = lines.line.clone();
                lines.advance().map_err(first_line)?;
                gct = Some(GctDimensions::read(path, &version, &lines.line, lines.number)?);
            } else if lines.number == 1 && stated_separator(&lines.line).is_some() {
                separator = stated_separator(&lines.line);
            } else if lines.line.starts_with(b"#") && gct.is_none() {
                comment = Some((lines.line.clone(), lines.number));
            } else {
                break;
            }
        }
        let separator = separator.unwrap_or_else(|| separator_of(&lines.line));
        let mut table = Self {
            path: path.to_owned(),
            header: Vec::new(),
            gct,
            header_line: lines.number,
            header_cells: 0,
            lines,
            separator,
            rows_end_in_separator: false,
            record: StringRecord::new(),
            record_line: 0,
            is_read_ahead: false,
        };
        table.record_line = table.header_line;
        table.join_quoted_lines()?;
        table.split_line()?;
        if let Some((comment, number)) = comment {
            table.use_commented_header(&comment, number);
        }
        if !table.is_read_ahead {
            table.set_header();
        }
        Ok(table)
    }

    /// Takes the comment before the first row as the header if it names the columns of that row.
    fn use_commented_header(&mut self, comment: &[u8], number: u64) {
        let mut names = StringRecord::new();
        let is_text = split_cells(without_hash(comment), self.separator, &mut names);
        let is_number = |cell: &str| cell.trim().parse::<f64>().is_ok();
        if is_text
            && names.len() > 1
            && names.len() == self.record.len()
            && self.record.iter().any(is_number)
            && !names.iter().any(is_number)
        {
            let row = std::mem::replace(&mut self.record, names);
            self.header_line = number;
            self.set_header();
            self.record = row;
            self.is_read_ahead = true;
        }
    }

    /// Takes the current cells as the header.
    fn set_header(&mut self) {
        self.header = self.record.iter().map(|name| name.trim().to_owned()).collect();
        self.header_cells = self.header.len();
        while self.header.len() > 2 && self.header.last().is_some_and(String::is_empty) {
            self.header.pop();
        }
    }

    /// Next row and its location; `None` at the end. Blank rows are skipped, and so are comments: lines that begin with `#`
    /// and have another number of cells than the header.
    ///
    /// # Errors
    ///
    /// A row whose number of cells differs from the header, text that is not UTF-8, a damaged file.
    pub(crate) fn next_row(&mut self) -> Result<Option<(TableLocation, &StringRecord)>, TableError> {
        if !std::mem::take(&mut self.is_read_ahead) && !self.read_record()? {
            return Ok(None);
        }
        let location = TableLocation::Line(self.record_line);
        // Rows of Roadmap Epigenomics tables end in a tab, their header does not. Once one row shows this layout, an
        // empty last cell in another row is its trailing tab as well, so a cell before it is missing.
        let (cells, ends_blank) = (self.record.len(), self.record.iter().next_back().is_some_and(is_blank));
        if ends_blank && cells == self.header_cells + 1 {
            self.rows_end_in_separator = true;
        }
        if ends_blank && self.rows_end_in_separator {
            self.record.truncate(cells - 1);
        }
        let (found, named) = (self.record.len(), self.header.len());
        if found != named && found != self.header_cells {
            let problem = TableProblem::RaggedRow { expected: named as u64, found: found as u64 };
            return Err(TableError::at(&self.path, location, problem));
        }
        if let Some(column) = (named..found).find(|&column| !is_blank(&self.record[column])) {
            return Err(TableError::at(&self.path, location, TableProblem::UnnamedColumn { column: column + 1 }));
        }
        self.record.truncate(named);
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

    /// Reads the cells of the next row that is neither blank nor a comment; `false` at the end.
    fn read_record(&mut self) -> Result<bool, TableError> {
        loop {
            let more = self.lines.advance();
            self.record_line = self.lines.number;
            let location = TableLocation::Line(self.record_line);
            if !more.map_err(|error| damaged(&self.path, location, &error))? {
                return Ok(false);
            }
            self.join_quoted_lines()?;
            self.split_line()?;
            let cells = self.record.len();
            let is_comment =
                self.lines.line.starts_with(b"#") && cells != self.header_cells && cells != self.header.len();
            if !is_comment && !self.record.iter().all(is_blank) {
                return Ok(true);
            }
        }
    }

    /// Appends the following lines to the current one while a quoted cell is open; line breaks become spaces.
    fn join_quoted_lines(&mut self) -> Result<(), TableError> {
        if !self.lines.line.contains(&b'"') {
            return Ok(());
        }
        let location = TableLocation::Line(self.record_line);
        let mut quotes = Quotes::of(&self.lines.line, self.separator);
        if !quotes.is_open {
            return Ok(());
        }
        let unclosed = |path: &Path| TableError::at(path, location, TableProblem::UnclosedQuote);
        let mut joined = std::mem::take(&mut self.lines.line);
        for _ in 0..MAX_LINES_PER_ROW {
            let more = self.lines.advance_any().map_err(|error| damaged(&self.path, location, &error))?;
            if !more {
                return Err(unclosed(&self.path));
            }
            joined.push(b' ');
            joined.extend_from_slice(&self.lines.line);
            quotes = Quotes::of(&joined, self.separator);
            if !quotes.is_open {
                break;
            }
        }
        // A mark without its counterpart would otherwise swallow the rows up to the next one.
        let swallows_cells = self.separator == b'\t' && quotes.quoted_separator;
        if quotes.is_open || quotes.text_after_quote || swallows_cells {
            return Err(unclosed(&self.path));
        }
        self.lines.line = joined;
        Ok(())
    }

    /// Splits the current line into cells.
    fn split_line(&mut self) -> Result<(), TableError> {
        if split_cells(&self.lines.line, self.separator, &mut self.record) {
            return Ok(());
        }
        Err(TableError::at(&self.path, TableLocation::Line(self.record_line), TableProblem::NotText))
    }

    /// First cell of the row that has been read ahead; empty if none has.
    pub(crate) fn first_cell(&self) -> &str {
        if self.is_read_ahead { self.record.get(0).unwrap_or_default().trim() } else { "" }
    }

    /// Location of the header.
    pub(crate) fn header_location(&self) -> TableLocation {
        TableLocation::Line(self.header_line)
    }

    /// Error at the location of the header.
    pub(crate) fn header_error(&self, problem: TableProblem) -> TableError {
        TableError::at(&self.path, self.header_location(), problem)
    }

    /// Whether a cell of the current row is a number.
    fn is_number(&self, column: usize) -> bool {
        self.record.get(column).is_some_and(|cell| cell.trim().parse::<f64>().is_ok())
    }

    /// Whether the comma separates the cells, so that it cannot be a decimal comma.
    pub(crate) fn is_comma_separated(&self) -> bool {
        self.separator == b','
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

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

fn damaged(path: &Path, location: TableLocation, error: &io::Error) -> TableError {
    TableError::at(path, location, TableProblem::Damaged(error.to_string()))
}

/// Comment without the leading `#` and spaces.
fn without_hash(comment: &[u8]) -> &[u8] {
    let start = comment.iter().position(|&byte| byte != b'#' && byte != b' ').unwrap_or(comment.len());
    &comment[start..]
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
