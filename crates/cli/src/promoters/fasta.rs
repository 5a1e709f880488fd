//! Promoter records.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use tatabox_dataset::Extent;
use tatabox_sequence::{FastaRecord, FastaRecords};

use super::{Promoter, Promoters};
use crate::args::Shard;
use crate::beside_bases::BesideBases;

/// Header word that tells where the TSS is.
const TSS_OFFSET: &str = "tss_offset";

pub(super) fn open(
    path: &Path,
    tss_offset: Option<usize>,
    shard: Option<Shard>,
    extent: Extent,
    beside: BesideBases,
) -> Result<Promoters> {
    let mut records = FastaRecords::open(path)?;
    let mut left = usize::MAX;
    if let Some(shard) = shard {
        let (first, count) = shard.part_of(FastaRecords::count(path)?);
        records.pass_over(first)?;
        left = count as usize;
    }
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    Ok(Box::new(records.take(left).map(move |record| {
        let record = record?;
        let index = tss_index(&record, tss_offset, extent)
            .with_context(|| format!("{name}: record {} ({})", record.record_number, record.id))?;
        let window = extent.cut(record.sequence.codes(), index);
        Promoter::with_beside(record.id, window, None, extent, &beside)
    })))
}

/// Index of the TSS base: what the header says, else what the user says, else where the model's extent has it if the
/// record is exactly as long.
fn tss_index(record: &FastaRecord, tss_offset: Option<usize>, extent: Extent) -> Result<usize> {
    let length = record.sequence.len();
    let (index, source) = match (record.header_field(TSS_OFFSET), tss_offset) {
        (Some(text), _) => {
            let index = text.parse().with_context(|| format!("{TSS_OFFSET}={text} is not a number, 0 or more"))?;
            (index, "tss_offset= of the header")
        }
        (None, Some(index)) => (index, "--tss-offset"),
        (None, None) if length == extent.total_bp() as usize => return Ok(extent.upstream_bp as usize),
        (None, None) => bail!(
            "where is the TSS? The record has {length} bp, the model reads {extent} ({} bp); pass --tss-offset N with \
             the index of the TSS base, counted from 0, or write tss_offset=N into the header",
            extent.total_bp()
        ),
    };
    ensure!(index < length, "{source} is {index}, which is not in the record's {length} bp; indices count from 0");
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
    fn the_header_comes_before_the_option_and_the_length_last() {
        let index = |header, length, option| tss_index(&record(header, length), option, EXTENT).expect("known");
        assert_eq!(index("tss_offset=5", 100, Some(7)), 5);
        assert_eq!(index("", 100, Some(7)), 7);
        assert_eq!(index("", 80, None), 60);
    }

    #[test]
    fn a_record_without_a_tss_is_refused_with_its_length() {
        let refused = |header, length, option| {
            tss_index(&record(header, length), option, EXTENT).expect_err("refused").to_string()
        };
        let message = refused("", 81, None);
        for part in ["81 bp", "-60..+20", "--tss-offset"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(refused("tss_offset=x", 80, None).contains("not a number"));
        assert!(refused("", 80, Some(80)).contains("--tss-offset is 80"));
    }
}
