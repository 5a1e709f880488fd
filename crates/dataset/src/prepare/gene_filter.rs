//! Gene filters: exclusion of chromosomes and of genes that poly(A) selection misses.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use tatabox_sequence::chromosome_of;

use super::candidate::{Candidate, GeneMetadata};
use super::qc_log::QcLog;
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::prepared::FilterRecord;

const HISTONES: &str = "histones";

/// Filter that excludes genes.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::GeneFilter;
///
/// assert_eq!("MT".parse::<GeneFilter>()?, GeneFilter::Chromosome("chrM".to_owned()));
/// assert_eq!("histones".parse::<GeneFilter>()?, GeneFilter::Histones);
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneFilter {
    /// Genes on a chromosome such as chrY or chrM.
    Chromosome(String),
    /// Replication-dependent histone genes. Their mRNAs have no poly(A) tail, so poly(A)-selected RNA sequencing misses
    /// them and their TPM does not reflect promoter activity.
    Histones,
}

impl FromStr for GeneFilter {
    type Err = DatasetError;

    fn from_str(text: &str) -> Result<Self> {
        let chromosome = chromosome_of(text.trim());
        match text.trim().to_ascii_lowercase().as_str() {
            HISTONES | "histone" => Ok(Self::Histones),
            _ if chromosome.len() > 3 && chromosome.starts_with("chr") => Ok(Self::Chromosome(chromosome)),
            _ => Err(DatasetError::InvalidSetting {
                field: "drop",
                value: text.to_owned(),
                expected: "expected a chromosome such as chrY or chrM, or `histones`".to_owned(),
            }),
        }
    }
}

impl fmt::Display for GeneFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Chromosome(name) => name,
            Self::Histones => HISTONES,
        })
    }
}

impl GeneFilter {
    /// Reason for excluding the gene with a detail; `Ok(None)` to keep it, `Err` if the required metadata are missing.
    fn drop_reason(&self, metadata: &GeneMetadata) -> Result<Option<(DropReason, String)>, MissingMetadata> {
        match self {
            Self::Chromosome(name) => {
                let chromosome = chromosome_of(metadata.chrom.as_deref().ok_or(MissingMetadata)?);
                Ok((&chromosome == name).then_some((DropReason::ChromosomeExcluded, chromosome)))
            }
            Self::Histones => {
                let name = metadata.gene_name.as_deref().ok_or(MissingMetadata)?;
                Ok(is_replication_dependent_histone(name).then(|| (DropReason::HistoneExcluded, name.to_owned())))
            }
        }
    }

    /// Message for a filter whose required metadata no gene has.
    const fn missing_metadata_message(&self) -> &'static str {
        match self {
            Self::Chromosome(_) => "no gene has a chromosome; give annotation, or promoter records with chrom=",
            Self::Histones => {
                "no gene has a name; give annotation, promoter records with gene_name=, or a table with gene names"
            }
        }
    }
}

/// Lack of the metadata that a filter requires.
struct MissingMetadata;

/// Removes the filtered genes from `genes` and records each.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for a filter whose required metadata no gene has.
pub(crate) fn apply(
    filters: &[GeneFilter],
    genes: &mut BTreeMap<String, Candidate>,
    qc: &mut QcLog,
) -> Result<Vec<FilterRecord>> {
    let mut records: Vec<FilterRecord> =
        filters.iter().map(|filter| FilterRecord { filter: filter.to_string(), dropped: 0, unknown: 0 }).collect();
    let total = genes.len();
    genes.retain(|gene_id, gene| {
        let mut keep = true;
        for (filter, record) in filters.iter().zip(&mut records) {
            match filter.drop_reason(&gene.metadata) {
                Err(MissingMetadata) => record.unknown += 1,
                Ok(Some((reason, detail))) if keep => {
                    qc.drop(gene_id, gene.source, reason, detail);
                    record.dropped += 1;
                    keep = false;
                }
                Ok(_) => {}
            }
        }
        keep
    });
    match filters.iter().zip(&records).find(|(_, record)| record.unknown == total) {
        Some((filter, record)) => Err(DatasetError::InvalidSetting {
            field: "drop",
            value: record.filter.clone(),
            expected: filter.missing_metadata_message().to_owned(),
        }),
        None => Ok(records),
    }
}

/// Whether a name (old or new, human or mouse, including pseudogenes) denotes a replication-dependent histone gene.
/// Histone variants with a poly(A) tail, such as H2AZ1, H3-3A, H1-0 and MACROH2A1, do not count.
///
/// # Source
///
/// Marzluff et al. 2002, doi:10.1006/geno.2002.6850; new names: Seal et al. 2022, doi:10.1186/s13072-022-00467-2.
fn is_replication_dependent_histone(name: &str) -> bool {
    /// Names of clustered genes outside the pattern: HIST3H2A, HIST3H2BB, HIST3H3 and HIST4H4.
    const OTHERS: [&str; 4] = ["H2AW", "H2BU1", "H3-4", "H4-16"];
    let name = name.to_ascii_uppercase();
    let old = name.strip_prefix("HIST").and_then(|rest| rest.strip_prefix(['1', '2', '3', '4']));
    if let Some(protein) = old {
        return ["H1", "H2A", "H2B", "H3", "H4"].iter().any(|kind| protein.starts_with(kind));
    }
    let in_cluster = ["H2AC", "H2BC", "H3C", "H4C"].iter().find_map(|stem| name.strip_prefix(stem));
    let linker = name.strip_prefix("H1-").or_else(|| name.strip_prefix("H1F"));
    OTHERS.contains(&name.as_str())
        || in_cluster.is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
        // H1-1 is H1f1 in mouse. H1-0 and H1-7 to H1-10 have a poly(A) tail.
        || linker.is_some_and(|number| matches!(number, "1" | "2" | "3" | "4" | "5" | "6"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gene_filter_parses_names() {
        let read = |text: &str| text.parse::<GeneFilter>().map(|filter| filter.to_string());
        for (text, expected) in [
            ("chrY", "chrY"),
            ("y", "chrY"),
            ("MT", "chrM"),
            ("chrM", "chrM"),
            (" Histones ", "histones"),
            ("21", "chr21"),
        ] {
            assert_eq!(read(text).ok().as_deref(), Some(expected), "{text}");
        }
        for text in ["", "chr", "mitochondria", "ribosomal"] {
            let error = read(text).expect_err("unknown").to_string();
            assert!(error.ends_with("a chromosome such as chrY or chrM, or `histones`"), "{error}");
        }
    }

    #[test]
    fn is_replication_dependent_histone_recognises_old_and_new_names() {
        let without_tail = [
            "HIST1H1A",
            "HIST1H1T",
            "HIST1H2AA",
            "HIST1H2BC",
            "HIST1H3A",
            "HIST2H3PS2",
            "HIST1H4L",
            "HIST2H2AB",
            "HIST3H2A",
            "HIST4H4",
            "Hist1h2ab",
            "H1-1",
            "H1-6",
            "H1f4",
            "H2AC18",
            "H2AC2P",
            "H2BC12",
            "H2BC12L",
            "H3C1",
            "H3C15",
            "H4C16",
            "H4c3",
            "H2AW",
            "H2BU1",
            "H3-4",
            "H4-16",
        ];
        for name in without_tail {
            assert!(is_replication_dependent_histone(name), "{name}");
        }
        let others = [
            "H2AZ1",
            "H2AX",
            "H2AJ",
            "MACROH2A1",
            "H3-3A",
            "H3-3B",
            "H3-5",
            "H1-0",
            "H1-10",
            "H1F0",
            "H1FX",
            "H3F3A",
            "H2AFZ",
            "CENPA",
            "HIST",
            "HINT1",
            "H4",
            "H2ACX",
            "HIST5H1A",
            "",
        ];
        for name in others {
            assert!(!is_replication_dependent_histone(name), "{name}");
        }
    }
}
