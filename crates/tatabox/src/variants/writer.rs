//! Writer of effects into a table, an annotated file and a report.

use std::collections::HashSet;
use std::path::PathBuf;

use tatabox_sequence::{Contig, InfoField, VariantEntry, VariantFormat, VariantHeader, VariantOutput, VariantWriter};

use super::batch::{Outcome, ReadRecord, ScoredBatch};
use super::effect_table::EffectTable;
use super::info_field;
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
    /// Header of the input.
    pub(super) header: VariantHeader,
    /// Additional header lines, key and text.
    pub(super) remarks: Vec<(&'static str, String)>,
    /// Contigs of the genome.
    pub(super) contigs: Vec<Contig>,
    pub(super) path: PathBuf,
}

impl AnnotatedFile {
    /// Writer of the file. A header without contigs gets those of the genome, if the first records name contigs as the
    /// genome does.
    fn open(self, first: Option<&ScoredBatch>, field: InfoField<'_>) -> Result<VariantWriter<Sink>> {
        let known: HashSet<&str> = self.contigs.iter().map(|contig| contig.name.as_str()).collect();
        let mut entries = first.into_iter().flat_map(|batch| &batch.records).map(|record| &record.entry).peekable();
        let has_names_of_genome = entries.peek().is_none()
            || entries.any(|entry| matches!(entry, VariantEntry::Record(line) if known.contains(line.chrom())));
        let contigs = if has_names_of_genome { &self.contigs[..] } else { &[] };
        let remarks: Vec<(&str, &str)> = self.remarks.iter().map(|(key, text)| (*key, text.as_str())).collect();
        let header = self.header.annotated(field, &remarks, contigs);
        let output = VariantOutput {
            format: self.format,
            path: &self.path,
            threads: rayon::current_num_threads(),
            contigs: &self.contigs,
        };
        Ok(VariantWriter::new(self.sink, output, &header, info_field::ID)?)
    }
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
        let field = info_field::definition(table.background.is_some());
        let mut annotated = annotated.map(|file| file.open(first.as_ref(), field)).transpose()?;
        let mut summary = VariantSummary::default();
        for batch in first.into_iter().map(Ok).chain(batches) {
            let ScoredBatch { records, effects } = batch?;
            for record in &records {
                summary.count(record);
                if let (Some(annotated), VariantEntry::Record(line)) = (&mut annotated, &record.entry) {
                    let value = info_field::value(record, &effects, &table);
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
