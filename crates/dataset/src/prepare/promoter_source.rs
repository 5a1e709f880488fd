//! Windows placed from promoter records of a FASTA file.

use std::path::Path;

use tatabox_sequence::{FastaRecord, FastaRecords, Strand, WindowGeometry, window_from_record, strip_version};

use super::candidate::GenePlace;
use super::collector::Collector;
use super::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use super::qc::DropReason;
use crate::error::Result;

/// Role of the file among the inputs.
pub(super) const PROMOTERS: &str = "promoters";

/// Offers a window for every record whose gene is measured. Records are in sense direction; a header may carry
/// `gene_name=`, `chrom=`, `strand=` and `tss_offset=` (0-based index of the TSS base in the record). Without
/// `tss_offset=`, `tss_offset` counts; without either the record must be as long as the window.
pub(super) fn collect(
    path: &Path,
    tss_offset: Option<usize>,
    geometry: WindowGeometry,
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<()> {
    let mut done = 0_u64;
    for record in FastaRecords::open(path)? {
        let record = record?;
        if done.is_multiple_of(REPORT_EVERY) {
            progress(PrepareProgress::new(PrepareStage::PromoterWindows, done, None));
        }
        done += 1;
        let gene_id = strip_version(&record.id).into_owned();
        if !collector.wants(&gene_id, PROMOTERS, &format!("record {}", record.record_number)) {
            continue;
        }
        let read = place_of(&record).and_then(|place| Ok((place, tss_index(&record, tss_offset, geometry)?)));
        match read {
            Ok((place, offset)) => {
                let window = window_from_record(&record.sequence, offset, geometry);
                collector.store.offer(&gene_id, place, PROMOTERS, &window, &mut collector.qc)?;
            }
            Err((reason, detail)) => {
                let detail = format!("record {}: {detail}", record.record_number);
                collector.qc.drop(gene_id, PROMOTERS, reason, detail);
            }
        }
    }
    progress(PrepareProgress::new(PrepareStage::PromoterWindows, done, Some(done)));
    Ok(())
}

type Refusal = (DropReason, String);

fn place_of(record: &FastaRecord) -> Result<GenePlace, Refusal> {
    let strand = match record.header_field("strand") {
        None | Some("" | ".") => None,
        Some(text) => Some(text.parse::<Strand>().map_err(|error| unreadable("strand", text, &error.to_string()))?),
    };
    let word = |key| record.header_field(key).filter(|value| !value.is_empty()).map(str::to_owned);
    Ok(GenePlace { gene_name: word("gene_name"), chrom: word("chrom"), tss: None, strand, ..GenePlace::default() })
}

/// Index of the TSS base in the record.
fn tss_index(record: &FastaRecord, fallback: Option<usize>, geometry: WindowGeometry) -> Result<usize, Refusal> {
    let length = record.sequence.len();
    let offset = match (record.header_field("tss_offset"), fallback) {
        (Some(text), _) => text.parse().map_err(|_| unreadable("tss_offset", text, "a 0-based index is expected"))?,
        (None, Some(offset)) => offset,
        (None, None) if length == geometry.len() => geometry.upstream_bp as usize,
        (None, None) => {
            let detail = format!("{length} bp without tss_offset, the window has {} bp", geometry.len());
            return Err((DropReason::WrongLength, detail));
        }
    };
    if offset < length {
        Ok(offset)
    } else {
        Err((DropReason::WrongLength, format!("the TSS at index {offset} is past the record's {length} bp")))
    }
}

fn unreadable(key: &str, text: &str, why: &str) -> Refusal {
    (DropReason::UnreadableHeader, format!("{key}={text}: {why}"))
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    fn record(header: &str, length: usize) -> FastaRecord {
        FastaRecord {
            id: "G".to_owned(),
            header: header.to_owned(),
            sequence: Sequence::from_codes(vec![0; length]),
            record_number: 1,
        }
    }

    #[test]
    fn the_header_tells_the_tss_before_the_setting_does() {
        let geometry = WindowGeometry::new(50, 10).expect("valid");
        assert_eq!(tss_index(&record("G tss_offset=7", 20), Some(3), geometry), Ok(7));
        assert_eq!(tss_index(&record("G", 20), Some(3), geometry), Ok(3));
        assert_eq!(tss_index(&record("G", 60), None, geometry), Ok(50));
        let refused = |header, length| tss_index(&record(header, length), None, geometry).expect_err("refused").0;
        assert_eq!(refused("G", 61), DropReason::WrongLength);
        assert_eq!(refused("G tss_offset=60", 60), DropReason::WrongLength);
        assert_eq!(refused("G tss_offset=-1", 60), DropReason::UnreadableHeader);
    }

    #[test]
    fn the_header_tells_the_place() {
        let place = place_of(&record("G gene_name=GATA1 chrom=chrX strand=-", 5)).expect("readable");
        assert_eq!((place.gene_name.as_deref(), place.chrom.as_deref()), (Some("GATA1"), Some("chrX")));
        assert_eq!(place.strand, Some(Strand::Reverse));
        assert_eq!(place_of(&record("G strand=minus", 5)).expect_err("refused").0, DropReason::UnreadableHeader);
    }
}
