//! Windows from the promoter records of a FASTA file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use tatabox_sequence::{
    FastaRecord, FastaRecords, InvalidRecord, SequenceError, Strand, WindowGeometry, header_field, is_par_y_copy,
    strip_version, window_from_record,
};

use crate::drop_reason::DropReason;
use crate::error::Result;
use crate::gene_match::GeneName;
use crate::prepare::candidate::GeneMetadata;
use crate::prepare::collector::Collector;
use crate::prepare::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use crate::prepare::qc_log::QcLog;
use crate::prepare::row_match::SourceGene;
use crate::prepare::source::promoter_activity::{ChosenEntries, PromoterActivity};
use crate::schema::{GENE_ID, GENE_NAME, PROMOTER};

/// Role of the file in the list of inputs.
pub(crate) const PROMOTERS_ROLE: &str = "promoters";

/// Reasons that concern the records of the file.
const RECORD_REASONS: [DropReason; 3] =
    [DropReason::InvalidRecord, DropReason::UnreadableHeader, DropReason::WrongLength];

/// Offers a window for every record of a measured gene.
///
/// Records are in sense direction. A header may contain `gene_name=`, `chrom=`, `strand=` and `tss_offset=` (0-based
/// index of the TSS base in the record). `tss_offset` applies to records without `tss_offset=`; without either, the
/// record must have the length of the window. Records that cannot be used are recorded, and reading continues.
///
/// Of several records of a gene, the most active is used if activities are given (`promoter=` names a record in the table of
/// activities), else the first.
pub(crate) fn collect(
    path: &Path,
    tss_offset: Option<usize>,
    geometry: WindowGeometry,
    activity: Option<&PromoterActivity>,
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<()> {
    let headers = FastaRecords::headers(path)?;
    let names: Vec<(Cow<'_, str>, Option<&str>)> =
        headers.iter().map(|header| name_of(header, activity.is_some())).collect();
    let names: Vec<GeneName<'_>> = names.iter().map(|(id, symbol)| GeneName::new(id, *symbol)).collect();
    let genes = collector.match_genes(&names, |record| is_par_y_copy(names[record].id));
    let chosen = activity.map(|activity| chosen_records(activity, path, &headers, &genes)).transpose()?;
    let mut done = 0_u64;
    for ((index, record), gene) in FastaRecords::open(path)?.enumerate().zip(&genes) {
        if done.is_multiple_of(REPORT_EVERY) {
            progress(PrepareProgress::new(PrepareStage::PromoterWindows, done, None));
        }
        done += 1;
        let gene_id = gene.gene_id();
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let (id, detail) = invalid_record(error, done)?;
                let id = if gene_id.is_empty() { id } else { gene_id.to_owned() };
                collector.qc.drop(id, PROMOTERS_ROLE, DropReason::InvalidRecord, detail);
                continue;
            }
        };
        let location = format!("record {}", record.record_number);
        let mut promoter = None;
        if let Some(chosen) = &chosen {
            promoter = chosen.origin(index, gene, PROMOTERS_ROLE, &location, &mut collector.qc).cloned();
            if promoter.is_none() {
                continue;
            }
        }
        if !collector.accepts(gene, PROMOTERS_ROLE, &location) {
            continue;
        }
        let read =
            header_metadata(&record).and_then(|metadata| Ok((metadata, tss_index(&record, tss_offset, geometry)?)));
        match read {
            Ok((metadata, offset)) => {
                let window = window_from_record(&record.sequence, offset, geometry);
                let metadata = GeneMetadata { promoter, ..metadata };
                collector.store.offer(gene_id, metadata, PROMOTERS_ROLE, &window, &mut collector.qc)?;
            }
            Err((reason, detail)) => {
                let detail = format!("record {}: {detail}", record.record_number);
                collector.qc.drop(gene_id, PROMOTERS_ROLE, reason, detail);
            }
        }
    }
    progress(PrepareProgress::new(PrepareStage::PromoterWindows, done, Some(done)));
    Ok(())
}

/// Number and first example of the unusable records, by reason.
pub(crate) fn unusable_records(qc: &QcLog) -> BTreeMap<DropReason, String> {
    RECORD_REASONS.into_iter().filter_map(|reason| Some((reason, qc.example(reason)?))).collect()
}

/// Identifier and symbol of the gene in a header. With activities, a field `gene_id=` takes precedence over the first word,
/// which then names the promoter.
fn name_of(header: &str, has_activities: bool) -> (Cow<'_, str>, Option<&str>) {
    let gene_id = if has_activities { header_field(header, GENE_ID) } else { None };
    let id = gene_id.unwrap_or_else(|| first_word(header));
    (strip_version(id), header_field(header, GENE_NAME))
}

/// Name of the promoter in a header: `promoter=`, or the first word where `gene_id=` names the gene.
fn promoter_of(header: &str) -> Option<&str> {
    header_field(header, PROMOTER).or_else(|| header_field(header, GENE_ID).map(|_| first_word(header)))
}

fn first_word(header: &str) -> &str {
    header.split_ascii_whitespace().next().unwrap_or_default()
}

/// Choice among the records of each gene.
fn chosen_records(
    activity: &PromoterActivity,
    path: &Path,
    headers: &[String],
    genes: &[SourceGene],
) -> Result<ChosenEntries> {
    let row_of = |record: usize| promoter_of(&headers[record]).and_then(|name| activity.of_name(name));
    let name_of = |record: usize| match promoter_of(&headers[record]) {
        Some(name) => name.to_owned(),
        None => format!("record {} without promoter=", record + 1),
    };
    ChosenEntries::of(activity, &path.display().to_string(), genes, row_of, name_of)
}

/// Name for `qc.tsv` and description of a record that cannot be read.
///
/// # Errors
///
/// An error of the file itself.
fn invalid_record(error: SequenceError, number: u64) -> Result<(String, String)> {
    let Some(record) = InvalidRecord::of(&error) else { return Err(error.into()) };
    let detail = record.detail;
    Ok((format!("record {number}"), format!("record {number}: {detail}")))
}

type HeaderProblem = (DropReason, String);

fn header_metadata(record: &FastaRecord) -> Result<GeneMetadata, HeaderProblem> {
    let strand = match record.header_field("strand") {
        None | Some("" | ".") => None,
        // Ensembl writes 1 and -1.
        Some("1" | "+1") => Some(Strand::Forward),
        Some("-1") => Some(Strand::Reverse),
        Some(text) => Some(text.parse().map_err(|_| unreadable("strand", text, "expected + or - (or 1 or -1)"))?),
    };
    let field = |key| record.header_field(key).filter(|value| !value.is_empty()).map(str::to_owned);
    Ok(GeneMetadata {
        gene_name: field("gene_name"),
        chrom: field("chrom"),
        tss: None,
        strand,
        ..GeneMetadata::default()
    })
}

/// Index of the TSS base in the record.
fn tss_index(record: &FastaRecord, fallback: Option<usize>, geometry: WindowGeometry) -> Result<usize, HeaderProblem> {
    let length = record.sequence.len();
    let offset = match (record.header_field("tss_offset"), fallback) {
        (Some(text), _) => text.parse().map_err(|_| unreadable("tss_offset", text, "expected a 0-based index"))?,
        (None, Some(offset)) => offset,
        (None, None) if length == geometry.len() => geometry.upstream_bp as usize,
        (None, None) => {
            let detail = format!(
                "{length} bp without tss_offset=, expected the {} bp of the window (upstream {} + downstream {}) or the index of the TSS",
                geometry.len(),
                geometry.upstream_bp,
                geometry.downstream_bp
            );
            return Err((DropReason::WrongLength, detail));
        }
    };
    if offset < length {
        Ok(offset)
    } else {
        Err((
            DropReason::WrongLength,
            format!("the record has {length} bp, expected more than the index of its TSS, {offset} (counted from 0)"),
        ))
    }
}

fn unreadable(key: &str, text: &str, why: &str) -> HeaderProblem {
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
    fn tss_index_header_takes_precedence_over_setting() {
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
    fn header_metadata_reads_name_chromosome_and_strand() {
        let metadata = header_metadata(&record("G gene_name=GATA1 chrom=chrX strand=-", 5)).expect("readable");
        assert_eq!((metadata.gene_name.as_deref(), metadata.chrom.as_deref()), (Some("GATA1"), Some("chrX")));
        assert_eq!(metadata.strand, Some(Strand::Reverse));
        let metadata = header_metadata(&record("G strand=-1", 5)).expect("as Ensembl writes it");
        assert_eq!(metadata.strand, Some(Strand::Reverse));
        let (reason, detail) = header_metadata(&record("G strand=minus", 5)).expect_err("refused");
        assert_eq!(reason, DropReason::UnreadableHeader);
        assert!(detail.starts_with("strand=minus: expected + or -"), "{detail}");
    }

    #[test]
    fn header_names_gene_and_promoter_in_either_order() {
        for header in ["ENSG1.4 promoter=A_2 gene_name=A", "A_2 gene_id=ENSG1.4 gene_name=A"] {
            assert_eq!((name_of(header, true), promoter_of(header)), (("ENSG1".into(), Some("A")), Some("A_2")));
        }
        // Without activities the first word names the gene, as in every other file.
        assert_eq!(name_of("A_2 gene_id=ENSG1", false).0, "A_2");
        assert_eq!(promoter_of("ENSG1 gene_name=A"), None);
    }
}
