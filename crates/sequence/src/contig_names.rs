//! One contig, many names: `chr1` and `1`, `chrM` and `MT`.

use std::collections::{HashMap, HashSet};

use crate::Contig;

/// Prefix of Ensembl's names of alternate loci and patches, before the chromosome.
const ENSEMBL_ALTERNATE: &str = "HSCHR";

/// Finds a genome's own name for a contig that another file may spell differently.
#[derive(Clone, Debug)]
pub struct ContigNames {
    exact: HashSet<String>,
    /// The genome's name by the spelling that all variants share; `None` where two contigs share one.
    by_key: HashMap<String, Option<String>>,
}

impl ContigNames {
    /// Names of the contigs of a genome.
    pub fn new(contigs: &[Contig]) -> Self {
        let mut by_key: HashMap<String, Option<String>> = HashMap::new();
        for contig in contigs {
            by_key
                .entry(key_of(&contig.name))
                .and_modify(|name| *name = None)
                .or_insert_with(|| Some(contig.name.clone()));
        }
        Self { exact: contigs.iter().map(|contig| contig.name.clone()).collect(), by_key }
    }

    /// The genome's name for `name`: itself if the genome has it, else the one contig that differs only by a `chr`
    /// prefix, by case, or by M against MT.
    pub fn resolve(&self, name: &str) -> Option<&str> {
        if let Some(exact) = self.exact.get(name) {
            return Some(exact);
        }
        self.by_key.get(&key_of(name))?.as_deref()
    }
}

/// The chromosome that a contig belongs to, always spelled the same way: `6`, `chr6`, `chr6_cox_hap2` and
/// `CHR_HSCHR6_MHC_COX_CTG1` are all of `chr6`; `MT` is of `chrM`. Other names come back as they are.
pub fn chromosome_of(name: &str) -> String {
    let key = key_of(name);
    let stem = match key.to_ascii_uppercase().split_once(ENSEMBL_ALTERNATE) {
        Some((before, after)) if before.is_empty() || before == "_" => leading_word(after).to_owned(),
        _ => leading_word(&key).to_ascii_uppercase(),
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

/// A spelling that all variants of a name share: lower case, no `chr`, M for MT.
fn key_of(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix("chr").unwrap_or(&lower);
    if bare == "mt" { "m".to_owned() } else { bare.to_owned() }
}

fn leading_word(text: &str) -> &str {
    text.split('_').next().unwrap_or(text)
}

/// A number, a sex chromosome, or the mitochondrion.
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
    fn ucsc_and_ensembl_names_find_each_other() {
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
    fn two_spellings_in_one_genome_are_told_apart_or_not_at_all() {
        let both = names(&["1", "chr1"]);
        assert_eq!(both.resolve("1"), Some("1"));
        assert_eq!(both.resolve("chr1"), Some("chr1"));
        assert_eq!(both.resolve("CHR1"), None);
    }

    #[test]
    fn contigs_belong_to_their_chromosome() {
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
