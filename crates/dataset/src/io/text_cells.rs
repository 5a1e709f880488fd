//! Cells of a line: choice of the separator, quotation marks and splitting.

use csv::StringRecord;

/// Separator of the cells of a header line: tab, else semicolon or comma, whichever is more frequent, else space.
/// Separators within quotation marks do not count.
pub(super) fn separator_of(line: &[u8]) -> u8 {
    let count = |separator: u8| {
        let mut in_quotes = false;
        line.iter()
            .filter(|&&byte| {
                in_quotes ^= byte == b'"';
                byte == separator && !in_quotes
            })
            .count()
    };
    match (count(b'\t'), count(b';'), count(b',')) {
        (1.., ..) => b'\t',
        (0, semicolons, commas) if semicolons > commas => b';',
        (0, _, 1..) => b',',
        _ if count(b' ') > 0 => b' ',
        _ => b',',
    }
}

/// Separator of a line such as `sep=;`, which spreadsheets write in front of the header.
pub(super) fn stated_separator(line: &[u8]) -> Option<u8> {
    match line.trim_ascii_end().to_ascii_lowercase().as_slice() {
        b"sep=;" | b"\"sep=;\"" => Some(b';'),
        b"sep=," | b"\"sep=,\"" => Some(b','),
        b"sep=" | b"sep=\t" => Some(b'\t'),
        _ => None,
    }
}

/// State of the quotation marks at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quotes {
    /// Whether a quoted cell is still open.
    pub(super) is_open: bool,
    /// Whether text follows a closing quotation mark within its cell.
    pub(super) text_after_quote: bool,
    /// Whether a quoted cell contains the separator.
    pub(super) quoted_separator: bool,
}

impl Quotes {
    /// State at the end of `line`. A quotation mark within an unquoted cell is an ordinary character.
    pub(super) fn of(line: &[u8], separator: u8) -> Self {
        let mut quotes = Self { is_open: false, text_after_quote: false, quoted_separator: false };
        let (mut at_cell_start, mut after_quote) = (true, false);
        let mut bytes = line.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if quotes.is_open {
                quotes.quoted_separator |= byte == separator;
                // Two quotation marks within a quoted cell are one character.
                if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                    quotes.is_open = false;
                    after_quote = true;
                }
            } else if byte == separator {
                (at_cell_start, after_quote) = (true, false);
            } else {
                quotes.is_open = byte == b'"' && at_cell_start;
                quotes.text_after_quote |= after_quote && !byte.is_ascii_whitespace();
                at_cell_start = false;
            }
        }
        quotes
    }
}

/// Splits a line into cells; `false` for a line that is not UTF-8 text.
pub(super) fn split_cells(line: &[u8], separator: u8, record: &mut StringRecord) -> bool {
    if line.contains(&0) {
        return false;
    }
    if line.contains(&b'"') {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .buffer_capacity(line.len())
            .from_reader(line);
        return reader.read_record(record).is_ok();
    }
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    record.clear();
    if separator == b' ' {
        line.split_ascii_whitespace().for_each(|cell| record.push_field(cell));
    } else {
        line.split(char::from(separator)).for_each(|cell| record.push_field(cell));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separator_of_header_ignores_quoted_cells() {
        for (line, separator) in [
            ("gene_id\tK562, rep 1", b'\t'),
            ("gene_id,K562", b','),
            ("gene_id;K562;HepG2", b';'),
            ("\"a;b\",\"c;d;e\"", b','),
            ("\"a\tb\",c", b','),
            ("\"K562\" \"HepG2\"", b' '),
            ("gene_id", b','),
        ] {
            assert_eq!(separator_of(line.as_bytes()), separator, "{line:?}");
        }
    }

    #[test]
    fn quotes_of_line_finds_open_cells() {
        let open = |line: &str| Quotes::of(line.as_bytes(), b',').is_open;
        assert!(open("a,\"b"));
        assert!(open("\"a \"\" b"));
        assert!(!open("a,\"b\"") && !open("5\" end,b") && !open("\"\"\"\""));
        let state = Quotes::of(b"a,\"b,c\"d", b',');
        assert!(state.text_after_quote && state.quoted_separator && !state.is_open);
    }

    #[test]
    fn split_cells_without_text_returns_false() {
        let mut record = StringRecord::new();
        assert!(split_cells(b"a,b", b',', &mut record) && record.len() == 2);
        assert!(!split_cells(b"a\0,\0", b',', &mut record));
        assert!(!split_cells(b"a,\xff", b',', &mut record));
    }
}
