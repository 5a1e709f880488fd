//! Matching of expression table rows to the genes of a data set.

use std::collections::{BTreeMap, HashMap};

use tatabox_sequence::strip_version;

use super::GeneEntry;
use crate::drop_reason::DropReason;
use crate::expression::ExpressionTable;

/// Summary of how the rows of an expression table match the genes of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExpressionMatch {
    /// Rows matched by gene identifier.
    pub by_id: usize,
    /// Rows matched by gene name.
    pub by_name: usize,
    /// Rows of the table and genes of the data set that do not match, by reason.
    pub unmatched: BTreeMap<DropReason, Vec<String>>,
}

impl ExpressionMatch {
    /// Genes of the data set with a matching row.
    pub fn matched(&self) -> usize {
        self.by_id + self.by_name
    }

    /// Row of each gene. Identifiers are matched first, so a row matched by name never displaces a row matched by
    /// identifier.
    pub(super) fn rows_of(genes: &[GeneEntry], table: &ExpressionTable) -> (Self, Vec<Option<usize>>) {
        let mut matching = Matching { found: Self::default(), row_of_gene: vec![None; genes.len()] };
        let ids: HashMap<String, usize> =
            genes.iter().enumerate().map(|(gene, entry)| (entry.gene_id.to_ascii_uppercase(), gene)).collect();
        let mut unmatched = Vec::new();
        for (row, gene_id) in table.gene_ids.iter().enumerate() {
            match ids.get(&strip_version(gene_id).to_ascii_uppercase()) {
                Some(&gene) => matching.found.by_id += usize::from(matching.assign(gene, row, gene_id)),
                None => unmatched.push(row),
            }
        }
        let names = genes_by_name(genes);
        for row in unmatched {
            let gene_id = &table.gene_ids[row];
            let named = [Some(gene_id), table.gene_names.as_ref().map(|names| &names[row])];
            let found = named.into_iter().flatten().find_map(|name| names.get(&name.to_ascii_uppercase()));
            match found.map(Vec::as_slice) {
                Some(&[gene]) => matching.found.by_name += usize::from(matching.assign(gene, row, gene_id)),
                Some(_) => matching.found.drop(DropReason::AmbiguousName, gene_id),
                None => matching.found.drop(DropReason::NoWindow, gene_id),
            }
        }
        for (entry, row) in genes.iter().zip(&matching.row_of_gene) {
            match row {
                None => matching.found.drop(DropReason::NoExpressionRow, entry.label()),
                Some(row) if table.row(*row).iter().all(|tpm| tpm.is_nan()) => {
                    matching.found.drop(DropReason::NoMeasurement, entry.label());
                }
                Some(_) => {}
            }
        }
        (matching.found, matching.row_of_gene)
    }

    fn drop(&mut self, reason: DropReason, name: &str) {
        self.unmatched.entry(reason).or_default().push(name.to_owned());
    }
}

struct Matching {
    found: ExpressionMatch,
    row_of_gene: Vec<Option<usize>>,
}

impl Matching {
    /// Assigns the row to the gene unless an earlier row is assigned.
    fn assign(&mut self, gene: usize, row: usize, gene_id: &str) -> bool {
        let is_free = self.row_of_gene[gene].is_none();
        if is_free {
            self.row_of_gene[gene] = Some(row);
        } else {
            self.found.drop(DropReason::DuplicateGene, gene_id);
        }
        is_free
    }
}

/// Genes by name in upper case.
fn genes_by_name(genes: &[GeneEntry]) -> HashMap<String, Vec<usize>> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (gene, entry) in genes.iter().enumerate() {
        if let Some(name) = &entry.gene_name {
            by_name.entry(name.to_ascii_uppercase()).or_default().push(gene);
        }
    }
    by_name
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
            alternative_of: None,
        }
    }

    fn table(rows: &[(&str, &str, f32)]) -> ExpressionTable {
        ExpressionTable {
            gene_ids: rows.iter().map(|row| row.0.to_owned()).collect(),
            gene_names: Some(rows.iter().map(|row| row.1.to_owned()).collect()),
            cell_types: vec!["NEW".to_owned()],
            tpm: rows.iter().map(|row| row.2).collect(),
        }
    }

    #[test]
    fn rows_of_prefers_identifiers_and_reports_unmatched_rows() {
        let genes = [
            gene("ENSG00000000001", "GATA1"),
            gene("ENSG00000000002", "GATA2"),
            gene("ENSG00000000003", "TWIN"),
            gene("ENSG00000000004", "TWIN"),
            gene("ENSG00000000005", "MYC"),
        ];
        let rows = [
            ("gata1", "", 1.0),                // taken by its identifier below
            ("ENSG00000000001.7", "", 2.0),    // version off
            ("other-id", "gata2", 3.0),        // by the column of names
            ("TWIN", "", 4.0),                 // two genes of that name
            ("ENSG00000000009", "NEW1", 5.0),  // not in the data set
            ("ENSG00000000004", "", f32::NAN), // no value
        ];
        let (found, row_of_gene) = ExpressionMatch::rows_of(&genes, &table(&rows));
        assert_eq!(row_of_gene, [Some(1), Some(2), None, Some(5), None]);
        assert_eq!((found.by_id, found.by_name, found.matched()), (2, 1, 3));
        let dropped = |reason| found.unmatched[&reason].join(",");
        assert_eq!(dropped(DropReason::DuplicateGene), "gata1");
        assert_eq!(dropped(DropReason::AmbiguousName), "TWIN");
        assert_eq!(dropped(DropReason::NoWindow), "ENSG00000000009");
        assert_eq!(dropped(DropReason::NoMeasurement), "TWIN");
        assert_eq!(dropped(DropReason::NoExpressionRow), "TWIN,MYC");
    }
}
