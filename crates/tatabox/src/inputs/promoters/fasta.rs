//! Promoter records of a FASTA file.

use std::path::Path;

use tatabox_dataset::Extent;
use tatabox_sequence::{FastaRecord, FastaRecords, InvalidRecord, SequenceError};

use super::{AuxiliaryReaders, Promoter, Promoters, Shard};
use crate::error::{Context, Error, Result, ensure};
use crate::remedy::Remedy;
use crate::variants::MalformedRecordPolicy;

/// Header field with the index of the TSS base.
const TSS_OFFSET: &str = "tss_offset";

/// How windows are cut out of records.
#[derive(Clone, Copy)]
pub(super) struct RecordCut {
    /// Index of the TSS base where the header has none.
    pub(super) tss_offset: Option<usize>,
    pub(super) malformed: MalformedRecordPolicy,
    pub(super) extent: Extent,
}

pub(super) fn open(
    path: &Path,
    cut: RecordCut,
    shard: Option<Shard>,
    auxiliary: AuxiliaryReaders,
) -> Result<Promoters> {
    let mut records = FastaRecords::open(path)?;
    let mut left = usize::MAX;
    if let Some(shard) = shard {
        let (first, count) = shard.part_of(FastaRecords::count(path)?);
        records.skip_records(first)?;
        left = count as usize;
    }
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    Ok(Box::new(records.take(left).map(move |record| cut.promoter(record, &name, &auxiliary))))
}

impl RecordCut {
    /// Promoter of a record of the file `name`.
    fn promoter(
        self,
        record: Result<FastaRecord, SequenceError>,
        name: &str,
        auxiliary: &AuxiliaryReaders,
    ) -> Result<Promoter> {
        let Self { tss_offset, malformed, extent } = self;
        let skips = malformed == MalformedRecordPolicy::Skip;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                return match InvalidRecord::of(&error).filter(|_| skips) {
                    Some(InvalidRecord { id, record_number, detail }) => {
                        let id = id.map_or_else(|| format!("record {record_number}"), str::to_owned);
                        Ok(Promoter::malformed(id, &detail, extent))
                    }
                    None => Err(error.into()),
                };
            }
        };
        let index = match tss_index(&record, tss_offset, extent) {
            Ok(index) => index,
            Err(error) if skips => return Ok(Promoter::malformed(record.id, &error.to_string(), extent)),
            Err(error) => {
                let FastaRecord { record_number, id, .. } = &record;
                return Err(error).with_context(|| format!("{name}: record {record_number} ({id})"));
            }
        };
        let window = extent.cut(record.sequence.codes(), index);
        let symbol = record.header_field("gene_name").map(str::to_owned);
        Promoter::with_auxiliary(record.id, symbol.as_deref(), window, None, extent, auxiliary)
    }
}

/// Index of the TSS base: that of the header, else the requested one, else that of the model's extent if the record has exactly
/// its length.
pub(crate) fn tss_index(record: &FastaRecord, tss_offset: Option<usize>, extent: Extent) -> Result<usize> {
    let length = record.sequence.len();
    if let Some(text) = record.header_field(TSS_OFFSET) {
        let index =
            text.parse().map_err(|_| Error::input(format!("{TSS_OFFSET}={text} is not a whole number, 0 or more")))?;
        return tss_within(index, length, "tss_offset= in the header");
    }
    tss_index_of_length(length, tss_offset, extent)?.ok_or_else(|| {
        let total_bp = extent.total_bp();
        let message = format!(
            "the position of the TSS is unknown: the record has {length} bp, the model reads {extent} ({total_bp} bp), and \
             the header has no tss_offset=N with the 0-based index of the TSS base"
        );
        Error::input_with(Remedy::GiveTssOffset, message)
    })
}

/// Index of the TSS base in a sequence without a header: the requested one, else that of the model's extent if the sequence has
/// exactly its length, else `None`.
pub(in crate::inputs) fn tss_index_of_length(
    length: usize,
    tss_offset: Option<usize>,
    extent: Extent,
) -> Result<Option<usize>> {
    match tss_offset {
        Some(index) => tss_within(index, length, "the requested TSS offset").map(Some),
        None => Ok((length == extent.total_bp() as usize).then_some(extent.upstream_bp as usize)),
    }
}

fn tss_within(index: usize, length: usize, source: &str) -> Result<usize> {
    ensure!(index < length, "{source} is {index}, but the record has {length} bp; indices count from 0");
    Ok(index)
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 60, downstream_bp: 20 };

    fn record(header: &str, length: usize) -> FastaRecord {
        FastaRecord {
            id: "P".to_owned(),
            header: format!("P {header}"),
            sequence: Sequence::unknown(length),
            record_number: 1,
        }
    }

    #[test]
    fn fasta_tss_index_prefers_header_then_request_then_length() {
        let index = |header, length, option| tss_index(&record(header, length), option, EXTENT).expect("known");
        assert_eq!(index("tss_offset=5", 100, Some(7)), 5);
        assert_eq!(index("", 100, Some(7)), 7);
        assert_eq!(index("", 80, None), 60);
    }

    #[test]
    fn fasta_record_without_tss_is_refused() {
        let refused = |header, length, option| {
            tss_index(&record(header, length), option, EXTENT).expect_err("refused").to_string()
        };
        let message = refused("", 81, None);
        for part in ["81 bp", "-60..+20", "tss_offset=N"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(refused("tss_offset=x", 80, None).contains("not a whole number"));
        assert!(refused("", 80, Some(80)).contains("offset is 80"));
    }
}
