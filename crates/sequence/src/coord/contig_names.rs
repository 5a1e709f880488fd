//! Alternative names of contigs: `chr1` and `1`, `chrM` and `MT`, `NC_000001.11`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::Contig;

/// Prefix of alternate loci and patches in Ensembl names, before the chromosome.
const ENSEMBL_ALTERNATE: &str = "HSCHR";

/// RefSeq accession numbers of chromosomes: number of chromosome 1 and number of autosomes; X and Y follow.
///
/// Human (GRCh37 and GRCh38, then T2T-CHM13) and mouse (GRCm38 and GRCm39). The version of an accession denotes the
/// assembly.
const REFSEQ_CHROMOSOMES: [(u32, u32); 3] = [(1, 22), (60_925, 22), (67, 19)];

/// RefSeq accession numbers of human and mouse mitochondria.
const REFSEQ_MITOCHONDRIA: [u32; 2] = [12_920, 5_089];

/// Map from the spellings of contig names in other files to the names in a genome.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Contig, ContigNames};
///
/// let contigs = ["chr1", "chrM"].map(|name| Contig { name: name.to_owned(), length: 1_000 });
/// let names = ContigNames::new(&contigs);
/// assert_eq!(names.resolve("1"), Some("chr1"));
/// assert_eq!(names.resolve("MT"), Some("chrM"));
/// assert_eq!(names.resolve("NC_000001.11"), Some("chr1"));
/// assert_eq!(names.resolve("chr2"), None);
/// ```
#[derive(Clone, Debug)]
pub struct ContigNames {
    exact: HashSet<String>,
    /// Name in the genome by normalised spelling; `None` where two contigs share a spelling.
    by_key: HashMap<String, Option<String>>,
}

impl ContigNames {
    /// Map to the given contigs of a genome.
    pub fn new(contigs: &[Contig]) -> Self {
        let mut by_key: HashMap<String, Option<String>> = HashMap::new();
        for contig in contigs {
            by_key
                .entry(contig_key(&contig.name))
                .and_modify(|name| *name = None)
                .or_insert_with(|| Some(contig.name.clone()));
        }
        Self { exact: contigs.iter().map(|contig| contig.name.clone()).collect(), by_key }
    }

    /// Adds chromosome names for contigs that the genome names by accession: see
    /// [`crate::Annotation::chromosome_accessions`]. A name that is already in the map keeps its meaning.
    #[must_use]
    pub fn with_accessions(mut self, chromosome_accessions: &BTreeMap<String, String>) -> Self {
        for (chromosome, accession) in chromosome_accessions {
            if self.exact.contains(accession) {
                self.by_key.entry(contig_key(chromosome)).or_insert_with(|| Some(accession.clone()));
            }
        }
        self
    }

    /// Name in the genome for `name`: `name` itself where the genome has it, else the only contig that differs by a
    /// `chr` prefix, by case, by M instead of MT, or by its RefSeq accession (human and mouse, any version).
    pub fn resolve(&self, name: &str) -> Option<&str> {
        if let Some(exact) = self.exact.get(name) {
            return Some(exact);
        }
        self.by_key.get(&contig_key(name))?.as_deref()
    }
}

/// Chromosome of a contig, in one spelling: `6`, `chr6`, `chr6_cox_hap2`, `NC_000006.12` and `CHR_HSCHR6_MHC_COX_CTG1`
/// all belong to `chr6`; `MT` belongs to `chrM`. Other names are returned unchanged.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::chromosome_of;
///
/// assert_eq!(chromosome_of("chr6_cox_hap2"), "chr6");
/// assert_eq!(chromosome_of("NC_000023.11"), "chrX");
/// assert_eq!(chromosome_of("GL000220.1"), "GL000220.1");
/// ```
pub fn chromosome_of(name: &str) -> String {
    let key = contig_key(name);
    let stem = match key.to_ascii_uppercase().split_once(ENSEMBL_ALTERNATE) {
        Some((before, after)) if before.is_empty() || before == "_" => before_underscore(after).to_owned(),
        _ => before_underscore(&key).to_ascii_uppercase(),
    };
    let had_prefix = key.len() < name.len();
    if stem == "UN" {
        "chrUn".to_owned()
    } else if is_chromosome(&stem) || (had_prefix && !stem.is_empty()) {
        format!("chr{stem}")
    } else {
        name.to_owned()
    }
}

/// Normalised spelling of a contig name: lower case, no `chr`, M for MT, chromosomes instead of accessions.
pub(crate) fn contig_key(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix("chr").unwrap_or(&lower);
    if bare == "mt" {
        return "m".to_owned();
    }
    refseq_chromosome(bare).map_or_else(|| bare.to_owned(), Cow::into_owned)
}

/// Chromosome of an accession such as `nc_000001.11`, in lower case.
fn refseq_chromosome(lower: &str) -> Option<Cow<'static, str>> {
    let accession = lower.strip_prefix("nc_")?;
    let (digits, version) = accession.split_once('.').unwrap_or((accession, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.len() != 6 || !is_number(digits) || !is_number(version) {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    if REFSEQ_MITOCHONDRIA.contains(&number) {
        return Some("m".into());
    }
    REFSEQ_CHROMOSOMES.iter().find_map(|&(first, autosomes)| match number.checked_sub(first)? {
        index if index < autosomes => Some((index + 1).to_string().into()),
        index if index == autosomes => Some("x".into()),
        index if index == autosomes + 1 => Some("y".into()),
        _ => None,
    })
}

fn before_underscore(text: &str) -> &str {
    text.split('_').next().unwrap_or(text)
}

/// Whether a name is a number, a sex chromosome or the mitochondrion.
fn is_chromosome(stem: &str) -> bool {
    matches!(stem, "X" | "Y" | "W" | "Z" | "M") || (!stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(contigs: &[&str]) -> ContigNames {
        let contigs: Vec<_> = contigs.iter().map(|name| Contig { name: (*name).to_owned(), length: 1 }).collect();
        ContigNames::new(&contigs)
    }

    #[test]
    fn resolve_ucsc_and_ensembl_spellings_match() {
        let ucsc = names(&["chr1", "chrX", "chrM", "chr6_cox_hap2"]);
        for (given, expected) in [
            ("1", Some("chr1")),
            ("chr1", Some("chr1")),
            ("Chr1", Some("chr1")),
            ("x", Some("chrX")),
            ("MT", Some("chrM")),
            ("M", Some("chrM")),
            ("chrMT", Some("chrM")),
            ("chr6_COX_hap2", Some("chr6_cox_hap2")),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(ucsc.resolve(given), expected, "{given}");
        }
        let ensembl = names(&["1", "X", "MT"]);
        assert_eq!(ensembl.resolve("chr1"), Some("1"));
        assert_eq!(ensembl.resolve("chrM"), Some("MT"));
    }

    #[test]
    fn resolve_refseq_accession_gives_chromosome() {
        let ucsc = names(&["chr1", "chr19", "chr22", "chrX", "chrY", "chrM"]);
        for (given, expected) in [
            ("NC_000001.11", Some("chr1")),
            ("NC_000001.10", Some("chr1")),
            ("nc_000022", Some("chr22")),
            ("NC_000023.11", Some("chrX")),
            ("NC_000024.10", Some("chrY")),
            ("NC_012920.1", Some("chrM")),
            ("NC_000025.1", None),
            ("NC_000067.7", Some("chr1")),
            ("NC_000085.7", Some("chr19")),
            ("NC_000086.8", Some("chrX")),
            ("NC_000087.8", Some("chrY")),
            ("NC_005089.1", Some("chrM")),
            ("NC_060925.1", Some("chr1")),
            ("NC_060948.1", Some("chrY")),
            ("NC_1.1", None),
            ("NC_000001.x", None),
            ("NC_000000.1", None),
            ("NT_000001.1", None),
        ] {
            assert_eq!(ucsc.resolve(given), expected, "{given}");
        }
        // The reverse direction, and a genome that has the accession itself.
        let refseq = names(&["NC_000001.11", "NC_000023.11", "NC_012920.1"]);
        assert_eq!(refseq.resolve("chr1"), Some("NC_000001.11"));
        assert_eq!(refseq.resolve("MT"), Some("NC_012920.1"));
        assert_eq!(refseq.resolve("NC_000001.11"), Some("NC_000001.11"));
    }

    #[test]
    fn with_accessions_adds_names_without_overriding() {
        let accessions = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|&(chromosome, accession)| (chromosome.to_owned(), accession.to_owned())).collect()
        };
        let names = names(&["NC_051336.1", "2", "NC_051337.1"]).with_accessions(&accessions(&[
            ("1", "NC_051336.1"),
            ("2", "NC_051337.1"),
            ("3", "NC_051338.1"),
        ]));
        assert_eq!(names.resolve("1"), Some("NC_051336.1"));
        assert_eq!(names.resolve("2"), Some("2"));
        assert_eq!(names.resolve("3"), None);
    }

    #[test]
    fn resolve_ambiguous_spelling_is_none() {
        let both = names(&["1", "chr1"]);
        assert_eq!(both.resolve("1"), Some("1"));
        assert_eq!(both.resolve("chr1"), Some("chr1"));
        assert_eq!(both.resolve("CHR1"), None);
    }

    #[test]
    fn chromosome_of_alternate_loci_gives_their_chromosome() {
        for (given, expected) in [
            ("chr6_cox_hap2", "chr6"),
            ("chr4_ctg9_hap1", "chr4"),
            ("chr1_KI270706v1_random", "chr1"),
            ("chr22_KI270879v1_alt", "chr22"),
            ("CHR_HSCHR6_MHC_COX_CTG1", "chr6"),
            ("HSCHR17_1_CTG5", "chr17"),
            ("6", "chr6"),
            ("x", "chrX"),
            ("MT", "chrM"),
            ("chrMT", "chrM"),
            ("CHR7", "chr7"),
            ("chrUn_GL000220v1", "chrUn"),
            ("NC_000006.12", "chr6"),
            ("NC_000023.11", "chrX"),
            ("NC_012920.1", "chrM"),
            ("NC_051336.1", "NC_051336.1"),
            ("chr2L", "chr2L"),
            ("chrIV", "chrIV"),
            ("GL000220.1", "GL000220.1"),
            ("scaffold_12", "scaffold_12"),
            ("chr", "chr"),
            ("", ""),
        ] {
            assert_eq!(chromosome_of(given), expected, "{given}");
        }
    }
}
