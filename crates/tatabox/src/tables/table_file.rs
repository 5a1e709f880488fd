//! A table that is a file of its own.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use crate::error::Result;

use super::{Cell, Column, RowWriter, Sink, TableFormat, row_writer};

/// A table in a file, which takes its name when it is [finished](Self::finish).
pub struct TableFile {
    writer: Box<dyn RowWriter>,
    sink: SharedSink,
}

/// The writer of rows writes to it, and the file is committed by who holds the other share.
#[derive(Clone)]
struct SharedSink(Rc<RefCell<Sink>>);

impl Write for SharedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

impl TableFile {
    /// Starts a table of these columns at `path`.
    pub fn create(path: &Path, format: TableFormat, columns: Vec<Column>) -> Result<Self> {
        let sink = SharedSink(Rc::new(RefCell::new(Sink::create(Some(path))?)));
        Ok(Self { writer: row_writer(format, columns, sink.clone())?, sink })
    }

    /// Writes rows with a cell for each column.
    pub fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        self.writer.write(rows)
    }

    /// Writes what is left and gives the file its name.
    pub fn finish(self) -> Result<()> {
        self.writer.finish()?;
        let sink = Rc::into_inner(self.sink.0).expect("the writer of rows is gone");
        sink.into_inner().commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::ColumnKind;

    #[test]
    fn table_file_appears_once_finished() {
        let folder = tempfile::tempdir().expect("folder");
        for (format, name) in
            [(TableFormat::Tsv, "x.tsv"), (TableFormat::Jsonl, "x.jsonl"), (TableFormat::Parquet, "x.parquet")]
        {
            let path = folder.path().join(name);
            let columns = vec![Column::new(ColumnKind::Text, "base"), Column::new(ColumnKind::Integer, "position_bp")];
            let mut table = TableFile::create(&path, format, columns).expect("writable");
            table.write(vec![vec![Cell::text("A"), Cell::integer(-3)]]).expect("written");
            assert!(!path.exists());
            table.finish().expect("renamed");
            assert!(path.is_file());
        }
        let text = std::fs::read_to_string(folder.path().join("x.tsv")).expect("there");
        assert_eq!(text, "base\tposition_bp\nA\t-3\n");
    }
}
