//! TSV and CSV.

use std::io::Write;

use crate::error::{Context, Result};

use super::RowWriter;
use super::cell::{Cell, Column};

/// Rows as text, quoted where they have to be; a missing number is empty.
pub(super) struct DelimitedWriter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> DelimitedWriter<W> {
    pub(super) fn new(delimiter: u8, columns: &[Column], out: W) -> Result<Self> {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
        writer.write_record(columns.iter().map(|column| &column.name)).context("cannot write the header")?;
        Ok(Self { writer })
    }
}

impl<W: Write> RowWriter for DelimitedWriter<W> {
    fn write(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        for row in rows {
            let cells = row.into_iter().map(|cell| match cell {
                Cell::Text(text) => text,
                Cell::Real(value) => value.map(|value| value.to_string()).unwrap_or_default(),
                Cell::Count(count) => count.to_string(),
                Cell::Integer(number) => number.to_string(),
                Cell::Flag(flag) => flag.to_string(),
                Cell::Absent => String::new(),
            });
            self.writer.write_record(cells).context("cannot write a row")?;
        }
        // Rows are shown as they come, for whoever waits at the end of a pipe.
        self.writer.flush().context("cannot write a row")
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.writer.flush().context("cannot write the last row")
    }
}

#[cfg(test)]
mod tests {
    use crate::tables::TableFormat;
    use crate::tables::prediction_layout::tests::{layout, promoter};
    use crate::tables::{PredictedPromoter, Sink, row_writer};

    #[test]
    fn missing_numbers_are_empty_and_separators_quoted() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.csv");
        let mut sink = Sink::create(Some(&path)).expect("writable");
        let layout = layout(true, true);
        let mut writer = row_writer(TableFormat::Csv, layout.columns(), &mut sink).expect("a header");
        let promoter = PredictedPromoter { id: "a,b".to_owned(), ..promoter() };
        writer.write(layout.rows(&promoter)).expect("written");
        writer.finish().expect("written");
        sink.commit().expect("renamed");
        let text = std::fs::read_to_string(&path).expect("there");
        let expected = "id,log2_tpm_K562,log2_tpm_HepG2,measured_log2_tpm_K562,measured_log2_tpm_HepG2,n_acgt,note\n\
                        \"a,b\",3,1.234568,2.5,,299,\n";
        assert_eq!(text, expected);
    }
}
