//! Alternative names of contigs: `chr1` and `1`, `chrM` and `MT`, `NC_000001.11`.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Contig;
use super::known_assembly::{Accession, KnownAssembly};
use super::numerals::Numerals;

/// Spellings of the mitochondrion, in lower case and without `chr`: UCSC, Ensembl, SGD, WormBase, FlyBase.
const MITOCHONDRIA: [&str; 6] =
    ["mt", "mito", "mtdna", "mitochondrion", "mitochondrion_genome", "dmel_mitochondrion_genome"];

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
    /// Assembly of the genome, if it is a known one.
    assembly: Option<&'static KnownAssembly>,
    numerals: Numerals,
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
        Self {
            exact: contigs.iter().map(|contig| contig.name.clone()).collect(),
            by_key,
            assembly: KnownAssembly::of_contigs(contigs.iter()),
            numerals: Numerals::of(contigs.iter().map(|contig| contig.name.as_str())),
        }
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
    /// `chr` prefix, by case, by the spelling of the mitochondrion, or by its RefSeq accession (human and mouse).
    ///
    /// The version of an accession denotes the assembly: an accession of another assembly than that of the genome has
    /// no name in it, and none has one where chromosomes have Roman numerals.
    pub fn resolve(&self, name: &str) -> Option<&str> {
        if let Some(exact) = self.exact.get(name) {
            return Some(exact);
        }
        let contig = self.by_key.get(&contig_key(name))?.as_deref()?;
        let accepted = Accession::parse(name).is_none_or(|accession| self.accepts(accession, contig));
        accepted.then_some(contig)
    }

    fn accepts(&self, accession: Accession, contig: &str) -> bool {
        let of_genome = Accession::parse(contig);
        self.numerals != Numerals::Roman
            && self.assembly.is_none_or(|assembly| assembly.has_accession(accession))
            && !of_genome.is_some_and(|of_genome| accession.is_other_version(of_genome))
    }

    /// Assembly of the genome, if it is a known one.
    pub(crate) fn assembly(&self) -> Option<&'static KnownAssembly> {
        self.assembly
    }

    /// Numerals that number the chromosomes of the genome.
    pub(crate) fn numerals(&self) -> Numerals {
        self.numerals
    }
}

/// Whether two names are spellings of one contig; see [`ContigNames::resolve`].
///
/// # Examples
///
/// ```
/// use tatabox_sequence::is_same_contig;
///
/// assert!(is_same_contig("chrM", "Mito"));
/// assert!(!is_same_contig("chrX", "10"));
/// ```
pub fn is_same_contig(one: &str, other: &str) -> bool {
    contig_key(one) == contig_key(other)
}

/// Normalised spelling of a contig name: lower case, no `chr`, one name of the mitochondrion, chromosomes instead of
/// accessions.
pub(crate) fn contig_key(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix("chr").unwrap_or(&lower);
    if MITOCHONDRIA.contains(&bare) {
        return "m".to_owned();
    }
    Accession::parse(bare).and_then(Accession::chromosome).unwrap_or_else(|| bare.to_owned())
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
    fn resolve_mitochondrion_has_one_key() {
        for genome in ["chrM", "MT", "Mito", "MtDNA", "Mt", "mitochondrion_genome"] {
            let names = names(&["I", genome]);
            for given in ["chrM", "M", "MT", "chrMT", "Mito", "chrMito", "MtDNA", "Mt", "mitochondrion_genome"] {
                assert_eq!(names.resolve(given), Some(genome), "{given}");
            }
        }
    }

    #[test]
    fn resolve_accession_of_another_assembly_is_none() {
        let known = |name: &str, length| ContigNames::new(&[Contig { name: name.to_owned(), length }]);
        let hg38 = known("chr1", 248_956_422);
        assert_eq!(hg38.resolve("NC_000001.11"), Some("chr1"));
        assert_eq!(hg38.resolve("NC_000001"), Some("chr1"));
        for other in ["NC_000001.10", "NC_000067.7", "NC_060925.1"] {
            assert_eq!(hg38.resolve(other), None, "{other}");
        }
        assert_eq!(known("NC_000001.11", 9).resolve("NC_000001.10"), None);
        let yeast = names(&["chrI", "chrII", "chrX", "chrM"]);
        assert_eq!(yeast.resolve("NC_000023.11"), None);
        assert_eq!(yeast.resolve("NC_012920.1"), None);
        assert_eq!(yeast.resolve("X"), Some("chrX"));
        assert_eq!(yeast.resolve("10"), None);
    }
}
