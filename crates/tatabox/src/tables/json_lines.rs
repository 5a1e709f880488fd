//! One JSON object a line.

use std::io::Write;

use crate::error::{Context, Result};
use serde::ser::{SerializeMap, Serializer};

use super::RowWriter;
use super::cell::{Cell, Column};

/// Rows as objects with the columns as keys, in their order; a missing number is null.
pub(super) struct JsonLinesWriter<W: Write> {
    columns: Vec<Column>,
    out: W,
}

impl<W: Write> JsonLinesWriter<W> {
    pub(super) fn new(columns: Vec<Column>, out: W) -> Self {
        Self { columns, out }
    }
}

impl<W: Write> RowWriter for JsonLinesWriter<W> {
    fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        let mut lines = Vec::new();
        for row in rows {
            line(&self.columns, &row, &mut lines).context("cannot write JSON")?;
        }
        self.out.write_all(&lines).context("cannot write a row")
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.out.flush().context("cannot write the last row")
    }
}

fn line(columns: &[Column], row: &[Cell], lines: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut serializer = serde_json::Serializer::new(&mut *lines);
    let mut object = serializer.serialize_map(Some(columns.len()))?;
    for (column, cell) in columns.iter().zip(row) {
        match cell {
            Cell::Text(text) => object.serialize_entry(&column.name, text)?,
            Cell::Real(value) => object.serialize_entry(&column.name, value)?,
            Cell::Count(count) => object.serialize_entry(&column.name, count)?,
            Cell::Integer(number) => object.serialize_entry(&column.name, number)?,
            Cell::Flag(flag) => object.serialize_entry(&column.name, flag)?,
            Cell::Absent => object.serialize_entry(&column.name, &())?,
        }
    }
    object.end()?;
    lines.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::prediction_layout::tests::{layout, promoter};

    #[test]
    fn keys_keep_the_order_of_the_columns() {
        let layout = layout(false, true);
        let mut lines = Vec::new();
        line(&layout.columns(), &layout.rows(&promoter())[1], &mut lines).expect("plain values");
        let expected = "{\"id\":\"G1\",\"cell_type\":\"HepG2\",\"log2_tpm\":1.234568,\"tpm\":1.353108,\
                        \"measured_log2_tpm\":null,\"n_acgt\":299,\"note\":\"\"}\n";
        // 2^1.2345678 - 1 = 1.353108.
        assert_eq!(String::from_utf8(lines).expect("text"), expected);
    }
}
