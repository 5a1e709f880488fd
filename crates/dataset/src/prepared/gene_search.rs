//! Search for a gene by identifier or name.

use tatabox_sequence::{clean_name, strip_version};

use super::GeneEntry;
use crate::error::{DatasetError, Result};

/// Maximum number of suggestions for an unknown name.
const SUGGESTIONS: usize = 3;
/// Minimum Jaro-Winkler similarity (0 to 1) of a suggested name.
const MIN_SUGGESTION_SIMILARITY: f64 = 0.8;

/// Index of the gene with identifier or name `query`, ignoring case and the version of an identifier.
pub(super) fn find_gene(genes: &[GeneEntry], query: &str) -> Result<usize> {
    let query = &*clean_name(query);
    let query_id = strip_version(query);
    if let Some(gene) = genes.iter().position(|gene| gene.gene_id.eq_ignore_ascii_case(&query_id)) {
        return Ok(gene);
    }
    let is_named = |gene: &GeneEntry| {
        gene.alternative_of.is_none() && gene.gene_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(query))
    };
    let named: Vec<usize> = (0..genes.len()).filter(|&gene| is_named(&genes[gene])).collect();
    match named[..] {
        [gene] => Ok(gene),
        [] => Err(DatasetError::UnknownGene { query: query.to_owned(), suggestions: nearest(genes, query) }),
        _ => Err(DatasetError::AmbiguousGene {
            query: query.to_owned(),
            gene_ids: named.iter().map(|&gene| genes[gene].gene_id.clone()).collect(),
        }),
    }
}

/// Names and identifiers most similar to `query`, best first.
fn nearest(genes: &[GeneEntry], query: &str) -> Vec<String> {
    let query = query.to_ascii_uppercase();
    let mut scored: Vec<(f64, &str)> = genes
        .iter()
        .flat_map(|gene| [Some(gene.gene_id.as_str()), gene.gene_name.as_deref()])
        .flatten()
        .map(|name| (strsim::jaro_winkler(&query, &name.to_ascii_uppercase()), name))
        .filter(|&(similarity, _)| similarity >= MIN_SUGGESTION_SIMILARITY)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by_key(|&mut (_, name)| name);
    scored.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::Split;

    fn gene(gene_id: &str, gene_name: &str) -> GeneEntry {
        GeneEntry {
            gene_id: gene_id.to_owned(),
            gene_name: Some(gene_name.to_owned()),
            chrom: None,
            tss: None,
            strand: None,
            split: Split::Train,
            known_upstream_bp: 0,
            known_downstream_bp: 0,
            tss_origin: None,
            promoter: None,
            alternative_of: None,
        }
    }

    fn genes() -> Vec<GeneEntry> {
        vec![
            gene("ENSG00000102145", "GATA1"),
            gene("ENSG00000179348", "GATA2"),
            gene("ENSG00000000001", "TWIN"),
            gene("ENSG00000000002", "TWIN"),
        ]
    }

    #[test]
    fn find_gene_ignores_case_and_version() {
        assert_eq!(find_gene(&genes(), "gata2").expect("name"), 1);
        assert_eq!(find_gene(&genes(), "ENSG00000102145.12").expect("identifier"), 0);
    }

    #[test]
    fn find_gene_misspelt_name_suggests_similar_names() {
        let error = find_gene(&genes(), "GATTA1").expect_err("misspelt");
        assert_eq!(error.to_string(), "no gene \"GATTA1\" in the data set: did you mean GATA1 or GATA2?");
    }

    #[test]
    fn find_gene_shared_name_error_lists_identifiers() {
        let error = find_gene(&genes(), "TWIN").expect_err("two genes");
        assert!(error.to_string().contains("ENSG00000000001, ENSG00000000002"), "{error}");
    }
}
