//! Check of the sizes that a parquet file states, before memory is reserved for them.

use std::fs::File;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};

use super::compact::{CompactReader, Value, damaged};
use super::structures::{
    COLUMN_CHUNKS, COLUMN_METADATA, COMPRESSED, DATA_HEADER, DATA_HEADER_V2, DATA_PAGE, DICTIONARY_HEADER,
    DICTIONARY_PAGE, FILE, PAGE, PAGE_COMPRESSED, PAGE_UNCOMPRESSED, PAGE_VALUES, REPEATED, REPETITION, ROW_GROUPS,
    ROWS, SCHEMA, TYPE_LENGTH, UNCOMPRESSED, VALUES,
};

/// Most rows of a table.
const MAX_ROWS: u64 = 1 << 28;

/// Most rows per byte. The identifiers of genes differ, so that real tables have less than one.
const MAX_ROWS_PER_BYTE: u64 = 1000;

/// Most bytes of a value of fixed length; the widest number has 32.
const MAX_FIXED_BYTES: i64 = 4096;

/// Most uncompressed bytes per compressed one, in addition to [`UNCOMPRESSED_BYTES`]. Zstandard reaches 2^15.
const MAX_COMPRESSION: u64 = 1 << 16;

/// Uncompressed bytes that any column may have.
const UNCOMPRESSED_BYTES: u64 = 1 << 24;

/// Length of the metadata as a 32-bit number, and the magic bytes.
const END_BYTES: u64 = 8;

/// Checks that the lists of the metadata, the rows, the values and the sizes of the pages are possible in a file of this
/// size, and that rows and values agree. The parquet reader reserves as much memory as they state. The file is read from
/// its start afterwards.
///
/// # Errors
///
/// A file that cannot be read, or is damaged; the error says where.
pub(super) fn check(file: &mut File) -> Result<()> {
    let size = file.seek(SeekFrom::End(0))?;
    let end = size.checked_sub(END_BYTES).ok_or_else(|| damaged("it is too short"))?;
    file.seek(SeekFrom::Start(end))?;
    let mut last = [0; END_BYTES as usize];
    file.read_exact(&mut last)?;
    let [a, b, c, d, magic @ ..] = last;
    if &magic != super::PARQUET_MAGIC {
        return Err(damaged("its end is missing"));
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    let start = end.checked_sub(length).ok_or_else(|| damaged("its metadata is longer than the file"))?;
    file.seek(SeekFrom::Start(start))?;
    let metadata = CompactReader::new(BufReader::new(&mut *file), length).structure(FILE)?;
    check_rows(&metadata, file, size)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

fn check_rows(metadata: &Value, file: &mut File, size: u64) -> Result<()> {
    let max_rows = MAX_ROWS.min(size.saturating_mul(MAX_ROWS_PER_BYTE));
    let schema = metadata.list(SCHEMA);
    if schema.iter().any(|element| element.number(TYPE_LENGTH).is_some_and(|length| length > MAX_FIXED_BYTES)) {
        return Err(damaged(format!("it states values of more than {MAX_FIXED_BYTES} bytes")));
    }
    let has_lists = schema.iter().any(|element| element.number(REPETITION) == Some(REPEATED));
    let mut pages = BufReader::new(file);
    let mut total = 0;
    for (group, number) in metadata.list(ROW_GROUPS).iter().zip(1..) {
        let rows = size_in(group, ROWS, max_rows)
            .ok_or_else(|| damaged(format!("row group {number} states more rows than the file can have")))?;
        total += rows;
        for (column, column_number) in group.list(COLUMN_CHUNKS).iter().zip(1..) {
            let column = column.field(COLUMN_METADATA).and_then(|column| Column::new(column, size, max_rows));
            let is_valid = match column {
                Some(column) if has_lists || column.values == rows => column.has_valid_pages(&mut pages)?,
                _ => false,
            };
            if !is_valid {
                return Err(damaged(format!(
                    "the sizes of row group {number}, column {column_number} are not possible"
                )));
            }
        }
    }
    if size_in(metadata, ROWS, max_rows) != Some(total) {
        return Err(damaged("it states another number of rows than its row groups"));
    }
    Ok(())
}

/// Field of a structure that is a number from 0 to `max`.
fn size_in(value: &Value, field: i16, max: u64) -> Option<u64> {
    u64::try_from(value.number(field)?).ok().filter(|number| *number <= max)
}

/// Values of a column in a row group.
struct Column {
    values: u64,
    uncompressed_bytes: u64,
    start: u64,
    bytes: u64,
}

impl Column {
    /// Column with its sizes; `None` if they are impossible in a file of `size` bytes.
    fn new(metadata: &Value, size: u64, max_values: u64) -> Option<Self> {
        let first = if metadata.field(DICTIONARY_PAGE).is_some() { DICTIONARY_PAGE } else { DATA_PAGE };
        let start = size_in(metadata, first, size)?;
        let bytes = size_in(metadata, COMPRESSED, size - start)?;
        let max_uncompressed = UNCOMPRESSED_BYTES + bytes.saturating_mul(MAX_COMPRESSION);
        let uncompressed_bytes = size_in(metadata, UNCOMPRESSED, max_uncompressed)?;
        Some(Self { values: size_in(metadata, VALUES, max_values)?, uncompressed_bytes, start, bytes })
    }

    /// Whether the pages have possible sizes, up to that with the last value.
    fn has_valid_pages(&self, file: &mut BufReader<&mut File>) -> Result<bool> {
        // Keeps the buffer, which often has the start of the column.
        let position = file.stream_position()?;
        file.seek_relative(self.start as i64 - position as i64)?;
        let (mut values, mut bytes, mut pages) = (0, self.bytes, 0);
        while bytes > 0 && (values < self.values || pages == 0) {
            let mut reader = CompactReader::new(&mut *file, bytes);
            let page = reader.structure(PAGE)?;
            let remaining = reader.remaining();
            let Some(compressed) = size_in(&page, PAGE_COMPRESSED, remaining) else { return Ok(false) };
            let Some(uncompressed) = size_in(&page, PAGE_UNCOMPRESSED, self.uncompressed_bytes) else {
                return Ok(false);
            };
            // An entry of a dictionary has at least one byte.
            let headers = [
                (DICTIONARY_HEADER, uncompressed),
                (DATA_HEADER, self.values - values),
                (DATA_HEADER_V2, self.values - values),
            ];
            for (header, max_values) in headers {
                let Some(header_fields) = page.field(header) else { continue };
                let Some(found) = size_in(header_fields, PAGE_VALUES, max_values) else { return Ok(false) };
                if header != DICTIONARY_HEADER {
                    values += found;
                }
            }
            file.seek_relative(compressed as i64)?;
            bytes = remaining - compressed;
            pages += 1;
        }
        Ok(values == self.values)
    }
}

#[cfg(test)]
mod tests {
    use crate::io::parquet::{column_kinds, number_column, read_frame};

    /// Sizes that a file states, of a column `a` with the numbers 7 and 9.
    #[derive(Clone, Copy)]
    struct Stated {
        rows: i64,
        group_rows: i64,
        values: i64,
        uncompressed: i64,
        compressed: i64,
        page_values: i64,
        page_uncompressed: i64,
        page_compressed: i64,
        schema_length: u64,
    }

    /// The page header has 17 bytes, the page 8.
    const TRUE: Stated = Stated {
        rows: 2,
        group_rows: 2,
        values: 2,
        uncompressed: 25,
        compressed: 25,
        page_values: 2,
        page_uncompressed: 8,
        page_compressed: 8,
        schema_length: 2,
    };

    fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 0x7F {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    fn zigzag(number: i64) -> Vec<u8> {
        varint(((number << 1) ^ (number >> 63)) as u64)
    }

    /// Hand-made parquet file.
    fn parquet(stated: Stated) -> Vec<u8> {
        let page = [
            b"\x15\0\x15".to_vec(),
            zigzag(stated.page_uncompressed),
            b"\x15".to_vec(),
            zigzag(stated.page_compressed),
            b"\x2c\x15".to_vec(),
            zigzag(stated.page_values),
            // Plain values, levels in run-length encoding.
            b"\x15\0\x15\x06\x15\x06\0\0\x07\0\0\0\x09\0\0\0".to_vec(),
        ];
        let metadata = [
            // Version 1; a root with one column, `a` of 32-bit integers, required.
            b"\x15\x02\x19\xfc".to_vec(),
            varint(stated.schema_length),
            b"\x48\x06schema\x15\x02\0\x15\x02\x25\0\x18\x01a\0\x16".to_vec(),
            zigzag(stated.rows),
            // One row group of one column at byte 4, plain, path `a`, not compressed.
            b"\x19\x1c\x19\x1c\x26\x08\x1c\x15\x02\x19\x15\0\x19\x18\x01a\x15\0\x16".to_vec(),
            zigzag(stated.values),
            b"\x16".to_vec(),
            zigzag(stated.uncompressed),
            b"\x16".to_vec(),
            zigzag(stated.compressed),
            b"\x26\x08\0\0\x16\x10\x16".to_vec(),
            zigzag(stated.group_rows),
            b"\0\0".to_vec(),
        ]
        .concat();
        let length = (metadata.len() as u32).to_le_bytes();
        [&b"PAR1"[..], &page.concat(), &metadata, &length, b"PAR1"].concat()
    }

    /// Numbers of the column, or the message of the error.
    fn read(bytes: &[u8]) -> Result<Vec<Option<f64>>, String> {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("x.parquet");
        std::fs::write(&path, bytes).expect("written");
        column_kinds(&path).map_err(|error| error.to_string())?;
        let frame = read_frame(&path).map_err(|error| error.to_string())?;
        Ok(number_column(&path, &frame.columns()[0]).expect("numbers"))
    }

    #[test]
    fn parquet_true_sizes_are_read() {
        assert_eq!(read(&parquet(TRUE)), Ok(vec![Some(7.0), Some(9.0)]));
    }

    /// The parquet reader would reserve exbibytes for some of these, which ends the program.
    #[test]
    fn parquet_impossible_sizes_are_errors() {
        for size in [-1, 3, 1 << 20, 1 << 31, 1 << 57, i64::MAX] {
            let files = [
                Stated { rows: size, ..TRUE },
                Stated { group_rows: size, ..TRUE },
                Stated { rows: size, group_rows: size, ..TRUE },
                Stated { rows: size, group_rows: size, values: size, ..TRUE },
                Stated { values: size, ..TRUE },
                Stated { page_values: size, ..TRUE },
                Stated { uncompressed: if size == 3 { 3 } else { size.max(1 << 40) }, ..TRUE },
                Stated { compressed: if size == 3 { 3 } else { size.max(1 << 20) }, ..TRUE },
                Stated { page_uncompressed: size.max(26), ..TRUE },
                Stated { page_compressed: size.max(9), ..TRUE },
                Stated { schema_length: size.max(200) as u64, ..TRUE },
            ];
            for (file, number) in files.into_iter().zip(0..) {
                let error = read(&parquet(file)).expect_err("damaged");
                assert!(error.contains("damaged ("), "{number}, {size}: {error}");
            }
        }
    }

    #[test]
    fn parquet_cut_files_are_errors() {
        let bytes = parquet(TRUE);
        for length in 0..bytes.len() {
            let error = read(&bytes[..length]).expect_err("cut off");
            assert!(error.contains("damaged ("), "{length}: {error}");
        }
    }
}
