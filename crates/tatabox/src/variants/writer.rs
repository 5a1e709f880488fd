//! Writer of effects into a table, an annotated file and a report.

use std::path::PathBuf;

use tatabox_sequence::{VariantEntry, VariantFormat, VariantHeader, VariantWriter};

use super::batch::{Outcome, ReadRecord, ScoredBatch};
use super::effect_table::EffectTable;
use super::info_field::{self, FIELD};
use super::summary::VariantSummary;
use crate::error::Result;
use crate::tables::{Cell, Column, ColumnKind, RowWriter, Sink, TableFormat, row_writer};

/// Outputs of effects.
pub(super) struct EffectWriter {
    pub(super) table: EffectTable,
    pub(super) format: TableFormat,
    pub(super) rows: Option<Sink>,
    pub(super) annotated: Option<AnnotatedFile>,
    pub(super) report: Option<Sink>,
}

/// Annotated file of variants.
pub(super) struct AnnotatedFile {
    pub(super) sink: Sink,
    pub(super) format: VariantFormat,
    pub(super) header: VariantHeader,
    pub(super) path: PathBuf,
}

impl EffectWriter {
    /// Writes all batches and returns the sinks, which are not committed yet.
    ///
    /// # Errors
    /// The first error among the batches, or an error of writing.
    pub(super) fn write(
        self,
        batches: &mut dyn Iterator<Item = Result<ScoredBatch>>,
    ) -> Result<(Vec<Sink>, VariantSummary)> {
        let Self { table, format, rows: mut rows_sink, annotated, report: mut report_sink } = self;
        // The first batch is complete before any header is written, so that a failure at the start leaves no output.
        let first = batches.next().transpose()?;
        let mut rows = rows_sink.as_mut().map(|sink| row_writer(format, table.columns(), sink)).transpose()?;
        let mut report =
            report_sink.as_mut().map(|sink| row_writer(TableFormat::Tsv, report_columns(), sink)).transpose()?;
        let open = |file: AnnotatedFile| VariantWriter::new(file.sink, file.format, &file.header, FIELD.id, &file.path);
        let mut annotated = annotated.map(open).transpose()?;
        let mut summary = VariantSummary::default();
        for batch in first.into_iter().map(Ok).chain(batches) {
            let ScoredBatch { records, effects } = batch?;
            for record in &records {
                summary.count(record);
                if let (Some(annotated), VariantEntry::Record(line)) = (&mut annotated, &record.entry) {
                    let value = info_field::value(record, &effects, &table.cell_types);
                    annotated.write(line, value.as_deref())?;
                }
            }
            write_all(&mut report, records.iter().flat_map(report_rows))?;
            write_all(&mut rows, records.iter().flat_map(|record| table.rows(record, &effects)))?;
        }
        for writer in [rows, report].into_iter().flatten() {
            writer.finish()?;
        }
        let annotated = annotated.map(VariantWriter::finish).transpose()?;
        Ok(([annotated, report_sink, rows_sink].into_iter().flatten().collect(), summary))
    }
}

fn write_all(writer: &mut Option<Box<dyn RowWriter + '_>>, rows: impl Iterator<Item = Vec<Cell>>) -> Result<()> {
    match writer {
        Some(writer) => writer.write(rows.collect()),
        None => Ok(()),
    }
}

fn report_columns() -> Vec<Column> {
    let text = |name| Column::new(ColumnKind::Text, name);
    let mut columns = vec![Column::new(ColumnKind::Count, "record")];
    columns.extend(["chrom", "pos", "id", "ref", "alt", "reason", "detail"].map(text));
    columns
}

/// One row per allele that is not scored.
fn report_rows(record: &ReadRecord) -> Vec<Vec<Cell>> {
    let (number, written) = match &record.entry {
        VariantEntry::Record(line) => {
            let position = line.position().to_string();
            (line.number, [line.chrom(), &position, line.id(), line.reference()].map(str::to_owned))
        }
        VariantEntry::Malformed(broken) => {
            let [chrom, position, id, reference, _] = broken.columns.clone();
            (broken.number, [chrom, position, id, reference])
        }
    };
    let row = |allele: &super::batch::ReadAllele| {
        let Outcome::Unscored(unscored) = &allele.outcome else { return None };
        let mut row = vec![Cell::Count(number)];
        row.extend(written.iter().map(Cell::text));
        row.extend([&allele.alternate, unscored.reason.name(), &unscored.detail].map(Cell::text));
        Some(row)
    };
    record.alleles.iter().filter_map(row).collect()
}
