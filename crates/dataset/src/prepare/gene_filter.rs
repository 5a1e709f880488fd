//! Gene filters: exclusion of chromosomes and of genes that poly(A) selection misses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use tatabox_sequence::{ChromosomeNames, chromosome_of, is_same_contig};

use super::candidate::{Candidate, GeneMetadata};
use super::qc_log::QcLog;
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::prepared::FilterRecord;
use crate::split::natural_order;

const HISTONES: &str = "histones";

/// Largest number of contigs listed in an error.
const MAX_CONTIGS_SHOWN: usize = 20;

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
    /// Genes on a contig of the data, such as chrY, chrM, IV or scaffold_12, in any spelling that is matched elsewhere. A
    /// chromosome includes its alternate loci and unlocalised scaffolds.
    Chromosome(String),
    /// Replication-dependent histone genes. Their mRNAs have no poly(A) tail, so poly(A)-selected RNA sequencing misses
    /// them and their TPM does not reflect promoter activity.
    Histones,
}

impl FromStr for GeneFilter {
    type Err = DatasetError;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            HISTONES | "histone" => Ok(Self::Histones),
            "" => Err(DatasetError::InvalidSetting {
                field: "drop",
                value: text.to_owned(),
                expected: "expected a contig such as chrY, chrM or IV, or `histones`".to_owned(),
            }),
            _ => Ok(Self::Chromosome(standard_spelling(text))),
        }
    }
}

/// Standard spelling of a chromosome; another contig keeps its name.
fn standard_spelling(text: &str) -> String {
    let chromosome = chromosome_of(text);
    if is_same_contig(text, &chromosome) { chromosome } else { text.to_owned() }
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
    fn drop_reason(
        &self,
        metadata: &GeneMetadata,
        names: ChromosomeNames,
    ) -> Result<Option<(DropReason, String)>, MissingMetadata> {
        match self {
            Self::Chromosome(name) => {
                let contig = metadata.chrom.as_deref().ok_or(MissingMetadata)?;
                let detail = || (DropReason::ChromosomeExcluded, names.of(contig));
                Ok(is_on(contig, name, names).then(detail))
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

/// Whether a contig is the one that is named, or belongs to the chromosome that is named.
fn is_on(contig: &str, name: &str, names: ChromosomeNames) -> bool {
    is_same_contig(contig, name) || names.of(contig) == *name || is_same_contig(&names.of(contig), name)
}

/// Lack of the metadata that a filter requires.
struct MissingMetadata;

/// Removes the filtered genes from `genes` and records each. `contigs` are those of the inputs without such genes.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`] for a filter whose required metadata no gene has, and for a contig that neither the
/// genes nor `contigs` have. The sex chromosomes and the mitochondrion of a genome with Arabic numerals may be absent.
pub(crate) fn apply(
    filters: &[GeneFilter],
    genes: &mut BTreeMap<String, Candidate>,
    contigs: &BTreeSet<String>,
    qc: &mut QcLog,
) -> Result<Vec<FilterRecord>> {
    let of_genes = genes.values().filter_map(|gene| gene.metadata.chrom.clone());
    let known: BTreeSet<String> = of_genes.chain(contigs.iter().cloned()).collect();
    let names = ChromosomeNames::new(known.iter().map(String::as_str));
    let mut records: Vec<FilterRecord> =
        filters.iter().map(|filter| FilterRecord { filter: filter.to_string(), dropped: 0, unknown: 0 }).collect();
    let total = genes.len();
    genes.retain(|gene_id, gene| {
        let mut keep = true;
        for (filter, record) in filters.iter().zip(&mut records) {
            match filter.drop_reason(&gene.metadata, names) {
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
    let refuse = |value: &str, expected: String| {
        Err(DatasetError::InvalidSetting { field: "drop", value: value.to_owned(), expected })
    };
    for (filter, record) in filters.iter().zip(&records) {
        if record.unknown == total {
            return refuse(&record.filter, filter.missing_metadata_message().to_owned());
        }
        if let GeneFilter::Chromosome(name) = filter
            && !names.has_standard(name)
            && !known.iter().any(|contig| is_on(contig, name, names))
        {
            return refuse(name, format!("the data have no contig of this name; they have {}", list(&known)));
        }
    }
    Ok(records)
}

/// Contigs in natural order, as far as a message lists them.
fn list(contigs: &BTreeSet<String>) -> String {
    let mut sorted: Vec<&str> = contigs.iter().map(String::as_str).collect();
    sorted.sort_by(|a, b| natural_order(a, b));
    let more = sorted.len().saturating_sub(MAX_CONTIGS_SHOWN);
    let shown = sorted[..sorted.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
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
            ("IV", "IV"),
            ("Mito", "Mito"),
            ("chr6_cox_hap2", "chr6_cox_hap2"),
            ("scaffold_12", "scaffold_12"),
        ] {
            assert_eq!(read(text).ok().as_deref(), Some(expected), "{text}");
        }
        let error = read(" ").expect_err("no name").to_string();
        assert!(error.ends_with("a contig such as chrY, chrM or IV, or `histones`"), "{error}");
    }

    /// Genes left by a filter, of one gene per contig, in a genome that also has `chr9`; or the error.
    fn left(filter: &str, contigs: &[&str]) -> Result<Vec<String>, String> {
        let candidate = |contig: &str| Candidate {
            metadata: GeneMetadata { chrom: Some(contig.to_owned()), ..GeneMetadata::default() },
            extent: crate::Extent { upstream_bp: 1, downstream_bp: 1 },
            source: "genome",
            window: 0,
            known_bases: 2,
        };
        let mut genes = contigs.iter().map(|contig| ((*contig).to_owned(), candidate(contig))).collect();
        let known = BTreeSet::from(["chr9".to_owned()]);
        let known = if contigs[0].starts_with("chr") { known } else { BTreeSet::new() };
        let filters = [filter.parse().expect("a filter")];
        let records = apply(&filters, &mut genes, &known, &mut QcLog::default()).map_err(|error| error.to_string())?;
        assert_eq!(records[0].dropped, contigs.len() - genes.len());
        Ok(genes.into_keys().collect())
    }

    #[test]
    fn apply_drops_any_contig_in_any_spelling() {
        let yeast = ["I", "II", "IV", "Mito", "X"];
        for (filter, dropped) in [("Mito", 3), ("chrM", 3), ("MT", 3), ("IV", 2), ("chrIV", 2), ("X", 4), ("chrX", 4)] {
            let expected: Vec<&str> =
                yeast.iter().enumerate().filter(|(at, _)| *at != dropped).map(|(_, c)| *c).collect();
            assert_eq!(left(filter, &yeast).expect("known"), expected, "{filter}");
        }
        let human = ["chr6", "chr6_cox_hap2", "chrX", "chrUn_GL1"];
        assert_eq!(left("6", &human).expect("known"), ["chrUn_GL1", "chrX"], "a chromosome and its alternate loci");
        assert_eq!(left("chr6_cox_hap2", &human).expect("known"), ["chr6", "chrUn_GL1", "chrX"]);
        assert_eq!(left("chrUn", &human).expect("known"), ["chr6", "chr6_cox_hap2", "chrX"]);
        for absent in ["chr9", "chrY", "MT"] {
            assert_eq!(left(absent, &human).expect("known to the genome, or standard").len(), 4, "{absent}");
        }
    }

    #[test]
    fn apply_unknown_contig_is_an_error_that_lists_the_contigs() {
        let message = left("chr7", &["chr6", "chr10", "chrX"]).expect_err("unknown");
        assert!(message.contains("drop = chr7") && message.contains("chr6, chr9, chr10, chrX"), "{message}");
        for unknown in ["10", "chrY", "VI"] {
            assert!(left(unknown, &["I", "II", "X"]).expect_err("unknown").contains("I, II, X"), "{unknown}");
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
