//! Matching of expression table rows to the genes of a data set.

use std::collections::{BTreeMap, HashMap};

use super::GeneEntry;
use crate::drop_reason::DropReason;
use crate::expression::{ExpressionTable, SourceRecord};
use crate::gene_match::{GeneMatch, GeneName, match_genes};

/// Summary of how the rows of an expression table match the genes of a data set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExpressionMatch {
    /// Rows matched by gene identifier.
    pub by_id: usize,
    /// Rows matched by gene name.
    pub by_name: usize,
    /// Records of the tables.
    pub sources: Vec<SourceRecord>,
    /// Whether genes or lengths are those of the configured annotation.
    pub uses_annotation: bool,
    /// Rows of the table and genes of the data set that do not match, by reason.
    pub unmatched: BTreeMap<DropReason, Vec<String>>,
}

impl ExpressionMatch {
    /// Genes of the data set with a matching row.
    pub fn matched(&self) -> usize {
        self.by_id + self.by_name
    }

    /// Row of each gene. An alternative TSS has the row of its gene.
    pub(super) fn rows_of(genes: &[GeneEntry], table: &ExpressionTable) -> (Self, Vec<Option<usize>>) {
        let own: Vec<usize> = (0..genes.len()).filter(|&gene| genes[gene].alternative_of.is_none()).collect();
        let names: Vec<GeneName<'_>> =
            own.iter().map(|&gene| GeneName::new(&genes[gene].gene_id, genes[gene].gene_name.as_deref())).collect();
        let matching = match_genes(&names, &table.names());
        let mut found = Self::default();
        let mut row_of_id: HashMap<&str, usize> = HashMap::new();
        for (&gene, matched) in own.iter().zip(&matching.genes) {
            found.by_id += usize::from(matches!(matched, GeneMatch::ById(_)));
            found.by_name += usize::from(matches!(matched, GeneMatch::BySymbol(_)));
            row_of_id.extend(matched.index().map(|row| (genes[gene].gene_id.as_str(), row)));
        }
        for (gene_id, matched) in table.gene_ids.iter().zip(&matching.rows) {
            match matched {
                GeneMatch::Ambiguous { .. } => found.drop(DropReason::AmbiguousName, gene_id),
                GeneMatch::Copy(_) => found.drop(DropReason::DuplicateGene, gene_id),
                GeneMatch::Absent => found.drop(DropReason::NoWindow, gene_id),
                GeneMatch::ById(_) | GeneMatch::BySymbol(_) => {}
            }
        }
        let row_of_gene: Vec<Option<usize>> = genes
            .iter()
            .map(|entry| row_of_id.get(entry.alternative_of.as_deref().unwrap_or(&entry.gene_id)).copied())
            .collect();
        for (entry, row) in own.iter().map(|&gene| (&genes[gene], row_of_gene[gene])) {
            match row {
                None => found.drop(DropReason::NoExpressionRow, entry.label()),
                Some(row) if table.row(row).iter().all(|tpm| tpm.is_nan()) => {
                    found.drop(DropReason::NoMeasurement, entry.label());
                }
                Some(_) => {}
            }
        }
        (found, row_of_gene)
    }

    /// Adds a row or gene that is not matched.
    pub(super) fn drop(&mut self, reason: DropReason, name: &str) {
        self.unmatched.entry(reason).or_default().push(name.to_owned());
    }
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

    fn table(rows: &[(&str, &str, f32)]) -> ExpressionTable {
        ExpressionTable {
            gene_ids: rows.iter().map(|row| row.0.to_owned()).collect(),
            gene_names: Some(rows.iter().map(|row| row.1.to_owned()).collect()),
            cell_types: vec!["NEW".to_owned()],
            tpm: rows.iter().map(|row| row.2).collect(),
        }
    }

    #[test]
    fn rows_of_alternative_tss_is_row_of_its_gene() {
        let mut genes = [gene("ENSG00000000001", "GATA1"), gene("ENSG00000000001@2", "GATA1")];
        genes[1].alternative_of = Some("ENSG00000000001".to_owned());
        let (found, row_of_gene) = ExpressionMatch::rows_of(&genes, &table(&[("GATA1", "", 1.0)]));
        assert_eq!((found.matched(), row_of_gene), (1, vec![Some(0), Some(0)]));
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
