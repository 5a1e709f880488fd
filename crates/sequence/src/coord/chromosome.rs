//! Chromosomes that contigs belong to: `chr6_cox_hap2` is an alternate locus of `chr6`.

use super::contig_names::contig_key;
use super::known_assembly::Accession;
use super::numerals::{Numerals, is_roman};

/// Prefix of alternate loci and patches in Ensembl names, before the chromosome.
const ENSEMBL_ALTERNATE: &str = "HSCHR";

/// Last parts of UCSC names of alternate loci, patches and unlocalised scaffolds.
const UCSC_ALTERNATES: [&str; 4] = ["random", "alt", "fix", "hap"];

/// Names of the chromosomes of a set of contigs.
///
/// With Arabic numerals, the spellings of [`chromosome_of`] are unified. With Roman numerals, as in yeast and worm, a
/// contig is named as in the data: `X` is chromosome ten or the worm's X, not human `chrX`.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::ChromosomeNames;
///
/// let human = ChromosomeNames::new(["1", "2", "X"]);
/// assert_eq!(human.of("X"), "chrX");
/// let yeast = ChromosomeNames::new(["IX", "X", "XI", "Mito"]);
/// assert_eq!(yeast.of("X"), "X");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ChromosomeNames {
    is_roman: bool,
    /// Whether some numbered contigs start with `chr` and others do not, so that one chromosome may have two names.
    mixes_prefixes: bool,
}

impl ChromosomeNames {
    /// Names for a set of contigs.
    pub fn new<'a>(contigs: impl IntoIterator<Item = &'a str>) -> Self {
        let contigs: Vec<&str> = contigs.into_iter().collect();
        let numbered = || contigs.iter().filter(|contig| is_roman(&contig_key(contig)));
        Self {
            is_roman: Numerals::of(contigs.iter().copied()) == Numerals::Roman,
            mixes_prefixes: numbered().any(|contig| has_prefix(contig)) && !numbered().all(|contig| has_prefix(contig)),
        }
    }

    /// Chromosome of a contig.
    pub fn of(self, contig: &str) -> String {
        if !self.is_roman {
            return chromosome_of(contig);
        }
        let chromosome = match contig.split_once('_') {
            Some((chromosome, rest)) if is_ucsc_alternate(rest) => chromosome,
            _ => contig,
        };
        let key = contig_key(chromosome);
        if self.mixes_prefixes && (is_roman(&key) || matches!(key.as_str(), "i" | "v" | "x" | "m")) {
            format!("chr{}", key.to_ascii_uppercase())
        } else {
            chromosome.to_owned()
        }
    }

    /// Whether names such as X, chrY and MT denote a sex chromosome or the mitochondrion, even if no contig has them.
    pub fn has_standard(self, name: &str) -> bool {
        let key = contig_key(name);
        key == "m" || (!self.is_roman && matches!(key.as_str(), "x" | "y"))
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
    let upper = name.to_ascii_uppercase();
    let bare = upper.strip_prefix("CHR").unwrap_or(&upper);
    if let Some(chromosome) = Accession::parse(bare).and_then(Accession::chromosome) {
        return format!("chr{}", chromosome.to_ascii_uppercase());
    }
    let (before, rest) = match bare.split_once(ENSEMBL_ALTERNATE) {
        Some(("" | "_", after)) => (before_underscore(after), ""),
        _ => bare.split_once('_').unwrap_or((bare, "")),
    };
    let stem = if before == "MT" { "M" } else { before };
    let has_prefix = bare.len() < upper.len();
    if stem == "UN" {
        "chrUn".to_owned()
    } else if is_chromosome(stem) || (has_prefix && is_ucsc_name(stem, rest)) {
        format!("chr{stem}")
    } else {
        name.to_owned()
    }
}

/// Whether `chr`, `stem` and, after an underscore, `rest` are a UCSC name of a chromosome or of its alternate locus. Names such
/// as `chromosome_1` are not.
fn is_ucsc_name(stem: &str, rest: &str) -> bool {
    !stem.is_empty() && !stem.starts_with("OM") && (rest.is_empty() || is_ucsc_alternate(rest))
}

/// Whether a UCSC name of an alternate locus continues like this after its chromosome: `KI270706v1_random`, `cox_hap2`.
fn is_ucsc_alternate(rest: &str) -> bool {
    let last = rest.rsplit('_').next().unwrap_or(rest).to_ascii_lowercase();
    UCSC_ALTERNATES.contains(&last.trim_end_matches(|letter: char| letter.is_ascii_digit()))
}

fn has_prefix(contig: &str) -> bool {
    contig.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("chr"))
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

    #[test]
    fn chromosome_names_roman_numerals_are_opaque() {
        let yeast = ChromosomeNames::new(["chrI", "chrIX", "chrX", "chrM"]);
        for (given, expected) in [
            ("chrX", "chrX"),
            ("X", "X"),
            ("MT", "MT"),
            ("chrIV", "chrIV"),
            ("chrX_random", "chrX"),
            ("chrUn_NW_1", "chrUn_NW_1"),
            ("10", "10"),
        ] {
            assert_eq!(yeast.of(given), expected, "{given}");
        }
        let mixed = ChromosomeNames::new(["chrIX", "XI", "X", "chrM", "scaffold_1"]);
        assert_eq!(mixed.of("scaffold_1"), "scaffold_1");
        assert_eq!(
            (mixed.of("X"), mixed.of("chrX"), mixed.of("Mito")),
            (mixed.of("chrx"), mixed.of("x"), mixed.of("MT"))
        );
        assert!(yeast.has_standard("Mito") && !yeast.has_standard("chrY"));
        let human = ChromosomeNames::new(["1", "2", "3"]);
        assert_eq!(human.of("X"), "chrX");
        assert!(human.has_standard("Y") && human.has_standard("MT") && !human.has_standard("23"));
        assert_eq!(ChromosomeNames::new(["2L", "X"]).of("X"), "chrX");
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
            ("chr2LHet", "chr2LHET"),
            ("ChrC", "chrC"),
            ("chrLGE64_random", "chrLGE64"),
            ("chromosome_1", "chromosome_1"),
            ("Chromosome12", "Chromosome12"),
            ("CHROMOSOME_II", "CHROMOSOME_II"),
            ("chrS_12", "chrS_12"),
            ("Mito", "Mito"),
            ("GL000220.1", "GL000220.1"),
            ("scaffold_12", "scaffold_12"),
            ("chr", "chr"),
            ("", ""),
        ] {
            assert_eq!(chromosome_of(given), expected, "{given}");
        }
    }
}
